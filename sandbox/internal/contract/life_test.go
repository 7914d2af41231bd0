package contract_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestAContractFromItsSignatureToItsEnd(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		w.Refused(t, "GET", w.byCode("code"), nil, "RESOURCE_NOT_EXISTS", 0, "")
		w.OK(t, "POST", w.presigning("app"), w.presigned("code"))
		w.Refused(t, "GET", w.byCode("code"), nil, "RESOURCE_NOT_EXISTS", 0, "")
		id, err := w.sign("code")
		require.NoError(t, err)
		o := w.get(t, "code")
		assert.Equal(t, id, o.Text("contract_id"))
		assert.Equal(t, "SIGNED", o.Text("contract_state"))
		assert.Equal(t, "2026-04-01T12:00:00+08:00", o.Text("contract_signed_time"))
		assert.Equal(t, "NO_SCHEDULED", o.Text("deduct_schedule.schedule_state"))
		assert.False(t, o.Has("contract_terminate_info"))
		assert.False(t, o.Has("deduct_schedule.scheduled_amount") || o.Has("deduct_schedule.deduct_amount"), "nothing is scheduled")

		schedule := w.OK(t, "POST", w.scheduling(id), w.scheduled(690))
		assert.Equal(t, "SCHEDULED", schedule.Text("schedule_state"))
		assert.Equal(t, "2026-04-03", schedule.Text("deduct_start_date"))
		assert.Equal(t, "2026-04-09", schedule.Text("deduct_end_date"))
		w.third()
		reply := w.OK(t, "POST", w.applying(), w.applied(id, "number", 690))
		assert.Equal(t, "number", reply.Text("out_trade_no"))
		transaction, err := w.book.Pay(w.Now, w.Emit, caller, "number")
		require.NoError(t, err)
		assert.Regexp(t, `^4200[0-9]{24}$`, transaction)
		schedule = w.scheduleOf(t, id)
		assert.Equal(t, "PAID", schedule.Text("schedule_state"))
		assert.Equal(t, "2026-04-03", schedule.Text("deduct_date"))
		assert.EqualValues(t, 690, schedule.Int("deduct_amount.total"))
		assert.EqualValues(t, 686, w.ledger.Balance(ledger.Merchant(w.payee())), "less 0.60 %")
		assert.Zero(t, w.ledger.Sum())

		end := w.terminate(t, "code")
		assert.Equal(t, "TERMINATED", end.Text("contract_state"))
		assert.Equal(t, "MCH_API_TERMINATE", end.Text("contract_terminate_info.contract_termination_mode"))
		assert.Equal(t, end, w.terminate(t, "code"))

		events := w.Events()
		require.Len(t, events, 3)
		for i, event := range []struct{ kind, original, url string }{
			{"ENTRUST.SIGN", "entrust", hook}, {"TRANSACTION.SUCCESS", "transaction", paid}, {"ENTRUST.TERMINATE", "entrust", hook},
		} {
			assert.Equal(t, event.kind, events[i].Type)
			assert.Equal(t, event.original, events[i].OriginalType)
			assert.Equal(t, event.url, events[i].URL)
		}
		told := kittest.Wire(t, events[0].Resource)
		assert.Equal(t, "SIGNED", told.Text("contract_state"))
		assert.EqualValues(t, 1000, told.Int("deduct_schedule.estimated_deduct_amount.amount"))
		assert.EqualValues(t, 1000, told.Int("deduct_schedule.estimated_deduct_amount.total"))
		assert.Equal(t, w.sub(), told.Text("sub_mchid"))
		order := kittest.Wire(t, events[1].Resource)
		assert.Equal(t, "PAP", order.Text("trade_type"))
		assert.Equal(t, transaction, order.Text("transaction_id"))
		assert.EqualValues(t, 690, order.Int("amount.payer_total"))
		name := "payer.openid"
		if w.partner {
			name = "payer.sp_openid"
		}
		assert.Equal(t, openid, order.Text(name))
		assert.Equal(t, "TERMINATED", kittest.Wire(t, events[2].Resource).Text("contract_state"))
	})
}

