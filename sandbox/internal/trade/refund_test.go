package trade_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// back is a request for a refund of an order of 1000.
func (w *world) back(o order, refund int) play.Object {
	return w.backOf(o, w.no()).With(play.Object{"amount": play.Object{"refund": refund, "total": 1000, "currency": "CNY"}})
}

func (w *world) backOf(o order, number string) play.Object {
	return o.who().Only("sub_mchid").With(play.Object{
		"out_trade_no": o.number(), "out_refund_no": number, "notify_url": hook + "/back",
		"amount": play.Object{"refund": 300, "total": 1000, "currency": "CNY"},
	})
}

func (w *world) refundState(t *testing.T, o order, body play.Object) string {
	t.Helper()
	path := refunds + "/" + body.Text("out_refund_no")
	if id := o.body.Text("sub_mchid"); id != "" {
		path += "?sub_mchid=" + id
	}
	return w.OK(t, "GET", path, nil).Text("status")
}

func TestARefund(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ product, resource string }{
		{directly + "/app", `^{"mchid":"1900000001","transaction_id":`},
		{partner + "/app", `^{"sp_mchid":"1900000001","sub_mchid":"1900000109","transaction_id":`},
	} {
		t.Run(row.product, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.book.RefundDelay = time.Hour
			o, id := w.pay(t, row.product)
			w.Events()
			body := w.back(o, 300)
			reply := w.OK(t, "POST", refunds, body)
			assert.Equal(t, "PROCESSING", reply.Text("status"))
			assert.False(t, reply.Has("success_time"))
			assert.Regexp(t, `^5030[0-9]{25}$`, reply.Text("refund_id"))
			assert.Equal(t, id, reply.Text("transaction_id"))
			assert.Equal(t, "REFUND", w.state(t, o), "as soon as it is accepted")
			assert.Equal(t, reply, w.OK(t, "POST", refunds, body), "the same twice")
			w.Now = w.Now.Add(time.Hour - time.Second)
			assert.Equal(t, "PROCESSING", w.refundState(t, o, body))
			require.Empty(t, w.Events())
			w.Now = w.Now.Add(time.Second)
			w.book.Tick(w.Now, w.Emit)
			w.book.Tick(w.Now, w.Emit)
			events := w.Events()
			require.Len(t, events, 1)
			assert.Equal(t, []string{hook + "/back", "REFUND.SUCCESS", "refund", "退款成功"},
				[]string{events[0].URL, events[0].Type, events[0].OriginalType, events[0].Summary})
			resource := kittest.Wire(t, events[0].Resource)
			assert.Equal(t, "SUCCESS", resource.Text("refund_status"))
			assert.Equal(t, "2026-04-01T13:00:00+08:00", resource.Text("success_time"))
			assert.Regexp(t, row.resource, marshalled(t, events[0].Resource))
			assert.Equal(t, "SUCCESS", w.refundState(t, o, body))
			assert.Equal(t, "SUCCESS", w.OK(t, "POST", refunds, body).Text("status"), "the same, as it is now")
			is, ok := w.book.Paid(mchid, id)
			require.True(t, ok)
			assert.EqualValues(t, 300, is.Refunded)
			assert.EqualValues(t, 6-2, is.Fee, "1.8 of the fee come back, as 2")
		})
	}
}

func TestTheNextCallSettlesARefund(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o, _ := w.pay(t, directly+"/app")
	body := w.back(o, 300)
	assert.Equal(t, "PROCESSING", w.OK(t, "POST", refunds, body).Text("status"))
	w.Events()
	other := w.order(directly + "/app")
	w.OK(t, "POST", other.path, other.body)
	require.Len(t, w.Events(), 1, "of any endpoint")
	assert.Equal(t, "SUCCESS", w.refundState(t, o, body))

	body = w.back(o, 300)
	w.OK(t, "POST", refunds, body)
	w.Refused(t, "GET", refunds+"/"+body.Text("out_refund_no")+"?sub_mchid="+sub, nil, "PARAM_ERROR", 268447845, "sub_mchid")
	assert.Len(t, w.Events(), 1)
	body = w.back(o, 300)
	w.OK(t, "POST", refunds, body)
	w.Caller = sub
	w.RefusedFor(t, "GET", refunds+"/"+body.Text("out_refund_no"), nil, "RESOURCE_NOT_EXISTS", "")
	require.Empty(t, w.Events(), "another caller hears nothing of it")
	w.Caller = mchid
	assert.Equal(t, "SUCCESS", w.refundState(t, o, body))
}

