package interop_test

import (
	"context"
	"crypto/rsa"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth/verifiers"
	sdknotify "github.com/wechatpay-apiv3/wechatpay-go/core/notify"
	"github.com/wechatpay-apiv3/wechatpay-go/core/option"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments/jsapi"
	"github.com/wechatpay-apiv3/wechatpay-go/services/refunddomestic"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/openapi/pay"
	"github.com/wechatpay-chain/wechatpay/openapi/refund"
	"github.com/wechatpay-chain/wechatpay/paysign"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// The shop of docs/guide/migration-wechatpay-go.md, before and after.

func sdkClient(ctx context.Context, mchID, serial string, key *rsa.PrivateKey, publicKeyID string, public *rsa.PublicKey, hc *http.Client) (*core.Client, error) {
	return core.NewClient(ctx,
		option.WithWechatPayPublicKeyAuthCipher(mchID, serial, key, publicKeyID, public),
		option.WithHTTPClient(hc),
	)
}

func newClient(mchID, serial string, key *rsa.PrivateKey, publicKeyID string, public *rsa.PublicKey, baseURL string) (*wechatpay.Client, error) {
	return wechatpay.New(wechatpay.Config{
		MchID: mchID, Serial: serial, PrivateKey: key,
		PlatformKeys: keys.Set{publicKeyID: public},
		BaseURL:      baseURL,
	})
}

func sdkOrder(ctx context.Context, client *core.Client, mchID, number string) (*jsapi.PrepayWithRequestPaymentResponse, error) {
	service := jsapi.JsapiApiService{Client: client}
	params, _, err := service.PrepayWithRequestPayment(ctx, jsapi.PrepayRequest{
		Appid:       core.String(appid),
		Mchid:       core.String(mchID),
		Description: core.String("Tea"),
		OutTradeNo:  core.String(number),
		NotifyUrl:   core.String("https://example.com/pay"),
		Amount:      &jsapi.Amount{Total: core.Int64(100)},
		Payer:       &jsapi.Payer{Openid: core.String(openid)},
	})
	return params, err
}

func newOrder(ctx context.Context, client *wechatpay.Client, mchID, number string) (paysign.JSAPIParams, error) {
	order, err := pay.New(client).Transactions().Jsapi().Post(ctx, &wechatpay.Options{JSON: pay.TransactionsJsapiPostRequest{
		AppID:       appid,
		MchID:       mchID,
		Description: "Tea",
		OutTradeNo:  number,
		NotifyURL:   "https://example.com/pay",
		Amount:      pay.Amount{Total: 100},
		Payer:       pay.TransactionsJsapiPostRequestPayer{OpenID: openid},
	}})
	if err != nil {
		return paysign.JSAPIParams{}, err
	}
	return paysign.JSAPI(ctx, client.Signer(), paysign.JSAPIOrder{AppID: appid, PrepayID: order.Get("prepay_id").String()})
}

func sdkRefund(ctx context.Context, client *core.Client, order, number string) (status string, err error) {
	service := refunddomestic.RefundsApiService{Client: client}
	reply, _, err := service.Create(ctx, refunddomestic.CreateRequest{
		OutTradeNo:  core.String(order),
		OutRefundNo: core.String(number),
		Amount:      &refunddomestic.AmountReq{Refund: core.Int64(10), Total: core.Int64(100), Currency: core.String("CNY")},
	})
	if core.IsAPIError(err, "NOT_ENOUGH") {
		return "", errNoMoney
	}
	if err != nil {
		return "", err // refused? lost? the program has to find out
	}
	return string(*reply.Status), nil
}

func newRefund(ctx context.Context, client *wechatpay.Client, order, number string) (status string, err error) {
	reply, err := refund.New(client).Domestic().Refunds().Post(ctx, &wechatpay.Options{JSON: refund.DomesticRefundsPostRequest{
		OutTradeNo:  order,
		OutRefundNo: number,
		Amount:      refund.DomesticRefundsPostRequestAmount{Refund: 10, Total: 100, Currency: "CNY"},
	}})
	switch {
	case wechatpay.OutcomeUnknown(err):
		return "", errQueryFirst // by the same number
	case verifiedCode(err) == "NOT_ENOUGH":
		return "", errNoMoney
	case err != nil:
		return "", err // certainly without effect
	}
	return reply.Get("status").String(), nil
}

func sdkNotifications(apiV3Key, publicKeyID string, public *rsa.PublicKey, paid func(number string, fen int64) error) (http.Handler, error) {
	handler, err := sdknotify.NewRSANotifyHandler(apiV3Key, verifiers.NewSHA256WithRSAPubkeyVerifier(publicKeyID, *public))
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var order payments.Transaction
		if _, err := handler.ParseNotifyRequest(r.Context(), r, &order); err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if *order.TradeState != "SUCCESS" || paid(*order.OutTradeNo, *order.Amount.Total) != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}), nil
}

