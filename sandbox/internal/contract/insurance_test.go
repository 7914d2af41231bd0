package contract_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

const insured = papay + "insurance-sign/"

func periodOf(id int, date string) play.Object {
	return play.Object{"policy_period_id": id, "estimated_deduct_date": date, "estimated_deduct_amount": fen(1000)}
}

func insurance(code string) play.Object {
	return play.Object{
		"appid": "wx1", "plan_id": plan, "out_contract_code": code, "insured_display_name": "*明", "contract_notify_url": hook,
		"policy_start_date": "2026-04-01", "policy_end_date": "2027-04-01",
		"policy_periods": []any{periodOf(1, "2026-04-01"), periodOf(2, "2026-05-01")},
		"real_identity":  play.Object{"real_name": "张三", "id_card_number": "1", "identity_type": "ID_CARD"},
	}
}

// insure makes an insurance that is paid for at once.
func (w *world) insure(t *testing.T, code string) (contractID string) {
	t.Helper()
	w.OK(t, "POST", insured+"contracts/pre-entrust-sign/app", insurance(code).With(play.Object{
		"amount": fen(690), "out_trade_no": "first-" + code, "description": "x", "transaction_notify_url": paid,
	}))
	id, err := w.sign(code)
	require.NoError(t, err)
	return id
}

func (w *world) insurance(t *testing.T) play.Object {
	t.Helper()
	return w.OK(t, "GET", fmt.Sprintf("%scontracts/plan-id/%d/out-contract-code/code", insured, plan), nil)
}

func ofPeriod(id string, period int) string {
	return fmt.Sprintf("%sinsurance-pay/policy-periods/contract-id/%s/policy-period-id/%d", papay, id, period)
}

func scheduledOf(amount int) play.Object {
	return play.Object{"appid": "wx1", "scheduled_amount": fen(amount)}
}

// charge schedules and pays a period.
func (w *world) charge(t *testing.T, id string, period int) {
	t.Helper()
	no := fmt.Sprintf("period-%d", period)
	w.OK(t, "POST", ofPeriod(id, period)+"/schedule", scheduledOf(1000))
	w.OK(t, "POST", papay+"insurance-pay/transactions/apply", w.applied(id, no, 1000).With(play.Object{"policy_period_id": period}))
	require.NoError(t, w.pay(no))
}

func TestAnInsuranceFromItsSignatureToItsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	id := w.insure(t, "code")
	assert.Equal(t, "SIGNED", w.insurance(t).Text("contract_state"))
	assert.EqualValues(t, 686, w.ledger.Balance(ledger.Merchant(caller)), "it was paid at once")
	w.Refused(t, "GET", w.byCode("code"), nil, "RESOURCE_NOT_EXISTS", 0, "")
	w.Refused(t, "POST", ofPeriod(id, 3)+"/schedule", scheduledOf(1), "RESOURCE_NOT_EXISTS", 0, "")

	w.charge(t, id, 1)
	o := w.OK(t, "GET", ofPeriod(id, 1), nil)
	assert.Equal(t, "PAID", o.Text("policy_period_state"))
	assert.EqualValues(t, 1, o.Int("policy_period_id"))
	list := w.OK(t, "GET", fmt.Sprintf("%spolicy_periods/plan-id/%d/out-contract-code/code?limit=1&offset=1", insured, plan), nil)
	assert.EqualValues(t, 2, list.Int("total_count"))
	require.Len(t, list.List("data"), 1)
	assert.Equal(t, "NO_SCHEDULED", list.List("data")[0].Text("policy_period_state"))

	renewing := fmt.Sprintf("%scontracts/plan-id/%d/contract-id/%s/renew", insured, plan, id)
	more := play.Object{"appid": "wx1", "policy_periods": []any{periodOf(3, "2026-06-01")}}
	w.Refused(t, "POST", renewing, more, "INVALID_REQUEST", 0, "")
	w.Now = w.Now.AddDate(0, 1, 0)
	w.charge(t, id, 2)
	assert.Equal(t, "TO_BE_RENEWED", w.insurance(t).Text("contract_state"))
	again := play.Object{"appid": "wx1", "policy_periods": []any{periodOf(2, "2026-06-01")}}
	w.Refused(t, "POST", renewing, again, "PARAM_ERROR", 0, "/policy_periods/0/policy_period_id")
	w.OK(t, "POST", renewing, more)
	w.OK(t, "POST", renewing, more)
	assert.Equal(t, "SIGNED", w.insurance(t).Text("contract_state"))
	end := fmt.Sprintf("%scontracts/plan-id/%d/out-contract-code/code/terminate", insured, plan)
	assert.Equal(t, "TERMINATED", w.OK(t, "POST", end, play.Object{"contract_termination_remark": "x"}).Text("contract_state"))
	assert.Equal(t, []string{
		"INSURANCE_ENTRUST.SIGN", "TRANSACTION.SUCCESS", "TRANSACTION.SUCCESS", "TRANSACTION.SUCCESS",
		"INSURANCE_ENTRUST.RENEW", "INSURANCE_ENTRUST.TERMINATE",
	}, w.Types())
	assert.Zero(t, w.ledger.Sum())
	saved, err := w.book.Save()
	require.NoError(t, err)
	assert.NotContains(t, string(saved), "张三", "who it is nobody needs")
}

