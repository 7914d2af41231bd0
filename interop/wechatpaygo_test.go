package interop_test

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth/validators"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth/verifiers"
	"github.com/wechatpay-apiv3/wechatpay-go/core/cipher/decryptors"
	"github.com/wechatpay-apiv3/wechatpay-go/core/cipher/encryptors"
	"github.com/wechatpay-apiv3/wechatpay-go/core/downloader"
	"github.com/wechatpay-apiv3/wechatpay-go/core/option"
	"github.com/wechatpay-apiv3/wechatpay-go/services/fileuploader"
	"github.com/wechatpay-apiv3/wechatpay-go/services/lovefeast"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments/jsapi"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments/native"
	"github.com/wechatpay-apiv3/wechatpay-go/services/refunddomestic"
	"github.com/wechatpay-apiv3/wechatpay-go/services/retailstore"

	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// The official SDK for Go, against one sandbox.
type wechatpayGo struct {
	*sandboxtest.Sandbox
	client       *core.Client
	verifier     auth.Verifier // for webhooks
	certificates *downloader.CertificateDownloader
}

// wechatpayGoModes are the ways in which the SDK verifies replies.
var wechatpayGoModes = []struct {
	name      string
	publicKey bool
	new       func(*testing.T, *sandboxtest.Sandbox) wechatpayGo
}{
	{"platform certificates", false, wechatpayGoWithCertificates},
	{"public key", true, wechatpayGoWithPublicKey},
}

func wechatpayGoWithCertificates(t *testing.T, s *sandboxtest.Sandbox) wechatpayGo {
	t.Helper()
	c := s.Credentials
	base := []core.ClientOption{
		option.WithMerchantCredential(c.MchID, c.Serial, c.PrivateKey),
		option.WithHTTPClient(&http.Client{Transport: transport(t, s)}),
	}
	unverified, err := core.NewClient(t.Context(), append(base, option.WithoutValidator())...)
	require.NoError(t, err)
	certificates, err := downloader.NewCertificateDownloaderWithClient(t.Context(), unverified, c.APIv3Key.Reveal())
	require.NoError(t, err)
	verifier := verifiers.NewSHA256WithRSAVerifier(certificates)
	client, err := core.NewClient(t.Context(), append(base,
		option.WithVerifier(verifier),
		option.WithWechatPayCipher(encryptors.NewWechatPayEncryptor(certificates), decryptors.NewWechatPayDecryptor(c.PrivateKey)),
	)...)
	require.NoError(t, err)
	return wechatpayGo{s, client, verifier, certificates}
}

func (w wechatpayGo) refresh(t *testing.T) {
	t.Helper()
	require.NoError(t, w.certificates.DownloadCertificates(t.Context()))
}

func wechatpayGoWithPublicKey(t *testing.T, s *sandboxtest.Sandbox) wechatpayGo {
	t.Helper()
	c := s.Credentials
	client, err := core.NewClient(t.Context(),
		option.WithWechatPayPublicKeyAuthCipher(c.MchID, c.Serial, c.PrivateKey, c.PublicKeyID, c.PublicKey),
		option.WithHTTPClient(&http.Client{Transport: transport(t, s)}),
	)
	require.NoError(t, err)
	return wechatpayGo{s, client, verifiers.NewSHA256WithRSAPubkeyVerifier(c.PublicKeyID, *c.PublicKey), nil}
}

func TestWechatpayGo(t *testing.T) {
	t.Parallel()
	for _, mode := range wechatpayGoModes {
		for _, row := range []struct {
			name string
			run  func(wechatpayGo, *testing.T)
		}{
			{"a JSAPI order is paid", wechatpayGo.jsapiOrder},
			{"a Native order is closed", wechatpayGo.nativeOrder},
			{"a refund", wechatpayGo.refund},
			{"an image", wechatpayGo.image},
			{"a trade bill", wechatpayGo.tradeBill},
			{"replies by the catalogue alone", wechatpayGo.unplayed},
			{"a transfer", wechatpayGo.transfer},
			{"a batch of transfers", wechatpayGo.batch},
			{"profit sharing", wechatpayGo.sharing},
		} {
			t.Run(mode.name+"/"+row.name, func(t *testing.T) {
				t.Parallel()
				row.run(mode.new(t, sandboxtest.New(t)), t)
			})
		}
	}
}

