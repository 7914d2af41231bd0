package guide

import (
	"context"
	"net/http"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/notify"
)

// A Subscription is what a contract is about. Store it before the first call: its Code never changes.
type Subscription struct {
	Plan   int64  // plan_id, of the template in the merchant console
	Code   string // out_contract_code
	AppID  string
	User   string // how the user is called at the merchant, shown on the page
	First  string // the estimated day of the first deduction, such as 2026-04-03
	Amount int64  // at most this much is deducted then, in fen
}

// SignContract asks for the page of the mini program on which the user signs. It is valid for a
// few minutes; ask for another one with the same Subscription.
func SignContract(ctx context.Context, client *wechatpay.Client, s Subscription) (appID, path string, err error) {
	reply, err := client.Chain("v3/papay/scheduled-deduct-sign/contracts/pre-entrust-sign/mini-program").Post(ctx, &wechatpay.Options{
		JSON: wechatpay.M{
			"appid":                    s.AppID,
			"plan_id":                  s.Plan,
			"out_contract_code":        s.Code,
			"contract_display_account": s.User,
			"contract_notify_url":      "https://example.com/wechatpay/contracts",
			"deduct_schedule": wechatpay.M{
				"estimated_deduct_date":   s.First,
				"estimated_deduct_amount": wechatpay.M{"total": s.Amount, "currency": "CNY"},
				"description":             "连续包月会员",
			},
		},
	})
	if err != nil {
		return "", "", err
	}
	return reply.Get("redirect_appid").String(), reply.Get("redirect_path").String(), nil
}

// ContractID asks whether the user has signed: state is SIGNED, TERMINATED and so on.
func ContractID(ctx context.Context, client *wechatpay.Client, s Subscription) (id, state string, err error) {
	reply, err := client.Chain("v3/papay/sign/contracts/plan-id/{plan_id}/out-contract-code/{out_contract_code}").Get(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"plan_id": s.Plan, "out_contract_code": s.Code},
	})
	if err != nil {
		return "", "", err // 404 RESOURCE_NOT_EXISTS: not signed
	}
	return reply.Get("contract_id").String(), reply.Get("contract_state").String(), nil
}

// ScheduleDeduction announces a deduction to the user, and returns the first and the last day on
// which it may be made.
func ScheduleDeduction(ctx context.Context, client *wechatpay.Client, appID, contractID string, amount int64) (from, to string, err error) {
	reply, err := client.Chain("v3/papay/pay/schedules/contract-id/{contract_id}/schedule").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"contract_id": contractID},
		JSON: wechatpay.M{"appid": appID, "schedule_amount": wechatpay.M{"total": amount, "currency": "CNY"}},
	})
	if err != nil {
		return "", "", err
	}
	return reply.Get("deduct_start_date").String(), reply.Get("deduct_end_date").String(), nil
}

// Deduct asks for a deduction, which is accepted here and made later. number is an out_trade_no.
func Deduct(ctx context.Context, client *wechatpay.Client, appID, contractID, number string, amount int64) error {
	_, err := client.Chain("v3/papay/pay/transactions/apply").Post(ctx, &wechatpay.Options{
		JSON: wechatpay.M{
			"appid":                  appID,
			"contract_id":            contractID,
			"out_trade_no":           number,
			"description":            "连续包月会员",
			"amount":                 wechatpay.M{"total": amount, "currency": "CNY"},
			"transaction_notify_url": "https://example.com/wechatpay/deductions",
		},
	})
	return err
}

// DeductionState says what became of what was scheduled: SCHEDULED, PAID and so on.
func DeductionState(ctx context.Context, client *wechatpay.Client, contractID string) (string, error) {
	reply, err := client.Chain("v3/papay/pay/schedules/contract-id/{contract_id}").Get(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"contract_id": contractID},
	})
	if err != nil {
		return "", err
	}
	return reply.Get("schedule_state").String(), nil
}

// EndContract ends a contract for the merchant. Ending it again changes nothing.
func EndContract(ctx context.Context, client *wechatpay.Client, s Subscription, reason string) error {
	_, err := client.Chain("v3/papay/sign/contracts/plan-id/{plan_id}/out-contract-code/{out_contract_code}/terminate").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"plan_id": s.Plan, "out_contract_code": s.Code},
		JSON: wechatpay.M{"contract_termination_remark": reason},
	})
	return err
}

// ContractWebhook receives what users do with contracts, and the deductions that were made.
func ContractWebhook(cfg notify.Config, changed func(ctx context.Context, code, contractID, state string) error, paid func(context.Context, notify.Transaction) error) (http.Handler, error) {
	contract := func(ctx context.Context, event *notify.Event) (*notify.Reply, error) {
		return nil, changed(ctx, event.Get("out_contract_code").String(), event.Get("contract_id").String(), event.Get("contract_state").String())
	}
	return notify.NewHandler(notify.HandlerConfig{
		Config: cfg,
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.EntrustSign}:      contract,
			{EventType: notify.EntrustTerminate}: contract,
			{EventType: notify.TransactionSuccess, OriginalType: "transaction"}: notify.Typed(
				func(ctx context.Context, _ *notify.Event, order notify.Transaction) error { return paid(ctx, order) }),
		},
	})
}
