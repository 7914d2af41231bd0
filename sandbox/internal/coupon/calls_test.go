package coupon_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A request is one on the coupon of the row.
type request struct {
	method, path string
	body         play.Object
}

func TestRefusedCalls(t *testing.T) {
	t.Parallel()
	const bad, param, none = "INVALID_REQUEST", "PARAM_ERROR", "RESOURCE_NOT_EXISTS"
	post := func(path string, body play.Object) request { return request{"POST", path, body} }
	sending := func(w *world, h held) request { return post(users+openid+"/coupons", h.sending(w.no())) }
	on := func(action string) func(*world, held) request {
		return func(w *world, h held) request {
			if action == "use" {
				return post(h.of(action), w.using(h))
			}
			body := h.body().With(play.Object{"out_request_no": w.no()})
			if action == "deactivate" {
				body["deactivate_reason"] = "x"
			}
			return post(h.of(action), body)
		}
	}
	// after has the coupon confirmed, and something done to it.
	after := func(do func(*world, held), action string) func(*world, held) request {
		return func(w *world, h held) request {
			w.confirm(w.t, h)
			do(w, h)
			return on(action)(w, h)
		}
	}
	done := func(action string) func(*world, held) {
		return func(w *world, h held) {
			r := on(action)(w, h)
			w.OK(w.t, r.method, r.path, r.body)
		}
	}
	nothing := func(*world, held) {}
	late := func(w *world, _ held) { w.Now = time.Date(2026, 7, 1, 0, 0, 0, 0, kit.Shanghai) }
	gone := func(w *world, h held) {
		t.Helper()
		require.NoError(w.t, w.book.Delete(w.Now, brand, h.stock, h.code))
	}
	edited := func(r request, path string, value any) request {
		r.body = kittest.With(r.body, path, value)
		return r
	}
	rows := []struct {
		name   string
		call   func(*world, held) request // on a coupon that was sent
		code   string
		number int
		field  string
	}{
		{"use before confirm", on("use"), bad, 268578367, ""},
		{"use twice", after(done("use"), "use"), bad, 272756745, ""},
		{"use when expired", after(late, "use"), bad, 272756790, ""},
		{"use when deleted", after(gone, "use"), bad, 272756769, ""},
		{"use when deactivated", after(done("deactivate"), "use"), bad, 268578367, ""},
		{"use later than the end", func(w *world, h held) request {
			return edited(after(nothing, "use")(w, h), "use_time", "2026-07-01T00:00:00+08:00")
		}, bad, 272755715, ""},
		{"use earlier than received", func(w *world, h held) request {
			return edited(after(nothing, "use")(w, h), "use_time", "2026-04-01T11:59:59+08:00")
		}, bad, 272755715, ""},
		{"use at no time", func(w *world, h held) request {
			return edited(after(nothing, "use")(w, h), "use_time", "now")
		}, param, 0, "/use_time"},
		{"use with no order", func(w *world, h held) request {
			return edited(after(nothing, "use")(w, h), "associated_order_info", nil)
		}, bad, 0, ""},
		{"use with two orders", func(w *world, h held) request {
			return edited(after(nothing, "use")(w, h), "associated_pay_score_order_info", play.Object{"order_id": "1"})
		}, bad, 0, ""},
		{"use with the AppID of another OpenID", func(w *world, h held) request {
			return edited(after(nothing, "use")(w, h), "appid", "wx0")
		}, bad, 268578532, ""},
		{"use with a foreign AppID", func(w *world, h held) request {
			return edited(after(nothing, "use")(w, h), "appid", "x0")
		}, bad, 268578704, ""},
		{"use of no code", func(w *world, h held) request {
			h.code += "0"
			return on("use")(w, h)
		}, none, 268578851, ""},
		{"use by another user", func(w *world, h held) request {
			r := on("use")(w, h)
			r.path = strings.Replace(r.path, openid, other, 1)
			return r
		}, none, 268578851, ""},
		{"use of another stock", func(w *world, h held) request {
			return edited(on("use")(w, h), "stock_id", h.stock+"0")
		}, none, 268578608, ""},
		{"use of a stock of another coupon", func(w *world, h held) request {
			return edited(on("use")(w, h), "product_coupon_id", w.make(w.t).product)
		}, none, 268578608, ""},
		{"use of another coupon", func(w *world, h held) request {
			return edited(on("use")(w, h), "product_coupon_id", "1")
		}, none, 268578608, ""},
		{"use of a wrong OpenID", func(w *world, h held) request {
			r := on("use")(w, h)
			r.path = strings.Replace(r.path, openid, "x", 1)
			return r
		}, bad, 268578532, ""},
		{"confirm twice", after(nothing, "confirm"), bad, 268578367, ""},
		{"confirm when expired", func(w *world, h held) request {
			late(w, h)
			return on("confirm")(w, h)
		}, bad, 268578776, ""},
		{"confirm when deleted", func(w *world, h held) request {
			gone(w, h)
			return on("confirm")(w, h)
		}, bad, 272756769, ""},
		{"return what is not used", after(nothing, "return"), bad, 268578367, ""},
		{"return twice", after(func(w *world, h held) {
			done("use")(w, h)
			done("return")(w, h)
		}, "return"), bad, 268578367, ""},
		{"deactivate what is used", after(done("use"), "deactivate"), bad, 268578367, ""},
		{"deactivate what is expired", after(late, "deactivate"), bad, 268578776, ""},
		{"deactivate twice", after(done("deactivate"), "deactivate"), bad, 268578367, ""},

		{"send a stock that is not there", func(w *world, h held) request { return edited(sending(w, h), "stock_id", "1") }, none, 268578608, ""},
		{"send to a wrong OpenID", func(w *world, h held) request {
			return post(users+openid+"x/coupons", h.sending(w.no()))
		}, bad, 268578532, ""},
		{"send with a foreign AppID", func(w *world, h held) request { return edited(sending(w, h), "appid", "x") }, bad, 268578704, ""},
		{"send what is paused", func(w *world, h held) request {
			require.NoError(w.t, w.book.Pause(w.Now, brand, h.stock))
			return sending(w, h)
		}, bad, 268577984, ""},
		{"send what is over", func(w *world, h held) request {
			late(w, h)
			return sending(w, h)
		}, bad, 268577984, ""},
		{"send what is deactivated", func(w *world, h held) request {
			w.OK(w.t, "POST", h.batch()+"/deactivate", play.Object{"out_request_no": w.no(), "deactivate_reason": "x"})
			return sending(w, h)
		}, bad, 268577984, ""},
		{"send what is audited", func(w *world, _ held) request {
			w.book.Audit = true
			h := w.make(w.t)
			assert.Equal(w.t, "AUDITING", w.OK(w.t, "GET", h.path(), nil).Text("state"))
			return sending(w, h)
		}, bad, 268577984, ""},
		{"send again with another number", func(w *world, _ held) request {
			h := w.send(w.t, w.make(w.t, with("stock.stock_send_rule.max_count_per_user", 1)), openid)
			return sending(w, h)
		}, bad, 272755200, ""},
		{"pre-send to a user who has enough", func(w *world, _ held) request {
			h := w.send(w.t, w.make(w.t, with("stock.stock_send_rule.max_count_per_user", 1)), openid)
			return post(users+openid+"/pre-send-coupon", h.sending(w.no()))
		}, bad, 272756740, ""},
		{"send to a user who has enough", func(w *world, _ held) request {
			h := w.send(w.t, w.make(w.t, with("stock.stock_send_rule.max_count_per_user", 1)), openid)
			w.confirm(w.t, h)
			return sending(w, h)
		}, bad, 272756740, ""},
		{"send more than there is", func(w *world, _ held) request {
			h := w.send(w.t, w.make(w.t, with("stock.stock_send_rule.max_count", 1)), other)
			return sending(w, h)
		}, bad, 0, ""},
		{"send more than a day has", func(w *world, _ held) request {
			h := w.send(w.t, w.make(w.t, with("stock.stock_send_rule.max_count_per_day", 1)), other)
			return sending(w, h)
		}, bad, 0, ""},
		{"send without a code", func(w *world, _ held) request {
			return sending(w, w.make(w.t, with("stock.coupon_code_mode", "API_ASSIGN")))
		}, param, 0, "/coupon_code"},
		{"send a code twice", func(w *world, _ held) request {
			h := w.make(w.t, with("stock.coupon_code_mode", "API_ASSIGN"))
			r := edited(sending(w, h), "coupon_code", "code-1")
			assert.Equal(w.t, "code-1", w.OK(w.t, r.method, r.path, r.body).Text("coupon_code"))
			return edited(sending(w, h), "coupon_code", "code-1")
		}, bad, 0, ""},
		{"send without an uploaded code", func(w *world, _ held) request {
			return sending(w, w.make(w.t, with("stock.coupon_code_mode", "UPLOAD")))
		}, bad, 0, ""},
		{"send one round", func(w *world, _ held) request {
			h, _, list := w.bundle(w.t)
			h.stock = list[0].Text("stock_id")
			return sending(w, h)
		}, bad, 0, ""},
		{"pre-send what is paused", func(w *world, h held) request {
			require.NoError(w.t, w.book.Pause(w.Now, brand, h.stock))
			return post(users+openid+"/pre-send-coupon", h.sending(w.no()))
		}, bad, 268577984, ""},

		{"a bundle for a coupon without", func(w *world, h held) request {
			return post(h.path()+"/stock-bundles", play.Object{"out_request_no": w.no(), "stock_bundle": bundleOf("NORMAL")})
		}, bad, 0, ""},
		{"a stock for a coupon of bundles", func(w *world, _ held) request {
			h, _, _ := w.bundle(w.t)
			return post(h.path()+"/stocks", play.Object{"out_request_no": w.no(), "stock": stockOf("ALL", "NORMAL")})
		}, bad, 0, ""},
		{"a stock for a coupon that is off", func(w *world, h held) request {
			w.OK(w.t, "POST", h.path()+"/deactivate", play.Object{"out_request_no": w.no(), "deactivate_reason": "x"})
			return post(h.path()+"/stocks", play.Object{"out_request_no": w.no(), "stock": stockOf("ALL", "NORMAL")})
		}, bad, 0, ""},
		{"a 201st stock", func(w *world, h held) request {
			for range 199 {
				w.OK(w.t, "POST", h.path()+"/stocks", play.Object{"out_request_no": w.no(), "stock": stockOf("ALL", "NORMAL")})
			}
			return post(h.path()+"/stocks", play.Object{"out_request_no": w.no(), "stock": stockOf("ALL", "NORMAL")})
		}, bad, 0, ""},
		{"a change of a stock that is off", func(w *world, h held) request {
			w.OK(w.t, "POST", h.batch()+"/deactivate", play.Object{"out_request_no": w.no(), "deactivate_reason": "x"})
			return request{"PATCH", h.batch(), play.Object{"out_request_no": w.no(), "remark": "x"}}
		}, bad, 0, ""},
		{"a bundle that is not there", func(w *world, _ held) request {
			h, _, _ := w.bundle(w.t)
			return request{"PATCH", h.path() + "/stock-bundles/1", play.Object{"out_request_no": w.no()}}
		}, none, 268578608, ""},
		{"a coupon that is not there", func(*world, held) request {
			return request{"GET", products + "/1", nil}
		}, none, 268578608, ""},
		{"a change of a bundle of which a stock is off", func(w *world, _ held) request {
			h, id, list := w.bundle(w.t)
			w.OK(w.t, "POST", h.path()+"/stocks/"+list[2].Text("stock_id")+"/deactivate", play.Object{"out_request_no": w.no(), "deactivate_reason": "x"})
			return request{"PATCH", h.path() + "/stock-bundles/" + id, play.Object{"out_request_no": w.no(), "remark": "x"}}
		}, bad, 0, ""},
		{"codes for a stock that makes its own", func(w *world, h held) request {
			return post(h.batch()+"/upload-coupon-codes", play.Object{"out_request_no": w.no(), "code_list": []any{"a"}})
		}, bad, 0, ""},
		{"stores of a stock for any", func(_ *world, h held) request {
			return post(h.batch()+"/associate-stores", play.Object{"store_list": objects(play.Object{"store_id": "1"})})
		}, bad, 0, ""},
		{"stores of a stock for all", func(w *world, _ held) request {
			h := w.make(w.t, with("stock.store_scope", "ALL"))
			return post(h.batch()+"/disassociate-stores", play.Object{"store_list": objects(play.Object{"store_id": "1"})})
		}, bad, 268578813, ""},
		{"use in another store", func(w *world, _ held) request {
			h := w.send(w.t, w.make(w.t, with("stock.store_scope", "SPECIFIC")), openid)
			w.OK(w.t, "POST", h.batch()+"/associate-stores", play.Object{"store_list": objects(play.Object{"store_id": "1"})})
			return edited(after(nothing, "use")(w, h), "store_id", "2")
		}, bad, 268584404, ""},
		{"a budget that is no longer", func(w *world, h held) request {
			return post(h.batch()+"/update-budget", play.Object{"out_request_no": w.no(), "update_mode": "MAX_COUNT", "current_max_count": 999, "target_max_count": 2000})
		}, bad, 0, ""},
		{"a budget without target", func(w *world, h held) request {
			return post(h.batch()+"/update-budget", play.Object{"out_request_no": w.no(), "update_mode": "MAX_COUNT", "current_max_count": 1000})
		}, param, 0, "/target_max_count"},
		{"a budget below what is sent", func(w *world, h held) request {
			w.send(w.t, h, other)
			return post(h.batch()+"/update-budget", play.Object{"out_request_no": w.no(), "update_mode": "MAX_COUNT", "current_max_count": 1000, "target_max_count": 1})
		}, bad, 0, ""},
		{"no address yet", func(*world, held) request { return request{"GET", configs, nil} }, none, 0, ""},
		{"a page of nothing", func(_ *world, h held) request {
			return request{"GET", h.path() + "/stocks?page_size=0", nil}
		}, param, 0, "page_size"},
		{"a page too large", func(_ *world, h held) request {
			return request{"GET", h.path() + "/stocks?page_size=101", nil}
		}, param, 0, "page_size"},
		{"a token of no page", func(_ *world, h held) request {
			return request{"GET", h.path() + "/stocks?page_token=YWZ0ZXI6eA", nil}
		}, param, 0, "page_token"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			r := row.call(w, w.send(t, w.make(t), openid))
			w.Events()
			w.Refused(t, r.method, r.path, r.body, row.code, row.number, row.field)
			assert.Empty(t, w.Events())
		})
	}
}