func TestSettledRefunds(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		status     string
		back, fees int64
	}{
		{"SUCCESS", 300, 4}, {"ABNORMAL", 300, 4}, {"CLOSED", 0, 6},
	} {
		t.Run(row.status, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.book.RefundDelay = -1
			o, id := w.pay(t, directly+"/app")
			body := w.back(o, 300)
			w.OK(t, "POST", refunds, body)
			w.Events()
			w.book.Tick(w.Now.AddDate(1, 0, 0), w.Emit)
			settle := func(status string) error {
				return w.book.SettleRefund(w.Now, w.Emit, mchid, body.Text("out_refund_no"), status)
			}
			require.NoError(t, settle(row.status))
			require.NoError(t, settle(row.status))
			for _, status := range []string{"SUCCESS", "ABNORMAL", "CLOSED", "PROCESSING"} {
				if status != row.status {
					require.ErrorContains(t, settle(status), "INVALID_REQUEST")
				}
			}
			events := w.Events()
			require.Len(t, events, 1)
			assert.Equal(t, "REFUND."+row.status, events[0].Type)
			assert.Equal(t, row.status == "SUCCESS", kittest.Wire(t, events[0].Resource).Has("success_time"))
			assert.Equal(t, row.status, w.refundState(t, o, body))
			assert.Equal(t, "REFUND", w.state(t, o))
			assert.Equal(t, row.fees, w.money.Balance(ledger.Fees))
			assert.Equal(t, row.back-1000, w.money.Balance(ledger.World))
			is, _ := w.book.Paid(mchid, id)
			assert.Equal(t, row.back, is.Refunded)
			assert.Equal(t, row.fees, is.Fee)
		})
	}
	w := newWorld(t)
	require.ErrorContains(t, w.book.SettleRefund(w.Now, nil, mchid, "none", "SUCCESS"), "RESOURCE_NOT_EXISTS")
}

func TestAnAbnormalRefundGoesToACard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.RefundDelay = time.Hour
	o, _ := w.pay(t, directly+"/app")
	body := w.back(o, 300)
	id := w.OK(t, "POST", refunds, body).Text("refund_id")
	request := play.Object{"out_refund_no": body.Text("out_refund_no"), "type": "USER_BANK_CARD", "bank_type": "ICBC_DEBIT", "bank_account": "1", "real_name": "x"}
	refused := func(code, id string, edit play.Object) {
		t.Helper()
		w.RefusedFor(t, "POST", refunds+"/"+id+"/apply-abnormal-refund", request.With(edit), code, "")
	}
	refused("INVALID_REQUEST", id, nil)
	w.Now = w.Now.Add(30 * time.Minute)
	require.NoError(t, w.book.SettleRefund(w.Now, w.Emit, mchid, body.Text("out_refund_no"), "ABNORMAL"))
	refused("RESOURCE_NOT_EXISTS", "5030", nil)
	refused("RESOURCE_NOT_EXISTS", id, play.Object{"out_refund_no": "x"})
	refused("PARAM_ERROR", id, play.Object{"bank_account": ""})
	w.Caller = sub
	refused("RESOURCE_NOT_EXISTS", id, nil)
	w.Caller = mchid
	reply := w.OK(t, "POST", refunds+"/"+id+"/apply-abnormal-refund", request)
	assert.Equal(t, "PROCESSING", reply.Text("status"))
	w.Now = w.Now.Add(30 * time.Minute)
	assert.Equal(t, "PROCESSING", w.refundState(t, o, body), "the hour begins again")
	w.Now = w.Now.Add(30 * time.Minute)
	reply = w.OK(t, "POST", refunds+"/"+id+"/apply-abnormal-refund", request)
	assert.Equal(t, []string{"SUCCESS", "用户银行卡"}, []string{reply.Text("status"), reply.Text("user_received_account")}, "repeated")
	refused("INVALID_REQUEST", id, play.Object{"type": "MERCHANT_BANK_CARD"})
}

