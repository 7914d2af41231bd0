package coupon_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// refused checks a refusal; field is the JSON pointer of a wrong parameter.
func refused(t *testing.T, r *play.Refusal, code string, number int, field string) {
	t.Helper()
	require.NotNil(t, r, "it was taken")
	status := 400
	if code == "RESOURCE_NOT_EXISTS" {
		status = 404
	}
	assert.Equal(t, status, r.Status)
	assert.Equal(t, code, r.Code, r.Message)
	assert.Equal(t, number, r.Number, r.Message)
	if field != "" {
		assert.Equal(t, field, r.Detail["field"])
	}
}

func long(n int) string { return strings.Repeat("长", n) }

func TestRefusedCoupons(t *testing.T) {
	t.Parallel()
	const (
		bad, param = "INVALID_REQUEST", "PARAM_ERROR"
		rule       = "stock.single_usage_rule."
		when       = rule + "coupon_available_period."
		rounds     = "stock_bundle.progressive_bundle_usage_rule."
	)
	rows := []struct {
		name, kind string // "SCOPE TYPE" of a coupon, with + for a bundle
		path       string
		value      any
		code       string
		number     int
		field      string
	}{
		{"exchange of everything", "ALL NORMAL", "type", "EXCHANGE", bad, 0, ""},
		{"no stock", "ALL NORMAL", "stock", nil, param, 0, "/stock"},
		{"a bundle for SINGLE", "ALL NORMAL", "stock_bundle", bundleOf("NORMAL"), bad, 0, ""},
		{"a stock for a bundle", "+ALL NORMAL", "stock", stockOf("ALL", "NORMAL"), bad, 0, ""},
		{"no bundle", "+ALL NORMAL", "stock_bundle", nil, param, 0, "/stock_bundle"},
		{"no rounds", "+ALL NORMAL", "progressive_bundle_usage_info", nil, param, 0, ""},
		{"two rounds", "+ALL NORMAL", "progressive_bundle_usage_info.count", 2, param, 0, "/progressive_bundle_usage_info/count"},
		{"16 rounds", "+ALL NORMAL", "progressive_bundle_usage_info.count", 16, param, 0, ""},
		{"no count", "+ALL NORMAL", "progressive_bundle_usage_info.count", nil, param, 0, ""},
		{"8 days between", "+ALL NORMAL", "progressive_bundle_usage_info.interval_days", 8, param, 0, ""},
		{"fewer benefits than rounds", "+ALL NORMAL", "progressive_bundle_usage_info.count", 4, bad, 0, ""},
		{"benefit of ALL missing", "ALL NORMAL", "single_usage_info", nil, bad, 0, ""},
		{"benefit of ALL in the stock", "ALL NORMAL", rule + "normal_coupon", play.Object{"threshold": 1, "discount_amount": 1}, bad, 0, ""},
		{"benefit of SINGLE on top", "SINGLE NORMAL", "single_usage_info", play.Object{"normal_coupon": play.Object{"threshold": 1, "discount_amount": 1}}, bad, 0, ""},
		{"benefit of SINGLE missing", "SINGLE NORMAL", rule + "normal_coupon", nil, bad, 0, ""},
		{"benefit of another type", "ALL NORMAL", "single_usage_info.discount_coupon", play.Object{"threshold": 1, "percent_off": 1}, bad, 0, ""},
		{"rounds of another type", "+ALL NORMAL", rounds + "discount_coupon_list", objects(play.Object{"threshold": 1, "percent_off": 1}), bad, 0, ""},
		{"no discount", "ALL NORMAL", "single_usage_info.normal_coupon.discount_amount", 0, param, 0, ""},
		{"more off than the price", "ALL NORMAL", "single_usage_info.normal_coupon.discount_amount", 10001, param, 0, ""},
		{"100 percent off", "ALL DISCOUNT", "single_usage_info.discount_coupon.percent_off", 100, param, 0, ""},
		{"a negative price", "SINGLE EXCHANGE", rule + "exchange_coupon.exchange_price", -1, param, 0, ""},
		{"a later round is worse", "+ALL NORMAL", rounds + "normal_coupon_list", objects(
			play.Object{"threshold": 0, "discount_amount": 2}, play.Object{"threshold": 0, "discount_amount": 2}, play.Object{"threshold": 0, "discount_amount": 1}), bad, 268586067, ""},
		{"a later price is higher", "+SINGLE EXCHANGE", rounds + "exchange_coupon_list", objects(
			play.Object{"threshold": 0, "exchange_price": 1}, play.Object{"threshold": 0, "exchange_price": 2}, play.Object{"threshold": 0, "exchange_price": 2}), bad, 268586067, ""},
		{"codes of a bundle are assigned", "+ALL NORMAL", "stock_bundle.coupon_code_mode", "API_ASSIGN", param, 0, "/stock_bundle/coupon_code_mode"},
		{"a bundle without limit for users", "+ALL NORMAL", "stock_bundle.stock_send_rule.max_count_per_user", nil, param, 0, ""},
		{"a bundle without rule", "+ALL NORMAL", "stock_bundle.progressive_bundle_usage_rule", nil, param, 0, ""},
		{"a bundle of two days", "+ALL NORMAL", rounds + "coupon_available_period.available_days", 2, param, 0, ""},
		{"a short name", "ALL NORMAL", "display_info.name", "一二", param, 0, "/display_info/name"},
		{"a long name", "ALL NORMAL", "display_info.name", long(16), param, 0, ""},
		{"an image of elsewhere", "ALL NORMAL", "display_info.image_url", "https://example.com/a.png", bad, 268578404, ""},
		{"a background of elsewhere", "ALL NORMAL", "display_info.background_url", image + "x", bad, 268578404, ""},
		{"a detail of elsewhere", "ALL NORMAL", "display_info.detail_image_url_list", []any{image, "x"}, bad, 268578404, ""},
		{"a dish of elsewhere", "SINGLE NORMAL", "display_info.combo_package_list", objects(play.Object{"name": "x", "pick_count": 1,
			"choice_list": objects(play.Object{"name": "y", "price": 1, "count": 1, "image_url": "z"})}), bad, 268578404, ""},
		{"nine details", "ALL NORMAL", "display_info.detail_image_url_list", []any{image, image, image, image, image, image, image, image, image}, param, 0, ""},
		{"no price of a product", "SINGLE NORMAL", "display_info.original_price", nil, param, 0, "/display_info/original_price"},
		{"no combination", "SINGLE NORMAL", "display_info.combo_package_list", nil, param, 0, ""},
		{"more picked than there is", "SINGLE NORMAL", "display_info.combo_package_list", objects(play.Object{"name": "x", "pick_count": 2,
			"choice_list": objects(play.Object{"name": "y", "price": 1, "count": 1})}), param, 0, "/display_info/combo_package_list/0/pick_count"},
		{"100 of one", "SINGLE NORMAL", "display_info.combo_package_list", objects(play.Object{"name": "x", "pick_count": 1,
			"choice_list": objects(play.Object{"name": "y", "price": 1, "count": 100})}), param, 0, "/display_info/combo_package_list/0/choice_list/0/count"},
		{"a long product number", "ALL NORMAL", "out_product_no", long(41), param, 0, ""},
		{"a long remark", "ALL NORMAL", "stock.remark", long(21), param, 0, "/stock/remark"},
		{"no AppID", "ALL NORMAL", "stock.notify_config", play.Object{}, bad, 268578704, ""},
		{"a foreign AppID", "ALL NORMAL", "stock.notify_config.notify_appid", "x", bad, 268578704, ""},
		{"a mini program without path", "ALL NORMAL", "stock.usage_rule_display_info.coupon_usage_method_list", []any{"MINI_PROGRAM"}, param, 0, ""},
		{"an app without path", "ALL NORMAL", "stock.usage_rule_display_info.coupon_usage_method_list", []any{"APP"}, param, 0, ""},
		{"a long description", "ALL NORMAL", "stock.usage_rule_display_info.usage_description", long(1001), param, 0, ""},
		{"an unknown colour", "ALL NORMAL", "stock.coupon_display_info.background_color", "Color110", param, 0, ""},
		{"nothing to send", "ALL NORMAL", "stock.stock_send_rule.max_count", 0, param, 0, ""},
		{"too much to send", "ALL NORMAL", "stock.stock_send_rule.max_count", 100_000_001, param, 0, ""},
		{"too much a day", "ALL NORMAL", "stock.stock_send_rule.max_count_per_day", 100_000_001, param, 0, ""},
		{"too much for a user", "ALL NORMAL", "stock.stock_send_rule.max_count_per_user", 101, param, 0, ""},
		{"no rule", "ALL NORMAL", "stock.single_usage_rule", nil, param, 0, ""},
		{"no time", "ALL NORMAL", when + "available_begin_time", "2026-04-01", param, 0, ""},
		{"an end that is no time", "ALL NORMAL", when + "available_end_time", "tomorrow", param, 0, ""},
		{"an end before the beginning", "ALL NORMAL", when + "available_end_time", "2026-03-31T00:00:00+08:00", param, 0, ""},
		{"more than a year", "ALL NORMAL", when + "available_end_time", "2027-04-01T00:00:01+08:00", param, 0, ""},
		{"366 days", "ALL NORMAL", when + "available_days", 366, param, 0, ""},
		{"a wait without days", "ALL NORMAL", when + "wait_days_after_receive", 1, param, 0, ""},
		{"a wait of 31 days", "ALL NORMAL", rule + "coupon_available_period", available().With(play.Object{"available_days": 1, "wait_days_after_receive": 31}), param, 0, ""},
		{"three irregular periods", "ALL NORMAL", when + "irregular_available_period_list", objects(span(1, 2), span(2, 3), span(3, 4)), param, 0, ""},
		{"a period that ends first", "ALL NORMAL", when + "irregular_available_period_list", objects(span(2, 1)), param, 0, ""},
		{"an irregular period with days", "ALL NORMAL", rule + "coupon_available_period", available().With(play.Object{"available_days": 1,
			"irregular_available_period_list": objects(span(1, 2))}), param, 0, ""},
		{"a week without days", "ALL NORMAL", when + "weekly_available_period", play.Object{}, param, 0, ""},
		{"hours behind midnight", "ALL NORMAL", when + "weekly_available_period", play.Object{"day_list": []any{"MONDAY"},
			"day_period_list": objects(play.Object{"begin_time": 0, "end_time": 86400})}, param, 0, ""},
		{"hours that end first", "ALL NORMAL", when + "weekly_available_period", play.Object{"day_list": []any{"MONDAY"},
			"day_period_list": objects(play.Object{"begin_time": 2, "end_time": 1})}, param, 0, ""},
		{"a short number", "ALL NORMAL", "out_request_no", "12345", param, 268435463, "/out_request_no"},
		{"a long number", "ALL NORMAL", "out_request_no", strings.Repeat("1", 41), param, 268435462, ""},
		{"a number with a space", "ALL NORMAL", "out_request_no", "123 456", param, 0, ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			mode := "SINGLE"
			kind, bundled := strings.CutPrefix(row.kind, "+")
			if bundled {
				mode = "PROGRESSIVE_BUNDLE"
			}
			scope, kind, _ := strings.Cut(kind, " ")
			body := w.productBody(scope, kind, mode)
			_, r := w.do(t, "POST", "/product-coupons", put(body, row.path, row.value))
			refused(t, r, row.code, row.number, row.field)
			w.ok(t, "POST", "/product-coupons", w.productBody(scope, kind, mode)) // without the fault
		})
	}
}

