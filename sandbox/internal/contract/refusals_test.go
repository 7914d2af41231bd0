package contract_test

import (
	"strings"
	"testing"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestContractsThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, path string
		value      any
		number     int
		field      string
	}{
		{"a code with a blank", "out_contract_code", "a b", 0, "/out_contract_code"},
		{"a code of 33 characters", "out_contract_code", strings.Repeat("x", 33), 0, "/out_contract_code"},
		{"no template", "plan_id", 0, 268435464, "/plan_id"},
		{"half a template", "plan_id", 1.5, 0, "/plan_id"},
		{"an address without https", "contract_notify_url", "http://shop.example.com", 0, "/contract_notify_url"},
		{"a day that is none", "deduct_schedule.estimated_deduct_date", "20260403", 0, "/deduct_schedule/estimated_deduct_date"},
		{"nothing to deduct", "deduct_schedule.estimated_deduct_amount.total", 0, 268435464, "/deduct_schedule/estimated_deduct_amount/total"},
		{"other money", "deduct_schedule.estimated_deduct_amount.currency", "USD", 0, "/deduct_schedule/estimated_deduct_amount/currency"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			sides(t, func(w *world) {
				w.Refused(w.t, "POST", w.presigning("app"), kittest.With(w.presigned("code"), row.path, row.value), "PARAM_ERROR", row.number, row.field)
				w.signed(w.t, "code")
			})
		})
	}
}

func TestDeductionsThatAreRefused(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		id := w.signed(w.t, "code")
		w.OK(w.t, "POST", w.scheduling(id), w.scheduled(1000))
		w.third()
		appid := "appid"
		if w.partner {
			appid = "sub_appid"
		}
		for _, row := range []struct {
			name, path string
			value      any
			number     int
			field      string
		}{
			{"a short number", "out_trade_no", "12345", 0, "/out_trade_no"},
			{"a long number", "out_trade_no", strings.Repeat("x", 33), 0, "/out_trade_no"},
			{"nothing", "amount.total", 0, 268435464, "/amount/total"},
			{"half a fen", "amount.total", 0.5, 0, "/amount/total"},
			{"other money", "amount.currency", "USD", 0, "/amount/currency"},
			{"a long description", "description", strings.Repeat("长", 128), 268435462, "/description"},
			{"an address with a query", "transaction_notify_url", paid + "?a", 0, "/transaction_notify_url"},
			{"another AppID", appid, "wx2", 0, "/" + appid},
		} {
			w.t.Run(row.name, func(t *testing.T) {
				w.Refused(t, "POST", w.applying(), kittest.With(w.applied(id, "number", 1), row.path, row.value), "PARAM_ERROR", row.number, row.field)
			})
		}
		w.Refused(w.t, "POST", w.applying(), w.applied("1", "number", 1), "RESOURCE_NOT_EXISTS", 0, "")
		w.OK(w.t, "POST", w.applying(), w.applied(id, "number", 1))
	})
}

// What is another's does not exist.
func TestContractsOfOthers(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		id := w.signed(t, "code")
		w.OK(t, "POST", w.scheduling(id), w.scheduled(1000))
		w.third()
		w.OK(t, "POST", w.applying(), w.applied(id, "number", 1))
		target, body := w.ending("code")
		w.Refused(t, "POST", target, body.With(play.Object{"contract_termination_remark": strings.Repeat("x", 257)}), "PARAM_ERROR", 268435462, "/contract_termination_remark")
		all := func() {
			w.Refused(t, "GET", w.byCode("code"), nil, "RESOURCE_NOT_EXISTS", 0, "")
			w.Refused(t, "POST", target, body, "RESOURCE_NOT_EXISTS", 0, "")
			w.Refused(t, "POST", w.scheduling(id), w.scheduled(1000), "RESOURCE_NOT_EXISTS", 0, "")
			w.Refused(t, "POST", w.applying(), w.applied(id, "number", 1), "RESOURCE_NOT_EXISTS", 0, "")
		}
		w.Caller = "1900000999"
		all()
		kittest.Same(t, w.pay("number"), "RESOURCE_NOT_EXISTS", 0, "")
		w.Caller, w.partner = caller, !w.partner
		target, body = w.ending("code")
		all()
		if w.partner {
			w.Refused(t, "POST", w.scheduling(id), w.scheduled(1).With(play.Object{"sub_mchid": caller}), "PARAM_ERROR", 0, "/sub_mchid")
		}
	})
}