// order makes a JSAPI order.
func (w wechatpayGo) order(t *testing.T, number, notifyURL string) {
	t.Helper()
	service := jsapi.JsapiApiService{Client: w.client}
	reply, _, err := service.Prepay(t.Context(), jsapi.PrepayRequest{
		Appid: core.String(appid), Mchid: &w.Credentials.MchID, Description: core.String("a&b <测试>"), OutTradeNo: &number,
		TimeExpire: core.Time(time.Now().Add(time.Hour)), NotifyUrl: &notifyURL,
		Amount: &jsapi.Amount{Total: core.Int64(100)}, Payer: &jsapi.Payer{Openid: core.String(openid)},
		SettleInfo: &jsapi.SettleInfo{ProfitSharing: core.Bool(true)},
	})
	require.NoError(t, err)
	assert.NotEmpty(t, *reply.PrepayId)
}

func (w wechatpayGo) orderForNobody(t *testing.T, number string) refusal {
	t.Helper()
	service := jsapi.JsapiApiService{Client: w.client}
	_, _, err := service.Prepay(t.Context(), jsapi.PrepayRequest{
		Appid: core.String(appid), Mchid: &w.Credentials.MchID, Description: core.String("测试"), OutTradeNo: &number,
		NotifyUrl: core.String(nobody), Amount: &jsapi.Amount{Total: core.Int64(100)}, Payer: &jsapi.Payer{},
	})
	var failed *core.APIError
	require.ErrorAs(t, err, &failed)
	detail, ok := failed.Detail.(map[string]any)
	require.True(t, ok, failed.Body)
	field, _ := detail["field"].(string)
	return refusal{failed.StatusCode, failed.Code, field}
}

func (w wechatpayGo) query(t *testing.T, number string) error {
	t.Helper()
	service := jsapi.JsapiApiService{Client: w.client}
	_, _, err := service.QueryOrderByOutTradeNo(t.Context(), jsapi.QueryOrderByOutTradeNoRequest{OutTradeNo: &number, Mchid: &w.Credentials.MchID})
	return err
}

func (w wechatpayGo) jsapiOrder(t *testing.T) {
	w.order(t, "jsapi-1", nobody)
	id := payOrder(t, w.Sandbox, "jsapi-1")
	service := jsapi.JsapiApiService{Client: w.client}
	byNumber, _, err := service.QueryOrderByOutTradeNo(t.Context(), jsapi.QueryOrderByOutTradeNoRequest{
		OutTradeNo: core.String("jsapi-1"), Mchid: &w.Credentials.MchID,
	})
	require.NoError(t, err)
	assert.Equal(t, id, *byNumber.TransactionId)
	assert.Equal(t, "SUCCESS", *byNumber.TradeState)
	assert.EqualValues(t, 100, *byNumber.Amount.Total)
	byID, _, err := service.QueryOrderById(t.Context(), jsapi.QueryOrderByIdRequest{TransactionId: &id, Mchid: &w.Credentials.MchID})
	require.NoError(t, err)
	assert.Equal(t, byNumber, byID)
}

func (w wechatpayGo) nativeOrder(t *testing.T) {
	service := native.NativeApiService{Client: w.client}
	order, _, err := service.Prepay(t.Context(), native.PrepayRequest{
		Appid: core.String(appid), Mchid: &w.Credentials.MchID, Description: core.String("测试"), OutTradeNo: core.String("native-1"),
		NotifyUrl: core.String(nobody), Amount: &native.Amount{Total: core.Int64(1), Currency: core.String("CNY")},
	})
	require.NoError(t, err)
	assert.Contains(t, *order.CodeUrl, "weixin://")
	result, err := service.CloseOrder(t.Context(), native.CloseOrderRequest{OutTradeNo: core.String("native-1"), Mchid: &w.Credentials.MchID})
	require.NoError(t, err, "a 204 is verified too")
	assert.Equal(t, http.StatusNoContent, result.Response.StatusCode)
	closed, _, err := service.QueryOrderByOutTradeNo(t.Context(), native.QueryOrderByOutTradeNoRequest{
		OutTradeNo: core.String("native-1"), Mchid: &w.Credentials.MchID,
	})
	require.NoError(t, err)
	assert.Equal(t, "CLOSED", *closed.TradeState)
}

