package guide_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// paidOrder places and pays an order of 1,800 fen.
func paidOrder(t *testing.T, s *sandboxtest.Sandbox, number string) {
	t.Helper()
	_, err := guide.Native(t.Context(), s.Client, orderOf(number))
	require.NoError(t, err)
	_, err = s.Gateway.Pay(number)
	require.NoError(t, err)
}

func refundOf(number, refund string, amount int64) guide.Refund {
	return guide.Refund{OutTradeNo: number, OutRefundNo: refund, Amount: amount, Total: 1800, Reason: "out of stock"}
}

func TestRefunds(t *testing.T) {
	s := sandboxtest.New(t)
	paidOrder(t, s, "REFUND-0001")
	t.Run("in two parts, and not a fen more", func(t *testing.T) {
		state, err := guide.ApplyRefund(t.Context(), s.Client, refundOf("REFUND-0001", "R1", 800))
		require.NoError(t, err)
		assert.Equal(t, "PROCESSING", state.Status)
		s.Gateway.AdvanceClock(time.Minute)
		_, err = guide.ApplyRefund(t.Context(), s.Client, refundOf("REFUND-0001", "R2", 1000))
		require.NoError(t, err)
		for number, amount := range map[string]int64{"R1": 800, "R2": 1000} {
			state, err := guide.QueryRefund(t.Context(), s.Client, number)
			require.NoError(t, err)
			assert.Equal(t, "SUCCESS", state.Status)
			assert.Equal(t, amount, state.Amount.Refund)
		}
		s.Gateway.AdvanceClock(time.Minute)
		_, err = guide.ApplyRefund(t.Context(), s.Client, refundOf("REFUND-0001", "R3", 1))
		require.Error(t, err)
		assert.False(t, wechatpay.OutcomeUnknown(err))
	})
	t.Run("the same number again is the same refund", func(t *testing.T) {
		state, err := guide.ApplyRefund(t.Context(), s.Client, refundOf("REFUND-0001", "R1", 800))
		require.NoError(t, err)
		assert.Equal(t, "R1", state.OutRefundNo)
	})
	t.Run("a reply that is lost is asked for", func(t *testing.T) {
		paidOrder(t, s, "REFUND-0002")
		require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Method: "POST", Times: 9, Fault: "unsigned"}))
		defer s.Gateway.Disarm()
		state, err := guide.ApplyRefund(t.Context(), s.Client, refundOf("REFUND-0002", "R4", 1800))
		require.NoError(t, err)
		assert.Equal(t, "SUCCESS", state.Status)
	})
	t.Run("a reply that is lost, and a query that fails, leave it unsettled", func(t *testing.T) {
		paidOrder(t, s, "REFUND-0004")
		require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Times: 99, Fault: "unsigned"}))
		defer s.Gateway.Disarm()
		_, err := guide.ApplyRefund(t.Context(), s.Client, refundOf("REFUND-0004", "R6", 1800))
		require.ErrorIs(t, err, guide.ErrUnsettled)
		assert.Equal(t, guide.Unknown, guide.StateOf(err))
	})
	t.Run("an unreadable reply is a refund that was accepted", func(t *testing.T) {
		s := sandboxtest.New(t)
		s.Gateway.Handle("POST", "/v3/refund/domestic/refunds", func(*sandbox.Request) *sandbox.Reply {
			return sandbox.JSON(200, map[string]any{"out_refund_no": "R7", "amount": map[string]string{"refund": "?"}})
		})
		_, err := guide.ApplyRefund(t.Context(), s.Client, refundOf("REFUND-0005", "R7", 1800))
		require.ErrorContains(t, err, "was accepted")
		assert.Equal(t, guide.Done, guide.StateOf(err))
	})
	t.Run("a query that is answered about another refund is refused", func(t *testing.T) {
		s := sandboxtest.New(t)
		s.Gateway.Handle("GET", "/v3/refund/domestic/refunds/{out_refund_no}", func(*sandbox.Request) *sandbox.Reply {
			return sandbox.JSON(200, map[string]string{"out_refund_no": "R1", "status": "SUCCESS"})
		})
		_, err := guide.QueryRefund(t.Context(), s.Client, "R2")
		require.ErrorContains(t, err, "another one")
	})
}

func TestAbnormalRefund(t *testing.T) {
	s := sandboxtest.New(t, sandboxtest.WithConfig(sandbox.Config{RefundDelay: -1}))
	paidOrder(t, s, "REFUND-0003")
	_, err := guide.ApplyRefund(t.Context(), s.Client, refundOf("REFUND-0003", "R5", 1800))
	require.NoError(t, err)
	require.NoError(t, s.Gateway.SettleRefund("R5", "ABNORMAL"))
	state, err := guide.QueryRefund(t.Context(), s.Client, "R5")
	require.NoError(t, err)
	require.Equal(t, "ABNORMAL", state.Status)
	require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Method: "POST", Times: 9, Status: 500, Code: "SYSTEM_ERROR"}))
	_, err = guide.PayOutAbnormal(t.Context(), s.Client, state, "ICBC_DEBIT", "6222020000000000000", "张三")
	require.ErrorIs(t, err, guide.ErrUnsettled)
	s.Gateway.Disarm()
	_, err = guide.PayOutAbnormal(t.Context(), s.Client, state, "ICBC_DEBIT", "6222020000000000000", "张三")
	require.NoError(t, err)
	exchanges := s.Gateway.Exchanges()
	assert.NotContains(t, exchanges[len(exchanges)-1].Body, "6222020000000000000")
	require.NoError(t, s.Gateway.SettleRefund("R5", "SUCCESS"))
}
