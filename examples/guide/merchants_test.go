package guide_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestMerchants(t *testing.T) {
	var merchants guide.Merchants
	gateways := map[string]*sandboxtest.Sandbox{}
	for _, mchid := range []string{"1900000109", "1900000209"} {
		s := sandboxtest.New(t, sandboxtest.WithConfig(sandbox.Config{MchID: mchid}))
		gateways[mchid] = s
		require.NoError(t, merchants.Add(wechatpay.Config{
			MchID: mchid, Serial: s.Credentials.Serial, PrivateKey: s.Credentials.PrivateKey,
			PlatformKeys: s.Credentials.PlatformKeys(), APIv3Key: s.Credentials.APIv3Key, BaseURL: s.URL,
		}))
	}
	_, err := merchants.Client("1900000309")
	require.ErrorContains(t, err, "1900000309")
	require.Error(t, merchants.Add(wechatpay.Config{}))

	settled := map[string]string{}
	handler, err := merchants.Handler(func(_ context.Context, mchid string, order notify.Transaction) error {
		settled[mchid] = order.OutTradeNo
		return nil
	})
	require.NoError(t, err)
	answer := func(s *sandboxtest.Sandbox, n sandbox.Notification, fault string) int {
		request, err := s.Gateway.WebhookRequest(t.Context(), "/wechatpay/notify", n, fault)
		require.NoError(t, err)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, request)
		return w.Code
	}
	for mchid, s := range gateways {
		client, err := merchants.Client(mchid)
		require.NoError(t, err)
		defer client.CloseIdleConnections()
		_, err = guide.Native(t.Context(), client, orderOf("ORDER-"+mchid))
		require.NoError(t, err)
		_, err = s.Gateway.Pay("ORDER-" + mchid)
		require.NoError(t, err)
		paid, err := s.Gateway.PaidNotification("ORDER-" + mchid)
		require.NoError(t, err)
		assert.Equal(t, 401, answer(s, paid, "tampered"))
		assert.Equal(t, 204, answer(s, paid, ""))
	}
	assert.Equal(t, map[string]string{"1900000109": "ORDER-1900000109", "1900000209": "ORDER-1900000209"}, settled)

	s := gateways["1900000109"]
	assert.Equal(t, 500, answer(s, sandbox.Notification{
		EventType: notify.TransactionSuccess, OriginalType: "transaction",
		Resource: map[string]any{"mchid": "1900000209", "out_trade_no": "ORDER-0001"},
	}, ""), "signed for one merchant, about another")
}

func TestMerchantsByPathAndPrefix(t *testing.T) {
	s := sandboxtest.New(t)
	handler, err := guide.NewNotifyHandler(s.Client.PlatformKeys(), s.Credentials.APIv3Key, &books{})
	require.NoError(t, err)
	handlers, err := guide.ByPath(map[string]*notify.Handler{"1900000109": handler})
	require.NoError(t, err)
	paidOrder(t, s, "PATH-0001")
	shop := httptest.NewServer(handlers)
	defer shop.Close()
	for mchid, want := range map[string]int{"1900000109": 204, "1900000209": 404} {
		paid, err := s.Gateway.PaidNotification("PATH-0001")
		require.NoError(t, err)
		attempts, _ := s.Gateway.Deliver(t.Context(), sandbox.Delivery{
			URL: shop.URL + "/wechatpay/notify/" + mchid, RetrySchedule: []time.Duration{},
		}, paid)
		require.Len(t, attempts, 1)
		assert.Equal(t, want, attempts[0].Status, mchid)
	}

	t.Setenv("EAST_WECHATPAY_MCHID", "1900000209")
	cfg, err := guide.ConfigOf("EAST")
	require.NoError(t, err)
	assert.Equal(t, "1900000209", cfg.MchID)
}