// span is a period from one day of April to another.
func span(from, to int) play.Object {
	day := func(n int) string { return time.Date(2026, 4, n, 0, 0, 0, 0, cst).Format(time.RFC3339) }
	return play.Object{"begin_time": day(from), "end_time": day(to)}
}

// A call is one on the coupon of the row.
type request struct {
	method, path string
	body         play.Object
}

func TestRefusedCalls(t *testing.T) {
	t.Parallel()
	const bad, param, none = "INVALID_REQUEST", "PARAM_ERROR", "RESOURCE_NOT_EXISTS"
	post := func(path string, body play.Object) request { return request{"POST", path, body} }
	sending := func(w *world, h held) request { return post("/users/"+openid+"/coupons", h.sending(w.no())) }
	on := func(action string) func(*testing.T, *world, held) request {
		return func(_ *testing.T, w *world, h held) request {
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
	after := func(do func(*testing.T, *world, held), action string) func(*testing.T, *world, held) request {
		return func(t *testing.T, w *world, h held) request {
			t.Helper()
			w.confirm(t, h)
			do(t, w, h)
			return on(action)(t, w, h)
		}
	}
	done := func(action string) func(*testing.T, *world, held) {
		return func(t *testing.T, w *world, h held) {
			t.Helper()
			r := on(action)(t, w, h)
			w.ok(t, r.method, r.path, r.body)
		}
	}
	nothing := func(*testing.T, *world, held) {}
	late := func(_ *testing.T, w *world, _ held) { w.now = time.Date(2026, 7, 1, 0, 0, 0, 0, cst) }
	gone := func(t *testing.T, w *world, h held) {
		t.Helper()
		require.NoError(t, w.book.Delete(w.now, brand, h.stock, h.code))
	}
	edited := func(r request, path string, value any) request {
		put(r.body, path, value)
		return r
	}
	rows := []struct {
		name   string
		call   func(*testing.T, *world, held) request // on a coupon that was sent
		code   string
		number int
	}{
		{"use before confirm", on("use"), bad, 268578367},
		{"use twice", after(done("use"), "use"), bad, 272756745},
		{"use when expired", after(late, "use"), bad, 272756790},
		{"use when deleted", after(gone, "use"), bad, 272756769},
		{"use when deactivated", after(done("deactivate"), "use"), bad, 268578367},
		{"use later than the end", func(t *testing.T, w *world, h held) request {
			return edited(after(nothing, "use")(t, w, h), "use_time", "2026-07-01T00:00:00+08:00")
		}, bad, 272755715},
		{"use earlier than received", func(t *testing.T, w *world, h held) request {
			return edited(after(nothing, "use")(t, w, h), "use_time", "2026-04-01T11:59:59+08:00")
		}, bad, 272755715},
		{"use at no time", func(t *testing.T, w *world, h held) request {
			return edited(after(nothing, "use")(t, w, h), "use_time", "now")
		}, param, 0},
		{"use with no order", func(t *testing.T, w *world, h held) request {
			return edited(after(nothing, "use")(t, w, h), "associated_order_info", nil)
		}, bad, 0},
		{"use with two orders", func(t *testing.T, w *world, h held) request {
			return edited(after(nothing, "use")(t, w, h), "associated_pay_score_order_info", play.Object{"order_id": "1"})
		}, bad, 0},
		{"use with the AppID of another OpenID", func(t *testing.T, w *world, h held) request {
			return edited(after(nothing, "use")(t, w, h), "appid", "wx0")
		}, bad, 268578532},
		{"use with a foreign AppID", func(t *testing.T, w *world, h held) request {
			return edited(after(nothing, "use")(t, w, h), "appid", "x0")
		}, bad, 268578704},
		{"use of no code", func(t *testing.T, w *world, h held) request {
			h.code += "0"
			return on("use")(t, w, h)
		}, none, 268578851},
		{"use by another user", func(t *testing.T, w *world, h held) request {
			r := on("use")(t, w, h)
			r.path = strings.Replace(r.path, openid, other, 1)
			return r
		}, none, 268578851},
		{"use of another stock", func(t *testing.T, w *world, h held) request {
			return edited(on("use")(t, w, h), "stock_id", h.stock+"0")
		}, none, 268578608},
		{"use of another coupon", func(t *testing.T, w *world, h held) request {
			return edited(on("use")(t, w, h), "product_coupon_id", "1")
		}, none, 268578608},
		{"use of a wrong OpenID", func(t *testing.T, w *world, h held) request {
			r := on("use")(t, w, h)
			r.path = strings.Replace(r.path, openid, "x", 1)
			return r
		}, bad, 268578532},
		{"confirm twice", after(nothing, "confirm"), bad, 268578367},
		{"confirm when expired", func(t *testing.T, w *world, h held) request {
			late(t, w, h)
			return on("confirm")(t, w, h)
		}, bad, 268578776},
		{"confirm when deleted", func(t *testing.T, w *world, h held) request {
			gone(t, w, h)
			return on("confirm")(t, w, h)
		}, bad, 272756769},
		{"return what is not used", after(nothing, "return"), bad, 268578367},
		{"return twice", after(func(t *testing.T, w *world, h held) {
			t.Helper()
			done("use")(t, w, h)
			done("return")(t, w, h)
		}, "return"), bad, 268578367},
		{"deactivate what is used", after(done("use"), "deactivate"), bad, 268578367},
		{"deactivate what is expired", after(late, "deactivate"), bad, 268578776},
		{"deactivate twice", after(done("deactivate"), "deactivate"), bad, 268578367},

		{"send a stock that is not there", func(_ *testing.T, w *world, h held) request { return edited(sending(w, h), "stock_id", "1") }, none, 268578608},
		{"send to a wrong OpenID", func(_ *testing.T, w *world, h held) request {
			return post("/users/"+openid+"x/coupons", h.sending(w.no()))
		}, bad, 268578532},
		{"send with a foreign AppID", func(_ *testing.T, w *world, h held) request { return edited(sending(w, h), "appid", "x") }, bad, 268578704},
		{"send what is paused", func(t *testing.T, w *world, h held) request {
			require.NoError(t, w.book.Pause(w.now, brand, h.stock))
			return sending(w, h)
		}, bad, 268577984},
		{"send what is over", func(t *testing.T, w *world, h held) request {
			late(t, w, h)
			return sending(w, h)
		}, bad, 268577984},
		{"send what is deactivated", func(t *testing.T, w *world, h held) request {
			w.ok(t, "POST", h.batch()+"/deactivate", play.Object{"out_request_no": w.no(), "deactivate_reason": "x"})
			return sending(w, h)
		}, bad, 268577984},
		{"send what is audited", func(t *testing.T, w *world, _ held) request {
			w.book.Audit = true
			h := w.make(t)
			assert.Equal(t, "AUDITING", w.ok(t, "GET", h.path(), nil).Text("state"))
			return sending(w, h)
		}, bad, 268577984},
		{"send again with another number", func(t *testing.T, w *world, _ held) request {
			h := w.send(t, w.make(t, with("stock.stock_send_rule.max_count_per_user", 1)), openid)
			return sending(w, h)
		}, bad, 272755200},
		{"send to a user who has enough", func(t *testing.T, w *world, _ held) request {
			h := w.send(t, w.make(t, with("stock.stock_send_rule.max_count_per_user", 1)), openid)
			w.confirm(t, h)
			return sending(w, h)
		}, bad, 272756740},
		{"send more than there is", func(t *testing.T, w *world, _ held) request {
			h := w.send(t, w.make(t, with("stock.stock_send_rule.max_count", 1)), other)
			return sending(w, h)
		}, bad, 0},
		{"send more than a day has", func(t *testing.T, w *world, _ held) request {
			h := w.send(t, w.make(t, with("stock.stock_send_rule.max_count_per_day", 1)), other)
			return sending(w, h)
		}, bad, 0},
		{"send without a code", func(t *testing.T, w *world, _ held) request {
			return sending(w, w.make(t, with("stock.coupon_code_mode", "API_ASSIGN")))
		}, param, 0},
		{"send a code twice", func(t *testing.T, w *world, _ held) request {
			h := w.make(t, with("stock.coupon_code_mode", "API_ASSIGN"))
			r := edited(sending(w, h), "coupon_code", "code-1")
			assert.Equal(t, "code-1", w.ok(t, r.method, r.path, r.body).Text("coupon_code"))
			return edited(sending(w, h), "coupon_code", "code-1")
		}, bad, 0},
		{"send without an uploaded code", func(t *testing.T, w *world, _ held) request {
			return sending(w, w.make(t, with("stock.coupon_code_mode", "UPLOAD")))
		}, bad, 0},
		{"send one round", func(t *testing.T, w *world, _ held) request {
			h, _, list := w.bundle(t)
			h.stock = list[0].Text("stock_id")
			return sending(w, h)
		}, bad, 0},
		{"pre-send what is paused", func(t *testing.T, w *world, h held) request {
			require.NoError(t, w.book.Pause(w.now, brand, h.stock))
			return post("/users/"+openid+"/pre-send-coupon", h.sending(w.no()))
		}, bad, 268577984},

		{"a bundle for a coupon without", func(_ *testing.T, w *world, h held) request {
			return post(h.path()+"/stock-bundles", play.Object{"out_request_no": w.no(), "stock_bundle": bundleOf("NORMAL")})
		}, bad, 0},
		{"a stock for a coupon of bundles", func(t *testing.T, w *world, _ held) request {
			h, _, _ := w.bundle(t)
			return post(h.path()+"/stocks", play.Object{"out_request_no": w.no(), "stock": stockOf("ALL", "NORMAL")})
		}, bad, 0},
		{"a stock for a coupon that is off", func(t *testing.T, w *world, h held) request {
			w.ok(t, "POST", h.path()+"/deactivate", play.Object{"out_request_no": w.no(), "deactivate_reason": "x"})
			return post(h.path()+"/stocks", play.Object{"out_request_no": w.no(), "stock": stockOf("ALL", "NORMAL")})
		}, bad, 0},
		{"a 201st stock", func(t *testing.T, w *world, h held) request {
			for range 199 {
				w.ok(t, "POST", h.path()+"/stocks", play.Object{"out_request_no": w.no(), "stock": stockOf("ALL", "NORMAL")})
			}
			return post(h.path()+"/stocks", play.Object{"out_request_no": w.no(), "stock": stockOf("ALL", "NORMAL")})
		}, bad, 0},
		{"a change of a stock that is off", func(t *testing.T, w *world, h held) request {
			w.ok(t, "POST", h.batch()+"/deactivate", play.Object{"out_request_no": w.no(), "deactivate_reason": "x"})
			return request{"PATCH", h.batch(), play.Object{"out_request_no": w.no(), "remark": "x"}}
		}, bad, 0},
		{"a bundle that is not there", func(t *testing.T, w *world, _ held) request {
			h, _, _ := w.bundle(t)
			return request{"PATCH", h.path() + "/stock-bundles/1", play.Object{"out_request_no": w.no()}}
		}, none, 268578608},
		{"a coupon that is not there", func(*testing.T, *world, held) request {
			return request{"GET", "/product-coupons/1", nil}
		}, none, 268578608},
		{"codes for a stock that makes its own", func(_ *testing.T, w *world, h held) request {
			return post(h.batch()+"/upload-coupon-codes", play.Object{"out_request_no": w.no(), "code_list": []any{"a"}})
		}, bad, 0},
		{"stores of a stock for any", func(_ *testing.T, _ *world, h held) request {
			return post(h.batch()+"/associate-stores", play.Object{"store_list": objects(play.Object{"store_id": "1"})})
		}, bad, 0},
		{"stores of a stock for all", func(t *testing.T, w *world, _ held) request {
			h := w.make(t, with("stock.store_scope", "ALL"))
			return post(h.batch()+"/disassociate-stores", play.Object{"store_list": objects(play.Object{"store_id": "1"})})
		}, bad, 268578813},
		{"use in another store", func(t *testing.T, w *world, _ held) request {
			h := w.send(t, w.make(t, with("stock.store_scope", "SPECIFIC")), openid)
			w.ok(t, "POST", h.batch()+"/associate-stores", play.Object{"store_list": objects(play.Object{"store_id": "1"})})
			return edited(after(nothing, "use")(t, w, h), "store_id", "2")
		}, bad, 268584404},
		{"a budget that is no longer", func(_ *testing.T, w *world, h held) request {
			return post(h.batch()+"/update-budget", play.Object{"out_request_no": w.no(), "update_mode": "MAX_COUNT", "current_max_count": 999, "target_max_count": 2000})
		}, bad, 0},
		{"a budget without target", func(_ *testing.T, w *world, h held) request {
			return post(h.batch()+"/update-budget", play.Object{"out_request_no": w.no(), "update_mode": "MAX_COUNT", "current_max_count": 1000})
		}, param, 0},
		{"a budget below what is sent", func(t *testing.T, w *world, h held) request {
			w.send(t, h, other)
			return post(h.batch()+"/update-budget", play.Object{"out_request_no": w.no(), "update_mode": "MAX_COUNT", "current_max_count": 1000, "target_max_count": 1})
		}, bad, 0},
		{"no address yet", func(*testing.T, *world, held) request { return request{"GET", "/notify-configs", nil} }, none, 0},
		{"a page of nothing", func(_ *testing.T, _ *world, h held) request {
			return request{"GET", h.path() + "/stocks?page_size=0", nil}
		}, param, 0},
		{"a page too large", func(_ *testing.T, _ *world, h held) request {
			return request{"GET", h.path() + "/stocks?page_size=101", nil}
		}, param, 0},
		{"a token of no page", func(_ *testing.T, _ *world, h held) request {
			return request{"GET", h.path() + "/stocks?page_token=YWZ0ZXI6eA", nil}
		}, param, 0},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			r := row.call(t, w, w.send(t, w.make(t), openid))
			w.events = nil
			_, refusal := w.do(t, r.method, r.path, r.body)
			refused(t, refusal, row.code, row.number, "")
			assert.Empty(t, w.events)
		})
	}
}

