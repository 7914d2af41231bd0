package coupon_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

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
		{"no rounds", "+ALL NORMAL", "progressive_bundle_usage_info", nil, param, 0, "/progressive_bundle_usage_info"},
		{"two rounds", "+ALL NORMAL", "progressive_bundle_usage_info.count", 2, param, 0, "/progressive_bundle_usage_info/count"},
		{"16 rounds", "+ALL NORMAL", "progressive_bundle_usage_info.count", 16, param, 0, "/progressive_bundle_usage_info/count"},
		{"no count", "+ALL NORMAL", "progressive_bundle_usage_info.count", nil, param, 0, "/progressive_bundle_usage_info/count"},
		{"8 days between", "+ALL NORMAL", "progressive_bundle_usage_info.interval_days", 8, param, 0, "/progressive_bundle_usage_info/interval_days"},
		{"fewer benefits than rounds", "+ALL NORMAL", "progressive_bundle_usage_info.count", 4, bad, 0, ""},
		{"benefit of ALL missing", "ALL NORMAL", "single_usage_info", nil, bad, 0, ""},
		{"benefit of ALL in the stock", "ALL NORMAL", rule + "normal_coupon", play.Object{"threshold": 1, "discount_amount": 1}, bad, 0, ""},
		{"benefit of SINGLE on top", "SINGLE NORMAL", "single_usage_info", play.Object{"normal_coupon": play.Object{"threshold": 1, "discount_amount": 1}}, bad, 0, ""},
		{"benefit of SINGLE missing", "SINGLE NORMAL", rule + "normal_coupon", nil, bad, 0, ""},
		{"benefit of another type", "ALL NORMAL", "single_usage_info.discount_coupon", play.Object{"threshold": 1, "percent_off": 1}, bad, 0, ""},
		{"rounds of another type", "+ALL NORMAL", rounds + "discount_coupon_list", objects(play.Object{"threshold": 1, "percent_off": 1}), bad, 0, ""},
		{"no discount", "ALL NORMAL", "single_usage_info.normal_coupon.discount_amount", 0, param, 0, "/single_usage_info/normal_coupon/discount_amount"},
		{"more off than the price", "ALL NORMAL", "single_usage_info.normal_coupon.discount_amount", 10001, param, 0, "/single_usage_info/normal_coupon/discount_amount"},
		{"100 percent off", "ALL DISCOUNT", "single_usage_info.discount_coupon.percent_off", 100, param, 0, "/single_usage_info/discount_coupon/percent_off"},
		{"a negative price", "SINGLE EXCHANGE", rule + "exchange_coupon.exchange_price", -1, param, 0, "/stock/single_usage_rule/exchange_coupon/exchange_price"},
		{"a later round is worse", "+ALL NORMAL", rounds + "normal_coupon_list", objects(
			play.Object{"threshold": 0, "discount_amount": 2}, play.Object{"threshold": 0, "discount_amount": 2}, play.Object{"threshold": 0, "discount_amount": 1}), bad, 268586067, ""},
		{"a later price is higher", "+SINGLE EXCHANGE", rounds + "exchange_coupon_list", objects(
			play.Object{"threshold": 0, "exchange_price": 1}, play.Object{"threshold": 0, "exchange_price": 2}, play.Object{"threshold": 0, "exchange_price": 2}), bad, 268586067, ""},
		{"codes of a bundle are assigned", "+ALL NORMAL", "stock_bundle.coupon_code_mode", "API_ASSIGN", param, 0, "/stock_bundle/coupon_code_mode"},
		{"a bundle without limit for users", "+ALL NORMAL", "stock_bundle.stock_send_rule.max_count_per_user", nil, param, 0, "/stock_bundle/stock_send_rule/max_count_per_user"},
		{"a bundle without rule", "+ALL NORMAL", "stock_bundle.progressive_bundle_usage_rule", nil, param, 0, "/stock_bundle/progressive_bundle_usage_rule"},
		{"a bundle of two days", "+ALL NORMAL", rounds + "coupon_available_period.available_days", 2, param, 0, "/stock_bundle/progressive_bundle_usage_rule/coupon_available_period/available_days"},
		{"a short name", "ALL NORMAL", "display_info.name", "一二", param, 0, "/display_info/name"},
		{"a long name", "ALL NORMAL", "display_info.name", long(16), param, 0, "/display_info/name"},
		{"an image of elsewhere", "ALL NORMAL", "display_info.image_url", "https://example.com/a.png", bad, 268578404, ""},
		{"a background of elsewhere", "ALL NORMAL", "display_info.background_url", image + "x", bad, 268578404, ""},
		{"a detail of elsewhere", "ALL NORMAL", "display_info.detail_image_url_list", []any{image, "x"}, bad, 268578404, ""},
		{"a dish of elsewhere", "SINGLE NORMAL", "display_info.combo_package_list", objects(play.Object{"name": "x", "pick_count": 1,
			"choice_list": objects(play.Object{"name": "y", "price": 1, "count": 1, "image_url": "z"})}), bad, 268578404, ""},
		{"nine details", "ALL NORMAL", "display_info.detail_image_url_list", []any{image, image, image, image, image, image, image, image, image}, param, 0, "/display_info/detail_image_url_list"},
		{"no price of a product", "SINGLE NORMAL", "display_info.original_price", nil, param, 0, "/display_info/original_price"},
		{"no combination", "SINGLE NORMAL", "display_info.combo_package_list", nil, param, 0, "/display_info/combo_package_list"},
		{"more picked than there is", "SINGLE NORMAL", "display_info.combo_package_list", objects(play.Object{"name": "x", "pick_count": 2,
			"choice_list": objects(play.Object{"name": "y", "price": 1, "count": 1})}), param, 0, "/display_info/combo_package_list/0/pick_count"},
		{"100 of one", "SINGLE NORMAL", "display_info.combo_package_list", objects(play.Object{"name": "x", "pick_count": 1,
			"choice_list": objects(play.Object{"name": "y", "price": 1, "count": 100})}), param, 0, "/display_info/combo_package_list/0/choice_list/0/count"},
		{"a long product number", "ALL NORMAL", "out_product_no", long(41), param, 0, "/out_product_no"},
		{"a long remark", "ALL NORMAL", "stock.remark", long(21), param, 0, "/stock/remark"},
		{"no AppID", "ALL NORMAL", "stock.notify_config", play.Object{}, bad, 268578704, ""},
		{"a foreign AppID", "ALL NORMAL", "stock.notify_config.notify_appid", "x", bad, 268578704, ""},
		{"a mini program without path", "ALL NORMAL", "stock.usage_rule_display_info.coupon_usage_method_list", []any{"MINI_PROGRAM"}, param, 0, "/stock/usage_rule_display_info/mini_program_appid"},
		{"an app without path", "ALL NORMAL", "stock.usage_rule_display_info.coupon_usage_method_list", []any{"APP"}, param, 0, "/stock/usage_rule_display_info/app_path"},
		{"a long description", "ALL NORMAL", "stock.usage_rule_display_info.usage_description", long(1001), param, 0, "/stock/usage_rule_display_info/usage_description"},
		{"an unknown colour", "ALL NORMAL", "stock.coupon_display_info.background_color", "Color110", param, 0, "/stock/coupon_display_info/background_color"},
		{"nothing to send", "ALL NORMAL", "stock.stock_send_rule.max_count", 0, param, 0, "/stock/stock_send_rule/max_count"},
		{"too much to send", "ALL NORMAL", "stock.stock_send_rule.max_count", 100_000_001, param, 0, "/stock/stock_send_rule/max_count"},
		{"too much a day", "ALL NORMAL", "stock.stock_send_rule.max_count_per_day", 100_000_001, param, 0, "/stock/stock_send_rule/max_count_per_day"},
		{"too much for a user", "ALL NORMAL", "stock.stock_send_rule.max_count_per_user", 101, param, 0, "/stock/stock_send_rule/max_count_per_user"},
		{"no rule", "ALL NORMAL", "stock.single_usage_rule", nil, param, 0, "/stock/single_usage_rule"},
		{"no time", "ALL NORMAL", when + "available_begin_time", "2026-04-01", param, 0, "/stock/single_usage_rule/coupon_available_period/available_begin_time"},
		{"an end that is no time", "ALL NORMAL", when + "available_end_time", "tomorrow", param, 0, "/stock/single_usage_rule/coupon_available_period/available_end_time"},
		{"an end before the beginning", "ALL NORMAL", when + "available_end_time", "2026-03-31T00:00:00+08:00", param, 0, "/stock/single_usage_rule/coupon_available_period/available_end_time"},
		{"an end at the beginning", "ALL NORMAL", when + "available_end_time", "2026-04-01T00:00:00+08:00", param, 0, "/stock/single_usage_rule/coupon_available_period/available_end_time"},
		{"more than a year", "ALL NORMAL", when + "available_end_time", "2027-04-01T00:00:01+08:00", param, 0, "/stock/single_usage_rule/coupon_available_period/available_end_time"},
		{"366 days", "ALL NORMAL", when + "available_days", 366, param, 0, "/stock/single_usage_rule/coupon_available_period/available_days"},
		{"a wait without days", "ALL NORMAL", when + "wait_days_after_receive", 1, param, 0, "/stock/single_usage_rule/coupon_available_period/wait_days_after_receive"},
		{"a wait of 31 days", "ALL NORMAL", rule + "coupon_available_period", available().With(play.Object{"available_days": 1, "wait_days_after_receive": 31}), param, 0, "/stock/single_usage_rule/coupon_available_period/wait_days_after_receive"},
		{"three irregular periods", "ALL NORMAL", when + "irregular_available_period_list", objects(span(1, 2), span(2, 3), span(3, 4)), param, 0, "/stock/single_usage_rule/coupon_available_period/irregular_available_period_list"},
		{"a period that ends first", "ALL NORMAL", when + "irregular_available_period_list", objects(span(2, 1)), param, 0, "/stock/single_usage_rule/coupon_available_period/irregular_available_period_list/0/end_time"},
		{"an irregular period with days", "ALL NORMAL", rule + "coupon_available_period", available().With(play.Object{"available_days": 1,
			"irregular_available_period_list": objects(span(1, 2))}), param, 0, "/stock/single_usage_rule/coupon_available_period/irregular_available_period_list"},
		{"a week without days", "ALL NORMAL", when + "weekly_available_period", play.Object{}, param, 0, "/stock/single_usage_rule/coupon_available_period/weekly_available_period/day_list"},
		{"hours behind midnight", "ALL NORMAL", when + "weekly_available_period", play.Object{"day_list": []any{"MONDAY"},
			"day_period_list": objects(play.Object{"begin_time": 0, "end_time": 86400})}, param, 0, "/stock/single_usage_rule/coupon_available_period/weekly_available_period/day_period_list/0/end_time"},
		{"hours that end first", "ALL NORMAL", when + "weekly_available_period", play.Object{"day_list": []any{"MONDAY"},
			"day_period_list": objects(play.Object{"begin_time": 2, "end_time": 1})}, param, 0, "/stock/single_usage_rule/coupon_available_period/weekly_available_period/day_period_list/0/end_time"},
		{"a short number", "ALL NORMAL", "out_request_no", "12345", param, 268435463, "/out_request_no"},
		{"a long number", "ALL NORMAL", "out_request_no", strings.Repeat("1", 41), param, 268435462, "/out_request_no"},
		{"a number with a space", "ALL NORMAL", "out_request_no", "123 456", param, 0, "/out_request_no"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			mode := "SINGLE"
			kind, bundled := strings.CutPrefix(row.kind, "+")
			if bundled {
				mode = "PROGRESSIVE_BUNDLE"
			}
			scope, kind, _ := strings.Cut(kind, " ")
			body := w.productBody(scope, kind, mode)
			w.Refused(t, "POST", products, kittest.With(body, row.path, row.value), row.code, row.number, row.field)
			w.OK(t, "POST", products, w.productBody(scope, kind, mode)) // without the fault
		})
	}
}

// span is a period from one day of April to another.
func span(from, to int) play.Object {
	day := func(n int) string { return time.Date(2026, 4, n, 0, 0, 0, 0, kit.Shanghai).Format(time.RFC3339) }
	return play.Object{"begin_time": day(from), "end_time": day(to)}
}
