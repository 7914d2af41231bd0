package coupon_test

import (
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func objects(list ...play.Object) []any {
	values := make([]any, len(list))
	for i, o := range list {
		values[i] = map[string]any(o)
	}
	return values
}

// worths are benefits of each type, of a round that is better with each i.
func worths(kind string, i int) (name string, o play.Object) {
	switch kind {
	case "NORMAL":
		return "normal_coupon", play.Object{"threshold": 10000, "discount_amount": 1000 + 100*i}
	case "DISCOUNT":
		return "discount_coupon", play.Object{"threshold": 10000, "percent_off": 10 + i}
	}
	return "exchange_coupon", play.Object{"threshold": 0, "exchange_price": 900 - 100*i}
}

func available() play.Object {
	return play.Object{"available_begin_time": "2026-04-01T00:00:00+08:00", "available_end_time": "2026-06-30T23:59:59+08:00"}
}

func stockBody() play.Object {
	return play.Object{
		"remark": "批次", "coupon_code_mode": "WECHATPAY", "store_scope": "NONE",
		"stock_send_rule":         play.Object{"max_count": 1000, "max_count_per_user": 10},
		"usage_rule_display_info": play.Object{"coupon_usage_method_list": []any{"OFFLINE"}, "usage_description": "到店使用"},
		"coupon_display_info":     play.Object{"code_display_mode": "QRCODE", "background_color": "Color010"},
		"notify_config":           play.Object{"notify_appid": appid},
	}
}

// stockOf is a stock for coupons of a scope and type.
func stockOf(scope, kind string) play.Object {
	rule := play.Object{"coupon_available_period": available()}
	if scope == "SINGLE" {
		name, o := worths(kind, 0)
		rule[name] = o
	}
	return stockBody().With(play.Object{"single_usage_rule": rule})
}

// bundleOf is a bundle of three rounds.
func bundleOf(kind string) play.Object {
	rule, list := play.Object{"coupon_available_period": available()}, make([]play.Object, 0, 3)
	name := ""
	for i := range 3 {
		var o play.Object
		name, o = worths(kind, i)
		list = append(list, o)
	}
	rule[name+"_list"] = objects(list...)
	return stockBody().With(play.Object{"progressive_bundle_usage_rule": rule})
}

func (w *world) productBody(scope, kind, mode string) play.Object {
	display := play.Object{"name": "全场满减券", "image_url": image, "background_url": image, "detail_image_url_list": []any{image}}
	if scope == "SINGLE" {
		display["original_price"] = 5000
		display["combo_package_list"] = objects(play.Object{"name": "套餐", "pick_count": 1,
			"choice_list": objects(play.Object{"name": "咖啡", "price": 2000, "count": 1, "image_url": image})})
	}
	o := play.Object{
		"out_request_no": w.no(), "scope": scope, "type": kind, "usage_mode": mode, "display_info": display, "out_product_no": "p-1",
	}
	switch mode {
	case "PROGRESSIVE_BUNDLE":
		o["progressive_bundle_usage_info"] = play.Object{"count": 3, "interval_days": 1}
		o["stock_bundle"] = bundleOf(kind)
	default:
		o["stock"] = stockOf(scope, kind)
		if scope == "ALL" {
			name, worth := worths(kind, 0)
			o["single_usage_info"] = play.Object{name: worth}
		}
	}
	return o
}

// An edit changes a body.
type edit func(play.Object) play.Object

func with(path string, value any) edit {
	return func(o play.Object) play.Object { return kittest.With(o, path, value) }
}
