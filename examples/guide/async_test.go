package guide_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestAsync(t *testing.T) {
	s := sandboxtest.New(t)
	ordered(t, s, "ASYNC-1")
	_, err := s.Gateway.Pay("ASYNC-1")
	require.NoError(t, err)

	resp, err := guide.RefundLater(t.Context(), s.Client, wechatpay.M{
		"out_trade_no": "ASYNC-1", "out_refund_no": "ASYNC-R1", "amount": wechatpay.M{"refund": 1, "total": 1800, "currency": "CNY"},
	}).Wait()
	require.NoError(t, err)
	assert.Equal(t, "ASYNC-R1", resp.Get("out_refund_no").String())
	_, err = guide.RefundLater(t.Context(), s.Client, wechatpay.M{
		"out_trade_no": "ASYNC-1", "out_refund_no": "ASYNC-R2", "amount": wechatpay.M{"refund": 1801, "total": 1800, "currency": "CNY"},
	}).Wait()
	require.ErrorContains(t, err, "refund ASYNC-R2")

	status, failed := guide.RefundStatuses(t.Context(), s.Client, []string{"ASYNC-R1", "ASYNC-R2"})
	assert.Equal(t, map[string]string{"ASYNC-R1": "SUCCESS"}, status)
	require.Len(t, failed, 1)
	assert.ErrorContains(t, failed["ASYNC-R2"], "RESOURCE_NOT_EXISTS")
}

func TestAsyncAboutAnotherRefund(t *testing.T) {
	s := sandboxtest.New(t)
	s.Gateway.Handle("GET", "/v3/refund/domestic/refunds/{out_refund_no}", func(*sandbox.Request) *sandbox.Reply {
		return sandbox.JSON(200, map[string]string{"out_refund_no": "ASYNC-OTHER", "status": "SUCCESS"})
	})
	status, failed := guide.RefundStatuses(t.Context(), s.Client, []string{"ASYNC-R3"})
	assert.Empty(t, status)
	assert.ErrorContains(t, failed["ASYNC-R3"], "another one")
}
