package guide_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// orderOf returns an order of a test.
func orderOf(number string) guide.Order {
	return guide.Order{
		AppID: "wxd678efh567hg6787", OutTradeNo: number, Description: "Tea", Total: 1800,
		Expires: time.Now().Add(30 * time.Minute), NotifyURL: "https://shop.example.com/wechatpay/notify",
	}
}

// tradeOf asks the gateway for an order.
func tradeOf(t *testing.T, s *sandboxtest.Sandbox, number string) *wechatpay.Response {
	t.Helper()
	resp, err := s.Client.Chain("v3/pay/transactions/out-trade-no/{out_trade_no}").Get(t.Context(), &wechatpay.Options{
		Vars: wechatpay.M{"out_trade_no": number}, Query: wechatpay.M{"mchid": s.Credentials.MchID},
	})
	require.NoError(t, err)
	return resp
}

func TestNative(t *testing.T) {
	s := sandboxtest.New(t)
	order := orderOf("NATIVE-0001")
	codeURL, err := guide.Native(t.Context(), s.Client, order)
	require.NoError(t, err)
	assert.Regexp(t, `^weixin://wxpay/bizpayurl`, codeURL)

	t.Run("again, with the same values", func(t *testing.T) {
		codeURL, err := guide.Native(t.Context(), s.Client, order)
		require.NoError(t, err)
		assert.NotEmpty(t, codeURL)
	})
	t.Run("again, with another amount", func(t *testing.T) {
		other := order
		other.Total++
		_, err := guide.Native(t.Context(), s.Client, other)
		require.ErrorContains(t, err, "NATIVE-0001")
		assert.False(t, wechatpay.OutcomeUnknown(err))
	})
	_, err = s.Gateway.Pay(order.OutTradeNo)
	require.NoError(t, err)
	trade := tradeOf(t, s, order.OutTradeNo)
	assert.Equal(t, "SUCCESS", trade.Get("trade_state").String())
	assert.Equal(t, "NATIVE", trade.Get("trade_type").String())
	assert.EqualValues(t, 1800, trade.Get("amount.total").Int())
}