func TestRefusedRefunds(t *testing.T) {
	t.Parallel()
	total := func(refund, total int) play.Object {
		return play.Object{"amount": play.Object{"refund": refund, "total": total, "currency": "CNY"}}
	}
	for _, row := range []struct {
		name    string
		product string
		before  func(*testing.T, *world, order)
		edit    play.Object
		code    string
		number  int
	}{
		{"of no order", "", nil, play.Object{"out_trade_no": "none"}, "RESOURCE_NOT_EXISTS", 268512771},
		{"of no transaction", "", nil, play.Object{"transaction_id": "4200"}, "RESOURCE_NOT_EXISTS", 268512771},
		{"that names nothing", "", payIt, play.Object{"out_trade_no": ""}, "PARAM_ERROR", 0},
		{"of what is not paid", "", nil, nil, "RESOURCE_NOT_EXISTS", 268512771},
		{"of what is closed", "", closeIt, nil, "INVALID_REQUEST", 0},
		{"of what another merchant sold", "", paidThen(func(_ *testing.T, w *world) { w.Caller = sub }), nil, "RESOURCE_NOT_EXISTS", 268512771},
		{"with another total", "", payIt, total(300, 999), "INVALID_REQUEST", 0},
		{"of more than was paid", "", payIt, total(1001, 1000), "INVALID_REQUEST", 0},
		{"of nothing", "", payIt, total(0, 1000), "PARAM_ERROR", 268435464},
		{"after a year", "", paidThen(func(_ *testing.T, w *world) { w.Now = w.Now.AddDate(1, 0, 0).Add(1) }), nil, "INVALID_REQUEST", 0},
		{"with a wrong number", "", payIt, play.Object{"out_refund_no": "a b"}, "PARAM_ERROR", 0},
		{"with a long number", "", payIt, play.Object{"out_refund_no": strings.Repeat("1", 65)}, "PARAM_ERROR", 0},
		{"with a long reason", "", payIt, play.Object{"reason": strings.Repeat("1", 81)}, "PARAM_ERROR", 268435462},
		{"with a wrong URL", "", payIt, play.Object{"notify_url": "x"}, "PARAM_ERROR", 0},
		{
			"from accounts that do not add up", "", payIt, play.Object{"amount": play.Object{
				"refund": 300, "total": 1000, "currency": "CNY", "from": []any{play.Object{"account": "AVAILABLE", "amount": 1}},
			}}, "INVALID_REQUEST", 0,
		},
		{"of a sub-merchant's without it", partner, payIt, play.Object{"sub_mchid": ""}, "PARAM_ERROR", 268443704},
		{"of another sub-merchant", partner, payIt, play.Object{"sub_mchid": "1"}, "PARAM_ERROR", 268447845},
		{
			"without the money", "", paidThen(func(t *testing.T, w *world) {
				t.Helper()
				require.NoError(t, w.money.Post(ledger.Entry{At: w.Now, Kind: "withdraw", From: ledger.Merchant(mchid), To: ledger.World, Amount: 993}))
			}), nil, "NOT_ENOUGH", 0,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			product := directly
			if row.product != "" {
				product = row.product
			}
			o := w.place(t, product+"/app")
			if row.before != nil {
				row.before(t, w, o)
			}
			world := w.money.Balance(ledger.World)
			body := w.back(o, 300).With(row.edit)
			if body.Has("transaction_id") {
				delete(body, "out_trade_no")
			}
			_, refusal := w.Do(t, "POST", refunds, body)
			require.NotNil(t, refusal)
			assert.Equal(t, row.code, refusal.Code)
			assert.Equal(t, row.number, refusal.Number)
			assert.Equal(t, world, w.money.Balance(ledger.World))
		})
	}
}

func paidThen(f func(*testing.T, *world)) func(*testing.T, *world, order) {
	return func(t *testing.T, w *world, o order) {
		t.Helper()
		payIt(t, w, o)
		f(t, w)
	}
}

func TestPartialRefunds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o, id := w.pay(t, directly+"/app")
	other, _ := w.pay(t, directly+"/app")
	body := w.back(o, 10)
	body["transaction_id"] = id
	body["amount"].(play.Object)["from"] = []any{play.Object{"account": "AVAILABLE", "amount": 10}}
	w.OK(t, "POST", refunds, body)
	w.RefusedFor(t, "POST", refunds, body.With(play.Object{"reason": "x"}), "INVALID_REQUEST", "参数不一致")
	w.RefusedFor(t, "POST", refunds, body.With(play.Object{"out_refund_no": w.no(), "out_trade_no": other.number()}), "INVALID_REQUEST", "不是同一订单")
	shut := w.back(o, 10)
	w.OK(t, "POST", refunds, shut)
	require.NoError(t, w.book.SettleRefund(w.Now, nil, mchid, shut.Text("out_refund_no"), "CLOSED"), "it does not count")
	w.Now = w.Now.AddDate(1, 0, 0)
	for range 49 {
		w.OK(t, "POST", refunds, w.back(o, 10)) // on the last day
	}
	w.RefusedFor(t, "POST", refunds, w.back(o, 10), "INVALID_REQUEST", "次数超过上限")
	w.OK(t, "POST", refunds, w.back(other, 999))
	w.RefusedFor(t, "POST", refunds, w.back(other, 2), "INVALID_REQUEST", "大于订单可退金额")
	w.OK(t, "POST", refunds, w.back(other, 1))
	assert.EqualValues(t, 3, w.money.Balance(ledger.Fees), "all of the fee of one is back, and half of the other's")
}

// OnRefund hears of money that reached a payer, and of nothing else; it may call the Book.
func TestOnRefund(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.RefundDelay = -1
	var heard []string
	w.book.OnRefund = func(now time.Time, emit func(play.Event), caller, id string, amount int64) {
		_, ok := w.book.Paid(caller, id)
		assert.True(t, ok)
		assert.Equal(t, w.Now, now)
		emit(play.Event{Type: "heard"})
		heard = append(heard, fmt.Sprint(id, " ", amount))
	}
	o, id := w.pay(t, directly+"/app")
	w.Events()
	for i, status := range []string{"CLOSED", "ABNORMAL", "SUCCESS"} {
		body := w.back(o, 100+i)
		w.OK(t, "POST", refunds, body)
		require.NoError(t, w.book.SettleRefund(w.Now, w.Emit, mchid, body.Text("out_refund_no"), status))
	}
	assert.Equal(t, []string{"REFUND.CLOSED", "REFUND.ABNORMAL", "REFUND.SUCCESS", "heard"}, w.Types())
	scanned := w.order(directly + "/codepay")
	reversed := w.OK(t, "POST", scanned.path, scanned.body).Text("transaction_id")
	for range 2 {
		w.OK(t, "POST", scanned.at("reverse"), scanned.body.Only("appid", "mchid"))
	}
	assert.Equal(t, []string{id + " 102", reversed + " 1000"}, heard)
}