func (w wechatpayGo) refundOf(t *testing.T, transactionID, number, notifyURL string) {
	t.Helper()
	service := refunddomestic.RefundsApiService{Client: w.client}
	refund, _, err := service.Create(t.Context(), refunddomestic.CreateRequest{
		TransactionId: &transactionID, OutRefundNo: &number, Reason: core.String("退货"), NotifyUrl: &notifyURL,
		Amount: &refunddomestic.AmountReq{Refund: core.Int64(30), Total: core.Int64(100), Currency: core.String("CNY")},
	})
	require.NoError(t, err)
	assert.Equal(t, transactionID, *refund.TransactionId)
}

func (w wechatpayGo) refund(t *testing.T) {
	w.order(t, "refund-1", nobody)
	w.refundOf(t, payOrder(t, w.Sandbox, "refund-1"), "R-1", nobody)
	service := refunddomestic.RefundsApiService{Client: w.client}
	found, _, err := service.QueryByOutRefundNo(t.Context(), refunddomestic.QueryByOutRefundNoRequest{OutRefundNo: core.String("R-1")})
	require.NoError(t, err)
	assert.Equal(t, refunddomestic.STATUS_SUCCESS, *found.Status)
	assert.Equal(t, "refund-1", *found.OutTradeNo)
	assert.EqualValues(t, 30, *found.Amount.PayerRefund)
}

func (w wechatpayGo) image(t *testing.T) {
	uploader := fileuploader.ImageUploader{Client: w.client}
	reply, _, err := uploader.Upload(t.Context(), bytes.NewReader([]byte("\x89PNG")), "图.png", "image/png")
	require.NoError(t, err)
	assert.NotEmpty(t, *reply.MediaId)
}

// tradeBill calls what the SDK has no service for. Its FAQ names the client without a validator
// for the download, whose reply is not signed.
func (w wechatpayGo) tradeBill(t *testing.T) {
	w.order(t, "billed-1", nobody)
	payOrder(t, w.Sandbox, "billed-1")
	day := today(w.Sandbox)
	w.Gateway.AdvanceClock(24 * time.Hour)
	result, err := w.client.Get(t.Context(), "https://api.mch.weixin.qq.com/v3/bill/tradebill?bill_date="+day)
	require.NoError(t, err)
	var bill struct {
		HashValue   string `json:"hash_value"`
		DownloadURL string `json:"download_url"`
	}
	require.NoError(t, core.UnMarshalResponse(result.Response, &bill))
	result, err = core.NewClientWithValidator(w.client, &validators.NullValidator{}).Get(t.Context(), bill.DownloadURL)
	require.NoError(t, err)
	text, err := io.ReadAll(result.Response.Body)
	require.NoError(t, err)
	assert.Contains(t, string(text), "`billed-1")
	sum := sha1.Sum(text)
	assert.Equal(t, bill.HashValue, hex.EncodeToString(sum[:]))
}

// unplayed calls what answers in its documented shape, and no more: the types must be those of
// the SDK.
func (w wechatpayGo) unplayed(t *testing.T) {
	donations := lovefeast.OrdersApiService{Client: w.client}
	donation, _, err := donations.GetByUser(t.Context(), lovefeast.GetByUserRequest{Openid: core.String(openid), OutTradeNo: core.String("donated-1")})
	require.NoError(t, err)
	assert.NotNil(t, donation.BrandId)
	assert.NotNil(t, donation.MerchantOrder)
	subsidies := retailstore.ActivityApiService{Client: w.client}
	acts, _, err := subsidies.ListActsByArea(t.Context(), retailstore.ListActsByAreaRequest{
		CityId: core.String("440300"), Offset: core.Int64(0), Limit: core.Int64(10),
	})
	require.NoError(t, err)
	require.NotEmpty(t, acts.Data)
	assert.NotNil(t, acts.Data[0].RuleInformation.StoreSubsidy)
}
