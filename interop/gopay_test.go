package interop_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"testing"
	"time"

	"github.com/go-pay/gopay"
	"github.com/go-pay/gopay/wechat/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// gopay against one sandbox.
type goPay struct {
	*sandboxtest.Sandbox
	client *wechat.ClientV3
}

// goPayModes are the ways in which gopay verifies replies.
var goPayModes = []struct {
	name      string
	publicKey bool
	new       func(*testing.T, *sandboxtest.Sandbox) goPay
}{
	{"platform certificates", false, goPayWithCertificates},
	{"public key", true, goPayWithPublicKey},
}

func newGoPay(t *testing.T, s *sandboxtest.Sandbox) goPay {
	t.Helper()
	c := s.Credentials
	client, err := wechat.NewClientV3(c.MchID, c.Serial, c.APIv3Key.Reveal(), privateKeyPEM(t, s))
	require.NoError(t, err)
	client.GetHttpClient().SetTransport(transport(t, s))
	return goPay{s, client}
}

func goPayWithCertificates(t *testing.T, s *sandboxtest.Sandbox) goPay {
	t.Helper()
	p := newGoPay(t, s)
	p.refresh(t)
	return p
}

// refresh downloads once, without the goroutine that does so twice a day.
func (p goPay) refresh(t *testing.T) {
	t.Helper()
	require.NoError(t, p.client.AutoVerifySign(false))
}

func goPayWithPublicKey(t *testing.T, s *sandboxtest.Sandbox) goPay {
	t.Helper()
	p := newGoPay(t, s)
	der, err := x509.MarshalPKIXPublicKey(s.Credentials.PublicKey)
	require.NoError(t, err)
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	require.NoError(t, p.client.AutoVerifySignByPublicKey(text, s.Credentials.PublicKeyID))
	return p
}

func privateKeyPEM(t *testing.T, s *sandboxtest.Sandbox) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(s.Credentials.PrivateKey)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func TestGoPay(t *testing.T) {
	t.Parallel()
	for _, mode := range goPayModes {
		for _, row := range []struct {
			name string
			run  func(goPay, *testing.T)
		}{
			{"a JSAPI order is paid", goPay.jsapiOrder},
			{"a Native order is closed", goPay.nativeOrder},
			{"a refund", goPay.refund},
			{"images", goPay.images},
			{"a trade bill", goPay.tradeBill},
			{"a transfer", goPay.transfer},
			{"a batch of transfers", goPay.batch},
			{"profit sharing", goPay.sharing},
		} {
			t.Run(mode.name+"/"+row.name, func(t *testing.T) {
				t.Parallel()
				row.run(mode.new(t, sandboxtest.New(t)), t)
			})
		}
	}
}

// TestGoPayDownloadsCertificates calls the one function that has no client. It names the
// merchant's own serial in Wechatpay-Serial, where a key of WeChat Pay belongs.
func TestGoPayDownloadsCertificates(t *testing.T) {
	s := sandboxtest.New(t)
	c := s.Credentials
	wechat.SetProxyHost(s.URL)
	defer wechat.SetProxyHost("")
	reply, err := wechat.GetPlatformRSACerts(t.Context(), c.MchID, c.APIv3Key.Reveal(), c.Serial, privateKeyPEM(t, s))
	require.NoError(t, err)
	require.Equal(t, wechat.Success, reply.Code, reply.Error)
	require.Len(t, reply.Certs, 1)
	assert.Equal(t, c.PlatformSerial, reply.Certs[0].SerialNo)
}

func (p goPay) order(t *testing.T, number, notifyURL string) {
	t.Helper()
	reply, err := p.client.V3TransactionJsapi(t.Context(), gopay.BodyMap{
		"appid": appid, "mchid": p.Credentials.MchID, "description": "a&b <测试>", "out_trade_no": number,
		"time_expire": p.Gateway.Now().Add(time.Hour).Format(time.RFC3339), "notify_url": notifyURL,
		"amount": gopay.BodyMap{"total": 100, "currency": "CNY"}, "payer": gopay.BodyMap{"openid": openid},
		"settle_info": gopay.BodyMap{"profit_sharing": true},
	})
	require.NoError(t, err)
	require.Equal(t, wechat.Success, reply.Code, reply.Error)
	assert.NotEmpty(t, reply.Response.PrepayId)
}

func (p goPay) orderForNobody(t *testing.T, number string) refusal {
	t.Helper()
	reply, err := p.client.V3TransactionJsapi(t.Context(), gopay.BodyMap{
		"appid": appid, "mchid": p.Credentials.MchID, "description": "测试", "out_trade_no": number,
		"notify_url": nobody, "amount": gopay.BodyMap{"total": 100}, "payer": gopay.BodyMap{},
	})
	require.NoError(t, err)
	return refusal{reply.Code, reply.ErrResponse.Code, reply.ErrResponse.Detail.Field}
}

