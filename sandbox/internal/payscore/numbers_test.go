package payscore_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestTheSameNumberMakesOneOrder(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		first := w.create(t, "no")
		assert.Equal(t, first, w.create(t, "no"))
		another := kittest.With(w.order("no"), "risk_fund.amount", 9999)
		w.Refused(t, "POST", w.base()+"serviceorder", another, "INVALID_REQUEST", 271316598, "")
		require.NoError(t, w.confirm("no"))
		assert.Equal(t, "DOING", w.create(t, "no").Text("state"), "as it is then")
		assert.Equal(t, first.Text("order_id"), w.create(t, "no").Text("order_id"))
		assert.NotEqual(t, first.Text("order_id"), w.create(t, "other").Text("order_id"))
	})
}

func TestAPartnerHasNumbersOfEachMerchant(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true)
	w.create(t, "no")
	w.OK(t, "POST", w.base()+"serviceorder", kittest.With(w.order("no"), "sub_mchid", "1900000111"))
}

func TestTheSameCallAgainChangesNothing(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		again := func(action string, body play.Object) {
			w.OK(t, "POST", w.path("no", action), body)
			before := w.get(t, "no")
			w.OK(t, "POST", w.path("no", action), body)
			assert.Equal(t, before, w.get(t, "no"), action)
		}
		w.create(t, "no")
		require.NoError(t, w.confirm("no"))
		again("complete", w.costs(1000))
		w.Refused(t, "POST", w.path("no", "complete"), w.costs(999), "INVALID_REQUEST", 271316598, "")
		again("modify", w.modifies(900))
		again("modify", w.modifies(800))
		w.Refused(t, "POST", w.path("no", "modify"), w.modifies(900), "PARAM_ERROR", 0, "/total_amount")
		require.NoError(t, w.pay("no", 0))
		again("complete", w.costs(1000))
		assert.EqualValues(t, 800, w.get(t, "no").Int("total_amount"))

		w.create(t, "gone")
		w.OK(t, "POST", w.path("gone", "cancel"), w.of(play.Object{"reason": "r"}))
		w.OK(t, "POST", w.path("gone", "cancel"), w.of(play.Object{"reason": "r"}))
	})
}

func TestOrdersOfUsersWhoAuthorised(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		body := w.order("no").With(play.Object{"need_user_confirm": false, "openid": openid})
		w.Refused(t, "POST", w.base()+"serviceorder", body, "NO_AUTH", 268503786, "")
		w.open(t, "code", openid)
		w.Events()
		o := w.OK(t, "POST", w.base()+"serviceorder", body)
		assert.Equal(t, "DOING", o.Text("state"))
		assert.Equal(t, "USER_CONFIRM", o.Text("state_description"))
		assert.Equal(t, openid, w.get(t, "no").Text("openid"))
		assert.Empty(t, w.Types(), "nobody confirmed anything")
		require.NoError(t, w.book.CloseService(w.Now, nil, w.Caller, w.sub(), "code"))
		w.Refused(t, "POST", w.base()+"serviceorder", body.With(play.Object{"out_order_no": "2"}), "NO_AUTH", 268503786, "")
		w.OK(t, "POST", w.path("no", "complete"), w.costs(1000))
		require.NoError(t, w.pay("no", 0), "orders that run are still debited")
	})
}

func TestDirectComplete(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		w.open(t, "code", openid)
		body := w.costs(1000).With(play.Object{
			"out_order_no": "no", "service_introduction": "x", "notify_url": hook, "openid": openid,
			"time_range": play.Object{"start_time": "20260401100000", "end_time": "20260401110000"},
		})
		if w.partner {
			body["sub_appid"] = "wxsub"
		}
		target := w.base() + "serviceorder/direct-complete"
		w.Refused(t, "POST", target, kittest.With(body, "total_amount", 1), "PARAM_ERROR", 0, "/total_amount")
		w.Refused(t, "POST", target, kittest.With(body, "time_range.end_time", "20260402"), "PARAM_ERROR", 271316637, "/time_range/end_time")
		w.Refused(t, "POST", target, kittest.With(body, "openid", other), "NO_AUTH", 268503786, "")
		w.book.ServiceLimit = 999
		w.Refused(t, "POST", target, body, "INVALID_REQUEST", 271316656, "")
		w.book.ServiceLimit = 0
		first := w.OK(t, "POST", target, body)
		assert.Equal(t, first, w.OK(t, "POST", target, body))
		w.Refused(t, "POST", target, body.With(play.Object{"service_introduction": "y"}), "INVALID_REQUEST", 271316598, "")
		assert.Equal(t, [3]string{"DOING", "MCH_COMPLETE", "USER_PAYING"}, w.states(t, "no"))
		require.NoError(t, w.pay("no", 0))
		assert.EqualValues(t, 6, w.ledger.Balance(ledger.Fees))
		free := body.With(w.costs(0), play.Object{"out_order_no": "free"})
		w.Lacking = []string{"state_description"} // there is none of DONE
		w.OK(t, "POST", target, free)
		assert.Equal(t, "DONE", w.states(t, "free")[0], "nothing is to be paid")
	})
}
