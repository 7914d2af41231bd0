package payscore_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestBodiesOfNewOrdersThatAreRefused(t *testing.T) {
	t.Parallel()
	many := make([]any, 101)
	for i := range many {
		many[i] = play.Object{"name": "x", "amount": 1}
	}
	for _, row := range []struct {
		name, path string
		value      any
		number     int
		field      string
	}{
		{"a number with a blank", "out_order_no", "a b", 0, "/out_order_no"},
		{"a number of 33 characters", "out_order_no", strings.Repeat("x", 33), 0, "/out_order_no"},
		{"a name of no risk fund", "risk_fund.name", "GIFT", 0, "/risk_fund/name"},
		{"no risk", "risk_fund.amount", 0, 268435464, "/risk_fund/amount"},
		{"a risk over the limit of the service", "risk_fund.amount", 1_000_001, 268435464, "/risk_fund/amount"},
		{"a fraction of a fen", "risk_fund.amount", 0.5, 0, "/risk_fund/amount"},
		{"a long description", "risk_fund.description", strings.Repeat("长", 33), 268435462, "/risk_fund/description"},
		{"a long introduction", "service_introduction", strings.Repeat("长", 21), 268435462, "/service_introduction"},
		{"a long attach", "attach", strings.Repeat("x", 257), 268435462, "/attach"},
		{"a payment without amount and description", "post_payments", []any{play.Object{"name": "x"}}, 0, "/post_payments/0/amount"},
		{"a payment of nothing", "post_payments", []any{play.Object{"name": "x", "amount": 0}}, 268435464, "/post_payments/0/amount"},
		{"a negative payment", "post_payments", []any{play.Object{"name": "x", "amount": -1}}, 268435464, "/post_payments/0/amount"},
		{"a long description of a payment", "post_payments", []any{play.Object{"name": "x", "description": strings.Repeat("长", 33)}}, 268435462, "/post_payments/0/description"},
		{"101 payments", "post_payments", many, 0, "/post_payments"},
		{"a start that is no time", "time_range.start_time", "now", 0, "/time_range/start_time"},
		{"an end that is no time", "time_range.end_time", "OnAccept", 0, "/time_range/end_time"},
		{"an end before the start", "time_range.end_time", "20260401095959", 271316637, "/time_range/end_time"},
		{"an address without https", "notify_url", "http://shop.example.com/", 0, "/notify_url"},
		{"an address with a query", "notify_url", "https://shop.example.com/?a=b", 0, "/notify_url"},
		{"an address of 257 characters", "notify_url", "https://shop.example.com/" + strings.Repeat("x", 232), 0, "/notify_url"},
		{"no confirmation, and no user", "need_user_confirm", false, 0, "/openid"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			sides(t, func(w *world) {
				t := w.t
				if w.partner && row.name == "a name of no risk fund" || w.partner && row.value == 0.5 {
					return // the catalogue of partners refuses it before
				}
				w.Refused(t, "POST", w.base()+"serviceorder", kittest.With(w.order("no"), row.path, row.value), "PARAM_ERROR", row.number, row.field)
				w.create(t, "no") // a refused number may be sent again
			})
		})
	}
}

func TestBodiesThatCompleteAndModifyThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	w.completed(t, "paying", 1000)
	w.create(t, "doing")
	require.NoError(t, w.confirm("doing"))
	for _, row := range []struct {
		name, path string
		value      any
		number     int
		field      string
	}{
		{"another sum", "total_amount", 999, 0, "/total_amount"},
		{"less than nothing", "total_amount", -1, 268435464, "/total_amount"},
		{"a payment without amount", "post_payments", []any{play.Object{"name": "x"}}, 0, "/post_payments/0/amount"},
		{"more discounts than payments", "post_payments", []any{play.Object{"name": "x", "amount": 1}}, 0, "/total_amount"},
		{"a count of nothing", "post_payments", []any{play.Object{"name": "x", "amount": 1000, "count": 0}}, 268435464, "/post_payments/0/count"},
		{"a discount of nothing", "post_discounts", []any{play.Object{"name": "x", "description": "y", "amount": 0}}, 268435464, "/post_discounts/0/amount"},
	} {
		t.Run(row.name, func(t *testing.T) {
			for no, body := range map[string]play.Object{"doing/complete": w.costs(1000), "paying/modify": w.modifies(900)} {
				w.Refused(t, "POST", w.base()+"serviceorder/"+no, kittest.With(body, row.path, row.value), "PARAM_ERROR", row.number, row.field)
			}
		})
	}
}

func TestAHundredPaymentsAreTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	most := make([]any, 100)
	for i := range most {
		most[i] = play.Object{"name": "x", "amount": 1}
	}
	w.OK(t, "POST", w.base()+"serviceorder", kittest.With(w.order("no"), "post_payments", most))
}

func TestWhatAnOrderMayCost(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, fund   string
		risk, limit  int
		total        int
		expectedCode int
	}{
		{"a deposit covers it", "DEPOSIT", 1000, 0, 1000, 0},
		{"more than the deposit", "DEPOSIT", 1000, 0, 1001, 271316656},
		{"more than the advance", "ADVANCE", 1000, 0, 1001, 271316656},
		{"more than the estimate", "ESTIMATE_ORDER_COST", 1000, 2000, 2000, 0},
		{"more than the limit of the service", "ESTIMATE_ORDER_COST", 1000, 2000, 2001, 271316656},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			sides(t, func(w *world) {
				t := w.t
				w.book.ServiceLimit = int64(row.limit)
				w.OK(t, "POST", w.base()+"serviceorder", kittest.With(w.order("no"), "risk_fund", play.Object{"name": row.fund, "amount": row.risk}))
				require.NoError(t, w.confirm("no"))
				if row.expectedCode == 0 {
					w.OK(t, "POST", w.path("no", "complete"), w.costs(row.total))
				} else {
					w.Refused(t, "POST", w.path("no", "complete"), w.costs(row.total), "INVALID_REQUEST", row.expectedCode, "")
				}
			})
		})
	}
}

