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

func TestContracts(t *testing.T) {
	s := sandboxtest.New(t)
	ctx, c := t.Context(), s.Client
	first := s.Gateway.Now().In(time.FixedZone("CST", 8*60*60)).AddDate(0, 0, 2)
	member := guide.Subscription{
		Plan: 12535, Code: "member-0001", AppID: "wxd678efh567hg6787", User: "会员 8888", First: first.Format(time.DateOnly), Amount: 1000,
	}
	appID, path, err := guide.SignContract(ctx, c, member)
	require.NoError(t, err)
	assert.NotEmpty(t, appID)
	assert.NotEmpty(t, path)
	_, _, err = guide.ContractID(ctx, c, member)
	var api *wechatpay.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, 404, api.StatusCode, "not signed yet")

	asUser(t, s, "contracts/sign", wechatpay.M{"plan_id": member.Plan, "out_contract_code": member.Code, "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"})
	id, state, err := guide.ContractID(ctx, c, member)
	require.NoError(t, err)
	assert.Equal(t, "SIGNED", state)

	from, to, err := guide.ScheduleDeduction(ctx, c, member.AppID, id, 690)
	require.NoError(t, err)
	assert.Equal(t, member.First, from)
	assert.Greater(t, to, from)
	require.ErrorAs(t, guide.Deduct(ctx, c, member.AppID, id, "month-0001", 690), &api, "it is too early")
	s.Gateway.AdvanceClock(48 * time.Hour)
	require.NoError(t, guide.Deduct(ctx, c, member.AppID, id, "month-0001", 690))
	asUser(t, s, "contracts/pay", wechatpay.M{"out_trade_no": "month-0001"})
	order, err := c.Chain("v3/pay/transactions/out-trade-no/{out_trade_no}").Get(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"out_trade_no": "month-0001"}, Query: wechatpay.M{"mchid": c.CallerID()},
	})
	require.NoError(t, err)
	assert.Equal(t, "SUCCESS", order.Get("trade_state").String())
	assert.EqualValues(t, 690, order.Get("amount.total").Int())
	state, err = guide.DeductionState(ctx, c, id)
	require.NoError(t, err)
	assert.Equal(t, "PAID", state)

	for range 2 {
		require.NoError(t, guide.EndContract(ctx, c, member, "用户退订"))
	}
	_, state, err = guide.ContractID(ctx, c, member)
	require.NoError(t, err)
	assert.Equal(t, "TERMINATED", state)

	t.Run("webhook", func(t *testing.T) {
		codes := make(chan string, 1)
		handler, err := guide.ContractWebhook(
			notify.Config{Keys: c.PlatformKeys(), APIv3Key: s.Credentials.APIv3Key},
			func(_ context.Context, code, _, _ string) error {
				codes <- code
				return nil
			},
			func(_ context.Context, order notify.Transaction) error {
				codes <- order.OutTradeNo
				return nil
			})
		require.NoError(t, err)
		assert.Equal(t, member.Code, told(t, s, handler, codes, "ENTRUST.SIGN", map[string]any{"out_contract_code": member.Code}))
		assert.Equal(t, member.Code, told(t, s, handler, codes, "ENTRUST.TERMINATE", map[string]any{"out_contract_code": member.Code}))
	})
}