// What one brand has does not exist for another, whatever it knows of it.
func TestBrandsDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	w := newWorld()
	h := w.send(t, w.make(t, with("stock.store_scope", "SPECIFIC")), openid)
	b, id, _ := w.bundle(t)
	number := func(o play.Object) play.Object { return o.With(play.Object{"out_request_no": w.no()}) }
	stores := play.Object{"store_list": objects(play.Object{"store_id": "1"})}
	w.brand = "999999"
	for _, r := range []request{
		{"GET", h.path(), nil},
		{"PATCH", h.path(), number(w.productBody("ALL", "NORMAL", "SINGLE").Only("display_info"))},
		{"POST", h.path() + "/deactivate", number(play.Object{"deactivate_reason": "x"})},
		{"POST", h.path() + "/stocks", number(play.Object{"stock": stockOf("ALL", "NORMAL")})},
		{"GET", h.path() + "/stocks", nil},
		{"GET", h.batch(), nil},
		{"PATCH", h.batch(), number(play.Object{"remark": "x"})},
		{"POST", h.batch() + "/deactivate", number(play.Object{"deactivate_reason": "x"})},
		{"POST", h.batch() + "/update-budget", number(play.Object{"update_mode": "MAX_COUNT", "current_max_count": 1000, "target_max_count": 2000})},
		{"POST", h.batch() + "/upload-coupon-codes", number(play.Object{"code_list": []any{"a"}})},
		{"POST", h.batch() + "/associate-stores", stores},
		{"POST", h.batch() + "/disassociate-stores", stores},
		{"GET", h.batch() + "/associated-stores", nil},
		{"POST", b.path() + "/stock-bundles", number(play.Object{"stock_bundle": bundleOf("NORMAL")})},
		{"PATCH", b.path() + "/stock-bundles/" + id, number(play.Object{"remark": "x"})},
		{"POST", b.path() + "/stock-bundles/" + id + "/associate-stores", stores},
		{"POST", "/users/" + openid + "/coupons", h.sending(w.no())},
		{"POST", "/users/" + openid + "/pre-send-coupon", h.sending(w.no())},
		{"GET", h.of("") + "?product_coupon_id=" + h.product + "&stock_id=" + h.stock + "&appid=" + appid, nil},
		{"POST", h.of("confirm"), number(h.body())},
		{"POST", h.of("use"), w.using(h)},
		{"POST", h.of("return"), number(h.body())},
		{"POST", h.of("deactivate"), number(h.body().With(play.Object{"deactivate_reason": "x"}))},
	} {
		t.Run(r.method+" "+r.path, func(t *testing.T) {
			_, refusal := w.do(t, r.method, r.path, r.body)
			refused(t, refusal, "RESOURCE_NOT_EXISTS", 268578608, "")
		})
	}
	assert.EqualValues(t, 0, w.ok(t, "GET", "/users/"+openid+"/coupons?appid="+appid, nil).Int("total_count"))
	assert.Equal(t, 268578851, numberOf(w.book.Delete(w.now, w.brand, h.stock, h.code)))
	assert.Equal(t, 268578608, numberOf(w.book.Pause(w.now, w.brand, h.stock)))
	assert.Equal(t, 268578608, numberOf(w.book.Approve(w.now, w.brand, h.product)))
}
