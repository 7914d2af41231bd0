package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// A deduction is an order: the query of orders finds it, before it is paid and after.
func TestADeductionIsFoundByTheQueryOfOrders(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	post := func(path string, vars, body wechatpay.M) {
		t.Helper()
		_, err := s.Client.Chain(path).Post(t.Context(), &wechatpay.Options{Vars: vars, JSON: body})
		require.NoError(t, err)
	}
	query := func(path string, vars wechatpay.M) *wechatpay.Response {
		t.Helper()
		reply, err := s.Client.Chain(path).Get(t.Context(), &wechatpay.Options{Vars: vars, Query: wechatpay.M{"mchid": s.Credentials.MchID}})
		require.NoError(t, err)
		return reply
	}
	fen := wechatpay.M{"total": 690, "currency": "CNY"}
	first := s.Gateway.Now().In(time.FixedZone("CST", 8*60*60)).AddDate(0, 0, 2).Format(time.DateOnly)
	post("v3/papay/scheduled-deduct-sign/contracts/pre-entrust-sign/app", nil, wechatpay.M{
		"appid": "wx1", "plan_id": 12535, "out_contract_code": "c1", "contract_display_account": "u", "contract_notify_url": "https://example.com/c",
		"deduct_schedule": wechatpay.M{"estimated_deduct_date": first, "estimated_deduct_amount": fen, "description": "x"},
	})
	status, _ := control(t, s.Gateway, http.MethodPost, "contracts/sign", `{"plan_id":12535,"out_contract_code":"c1","openid":"o1"}`, nil)
	require.Equal(t, http.StatusOK, status)
	id := query("v3/papay/sign/contracts/plan-id/{plan_id}/out-contract-code/{out_contract_code}", wechatpay.M{"plan_id": 12535, "out_contract_code": "c1"}).
		Get("contract_id").String()
	post("v3/papay/pay/schedules/contract-id/{contract_id}/schedule", wechatpay.M{"contract_id": id}, wechatpay.M{"appid": "wx1", "schedule_amount": fen})
	s.Gateway.AdvanceClock(48 * time.Hour)
	post("v3/papay/pay/transactions/apply", nil, wechatpay.M{
		"appid": "wx1", "contract_id": id, "out_trade_no": "month-0001", "description": "x", "amount": fen, "transaction_notify_url": "https://example.com/p",
	})

	byNumber := func() *wechatpay.Response {
		return query("v3/pay/transactions/out-trade-no/{out_trade_no}", wechatpay.M{"out_trade_no": "month-0001"})
	}
	assert.Equal(t, "ACCEPT", byNumber().Get("trade_state").String())
	status, _ = control(t, s.Gateway, http.MethodPost, "contracts/pay", `{"out_trade_no":"month-0001"}`, nil)
	require.Equal(t, http.StatusOK, status)
	paid := byNumber()
	assert.Equal(t, "SUCCESS", paid.Get("trade_state").String())
	assert.EqualValues(t, 690, paid.Get("amount.total").Int())
	byID := query("v3/pay/transactions/id/{transaction_id}", wechatpay.M{"transaction_id": paid.Get("transaction_id").String()})
	assert.JSONEq(t, string(paid.Bytes()), string(byID.Bytes()))

	_, err := s.Client.Chain("v3/pay/transactions/out-trade-no/{out_trade_no}").Get(t.Context(), &wechatpay.Options{
		Vars: wechatpay.M{"out_trade_no": "month-0002"}, Query: wechatpay.M{"mchid": s.Credentials.MchID},
	})
	var api *wechatpay.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, "ORDER_NOT_EXIST", api.Code)
}