func TestWaysToSign(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		for _, scene := range []string{"app", "h5", "jsapi", "mini-program"} {
			body := w.presigned(scene)
			first := w.OK(w.t, "POST", w.presigning(scene), body)
			assert.NotEmpty(w.t, first)
			assert.Equal(w.t, first, w.OK(w.t, "POST", w.presigning(scene), body))
			w.Refused(w.t, "POST", w.presigning(scene), body.With(play.Object{"contract_display_account": "x"}), "INVALID_REQUEST", 0, "")
			w.Now = w.Now.Add(10*time.Minute + time.Nanosecond)
			_, err := w.sign(scene)
			kittest.Same(w.t, err, "INVALID_REQUEST", 0, "")
			assert.NotEqual(w.t, first, w.OK(w.t, "POST", w.presigning(scene), body), "it is valid for ten minutes")
			w.Now = w.Now.Add(10 * time.Minute)
			_, err = w.sign(scene)
			require.NoError(w.t, err)
			w.Refused(w.t, "POST", w.presigning(scene), body, "INVALID_REQUEST", 0, "")
			_, err = w.sign(scene)
			kittest.Same(w.t, err, "INVALID_REQUEST", 0, "")
		}
		assert.Equal(w.t, strings.Split(strings.Repeat("ENTRUST.SIGN ", 4), " ")[:4], w.Types())
	})
}

func TestTheUserWhoIsAsked(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		name := "openid"
		if w.partner {
			name = "sp_openid"
		}
		w.OK(w.t, "POST", w.presigning("app"), w.presigned("code").With(play.Object{name: "other"}))
		_, err := w.sign("code")
		kittest.Same(w.t, err, "PARAM_ERROR", 0, "/openid")
		_, err = w.book.Sign(w.Now, nil, caller, w.sub(), plan, "code", "", "")
		kittest.Same(w.t, err, "PARAM_ERROR", 0, "/openid")
		_, err = w.book.Sign(w.Now, nil, caller, w.sub(), plan, "unknown", "other", "")
		kittest.Same(w.t, err, "RESOURCE_NOT_EXISTS", 0, "")
		_, err = w.book.Sign(w.Now, nil, caller, w.sub(), plan, "code", "other", "")
		require.NoError(w.t, err)
	})
}

func TestOtherEndsOfContracts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	w.OK(t, "POST", w.presigning("app"), w.presigned("fails"))
	id, err := w.book.FailToSign(w.Now, caller, "", plan, "fails", openid, "")
	require.NoError(t, err)
	o := w.get(t, "fails")
	assert.Equal(t, "SIGN_FAILED", o.Text("contract_state"))
	assert.False(t, o.Has("contract_signed_time"))
	kittest.Same(t, w.book.Terminate(w.Now, nil, caller, id), "INVALID_REQUEST", 0, "")
	target, body := w.ending("fails")
	w.Refused(t, "POST", target, body, "INVALID_REQUEST", 0, "")
	w.Refused(t, "POST", w.scheduling(id), w.scheduled(1), "INVALID_REQUEST", 0, "")
	assert.Empty(t, w.Types())

	id = w.signed(t, "user")
	kittest.Same(t, w.book.Terminate(w.Now, nil, "1900000999", id), "RESOURCE_NOT_EXISTS", 0, "")
	require.NoError(t, w.book.Terminate(w.Now, w.Emit, caller, id))
	assert.Equal(t, "USER_TERMINATE", w.get(t, "user").Text("contract_terminate_info.contract_termination_mode"))
	assert.Equal(t, []string{"ENTRUST.SIGN", "ENTRUST.TERMINATE"}, w.Types())
	target, body = w.ending("user")
	w.Refused(t, "POST", target, body, "INVALID_REQUEST", 0, "")

	w.signed(t, "old")
	w.Now = w.Now.AddDate(10, 0, 0)
	assert.Equal(t, "SYSTEM_TERMINATE", w.get(t, "old").Text("contract_terminate_info.contract_termination_mode"))
}

// What a schedule may follow on.
func TestStatesOfASchedule(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		id := w.signed(t, "code")
		state := func() string { return w.scheduleOf(t, id).Text("schedule_state") }
		w.Refused(t, "POST", w.applying(), w.applied(id, "number", 1), "INVALID_REQUEST", 0, "")
		w.Refused(t, "POST", w.scheduling(id), w.scheduled(1001), "PARAM_ERROR", 0, "/schedule_amount/total")
		w.Refused(t, "POST", w.scheduling(id), w.scheduled(0), "PARAM_ERROR", 268435464, "/schedule_amount/total")
		first := w.OK(t, "POST", w.scheduling(id), w.scheduled(900))
		assert.Equal(t, first, w.OK(t, "POST", w.scheduling(id), w.scheduled(900)))
		w.Refused(t, "POST", w.scheduling(id), w.scheduled(800), "INVALID_REQUEST", 0, "")
		w.Refused(t, "POST", w.applying(), w.applied(id, "number", 900), "INVALID_REQUEST", 0, "")
		w.third()
		w.Refused(t, "POST", w.applying(), w.applied(id, "number", 901), "PARAM_ERROR", 0, "/amount/total")
		w.OK(t, "POST", w.applying(), w.applied(id, "number", 900))
		w.Refused(t, "POST", w.applying(), w.applied(id, "number2", 900), "INVALID_REQUEST", 0, "")
		require.NoError(t, w.book.FailToPay(w.Now, caller, "number"))
		assert.Equal(t, "SCHEDULED", state(), "it may be tried again")
		kittest.Same(t, w.pay("number"), "INVALID_REQUEST", 0, "")
		w.OK(t, "POST", w.applying(), w.applied(id, "number2", 800))
		w.Now = w.Now.Add(7 * day)
		assert.Equal(t, "EXPIRED", state())
		kittest.Same(t, w.pay("number2"), "INVALID_REQUEST", 0, "")
		require.NoError(t, w.book.FailToPay(w.Now, caller, "number2"))
		w.Refused(t, "POST", w.scheduling(id), w.scheduled(700), "INVALID_REQUEST", 0, "")
		assert.Zero(t, w.ledger.Balance(ledger.Fees))
		assert.Equal(t, []string{"ENTRUST.SIGN"}, w.Types())
	})
}

