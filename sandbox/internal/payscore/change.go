package payscore

import (
	"slices"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// change is an endpoint that changes an order once: mark is where the print of the call is
// kept, and f makes the change. The same call again gives the order as it is then.
func (b *Book) change(s side, check func(*kit.Turn) (total int64, err error), mark func(*order) *string, f func(t *kit.Turn, o *order, total int64) error) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		total, err := check(t)
		if err != nil {
			return nil, err
		}
		o, err := b.find(t, s)
		if err != nil {
			return nil, err
		}
		digest := kit.Print(t.Vars, t.Body)
		if *mark(o) == digest {
			return o.view(t.Now), nil
		}
		if err := f(t, o, total); err != nil {
			return nil, err
		}
		*mark(o) = digest
		b.count(o)
		return o.view(t.Now), nil
	}
}

// cancel ends an order that has not been completed.
func (b *Book) cancel(s side) kit.Part {
	check := func(t *kit.Turn) (int64, error) { return 0, kit.Longest(t.Body, "", "reason", 50) }
	return b.change(s, check, func(o *order) *string { return &o.CancelledBy }, func(t *kit.Turn, o *order, _ int64) error {
		switch o.state(t.Now) {
		case "REVOKED":
			return kit.Invalid(cancelled, "订单已取消")
		case "DONE", "EXPIRED":
			return kit.Invalid(noCancel, "当前订单状态不可取消")
		}
		if o.CompletedBy != "" {
			return kit.Invalid(noCancel, "订单已完结，不可取消")
		}
		o.State = "REVOKED"
		return nil
	})
}

func total(t *kit.Turn) (int64, error) { return checkSum(t.Body) }

// complete says what an order costs; from then on it is debited.
func (b *Book) complete(s side) kit.Part {
	return b.change(s, total, func(o *order) *string { return &o.CompletedBy }, func(t *kit.Turn, o *order, total int64) error {
		switch o.state(t.Now) {
		case "CREATED":
			return kit.Invalid(unconfirmed, "用户未确认订单")
		case "REVOKED":
			return kit.Invalid(cancelled, "订单已取消")
		case "DONE", "EXPIRED":
			return kit.Invalid(wrongState, "当前订单状态不合法")
		}
		switch {
		case o.CompletedBy != "":
			return kit.Invalid(sameNumber, "订单已完结且参数不一致")
		case total > o.Risk:
			return kit.Invalid(tooDear, "总金额超过风险金额或服务的限额")
		}
		if err := b.checkEnd(t, o.Body, o.Confirmed); err != nil {
			return err
		}
		o.Total = total
		o.take(t.Body)
		o.settle()
		return nil
	})
}

// take changes an order by what a call says of it.
func (o *order) take(body play.Object) {
	o.Body = o.Body.With(body.Only("post_payments", "post_discounts"))
	if !body.Has("post_discounts") {
		delete(o.Body, "post_discounts") // those that were expected are not given
	}
	for _, name := range []string{"time_range", "location"} {
		if body.Has(name) {
			o.Body[name] = o.Body.Object(name).With(body.Object(name))
		}
	}
}

// modify lowers what a completed order costs.
func (b *Book) modify(s side) kit.Part {
	check := func(t *kit.Turn) (int64, error) {
		total, err := total(t)
		return total, kit.First(kit.Longest(t.Body, "", "reason", 50), err)
	}
	return b.change(s, check, func(o *order) *string { return &o.ModifiedBy }, func(t *kit.Turn, o *order, total int64) error {
		switch {
		case !o.payable():
			return kit.Invalid(notPayable, "订单不是待支付状态")
		case total >= o.Total || total < o.paid():
			return kit.Wrong("/total_amount", "修改后的总金额应小于原金额，且不小于已支付金额")
		}
		o.Total = total
		o.take(t.Body)
		o.settle()
		return nil
	})
}

// sync takes the merchant's word that an order was paid elsewhere: in full, or as much as a
// partner says.
func (b *Book) sync(s side) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		if err := checkSync(t); err != nil {
			return nil, err
		}
		o, err := b.find(t, s)
		if err != nil {
			return nil, err
		}
		mark := kit.Print(t.Vars, t.Body)
		if !slices.ContainsFunc(o.Details, func(d detail) bool { return d.Print == mark }) {
			if err := o.said(t.Body.Object("detail"), mark); err != nil {
				return nil, err
			}
			b.count(o)
		}
		return o.view(t.Now), nil
	}
}

func (o *order) said(d play.Object, mark string) error {
	if !o.payable() {
		return kit.Invalid(notPayable, "订单不是待支付状态")
	}
	rest := o.Total - o.paid()
	amount := rest
	if d.Has("paid_amount") {
		amount = d.Int("paid_amount")
	}
	if amount > rest {
		return kit.Wrong("/detail/paid_amount", "支付金额超过待支付金额")
	}
	o.Details = append(o.Details, detail{Amount: amount, Type: "MCH", Time: d.Text("paid_time"), Print: mark})
	o.settle()
	return nil
}

func checkSync(t *kit.Turn) error {
	if t.Body.Text("type") != "Order_Paid" {
		return kit.Wrong("/type", "取值应为 Order_Paid")
	}
	from, _, ok := readTime(t.Body.Text("detail.paid_time"))
	if !ok || from.After(t.Now) {
		return kit.Wrong("/detail/paid_time", "支付时间格式错误或晚于当前时间")
	}
	return kit.Whole(t.Body.Object("detail"), "/detail", "paid_amount", 1, mostAmount)
}

// collect asks for a debit now. Its outcome is another's to play: [Book.Pay] and
// [Book.FailToPay], of which the latter is answered until the former.
func (b *Book) collect(s side) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		o, err := b.find(t, s)
		switch {
		case err != nil:
			return nil, err
		case !o.payable():
			return nil, kit.Invalid(notPayable, "订单不是待支付状态")
		case o.Failing:
			return nil, kit.Invalid(debitFailed, "扣款失败")
		}
		return o.view(t.Now), nil
	}
}

// message tells the user what the service costs so far, and changes nothing.
func (b *Book) message(s side) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		if _, err := total(t); err != nil {
			return nil, err
		}
		o, err := b.find(t, s)
		if err == nil && (o.State != "DOING" || o.CompletedBy != "") {
			err = kit.Invalid(wrongState, "当前订单状态不合法")
		}
		return nil, err
	}
}
