package interop_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"testing"

	"github.com/go-pay/gopay"
	wechatv3 "github.com/go-pay/gopay/wechat/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/paysign"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// The shop of docs/guide/migration-gopay.md, before and after. Its webhooks after the migration are
// those of the one that moved from wechatpay-go.

func gopayClient(mchID, serial, apiV3Key, privateKey string, publicKey []byte, publicKeyID string) (*wechatv3.ClientV3, error) {
	client, err := wechatv3.NewClientV3(mchID, serial, apiV3Key, privateKey)
	if err != nil {
		return nil, err
	}
	return client, client.AutoVerifySignByPublicKey(publicKey, publicKeyID)
}

func textClient(mchID, serial, privateKey string, publicKey []byte, publicKeyID, baseURL string) (*wechatpay.Client, error) {
	key, err := keys.LoadPrivateKey(keys.Text(privateKey))
	if err != nil {
		return nil, err
	}
	public, err := keys.LoadPublicKey(keys.Bytes(publicKey))
	if err != nil {
		return nil, err
	}
	return wechatpay.New(wechatpay.Config{
		MchID: mchID, Serial: serial, PrivateKey: key,
		PlatformKeys: keys.Set{publicKeyID: public}, // replies are always verified
		BaseURL:      baseURL,
	})
}

func gopayOrder(ctx context.Context, client *wechatv3.ClientV3, mchID, number string) (*wechatv3.JSAPIPayParams, error) {
	body := make(gopay.BodyMap)
	body.Set("appid", appid).
		Set("mchid", mchID).
		Set("description", "Tea").
		Set("out_trade_no", number).
		Set("notify_url", "https://example.com/pay").
		SetBodyMap("amount", func(b gopay.BodyMap) { b.Set("total", 100) }).
		SetBodyMap("payer", func(b gopay.BodyMap) { b.Set("openid", openid) })
	reply, err := client.V3TransactionJsapi(ctx, body)
	if err != nil {
		return nil, err
	}
	if reply.Code != wechatv3.Success { // WeChat Pay's refusal is no error
		return nil, errRefused
	}
	return client.PaySignOfJSAPI(appid, reply.Response.PrepayId)
}

func mapOrder(ctx context.Context, client *wechatpay.Client, mchID, number string) (paysign.JSAPIParams, error) {
	order, err := client.Chain("v3/pay/transactions/jsapi").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
		"appid":        appid,
		"mchid":        mchID,
		"description":  "Tea",
		"out_trade_no": number,
		"notify_url":   "https://example.com/pay",
		"amount":       wechatpay.M{"total": 100},
		"payer":        wechatpay.M{"openid": openid},
	}})
	if err != nil { // a refusal is an error, too
		return paysign.JSAPIParams{}, err
	}
	return paysign.JSAPI(ctx, client.Signer(), paysign.JSAPIOrder{AppID: appid, PrepayID: order.Get("prepay_id").String()})
}

func gopayRefund(ctx context.Context, client *wechatv3.ClientV3, order, number string) (status string, err error) {
	body := make(gopay.BodyMap)
	body.Set("out_trade_no", order).
		Set("out_refund_no", number).
		SetBodyMap("amount", func(b gopay.BodyMap) { b.Set("refund", 10).Set("total", 100).Set("currency", "CNY") })
	reply, err := client.V3Refund(ctx, body)
	switch {
	case err != nil:
		return "", err // lost? not verified? the program has to find out
	case reply.Code != wechatv3.Success && reply.ErrResponse.Code == "NOT_ENOUGH":
		return "", errNoMoney
	case reply.Code != wechatv3.Success:
		return "", errRefused
	}
	return reply.Response.Status, nil
}

func mapRefund(ctx context.Context, client *wechatpay.Client, order, number string) (status string, err error) {
	reply, err := client.Chain("v3/refund/domestic/refunds").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
		"out_trade_no":  order,
		"out_refund_no": number,
		"amount":        wechatpay.M{"refund": 10, "total": 100, "currency": "CNY"},
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

func gopayNotifications(apiV3Key string, client *wechatv3.ClientV3, paid func(number string, fen int64) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := wechatv3.V3ParseNotify(r)
		if err == nil {
			err = request.VerifySignByPKMap(client.WxPublicKeyMap())
		}
		if err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		order, err := request.DecryptPayCipherText(apiV3Key)
		if err != nil || order.TradeState != "SUCCESS" || paid(order.OutTradeNo, int64(order.Amount.Total)) != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// TestMigrationFromGoPay: both programs do the same for one merchant.
func TestMigrationFromGoPay(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	c := s.Credentials
	der, err := x509.MarshalPKIXPublicKey(c.PublicKey)
	require.NoError(t, err)
	public, private := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), privateKeyPEM(t, s)
	before, err := gopayClient(c.MchID, c.Serial, c.APIv3Key.Reveal(), private, public, c.PublicKeyID)
	require.NoError(t, err)
	before.GetHttpClient().SetTransport(transport(t, s))
	after, err := textClient(c.MchID, c.Serial, private, public, c.PublicKeyID, s.URL)
	require.NoError(t, err)
	t.Cleanup(after.CloseIdleConnections)

	oldParams, err := gopayOrder(t.Context(), before, c.MchID, "before1")
	require.NoError(t, err)
	newParams, err := mapOrder(t.Context(), after, c.MchID, "after1")
	require.NoError(t, err)
	assert.Equal(t, oldParams.AppId, newParams.AppID)
	assert.Equal(t, oldParams.SignType, newParams.SignType)
	payOrder(t, s, "before1")
	payOrder(t, s, "after1")

	status, err := gopayRefund(t.Context(), before, "before1", "before1r")
	require.NoError(t, err)
	again, err := mapRefund(t.Context(), after, "after1", "after1r")
	require.NoError(t, err)
	assert.Equal(t, status, again)
	s.Gateway.Handle("POST", "/v3/refund/domestic/refunds", func(*sandbox.Request) *sandbox.Reply {
		return sandbox.Error(403, "NOT_ENOUGH", "基本账户余额不足", nil)
	})
	_, err = gopayRefund(t.Context(), before, "before1", "before2r")
	require.ErrorIs(t, err, errNoMoney)
	_, err = mapRefund(t.Context(), after, "after1", "after2r")
	require.ErrorIs(t, err, errNoMoney)

	settled := map[string]int64{}
	paid := func(number string, fen int64) error { settled[number] += fen; return nil }
	notifications, err := newNotifications(c.APIv3Key, after, paid)
	require.NoError(t, err)
	require.NoError(t, s.Gateway.SwitchToPublicKey(100))
	notifyPaid(t, s, map[string]http.Handler{"before1": gopayNotifications(c.APIv3Key.Reveal(), before, paid), "after1": notifications}, http.StatusNoContent)
	assert.Equal(t, map[string]int64{"before1": 100, "after1": 100}, settled)

	notifications, err = newNotifications(c.APIv3Key, after, notStored)
	require.NoError(t, err)
	handlers := map[string]http.Handler{"before1": gopayNotifications(c.APIv3Key.Reveal(), before, notStored), "after1": notifications}
	notifyPaid(t, s, handlers, http.StatusInternalServerError)
}
