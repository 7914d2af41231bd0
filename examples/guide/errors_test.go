package guide_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestExplain(t *testing.T) {
	s := sandboxtest.New(t)
	once, err := s.Client.With(func(stack *middleware.Stack) error { return stack.Remove("retry") })
	require.NoError(t, err)
	for _, row := range []struct{ name, number, fault, want string }{
		{"done", "EXPLAIN-1", "", "done"},
		{"lost reply", "EXPLAIN-2", "drop", "unknown: "},
		{"unsigned 400", "EXPLAIN-3", "unsigned-400", "unknown: "},
		{"system error", "E4_SYSTEM_ERROR", "", "unknown: "},
		{"refusal", "E5_ORDER_CLOSED", "", "refused: ORDER_CLOSED "},
		{"rate", "EXPLAIN-6", "rate-429", "no effect, and no signature: 429 RATELIMIT_EXCEEDED"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := once.Chain("v3/pay/transactions/native").Post(t.Context(), &wechatpay.Options{
				JSON: teaOrder(s, row.number), Header: http.Header{sandbox.FaultHeader: {row.fault}},
			})
			assert.Contains(t, guide.Explain(err), row.want)
		})
	}
	_, err = s.Client.Chain("v3/../x").Post(t.Context(), nil)
	assert.Contains(t, guide.Explain(err), "not sent: ")
}