func (p goPay) query(t *testing.T, number string) error {
	t.Helper()
	reply, err := p.client.V3TransactionQueryOrder(t.Context(), wechat.OutTradeNo, number)
	if err == nil && reply.Code != wechat.Success {
		return errors.New(reply.Error)
	}
	return err
}

func (p goPay) jsapiOrder(t *testing.T) {
	p.order(t, "jsapi-1", nobody)
	id := payOrder(t, p.Sandbox, "jsapi-1")
	byNumber, err := p.client.V3TransactionQueryOrder(t.Context(), wechat.OutTradeNo, "jsapi-1")
	require.NoError(t, err)
	require.Equal(t, wechat.Success, byNumber.Code, byNumber.Error)
	assert.Equal(t, id, byNumber.Response.TransactionId)
	assert.Equal(t, wechat.TradeStateSuccess, byNumber.Response.TradeState)
	assert.Equal(t, 100, byNumber.Response.Amount.Total)
	byID, err := p.client.V3TransactionQueryOrder(t.Context(), wechat.TransactionId, id)
	require.NoError(t, err)
	assert.Equal(t, byNumber.Response, byID.Response)
}

func (p goPay) nativeOrder(t *testing.T) {
	order, err := p.client.V3TransactionNative(t.Context(), gopay.BodyMap{
		"appid": appid, "mchid": p.Credentials.MchID, "description": "测试", "out_trade_no": "native-1",
		"notify_url": nobody, "amount": gopay.BodyMap{"total": 1, "currency": "CNY"},
	})
	require.NoError(t, err)
	require.Equal(t, wechat.Success, order.Code, order.Error)
	assert.Contains(t, order.Response.CodeUrl, "weixin://")
	closed, err := p.client.V3TransactionCloseOrder(t.Context(), "native-1")
	require.NoError(t, err, "a 204 is verified too")
	require.Equal(t, wechat.Success, closed.Code, closed.Error)
	found, err := p.client.V3TransactionQueryOrder(t.Context(), wechat.OutTradeNo, "native-1")
	require.NoError(t, err)
	assert.Equal(t, wechat.TradeStateClosed, found.Response.TradeState)
}

func (p goPay) refundOf(t *testing.T, transactionID, number, notifyURL string) {
	t.Helper()
	refund, err := p.client.V3Refund(t.Context(), gopay.BodyMap{
		"transaction_id": transactionID, "out_refund_no": number, "reason": "退货", "notify_url": notifyURL,
		"amount": gopay.BodyMap{"refund": 30, "total": 100, "currency": "CNY"},
	})
	require.NoError(t, err)
	require.Equal(t, wechat.Success, refund.Code, refund.Error)
	assert.Equal(t, transactionID, refund.Response.TransactionId)
}

func (p goPay) refund(t *testing.T) {
	p.order(t, "refund-1", nobody)
	p.refundOf(t, payOrder(t, p.Sandbox, "refund-1"), "R-1", nobody)
	found, err := p.client.V3RefundQuery(t.Context(), "R-1", nil)
	require.NoError(t, err)
	require.Equal(t, wechat.Success, found.Code, found.Error)
	assert.Equal(t, "SUCCESS", found.Response.Status)
	assert.Equal(t, "refund-1", found.Response.OutTradeNo)
	assert.Equal(t, 30, found.Response.Amount.PayerRefund)
}

// images uploads often enough for both orders of the parts: gopay takes them from a map.
func (p goPay) images(t *testing.T) {
	content := []byte("\x89PNG")
	sum := sha256.Sum256(content)
	for range 20 {
		reply, err := p.client.V3MediaUploadImage(t.Context(), "图.png", hex.EncodeToString(sum[:]), &gopay.File{Name: "图.png", Content: content})
		require.NoError(t, err)
		require.Equal(t, wechat.Success, reply.Code, reply.Error)
		assert.NotEmpty(t, reply.Response.MediaId)
	}
}

func (p goPay) tradeBill(t *testing.T) {
	p.order(t, "billed-1", nobody)
	payOrder(t, p.Sandbox, "billed-1")
	day := today(p.Sandbox)
	p.Gateway.AdvanceClock(24 * time.Hour)
	bill, err := p.client.V3BillTradeBill(t.Context(), gopay.BodyMap{"bill_date": day})
	require.NoError(t, err)
	require.Equal(t, wechat.Success, bill.Code, bill.Error)
	text, err := p.client.V3BillDownLoadBill(t.Context(), bill.Response.DownloadUrl)
	require.NoError(t, err)
	assert.Contains(t, string(text), "`billed-1")
	sum := sha1.Sum(text)
	assert.Equal(t, bill.Response.HashValue, hex.EncodeToString(sum[:]))
}
