package coupon

import (
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A userCoupon is a coupon that a user holds. State is CONFIRMING, EFFECTIVE, USED, DELETED
// or DEACTIVATED; what depends on the time is computed when it is looked at.
type userCoupon struct {
	Seq       int64         `json:"seq"`
	Brand     string        `json:"brand"`
	OpenID    string        `json:"openid"`
	AppID     string        `json:"appid"`
	Code      string        `json:"code"`
	Product   string        `json:"product"`
	Stock     string        `json:"stock"`
	State     string        `json:"state"`
	Received  time.Time     `json:"received"`
	Begin     time.Time     `json:"begin"`
	End       time.Time     `json:"end"`
	SendNo    string        `json:"send_no"`
	Channel   string        `json:"channel"`
	Attach    string        `json:"attach"`
	Tags      play.Object   `json:"tags"`
	ConfirmNo string        `json:"confirm_no"`
	Confirmed time.Time     `json:"confirmed"`
	Use       *usage        `json:"use"` // the last; it stays when the coupon is returned
	Off       *deactivation `json:"off"`
	Group     string        `json:"group"`  // user_coupon_bundle_id; "" outside
	Rounds    []string      `json:"rounds"` // the keys of the group, in their order
	Index     int           `json:"index"`  // in Rounds
}

// A usage is a use, and its return.
type usage struct {
	No       string      `json:"no"`
	Time     time.Time   `json:"time"`
	Orders   play.Object `json:"orders"`
	ReturnNo string      `json:"return_no"`
	Returned time.Time   `json:"returned"`
}

func key(stockID, code string) string { return stockID + "/" + code }

func (c *userCoupon) key() string { return key(c.Stock, c.Code) }

func (c *userCoupon) owner() string { return c.Brand + "/" + c.OpenID }

// view is a coupon with all that is known of it.
func (c *userCoupon) view(t *turn) play.Object {
	o := play.Object{
		"coupon_code": c.Code, "coupon_state": t.stateOf(c), "valid_begin_time": kit.Clock(c.Begin),
		"valid_end_time": kit.Clock(c.End), "receive_time": kit.Clock(c.Received), "send_request_no": c.SendNo,
		"send_channel": c.Channel, "product_coupon": t.book.state.Products[c.Product].view(),
		"stock": t.book.state.Stocks[c.Stock].view(t),
	}.With(c.Off.view())
	if c.ConfirmNo != "" {
		o["confirm_request_no"], o["confirm_time"] = c.ConfirmNo, kit.Clock(c.Confirmed)
	}
	if c.Attach != "" {
		o["attach"] = c.Attach
	}
	if c.Tags != nil {
		o["coupon_tag_info"] = c.Tags
	}
	detail := "single_usage_detail"
	if c.Group != "" {
		detail = "progressive_bundle_usage_detail"
		o["user_product_coupon_bundle_info"] = play.Object{
			"user_coupon_bundle_id": c.Group, "user_coupon_bundle_index": c.Index,
			"total_count": len(c.Rounds), "used_count": t.usedRounds(c),
		}
	}
	if c.Use != nil {
		o[detail] = c.Use.view()
	}
	return o
}

func (u *usage) view() play.Object {
	o := u.Orders.With(play.Object{"use_request_no": u.No, "use_time": kit.Clock(u.Time)})
	if u.ReturnNo != "" {
		o["return_request_no"], o["return_time"] = u.ReturnNo, kit.Clock(u.Returned)
	}
	return o
}

// usedRounds counts the used coupons of a group, of those that are kept.
func (t *turn) usedRounds(c *userCoupon) int {
	used := 0
	for _, key := range c.Rounds {
		if round := t.book.state.Coupons[key]; round != nil && round.State == "USED" {
			used++
		}
	}
	return used
}

func viewCoupon(t *turn, ref string) (play.Object, error) {
	c := t.book.state.Coupons[ref]
	if c == nil { // it was dropped
		return nil, missing(noCoupon, "用户商品券不存在")
	}
	return c.view(t), nil
}

// coupon returns the coupon in the path, for the parameters that stand in the body or query.
func (t *turn) coupon(parameter func(string) string) (*userCoupon, error) {
	openid, appid := t.Vars["openid"], parameter("appid")
	if err := kit.First(checkOpenID(openid), t.checkAppID(appid)); err != nil {
		return nil, err
	}
	s, err := t.stock(parameter("product_coupon_id"), parameter("stock_id"))
	if err != nil {
		return nil, err
	}
	c := t.book.state.Coupons[key(s.ID, t.Vars["coupon_code"])]
	switch {
	case c == nil || c.OpenID != openid:
		return nil, missing(noCoupon, "用户商品券不存在")
	case c.AppID != appid:
		return nil, invalid(wrongOpenID, "OpenID 与 appid 不匹配")
	}
	return c, nil
}

func getCoupon(t *turn, _ string) (play.Object, error) {
	c, err := t.coupon(t.Query.Get)
	if err != nil {
		return nil, err
	}
	return c.view(t), nil
}

func listCoupons(t *turn, _ string) (play.Object, error) {
	if err := kit.First(checkOpenID(t.Vars["openid"]), t.checkAppID(t.Query.Get("appid"))); err != nil {
		return nil, err
	}
	var found []*userCoupon
	for _, key := range t.book.users[t.Caller+"/"+t.Vars["openid"]] {
		c, q := t.book.state.Coupons[key], t.Query
		if c.AppID == q.Get("appid") && matches(q.Get("product_coupon_id"), c.Product) && matches(q.Get("stock_id"), c.Stock) &&
			matches(q.Get("user_coupon_bundle_id"), c.Group) && matches(q.Get("coupon_state"), t.stateOf(c)) {
			found = append(found, c)
		}
	}
	return listed(t, "user_coupon_list", found, func(c *userCoupon) int64 { return c.Seq },
		func(c *userCoupon) any { return c.view(t) })
}
