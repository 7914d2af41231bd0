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

func TestOrders(t *testing.T) {
	s := sandboxtest.New(t)
	place := func(t *testing.T, number string) {
		t.Helper()
		_, err := guide.Native(t.Context(), s.Client, orderOf(number))
		require.NoError(t, err)
	}
	t.Run("an open order is queried, closed, and closed again", func(t *testing.T) {
		place(t, "ORDER-0001")
		trade, err := guide.QueryOrder(t.Context(), s.Client, "ORDER-0001")
		require.NoError(t, err)
		assert.Equal(t, "NOTPAY", trade.TradeState)
		for range 2 {
			trade, err = guide.CloseOrder(t.Context(), s.Client, "ORDER-0001")
			require.NoError(t, err)
			assert.Equal(t, "CLOSED", trade.TradeState)
		}
		_, err = s.Gateway.Pay("ORDER-0001")
		require.Error(t, err)
	})
	t.Run("a paid order is not closed", func(t *testing.T) {
		place(t, "ORDER-0002")
		_, err := s.Gateway.Pay("ORDER-0002")
		require.NoError(t, err)
		trade, err := guide.CloseOrder(t.Context(), s.Client, "ORDER-0002")
		require.NoError(t, err)
		assert.Equal(t, "SUCCESS", trade.TradeState)
		assert.EqualValues(t, 1800, trade.Amount.PayerTotal)
	})
	t.Run("an order that could not be closed is told", func(t *testing.T) {
		place(t, "ORDER-0003")
		require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Method: "POST", Times: 9, Status: 403, Code: "NO_AUTH"}))
		defer s.Gateway.Disarm()
		_, err := guide.CloseOrder(t.Context(), s.Client, "ORDER-0003")
		require.ErrorContains(t, err, "still open")
		require.ErrorContains(t, err, "NO_AUTH")
	})
	t.Run("a reply about another order is refused", func(t *testing.T) {
		s := sandboxtest.New(t)
		s.Gateway.Handle("GET", "/v3/pay/transactions/out-trade-no/{out_trade_no}", func(*sandbox.Request) *sandbox.Reply {
			return sandbox.JSON(200, map[string]string{"out_trade_no": "ORDER-0002", "trade_state": "SUCCESS"})
		})
		_, err := guide.QueryOrder(t.Context(), s.Client, "ORDER-0001")
		require.ErrorContains(t, err, "another one")
	})
	t.Run("open orders are settled, whatever one of them does", func(t *testing.T) {
		settled := map[string]string{}
		err := guide.QueryOpenOrders(t.Context(), s.Client, []string{"ORDER-0001", "ORDER-none", "ORDER-0002"}, func(trade guide.Trade) error {
			settled[trade.OutTradeNo] = trade.TradeState
			return nil
		})
		var api *wechatpay.APIError
		require.ErrorAs(t, err, &api)
		assert.Equal(t, "ORDER_NOT_EXIST", api.Code)
		assert.Equal(t, map[string]string{"ORDER-0001": "CLOSED", "ORDER-0002": "SUCCESS"}, settled)
	})
}
