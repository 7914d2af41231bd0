package guide_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestCoupons(t *testing.T) {
	s := sandboxtest.New(t)
	ctx, c := t.Context(), s.Client
	const appID, openID = "wxd678efh567hg6787", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
	now := s.Gateway.Now()
	stock, err := guide.CreateStock(ctx, c, "stock-0001", now, now.AddDate(0, 1, 0))
	require.NoError(t, err)
	assert.NotEmpty(t, stock)
	coupon, err := guide.SendCoupon(ctx, c, stock, "send-0001", appID, openID)
	require.NoError(t, err)
	assert.NotEmpty(t, coupon)
	status, err := guide.CouponStatus(ctx, c, appID, openID, coupon)
	require.NoError(t, err)
	assert.NotEmpty(t, status)
	require.NoError(t, guide.ReceiveCouponEvents(ctx, c, "https://example.com/wechatpay/coupons"))
	var sent int
	for _, exchange := range s.Gateway.Exchanges() {
		assert.Less(t, exchange.Status, 300, exchange.Target)
		if exchange.Target == "/v3/marketing/favor/users/"+openID+"/coupons" {
			assert.JSONEq(t, `{"stock_id":"`+stock+`","out_request_no":"send-0001","appid":"`+appID+`","stock_creator_mchid":"`+c.CallerID()+`"}`, exchange.Body)
			sent++
		}
	}
	assert.Equal(t, 1, sent)

	used := make(chan string, 1)
	handler, err := guide.CouponWebhook(notify.Config{Keys: c.PlatformKeys(), APIv3Key: s.Credentials.APIv3Key},
		func(_ context.Context, couponID, transactionID string) error {
			assert.NotEmpty(t, transactionID)
			used <- couponID
			return nil
		})
	require.NoError(t, err)
	assert.Equal(t, coupon, told(t, s, handler, used, "COUPON.USE", map[string]any{"coupon_id": coupon}))
}
