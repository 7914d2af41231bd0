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

// ordered makes a Native order of 18 yuan at a gateway.
func ordered(t *testing.T, s *sandboxtest.Sandbox, number string) {
	t.Helper()
	_, err := s.Client.Chain("v3/pay/transactions/native").Post(t.Context(), &wechatpay.Options{JSON: teaOrder(s, number)})
	require.NoError(t, err)
}

func teaOrder(s *sandboxtest.Sandbox, number string) wechatpay.M {
	return wechatpay.M{
		"appid": "wxd678efh567hg6787", "mchid": s.Credentials.MchID, "description": "Tea", "out_trade_no": number,
		"notify_url": "https://shop.example.com/wechatpay/notify", "amount": wechatpay.M{"total": 1800},
	}
}

func TestChain(t *testing.T) {
	s := sandboxtest.New(t)
	ordered(t, s, "CHAIN-PAID")
	ordered(t, s, "CHAIN-UNPAID")
	_, err := s.Gateway.Pay("CHAIN-PAID")
	require.NoError(t, err)
	for _, row := range []struct {
		number, state, after string
		fen                  int64
	}{
		{"CHAIN-PAID", "SUCCESS", "SUCCESS", 1800},
		{"CHAIN-UNPAID", "CLOSED", "CLOSED", 0},
	} {
		t.Run(row.number, func(t *testing.T) {
			fen, err := guide.PaidFen(t.Context(), s.Client, row.number)
			require.NoError(t, err)
			assert.Equal(t, row.fen, fen)
			state, err := guide.CloseUnpaid(t.Context(), s.Client, row.number)
			require.NoError(t, err)
			assert.Equal(t, row.state, state)
			state, err = guide.CloseUnpaid(t.Context(), s.Client, row.number)
			require.NoError(t, err)
			assert.Equal(t, row.after, state)
		})
	}
}

func TestChainAboutAnotherOrder(t *testing.T) {
	s := sandboxtest.New(t)
	s.Gateway.Handle("GET", "/v3/pay/transactions/out-trade-no/{out_trade_no}", func(*sandbox.Request) *sandbox.Reply {
		return sandbox.JSON(200, map[string]string{"out_trade_no": "CHAIN-OTHER", "trade_state": "SUCCESS"})
	})
	_, err := guide.PaidFen(t.Context(), s.Client, "CHAIN-ASKED")
	require.ErrorContains(t, err, "another one")
	_, err = guide.CloseUnpaid(t.Context(), s.Client, "CHAIN-ASKED")
	require.ErrorContains(t, err, "another one")
}

func TestCloseUnpaidOfAnOrderThatStaysOpen(t *testing.T) {
	s := sandboxtest.New(t)
	ordered(t, s, "CHAIN-OPEN")
	require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Method: "POST", Times: 9, Status: 500, Code: "SYSTEM_ERROR"}))
	state, err := guide.CloseUnpaid(t.Context(), s.Client, "CHAIN-OPEN")
	require.ErrorContains(t, err, "still open")
	assert.Equal(t, "NOTPAY", state)
}

func TestWithGoods(t *testing.T) {
	s := sandboxtest.New(t)
	body := guide.WithGoods(teaOrder(s, "CHAIN-GOODS"),
		wechatpay.M{"merchant_goods_id": "1001", "quantity": 1, "unit_price": 1000},
		wechatpay.M{"merchant_goods_id": "1002", "quantity": 2, "unit_price": 400},
	)
	assert.EqualValues(t, 2, body.Get("detail.goods_detail.1.quantity").Int())
	resp, err := s.Client.Chain("v3/pay/transactions/native").Post(t.Context(), &wechatpay.Options{JSON: body})
	require.NoError(t, err)
	assert.NotEmpty(t, resp.Get("code_url").String())
}
