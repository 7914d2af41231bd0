package payscore_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestAnOrderFromItsConfirmationToItsDebits(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		o := w.create(t, "no-1")
		assert.Equal(t, "CREATED", o.Text("state"))
		assert.Len(t, o.Text("order_id"), 20)
		assert.NotEmpty(t, o.Text("package"))
		require.NoError(t, w.confirm("no-1"))
		assert.Equal(t, [3]string{"DOING", "USER_CONFIRM", ""}, w.states(t, "no-1"))
		assert.Equal(t, openid, w.get(t, "no-1").Text("openid"))

		w.OK(t, "POST", w.path("no-1", "complete"), w.costs(1000))
		assert.Equal(t, [3]string{"DOING", "MCH_COMPLETE", "USER_PAYING"}, w.states(t, "no-1"))
		require.NoError(t, w.pay("no-1", 400))
		assert.Equal(t, [3]string{"DOING", "MCH_COMPLETE", "USER_PAYING"}, w.states(t, "no-1"))
		require.NoError(t, w.pay("no-1", 0))
		assert.Equal(t, [3]string{"DONE", "", "USER_PAID"}, w.states(t, "no-1"))
		kittest.Same(t, w.pay("no-1", 0), "INVALID_REQUEST", 271316657, "")

		got := w.get(t, "no-1")
		assert.EqualValues(t, 1000, got.Int("total_amount"))
		assert.EqualValues(t, 1000, got.Int("collection.paid_amount"))
		assert.EqualValues(t, 0, got.Int("collection.paying_amount"))
		details := got.List("collection.details")
		require.Len(t, details, 2)
		assert.EqualValues(t, 600, details[1].Int("amount"))
		assert.Equal(t, "NEWTON", details[1].Text("paid_type"))
		assert.Equal(t, "20260401120000", details[1].Text("paid_time"))
		assert.Regexp(t, `^4200[0-9]{24}$`, details[1].Text("transaction_id"))

		payee := caller
		if w.partner {
			payee = subShop
		}
		assert.EqualValues(t, 1000-2-4, w.ledger.Balance(ledger.Merchant(payee)), "less 0.60 % of each debit")
		assert.EqualValues(t, 6, w.ledger.Balance(ledger.Fees))
		assert.Zero(t, w.ledger.Sum())

		events := w.Events()
		require.Len(t, events, 3)
		for i, event := range []struct{ kind, state string }{{"USER_CONFIRM", "DOING"}, {"USER_PAID", "DOING"}, {"USER_PAID", "DONE"}} {
			assert.Equal(t, "PAYSCORE."+event.kind, events[i].Type)
			assert.Equal(t, "payscore", events[i].OriginalType)
			assert.Equal(t, hook, events[i].URL)
			resource := kittest.Wire(t, events[i].Resource)
			assert.Equal(t, event.state, resource.Text("state"))
			for _, name := range []string{
				"service_id", "appid", "mchid", "out_order_no", "openid", "service_introduction", "post_payments", "risk_fund", "time_range",
			} {
				assert.True(t, resource.Has(name), name)
			}
			assert.Equal(t, w.sub(), resource.Text("sub_mchid"))
			assert.False(t, resource.Has("package"))
		}
	})
}

