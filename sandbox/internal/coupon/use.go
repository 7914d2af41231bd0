package coupon

import (
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
)

// wrongStateOf refuses a coupon for the state that it is in.
func (t *turn) wrongStateOf(c *userCoupon) error {
	switch t.stateOf(c) {
	case "EXPIRED":
		return invalid(expired, "用户商品券已过期")
	case "DELETED":
		return invalid(deleted, "用户已删除商品券")
	}
	return invalid(wrongState, "用户商品券状态不允许此操作")
}

// confirm makes a coupon usable. Its validity began before.
func confirm(t *turn) (string, error) {
	c, err := t.coupon(t.Body.Text)
	if err != nil {
		return "", err
	}
	if t.stateOf(c) != "CONFIRMING" {
		return "", t.wrongStateOf(c)
	}
	c.State, c.ConfirmNo, c.Confirmed = "EFFECTIVE", t.Body.Text("out_request_no"), t.Now
	return c.key(), nil
}

// use uses a coupon at use_time, of which brands tell after the fact: the period is that of
// use_time, the state is that of now.
func use(t *turn) (string, error) {
	c, err := t.coupon(t.Body.Text)
	if err != nil {
		return "", err
	}
	if err := t.usable(c); err != nil {
		return "", err
	}
	at, err := time.Parse(time.RFC3339, t.Body.Text("use_time"))
	if err != nil {
		return "", kit.Wrong("/use_time", "时间应为 RFC 3339 格式")
	}
	s := t.book.state.Stocks[c.Stock]
	switch {
	case at.Before(t.opens(c)) || at.After(c.End):
		return "", invalid(outsidePeriod, "不在可用时间内")
	case !s.Period.allows(at):
		return "", invalid(outsideHours, "不在可用时段内")
	}
	orders := given(t.Body, "associated_order_info", "associated_pay_score_order_info")
	if orders.Has("associated_order_info") == orders.Has("associated_pay_score_order_info") {
		return "", invalid(0, "associated_order_info 和 associated_pay_score_order_info 应填写其中一个")
	}
	if err := checkStore(s, t.Body.Text("store_id")); err != nil {
		return "", err
	}
	c.State, c.Use = "USED", &usage{No: t.Body.Text("out_request_no"), Time: at, Orders: orders}
	t.tell("USE", "商品券核销", c)
	return c.key(), nil
}

func (t *turn) usable(c *userCoupon) error {
	switch t.stateOf(c) {
	case "EFFECTIVE":
		return nil
	case "PENDING":
		return invalid(outsidePeriod, "未到可用时间")
	case "USED":
		return invalid(usedAlready, "用户商品券已核销")
	case "EXPIRED":
		return invalid(usedTooLate, "用户商品券已过期")
	}
	return t.wrongStateOf(c)
}

// takeBack returns a used coupon to its user, for as long as its validity lasts.
func takeBack(t *turn) (string, error) {
	c, err := t.coupon(t.Body.Text)
	if err != nil {
		return "", err
	}
	if c.State != "USED" {
		return "", t.wrongStateOf(c)
	}
	c.State = "EFFECTIVE"
	c.Use.ReturnNo, c.Use.Returned = t.Body.Text("out_request_no"), t.Now
	t.tell("RETURN", "商品券退券", c)
	return c.key(), nil
}

// deactivateCoupon ends what a user holds. It does not give back budget: nothing says so.
func deactivateCoupon(t *turn) (string, error) {
	c, err := t.coupon(t.Body.Text)
	if err != nil {
		return "", err
	}
	switch t.stateOf(c) {
	case "CONFIRMING", "PENDING", "EFFECTIVE":
		c.State, c.Off = "DEACTIVATED", t.deactivation("out_request_no")
		return c.key(), nil
	}
	return "", t.wrongStateOf(c)
}