// Where none was planned, each day may have a schedule of its own.
func TestSchedulesThatWereNotPlanned(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		w.OK(t, "POST", w.presigning("app"), kittest.With(w.presigned("code"), "deduct_schedule", nil))
		id, err := w.sign("code")
		require.NoError(t, err)
		assert.Equal(t, play.Object{"schedule_state": "NO_SCHEDULED"}, w.scheduleOf(t, id))
		for _, no := range []string{"number1", "number2"} {
			w.OK(t, "POST", w.scheduling(id), w.scheduled(900))
			w.OK(t, "POST", w.applying(), w.applied(id, no, 900))
			require.NoError(t, w.pay(no))
			assert.Equal(t, "PAID", w.OK(t, "POST", w.scheduling(id), w.scheduled(900)).Text("schedule_state"))
			w.Now = w.Now.Add(day)
		}
		assert.EqualValues(t, 2*895, w.ledger.Balance(ledger.Merchant(w.payee())))
	})
}

func TestDeductionsOfAPlainContract(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	id := w.plainly(t, "code")
	w.Refused(t, "POST", w.scheduling(id), w.scheduled(1), "INVALID_REQUEST", 0, "")
	body := w.applied(id, "number", 690)
	first := w.OK(t, "POST", w.applying(), body)
	assert.Equal(t, first, w.OK(t, "POST", w.applying(), body))
	w.Refused(t, "POST", w.applying(), w.applied(id, "number", 691), "INVALID_REQUEST", 268498688, "")
	w.OK(t, "POST", papay+"pay/harmony/transactions/apply", w.applied(id, "number2", 100).With(play.Object{"harmony_account_id": "h"}))
	assert.Zero(t, w.ledger.Balance(ledger.Merchant(caller)), "it is only accepted")
	require.NoError(t, w.pay("number"))
	kittest.Same(t, w.pay("number"), "INVALID_REQUEST", 0, "")
	w.OK(t, "POST", w.applying(), body)
	w.terminate(t, "code")
	w.Refused(t, "POST", w.applying(), w.applied(id, "number3", 1), "INVALID_REQUEST", 0, "")
	require.NoError(t, w.pay("number2"), "it was accepted before")
	assert.EqualValues(t, 686+99, w.ledger.Balance(ledger.Merchant(caller)))
	harmony := strings.Replace(w.byCode("code"), "plan-id", "harmony-plan-id", 1)
	assert.Equal(t, id, w.OK(t, "GET", harmony, nil).Text("contract_id"))
}

func TestNoticesChangeNothing(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		base, body := "/v3/papay/contracts/", w.of(play.Object{"mchid": caller})
		if w.partner {
			base, body = "/v3/partner-papay/contracts/", w.of(play.Object{"sp_mchid": caller})
		}
		id := w.signed(t, "code")
		before := w.get(t, "code")
		notice := body.With(play.Object{"estimated_amount": play.Object{"amount": 100}})
		w.OK(t, "POST", base+id+"/notify", notice)
		w.OK(t, "POST", base+id+"/fail-notify", body)
		assert.Equal(t, before, w.get(t, "code"))
		w.Refused(t, "POST", base+id+"/notify", kittest.With(notice, "estimated_amount.amount", 0), "PARAM_ERROR", 268435464, "/estimated_amount/amount")
		field := "mchid"
		if w.partner {
			field = "sp_mchid"
		}
		w.Refused(t, "POST", base+id+"/fail-notify", kittest.With(body, field, "1900000999"), "PARAM_ERROR", 0, "/"+field)
		w.Refused(t, "POST", base+"1/fail-notify", body, "RESOURCE_NOT_EXISTS", 0, "")
		w.terminate(t, "code")
		w.Refused(t, "POST", base+id+"/notify", notice, "INVALID_REQUEST", 0, "")
	})
}
