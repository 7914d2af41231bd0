package notify_test

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/paysign"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestAnOrderOfAPIv2FromEndToEnd: it is placed, its parameters are signed with its digest, it is
// paid and refunded, and the shop is told of both, next to a webhook of v3 on the same URL.
func TestAnOrderOfAPIv2FromEndToEnd(t *testing.T) {
	t.Parallel()
	for _, digest := range []signer.Digest{signer.MD5, signer.HMACSHA256} {
		t.Run(string(digest), func(t *testing.T) {
			t.Parallel()
			g, c, url, events := shopV2(t)
			reply, err := c.Chain("v2/pay/unifiedorder").Post(t.Context(), &wechatpay.Options{XML: wechatpay.M{
				"appid": "wxd678efh567hg6787", "body": "QQ公仔", "out_trade_no": "order-1", "total_fee": 100, "spbill_create_ip": "127.0.0.1",
				"notify_url": url, "trade_type": "JSAPI", "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "sign_type": string(digest), "attach": "<a&b>\n]]>",
			}})
			require.NoError(t, err)
			var order paysign.OrderV2
			require.NoError(t, reply.Decode(&order))
			params, err := paysign.JSAPIV2(order, g.Credentials().APIv2Key)
			require.NoError(t, err)
			assert.Equal(t, string(digest), params.SignType)
			assert.Equal(t, "prepay_id="+reply.Get("prepay_id").Str, params.Package)

			id, err := g.Pay("order-1")
			require.NoError(t, err)
			e := <-events
			assert.Equal(t, "V2.TRANSACTION.SUCCESS "+id+" (JSAPI)", e.String())
			paid, err := notify.Decode[notify.TransactionV2](e)
			require.NoError(t, err)
			assert.EqualValues(t, 100, paid.TotalFee)
			assert.Equal(t, "<a&b>\n]]>", paid.Attach)
			assert.False(t, e.Created.IsZero())

			refund, err := c.Chain("v2/secapi/pay/refund").Post(t.Context(), &wechatpay.Options{XML: wechatpay.M{
				"appid": "wxd678efh567hg6787", "transaction_id": id, "out_refund_no": "refund-1", "total_fee": 100, "refund_fee": 30, "notify_url": url,
			}})
			require.NoError(t, err)
			e = <-events
			assert.Equal(t, "V2.REFUND.SUCCESS "+refund.Get("refund_id").Str+" ()", e.String())
			refunded, err := notify.Decode[notify.RefundV2](e)
			require.NoError(t, err)
			assert.EqualValues(t, 30, refunded.RefundFee)
			assert.Equal(t, g.Credentials().MchID, refunded.MchID)

			attempts, err := g.Deliver(t.Context(), sandbox.Delivery{URL: url}, sandbox.Notification{EventType: notify.TransactionSuccess, Resource: map[string]any{}})
			require.NoError(t, err)
			assert.Equal(t, 204, attempts[0].Status)
			assert.Equal(t, 3, (<-events).Version)
		})
	}
}

// TestFaultsOfAPIv2: what the sandbox spoils is refused.
func TestFaultsOfAPIv2(t *testing.T) {
	t.Parallel()
	g, c, url, events := shopV2(t)
	_, err := c.Chain("v2/pay/unifiedorder").Post(t.Context(), &wechatpay.Options{XML: wechatpay.M{
		"appid": "wxd678efh567hg6787", "body": "QQ公仔", "out_trade_no": "order-1", "total_fee": 100, "spbill_create_ip": "127.0.0.1",
		"notify_url": url, "trade_type": "NATIVE", "product_id": "1",
	}})
	require.NoError(t, err)
	_, err = g.Pay("order-1")
	require.NoError(t, err)
	<-events
	n, err := g.PaidNotification("order-1")
	require.NoError(t, err)
	h := shopHandler(t, g, func(context.Context, *notify.Event) (*notify.Reply, error) {
		t.Error("called without verification")
		return nil, nil
	})
	for _, fault := range []string{"unsigned", "garbled", "tampered", "wrong-key"} {
		r, err := g.WebhookRequest(t.Context(), url, n, fault)
		require.NoError(t, err)
		assert.Equal(t, 401, h.Serve(t.Context(), notify.Request{Header: r.Header, Body: r.Body}).Status, fault)
	}
}

// shopV2 returns a gateway, its client, and the URL of a shop with the events that it got.
func shopV2(t *testing.T) (g *sandbox.Gateway, c *wechatpay.Client, url string, events <-chan *notify.Event) {
	t.Helper()
	g, err := sandbox.New(sandbox.Config{Keys: testKeys()})
	require.NoError(t, err)
	t.Cleanup(g.Close)
	server, err := g.Start()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	cred := g.Credentials()
	c, err = wechatpay.New(wechatpay.Config{MchID: cred.MchID, APIv2Key: cred.APIv2Key, Certificate: cred.TLSCertificate(), BaseURL: server.URL})
	require.NoError(t, err)
	t.Cleanup(c.CloseIdleConnections)
	got := make(chan *notify.Event, 3)
	h := shopHandler(t, g, func(_ context.Context, e *notify.Event) (*notify.Reply, error) { got <- e; return nil, nil })
	shop := httptest.NewServer(h)
	t.Cleanup(shop.Close)
	return g, c, shop.URL + "/notify", got
}

func shopHandler(t *testing.T, g *sandbox.Gateway, handle notify.Func) *notify.Handler {
	t.Helper()
	cred := g.Credentials()
	h, _ := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Config = notify.Config{Keys: cred.PlatformKeys(), APIv3Key: cred.APIv3Key, APIv2Key: cred.APIv2Key, MchID: cred.MchID}
		cfg.Fallback = handle
	})
	return h
}