// The service began at ten, and it is noon.
func TestTimesOfAService(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, start, end string
		refused          bool
	}{
		{"an hour", "20260401100000", "20260401110000", false},
		{"no time at all", "20260401100000", "20260401100000", false},
		{"until now", "20260401100000", "20260401120000", false},
		{"in RFC 3339", "2026-04-01T10:00:00+08:00", "2026-04-01T03:00:00Z", false},
		{"the day that it began", "20260401100000", "20260401", false},
		{"from the confirmation on", "OnAccept", "20260401120000", false},
		{"before the confirmation", "OnAccept", "20260401115959", true},
		{"it ends before it begins", "20260401100000", "20260401095959", true},
		{"it ends in the future", "20260401100000", "20260401120001", true},
		{"it ends tomorrow", "20260401100000", "20260402", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false)
			w.OK(t, "POST", w.base()+"serviceorder", kittest.With(w.order("no"), "time_range.start_time", row.start))
			require.NoError(t, w.confirm("no"))
			body := kittest.With(w.costs(1000), "time_range", play.Object{"end_time": row.end})
			if row.refused {
				w.Refused(t, "POST", w.path("no", "complete"), body, "PARAM_ERROR", 271316637, "/time_range/end_time")
				return
			}
			w.OK(t, "POST", w.path("no", "complete"), body)
			span := w.get(t, "no").Object("time_range")
			require.Equal(t, play.Object{"start_time": row.start, "end_time": row.end}, span)
		})
	}
}

func TestSyncsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	w.completed(t, "no", 1000)
	body := w.of(play.Object{"type": "Order_Paid", "detail": play.Object{"paid_time": "20260401110000"}})
	w.Refused(t, "POST", w.path("no", "sync"), kittest.With(body, "type", "Order_Lost"), "PARAM_ERROR", 0, "/type")
	for _, at := range []string{"20260401120001", "yesterday"} {
		w.Refused(t, "POST", w.path("no", "sync"), kittest.With(body, "detail.paid_time", at), "PARAM_ERROR", 0, "/detail/paid_time")
	}
}

// What is another's does not exist.
func TestOrdersOfOthers(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		w.completed(t, "no", 1000)
		bodies := map[string]play.Object{
			"complete": w.costs(1000), "modify": w.modifies(900), "cancel": w.of(play.Object{"reason": "r"}), "pay": w.of(nil),
			"sync": w.of(play.Object{"type": "Order_Paid", "detail": play.Object{"paid_time": "20260401110000"}}),
		}
		all := func(no string) {
			for action, body := range bodies {
				w.Refused(t, "POST", w.path(no, action), body, "RESOURCE_NOT_EXISTS", 271317510, "")
			}
			w.Refused(t, "GET", w.getting()+"&out_order_no="+no, nil, "RESOURCE_NOT_EXISTS", 271317510, "")
			kittest.Same(t, w.pay(no, 0), "RESOURCE_NOT_EXISTS", 271317510, "")
		}
		all("unknown")
		w.Caller = "1900000999"
		all("no")
		w.Caller, w.partner = caller, !w.partner
		w.Refused(t, "GET", w.getting()+"&out_order_no=no", nil, "RESOURCE_NOT_EXISTS", 271317510, "")
	})
}

func TestWhatDoesNotMatch(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		w.create(t, "no")
		cancel := w.of(play.Object{"reason": "r"})
		w.Refused(t, "POST", w.path("no", "cancel"), kittest.With(cancel, "service_id", "x"), "PARAM_ERROR", 0, "/service_id")
		target := strings.Replace(w.getting(), "500001", "x", 1) + "&out_order_no=no"
		w.Refused(t, "GET", target, nil, "PARAM_ERROR", 0, "service_id")
		if !w.partner {
			w.Refused(t, "POST", w.path("no", "cancel"), kittest.With(cancel, "appid", "x"), "PARAM_ERROR", 0, "/appid")
			return
		}
		for _, sub := range []string{"x", caller} {
			w.Refused(t, "POST", w.path("no", "cancel"), kittest.With(cancel, "sub_mchid", sub), "PARAM_ERROR", 0, "/sub_mchid")
			w.Refused(t, "GET", fmt.Sprintf("%sserviceorder?service_id=500001&sub_mchid=%s&out_order_no=no", w.base(), sub), nil, "PARAM_ERROR", 0, "sub_mchid")
		}
	})
}

func TestAnotherMchidIsRefused(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		goods := play.Object{"name": "x", "picture": "https://x", "amount": 1, "count": 1}
		body := w.order("no").With(play.Object{
			"mchid": "1900000999",
			"shopping_info": play.Object{
				"goods":     []any{goods},
				"jump_link": play.Object{"jump_link_type": "JUMP_LINK_MINI_PROGRAM", "appid": "wx1", "path": "/"},
			},
		})
		w.Refused(t, "POST", w.base()+"servicepayondeliveryorder", body, "PARAM_ERROR", 0, "/mchid")
		o := w.OK(t, "POST", w.base()+"servicepayondeliveryorder", body.With(play.Object{"mchid": caller}))
		require.Equal(t, "x", o.List("shopping_info.goods")[0].Text("name"))
	})
}