// A path leads to the states that it names; the action after it is one of those that follow.
func TestStates(t *testing.T) {
	t.Parallel()
	created := func(w *world) { w.create(w.t, "no") }
	doing := func(w *world) { created(w); require.NoError(w.t, w.confirm("no")) }
	paying := func(w *world) { w.completed(w.t, "no", 1000) }
	done := func(w *world) { paying(w); require.NoError(w.t, w.pay("no", 0)) }
	revoked := func(w *world) {
		created(w)
		w.OK(w.t, "POST", w.path("no", "cancel"), w.of(play.Object{"reason": "r"}))
	}
	expired := func(w *world) { created(w); w.Now = w.Now.Add(30 * day) }
	for _, row := range []struct {
		name                            string
		to                              func(*world)
		state                           string
		complete, modify, cancel, debit int // 0: taken; otherwise the number of the refusal
	}{
		{"created", created, "CREATED", 271302332, 271316657, 0, 271316657},
		{"doing", doing, "DOING", 0, 271316657, 0, 271316657},
		{"paying", paying, "DOING", 271316598, 0, 271316592, 0},
		{"done", done, "DONE", 271302262, 271316657, 271316592, 271316657},
		{"revoked", revoked, "REVOKED", 271302333, 271316657, 271302333, 271316657},
		{"expired", expired, "EXPIRED", 271302262, 271316657, 271316592, 271316657},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			sides(t, func(w *world) {
				t := w.t
				for action, number := range map[string]int{"complete": row.complete, "modify": row.modify, "cancel": row.cancel, "pay": row.debit, "sync": row.debit} {
					fresh := newWorld(t, w.partner)
					row.to(fresh)
					assert.Equal(t, row.state, fresh.states(t, "no")[0])
					body := map[string]play.Object{
						"complete": w.costs(900), "modify": w.modifies(900), "cancel": w.of(play.Object{"reason": "other"}), "pay": w.of(nil),
						"sync": w.of(play.Object{"type": "Order_Paid", "detail": play.Object{"paid_time": "20260401110000"}}),
					}[action]
					_, refusal := fresh.call(t, "no", action, body)
					if number == 0 {
						assert.Nil(t, refusal, action)
						continue
					}
					require.NotNil(t, refusal, action)
					kittest.Same(t, refusal, "INVALID_REQUEST", number, "")
				}
			})
		})
	}
}

func TestAnOrderExpiresAfter30Days(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	w.create(t, "no")
	w.Now = w.Now.Add(30*day - time.Nanosecond)
	assert.Equal(t, "CREATED", w.states(t, "no")[0])
	w.Now = w.Now.Add(time.Nanosecond)
	assert.Equal(t, "EXPIRED", w.states(t, "no")[0])
	kittest.Same(t, w.confirm("no"), "INVALID_REQUEST", 271302262, "")
	assert.Empty(t, w.Types())
}

func TestAnOrderThatCostsNothingIsDone(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		w.completed(t, "no", 0)
		assert.Equal(t, [3]string{"DONE", "", ""}, w.states(t, "no"))
		o := w.get(t, "no")
		assert.Equal(t, false, o.Get("need_collection"))
		assert.EqualValues(t, 0, o.Int("total_amount"))
	})
}

func TestModifyLowersWhatIsLeftToPay(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		w.completed(t, "no", 1000)
		require.NoError(t, w.pay("no", 400))
		w.Refused(t, "POST", w.path("no", "modify"), w.modifies(1000), "PARAM_ERROR", 0, "/total_amount")
		w.Refused(t, "POST", w.path("no", "modify"), w.modifies(399), "PARAM_ERROR", 0, "/total_amount")
		w.OK(t, "POST", w.path("no", "modify"), w.modifies(900))
		o := w.get(t, "no")
		assert.EqualValues(t, 500, o.Int("collection.paying_amount"))
		assert.EqualValues(t, 930, o.List("post_payments")[0].Int("amount"))
		assert.Equal(t, "减一元", o.List("post_discounts")[0].Text("description"))
		rest := kittest.With(w.modifies(400), "post_discounts", nil)
		w.OK(t, "POST", w.path("no", "modify"), kittest.With(rest, "post_payments", []any{play.Object{"name": "租金", "amount": 400}}))
		assert.False(t, w.get(t, "no").Has("post_discounts"), "what is not given any more")
		assert.Equal(t, [3]string{"DONE", "", "USER_PAID"}, w.states(t, "no"), "nothing is left")
	})
}