func newNotifications(apiV3Key cipher.Secret, client *wechatpay.Client, paid func(number string, fen int64) error) (http.Handler, error) {
	return notify.NewHandler(notify.HandlerConfig{
		Config: notify.Config{Keys: client.PlatformKeys(), APIv3Key: apiV3Key},
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.TransactionSuccess, OriginalType: "transaction"}: notify.Typed(
				func(_ context.Context, _ *notify.Event, order notify.Transaction) error {
					if order.TradeState != "SUCCESS" {
						return fmt.Errorf("order %s: trade_state %q", order.OutTradeNo, order.TradeState)
					}
					return paid(order.OutTradeNo, order.Amount.Total)
				}),
		},
	})
}

// TestMigrationFromWechatpayGo: both programs do the same for one merchant.
func TestMigrationFromWechatpayGo(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	c := s.Credentials
	before, err := sdkClient(t.Context(), c.MchID, c.Serial, c.PrivateKey, c.PublicKeyID, c.PublicKey, &http.Client{Transport: transport(t, s)})
	require.NoError(t, err)
	after, err := newClient(c.MchID, c.Serial, c.PrivateKey, c.PublicKeyID, c.PublicKey, s.URL)
	require.NoError(t, err)
	t.Cleanup(after.CloseIdleConnections)

	sdkParams, err := sdkOrder(t.Context(), before, c.MchID, "before1")
	require.NoError(t, err)
	newParams, err := newOrder(t.Context(), after, c.MchID, "after1")
	require.NoError(t, err)
	assert.Equal(t, *sdkParams.Appid, newParams.AppID)
	assert.Equal(t, *sdkParams.SignType, newParams.SignType)
	assert.Regexp(t, "^prepay_id=.", newParams.Package)

	payOrder(t, s, "before1")
	payOrder(t, s, "after1")
	status, err := sdkRefund(t.Context(), before, "before1", "before1r")
	require.NoError(t, err)
	again, err := newRefund(t.Context(), after, "after1", "after1r")
	require.NoError(t, err)
	assert.Equal(t, status, again)
	s.Gateway.Handle("POST", "/v3/refund/domestic/refunds", func(*sandbox.Request) *sandbox.Reply {
		return sandbox.Error(403, "NOT_ENOUGH", "基本账户余额不足", nil)
	})
	_, err = sdkRefund(t.Context(), before, "before1", "before2r")
	require.ErrorIs(t, err, errNoMoney)
	_, err = newRefund(t.Context(), after, "after1", "after2r")
	require.ErrorIs(t, err, errNoMoney)

	settled := map[string]int64{}
	paid := func(number string, fen int64) error { settled[number] += fen; return nil }
	handlers := map[string]http.Handler{}
	handlers["before1"], err = sdkNotifications(c.APIv3Key.Reveal(), c.PublicKeyID, c.PublicKey, paid)
	require.NoError(t, err)
	handlers["after1"], err = newNotifications(c.APIv3Key, after, paid)
	require.NoError(t, err)
	require.NoError(t, s.Gateway.SwitchToPublicKey(100))
	notifyPaid(t, s, handlers, http.StatusNoContent)
	assert.Equal(t, map[string]int64{"before1": 100, "after1": 100}, settled)

	handlers["before1"], err = sdkNotifications(c.APIv3Key.Reveal(), c.PublicKeyID, c.PublicKey, notStored)
	require.NoError(t, err)
	handlers["after1"], err = newNotifications(c.APIv3Key, after, notStored)
	require.NoError(t, err)
	notifyPaid(t, s, handlers, http.StatusInternalServerError)
}
