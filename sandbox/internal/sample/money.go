package sample

import (
	"encoding/json"
	"regexp"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// money is what the amounts of an object are made from, in fen, so that no part is more than
// the whole.
type money struct{ total, refund int64 }

var (
	totals  = []string{"total", "total_amount", "total_fee", "order_fee", "order_amount", "transfer_amount", "amount"}
	refunds = []string{"refund", "refund_amount", "refund_fee"}
)

// money takes the sums of the request for this object, else those of what is around it.
func (g *generator) money(at level) money {
	sum := at.sum
	if total := firstOf(at.same, totals); total > 0 {
		sum = money{total, total}
	}
	if sum.total == 0 {
		sum = money{100, 100}
	}
	if refund := firstOf(at.same, refunds); refund > 0 {
		sum.refund = refund
		sum.total = max(sum.total, refund)
	}
	return sum
}

// firstOf looks for a sum in objects, and in what they hold under "amount".
func firstOf(objects []play.Object, names []string) int64 {
	for _, o := range objects {
		for _, place := range []play.Object{o, o.Object("amount")} {
			for _, name := range names {
				if n := place.Int(name); n > 0 {
					return n
				}
			}
		}
	}
	return 0
}

func (g *generator) discount(of int64) int64 {
	if g.discounted {
		return of / 10
	}
	return 0
}

var (
	discounts = regexp.MustCompile(`discount|promotion|coupon|wechatpay_contribute|wxpay_contribute|deduction|saved|subsidy|reduc`)
	nothing   = regexp.MustCompile(`^(fail|failed|paying|pending|cash_add|merchant_contribute|other_contribute|donate|returned?)_?|interest|_returned?_amount$`)
	refunded  = regexp.MustCompile(`refund`)
	paid      = regexp.MustCompile(`^(payer_total|payer_amount|pay_amount|pay_amt|paid_amount|actual_pay_price|net|actual_price|total_actual_price|cash_fee|wechat_pay_cash_fee)$`)
	aMoney    = regexp.MustCompile(`amount|amt|total$|fee$|price|refund$|contribute|balance|quota|threshold|transaction_minimum|_cost|money|settled|unsettle|^pay$|^advance$|^duty$|limit_pay|interest|^net$`)
	notMoney  = regexp.MustCompile(`_(num|count)$|^apply_|available_quota`)
)

// tellsDiscounts reports whether a reply has discounts beside what users pay.
func tellsDiscounts(fields catalogue.Fields) bool {
	for _, f := range fields.All() {
		switch unnumbered.Replace(f.Name) {
		case "promotion_detail", "discount_refund", "discount_total", "discount_amount", "coupon_fee", "coupon_refund_fee":
			return true
		}
	}
	return false
}

// fen returns an amount for a field, and whether it is one.
func (g *generator) fen(f catalogue.Field, at level) (int64, bool) {
	if !aMoney.MatchString(f.Name) || notMoney.MatchString(f.Name) {
		return 0, false
	}
	sum := at.sum
	switch {
	case nothing.MatchString(f.Name):
		return 0, true
	case f.Name == "payer_refund" || f.Name == "payer_refunded_amount" || f.Name == "cash_refund_fee":
		return sum.refund - g.discount(sum.refund), true
	case refunded.MatchString(f.Name) && discounts.MatchString(at.path+f.Name):
		return g.discount(sum.refund), true
	case refunded.MatchString(f.Name):
		return sum.refund, true
	case paid.MatchString(f.Name):
		return sum.total - g.discount(sum.total), true
	case discounts.MatchString(at.path + f.Name):
		return g.discount(sum.total), true
	}
	return sum.total, true
}

// count sets the counts that a reply has of its list, where the request names none.
func (g *generator) count(fields catalogue.Fields, o play.Object) {
	for _, list := range fields {
		elements, _ := o[list.Name].([]any)
		if list.Type != "object[]" || elements == nil {
			continue
		}
		for _, name := range []string{"total_count", "total_num", "count", "current_total_num", "success_num", "success_count"} {
			if _, asked := g.index[name]; o[name] != nil && !asked {
				o[name] = json.Number(itoa(len(elements)))
			}
		}
		return
	}
}
