package coupon

import (
	"strconv"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// benefits are the objects that say what a coupon is worth, by its type.
var benefits = map[string]string{
	"NORMAL": "normal_coupon", "DISCOUNT": "discount_coupon", "EXCHANGE": "exchange_coupon",
}

// checkKind checks scope, type and usage_mode together, and where the benefit stands.
func checkKind(body play.Object) error {
	scope, kind := body.Text("scope"), body.Text("type")
	if kind == "EXCHANGE" && scope != "SINGLE" {
		return invalid(0, "兑换券的 scope 应为 SINGLE")
	}
	if body.Text("usage_mode") == "PROGRESSIVE_BUNDLE" {
		return kit.First(
			absent(body, "stock", "single_usage_info"),
			kit.Needed(body, "", "stock_bundle", "progressive_bundle_usage_info"),
			kit.Needed(body.Object("progressive_bundle_usage_info"), "/progressive_bundle_usage_info", "count"),
			within(body.Object("progressive_bundle_usage_info"), "/progressive_bundle_usage_info", "count", 3, 15),
			within(body.Object("progressive_bundle_usage_info"), "/progressive_bundle_usage_info", "interval_days", 0, 7))
	}
	err := kit.First(absent(body, "stock_bundle", "progressive_bundle_usage_info"), kit.Needed(body, "", "stock"))
	if err != nil {
		return err
	}
	wanted := ""
	if scope == "ALL" {
		wanted = benefits[kind]
	}
	return onlyBenefit(body.Object("single_usage_info"), "/single_usage_info", wanted)
}

func absent(o play.Object, names ...string) error {
	for _, name := range names {
		if o.Has(name) {
			return invalid(0, name+" 与 usage_mode 不符")
		}
	}
	return nil
}

// checkStockBenefit: a coupon of scope SINGLE has its benefit in its stocks, and no other has.
func checkStockBenefit(p *product, rule play.Object, at string) error {
	wanted := ""
	if p.Spec.Text("scope") == "SINGLE" {
		wanted = benefits[p.Spec.Text("type")]
	}
	return onlyBenefit(rule, at, wanted)
}

// onlyBenefit checks that the wanted benefit is in o, and no other; "" wants none.
func onlyBenefit(o play.Object, at, wanted string) error {
	for _, name := range []string{"normal_coupon", "discount_coupon", "exchange_coupon"} {
		if o.Has(name) != (name == wanted) {
			return invalid(0, at+"/"+name+" 与 scope、type 不符")
		}
	}
	if wanted == "" {
		return nil
	}
	return checkBenefit(o.Object(wanted), at+"/"+wanted)
}

// checkBenefit checks the amounts, in fen, and the percentage.
func checkBenefit(o play.Object, at string) error {
	const most = 1 << 53 // what every JSON reader can hold
	err := kit.First(within(o, at, "threshold", 0, most), within(o, at, "discount_amount", 1, most),
		within(o, at, "percent_off", 1, 99), within(o, at, "exchange_price", 0, most))
	if threshold := o.Int("threshold"); err == nil && threshold > 0 && o.Int("discount_amount") > threshold {
		return kit.Wrong(at+"/discount_amount", "优惠金额应不超过门槛金额")
	}
	return err
}

// checkRounds checks the benefits of a bundle: one for each round, none worse than the one
// before. It returns them.
func checkRounds(p *product, rule play.Object, at string) ([]play.Object, error) {
	wanted := benefits[p.Spec.Text("type")]
	for _, name := range []string{"normal_coupon", "discount_coupon", "exchange_coupon"} {
		if list := name + "_list"; rule.Has(list) != (name == wanted) {
			return nil, invalid(0, at+"/"+list+" 与 type 不符")
		}
	}
	rounds := rule.List(wanted + "_list")
	if int64(len(rounds)) != p.Spec.Int("progressive_bundle_usage_info.count") {
		return nil, invalid(0, at+"/"+wanted+"_list 的数量应与 count 一致")
	}
	for i, round := range rounds {
		here := at + "/" + wanted + "_list/" + strconv.Itoa(i)
		if err := checkBenefit(round, here); err != nil {
			return nil, err
		}
		if i > 0 && worth(round) < worth(rounds[i-1]) {
			return nil, invalid(worseRound, here+" 的优惠力度低于前一次")
		}
	}
	return rounds, nil
}

// worth grows with what the user saves, in benefits of one type.
func worth(o play.Object) int64 {
	return o.Int("discount_amount") + o.Int("percent_off") - o.Int("exchange_price")
}
