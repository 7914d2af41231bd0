package guide_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

var rental = guide.Service{ID: "500001", AppID: "wxd678efh567hg6787"}

func TestPayScore(t *testing.T) {
	s := sandboxtest.New(t)
	ctx, c := t.Context(), s.Client
	start := func(t *testing.T, number string) {
		t.Helper()
		params, err := guide.StartService(ctx, c, rental, number, s.Credentials.APIv2Key)
		require.NoError(t, err)
		assert.NotEmpty(t, params.QueryString())
		asUser(t, s, "payscore/confirm", wechatpay.M{"out_order_no": number, "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"})
	}
	state := func(t *testing.T, number string) guide.ServiceState {
		t.Helper()
		state, err := guide.QueryService(ctx, c, rental, number)
		require.NoError(t, err)
		return state
	}
	end := func(t *testing.T, number string) {
		t.Helper()
		s.Gateway.AdvanceClock(2 * time.Hour)
		now := s.Gateway.Now().In(time.FixedZone("CST", 8*60*60)).Format("20060102150405")
		require.NoError(t, guide.EndService(ctx, c, rental, number, now, 200))
	}
	t.Run("paid", func(t *testing.T) {
		start(t, "rental1")
		assert.Equal(t, guide.ServiceState{State: "DOING", Description: "USER_CONFIRM"}, state(t, "rental1"))
		end(t, "rental1")
		assert.Equal(t, guide.ServiceState{State: "DOING", Description: "MCH_COMPLETE", Collection: "USER_PAYING"}, state(t, "rental1"))
		require.NoError(t, guide.ModifyService(ctx, c, rental, "rental1", 150, "会员减免"))
		asUser(t, s, "payscore/pay", wechatpay.M{"out_order_no": "rental1"})
		assert.Equal(t, guide.ServiceState{State: "DONE", Collection: "USER_PAID"}, state(t, "rental1"))
		var api *wechatpay.APIError
		require.ErrorAs(t, guide.CancelService(ctx, c, rental, "rental1", "x"), &api)
		assert.Equal(t, "INVALID_REQUEST", api.Code)
	})
	t.Run("canceled", func(t *testing.T) {
		start(t, "rental2")
		require.NoError(t, guide.CancelService(ctx, c, rental, "rental2", "用户取消"))
		assert.Equal(t, "REVOKED", state(t, "rental2").State)
	})
	t.Run("paid in cash", func(t *testing.T) {
		start(t, "rental3")
		end(t, "rental3")
		now := s.Gateway.Now().In(time.FixedZone("CST", 8*60*60)).Format("20060102150405")
		require.NoError(t, guide.PaidElsewhere(ctx, c, rental, "rental3", now))
		assert.Equal(t, "DONE", state(t, "rental3").State)
	})
	t.Run("webhook", func(t *testing.T) {
		orders := make(chan notify.PayScoreOrder, 1)
		put := func(_ context.Context, order notify.PayScoreOrder) error {
			orders <- order
			return nil
		}
		handler, err := guide.PayScoreWebhook(notify.Config{Keys: c.PlatformKeys(), APIv3Key: s.Credentials.APIv3Key}, put, put)
		require.NoError(t, err)
		for _, event := range []string{"PAYSCORE.USER_CONFIRM", "PAYSCORE.USER_PAID"} {
			assert.Equal(t, "rental1", told(t, s, handler, orders, event, map[string]any{"out_order_no": "rental1"}).OutOrderNo)
		}
	})
}