func TestSyncTellsWhatWasPaidElsewhere(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		w.completed(t, "no", 1000)
		body := func(detail play.Object) play.Object {
			return w.of(play.Object{"type": "Order_Paid", "detail": detail})
		}
		if w.partner {
			part := body(play.Object{"paid_time": "20260401110000", "paid_amount": 400, "seq": 1})
			w.OK(t, "POST", w.path("no", "sync"), part)
			w.OK(t, "POST", w.path("no", "sync"), body(play.Object{"paid_time": "20260401110000", "paid_amount": 100, "seq": 2}))
			w.OK(t, "POST", w.path("no", "sync"), part)
			assert.EqualValues(t, 500, w.get(t, "no").Int("collection.paid_amount"), "each is taken once")
			w.Refused(t, "POST", w.path("no", "sync"), body(play.Object{"paid_time": "20260401110000", "paid_amount": 501}), "PARAM_ERROR", 0, "/detail/paid_amount")
		}
		w.OK(t, "POST", w.path("no", "sync"), body(play.Object{"paid_time": "20260401110000"}))
		assert.Equal(t, [3]string{"DONE", "", "USER_PAID"}, w.states(t, "no"))
		w.OK(t, "POST", w.path("no", "sync"), body(play.Object{"paid_time": "20260401110000"}))
		assert.Equal(t, "MCH", w.get(t, "no").List("collection.details")[0].Text("paid_type"))
		assert.Zero(t, w.ledger.Balance(ledger.Fees), "no money went through WeChat Pay")
		assert.Equal(t, []string{"PAYSCORE.USER_CONFIRM"}, w.Types())
	})
}

func TestADebitThatFails(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		fail := func() error { return w.book.FailToPay(w.Now, w.Caller, w.sub(), "no") }
		w.create(t, "no")
		kittest.Same(t, fail(), "INVALID_REQUEST", 271316657, "")
		require.NoError(t, w.confirm("no"))
		w.OK(t, "POST", w.path("no", "complete"), w.costs(1000))
		w.OK(t, "POST", w.path("no", "pay"), w.of(nil))
		require.NoError(t, fail())
		w.Refused(t, "POST", w.path("no", "pay"), w.of(nil), "INVALID_REQUEST", 271316574, "")
		w.create(t, "next")
		kittest.Same(t, w.confirm("next"), "INVALID_REQUEST", 271299627, "")
		assert.False(t, w.get(t, "next").Has("openid"), "nobody confirmed it")
		require.NoError(t, w.pay("no", 1))
		w.OK(t, "POST", w.path("no", "pay"), w.of(nil))
		require.NoError(t, w.confirm("next"))
	})
}

func TestNobodyHasMoreThanThreeOpenOrders(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		for _, no := range []string{"1", "2", "3", "4"} {
			w.create(t, no)
			if err := w.confirm(no); no == "4" {
				kittest.Same(t, err, "INVALID_REQUEST", 0, "")
			} else {
				require.NoError(t, err)
			}
		}
		w.OK(t, "POST", w.path("1", "cancel"), w.of(play.Object{"reason": "r"}))
		require.NoError(t, w.confirm("4"))
		w.create(t, "5")
		kittest.Same(t, w.confirm("5"), "INVALID_REQUEST", 0, "")
	})
}

func TestQueryByTheIDOfTheConfirmation(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		w.create(t, "no")
		id, err := w.book.Confirm(w.Now, nil, w.Caller, w.sub(), "no", openid, "")
		require.NoError(t, err)
		byID := w.getting() + "&query_id=" + url.QueryEscape(id)
		assert.Equal(t, "no", w.OK(t, "GET", byID, nil).Text("out_order_no"))
		w.Refused(t, "GET", w.getting(), nil, "PARAM_ERROR", 0, "out_order_no")
		w.Refused(t, "GET", byID+"&out_order_no=no", nil, "PARAM_ERROR", 0, "out_order_no")
		w.Refused(t, "GET", w.getting()+"&query_id=Q1", nil, "RESOURCE_NOT_EXISTS", 271317510, "")
		w.Caller = "1900000999"
		w.create(t, "no")
		w.Refused(t, "GET", byID, nil, "RESOURCE_NOT_EXISTS", 271317510, "")
	})
}

func TestMessagesChangeNothing(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		w.create(t, "no")
		body := w.costs(500).With(play.Object{"prepaid_time": "20260401130000"})
		for _, action := range []string{"send-prepaidmessage", "send-pendingmessage"} {
			w.Refused(t, "POST", w.path("no", action), body, "INVALID_REQUEST", 271302262, "")
		}
		require.NoError(t, w.confirm("no"))
		before := w.get(t, "no")
		for _, action := range []string{"send-prepaidmessage", "send-pendingmessage"} {
			w.OK(t, "POST", w.path("no", action), body)
		}
		assert.Equal(t, before, w.get(t, "no"))
	})
}
