package guide_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestSandbox(t *testing.T) {
	s := sandboxtest.New(t)
	came := make(chan string, 10)
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		came <- r.Header.Get("Wechatpay-Serial")
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(shop.Close)
	ordered(t, s, "SANDBOX-1")
	require.NoError(t, guide.PayAndNotify(t.Context(), s.Gateway, "SANDBOX-1", shop.URL))
	assert.NotEmpty(t, <-came)
	assert.NotEmpty(t, <-came)

	require.NoError(t, guide.LoseReplies(s.Gateway, 1))
	once, err := s.Client.With(func(stack *middleware.Stack) error { return stack.Remove("retry") })
	require.NoError(t, err)
	_, err = once.Chain("v3/refund/domestic/refunds").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{
		"out_trade_no": "SANDBOX-1", "out_refund_no": "SANDBOX-R1", "amount": wechatpay.M{"refund": 1, "total": 1800, "currency": "CNY"},
	}})
	require.Error(t, err)
	assert.True(t, wechatpay.OutcomeUnknown(err))
	refund, err := s.Client.Chain("v3/refund/domestic/refunds/{out_refund_no}").Get(t.Context(), &wechatpay.Options{
		Vars: wechatpay.M{"out_refund_no": "SANDBOX-R1"},
	})
	require.NoError(t, err, "it was processed")
	assert.EqualValues(t, 1, refund.Get("amount.refund").Int())
}