func TestModifyReplacesThePeriodsToCome(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	id := w.insure(t, "code")
	w.charge(t, id, 1)
	target := fmt.Sprintf("%spolicy-periods/plan-id/%d/contract-id/%s/modify", insured, plan, id)
	body := play.Object{"appid": "wx1", "policy_periods": []any{periodOf(4, "2026-06-01")}}
	over := play.Object{"appid": "wx1", "policy_periods": []any{periodOf(1, "2026-06-01")}}
	w.Refused(t, "POST", target, over, "PARAM_ERROR", 0, "/policy_periods/0/policy_period_id")
	w.Now = w.Now.AddDate(0, 1, 0)
	w.OK(t, "POST", ofPeriod(id, 2)+"/schedule", scheduledOf(1000))
	w.Refused(t, "POST", target, body, "INVALID_REQUEST", 0, "")
	w.OK(t, "POST", papay+"insurance-pay/transactions/apply", w.applied(id, "running", 1).With(play.Object{"policy_period_id": 2}))
	w.Refused(t, "POST", target, body.With(play.Object{"allow_cancel_scheduled": true}), "INVALID_REQUEST", 0, "")
	require.NoError(t, w.book.FailToPay(w.Now, caller, "running"))
	first := w.OK(t, "POST", target, body.With(play.Object{"allow_cancel_scheduled": true}))
	assert.EqualValues(t, 2, first.Int("cancel_scheduled_policy_period_id"))
	assert.Equal(t, first, w.OK(t, "POST", target, body.With(play.Object{"allow_cancel_scheduled": true})))
	w.Refused(t, "GET", ofPeriod(id, 2), nil, "RESOURCE_NOT_EXISTS", 0, "")
	assert.Equal(t, "NO_SCHEDULED", w.OK(t, "GET", ofPeriod(id, 4), nil).Text("policy_period_state"))
	assert.Equal(t, "PAID", w.OK(t, "GET", ofPeriod(id, 1), nil).Text("policy_period_state"))
	w.OK(t, "POST", target, play.Object{"appid": "wx1", "policy_periods": []any{periodOf(4, "2026-06-01"), periodOf(5, "2026-07-01")}})
	require.NoError(t, w.book.Terminate(w.Now, nil, caller, id))
	w.Refused(t, "POST", target, body, "INVALID_REQUEST", 0, "")
	w.Refused(t, "POST", fmt.Sprintf("%spolicy-periods/plan-id/1/contract-id/%s/modify", insured, id), body, "RESOURCE_NOT_EXISTS", 0, "")
}

func TestInsurancesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	target := insured + "contracts/pre-entrust-sign/app"
	for _, row := range []struct {
		name, path string
		value      any
		field      string
	}{
		{"a period twice", "policy_periods", []any{periodOf(1, "2026-04-01"), periodOf(1, "2026-05-01")}, "/policy_periods/1/policy_period_id"},
		{"a day that is none", "policy_periods", []any{periodOf(1, "x")}, "/policy_periods/0/estimated_deduct_date"},
		{"a payment without a number", "amount", fen(1), "/out_trade_no"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w.Refused(t, "POST", target, kittest.With(insurance("code"), row.path, row.value), "PARAM_ERROR", 0, row.field)
		})
	}
	w.insure(t, "code")
	used := insurance("other").With(play.Object{"amount": fen(1), "out_trade_no": "first-code", "description": "x", "transaction_notify_url": paid})
	w.OK(t, "POST", target, used)
	_, err := w.sign("other")
	kittest.Same(t, err, "INVALID_REQUEST", 268498688, "")
	periods := fmt.Sprintf("%spolicy_periods/plan-id/%d/out-contract-code/code", insured, plan)
	w.Refused(t, "GET", periods+"?limit=0", nil, "PARAM_ERROR", 0, "limit")
	w.Refused(t, "GET", periods+"?offset=-1", nil, "PARAM_ERROR", 0, "offset")
	w.Refused(t, "GET", periods+"x", nil, "RESOURCE_NOT_EXISTS", 0, "")
	id := w.insurance(t).Text("contract_id")
	applying := papay + "insurance-pay/transactions/apply"
	w.Refused(t, "POST", applying, w.applied(id, "number", 1).With(play.Object{"policy_period_id": 9}), "RESOURCE_NOT_EXISTS", 0, "")
	w.Refused(t, "POST", applying, w.applied(id, "number", 1).With(play.Object{"policy_period_id": 1}), "INVALID_REQUEST", 0, "")
	w.Refused(t, "POST", w.applying(), w.applied(id, "number", 1), "RESOURCE_NOT_EXISTS", 0, "")
	id = w.signed(t, "scheduled")
	w.Refused(t, "GET", ofPeriod(id, 1), nil, "RESOURCE_NOT_EXISTS", 0, "")
	w.Refused(t, "POST", fmt.Sprintf("%scontracts/plan-id/%d/contract-id/%s/renew", insured, plan, id),
		play.Object{"appid": "wx1", "policy_periods": []any{periodOf(3, "2026-06-01")}}, "RESOURCE_NOT_EXISTS", 0, "")
}
