package coupon

import (
	"fmt"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A gift is what a user is to get of one stock, or of each of a bundle.
type gift struct {
	OpenID  string      `json:"openid"`
	AppID   string      `json:"appid"`
	Product string      `json:"product"`
	Stock   string      `json:"stock"`
	Code    string      `json:"code"` // of the request
	SendNo  string      `json:"send_no"`
	Attach  string      `json:"attach"`
	Tags    play.Object `json:"tags"`
	Channel string      `json:"channel"`
}

// send sends a coupon at the call of the brand. It refuses the stocks of a bundle: its reply
// has no field for bundles, and at other APIs they have an endpoint of their own.
func send(t *turn) (string, error) {
	s, g, err := t.giftOfBody("API")
	if err != nil {
		return "", err
	}
	return t.give(g, s)[0].key(), nil
}

// giftOfBody checks a request to send or to send later.
func (t *turn) giftOfBody(channel string) (*stock, gift, error) {
	g := gift{
		OpenID: t.Vars["openid"], AppID: t.Body.Text("appid"), Product: t.Body.Text("product_coupon_id"),
		Stock: t.Body.Text("stock_id"), Code: t.Body.Text("coupon_code"), SendNo: t.Body.Text("send_request_no"),
		Attach: t.Body.Text("attach"), Tags: t.Body.Object("coupon_tag_info"), Channel: channel,
	}
	if err := kit.First(checkOpenID(g.OpenID), t.checkAppID(g.AppID)); err != nil {
		return nil, g, err
	}
	s, err := t.stock(g.Product, g.Stock)
	switch {
	case err != nil:
		return nil, g, err
	case s.Bundle != "":
		return nil, g, invalid(0, "批次属于批次组，不能单独发放")
	}
	return s, g, t.canGive(g, s)
}

// canGive tells whether a user can get a coupon of each stock.
func (t *turn) canGive(g gift, list ...*stock) error {
	for _, s := range list {
		p := t.book.state.Products[s.Product]
		if s.state(t.Now) != "SENDING" || p.state() != "EFFECTIVE" {
			return invalid(notSending, "批次不在发放中")
		}
		if err := s.Budget.check(t.Now, g.OpenID); err != nil {
			if g.Channel == "API" && t.waits(s, g.OpenID) {
				return invalid(sentAlready, "已使用其他单号向该用户发放")
			}
			return err
		}
		if err := t.checkCode(s, g.Code); err != nil {
			return err
		}
	}
	return nil
}

// waits tells whether a user has all that one may have of a stock, and the last is not
// confirmed: then another number is taken for a repetition. It is no other where more may be
// had, although the official text makes no difference.
func (t *turn) waits(s *stock, openid string) bool {
	if s.Budget.PerUser == 0 || s.Budget.SentTo[openid] < s.Budget.PerUser {
		return false
	}
	keys := t.book.users[t.Caller+"/"+openid]
	for i := len(keys) - 1; i >= 0; i-- {
		if c := t.book.state.Coupons[keys[i]]; c.Stock == s.ID {
			return c.Channel == "API" && t.stateOf(c) == "CONFIRMING"
		}
	}
	return false
}

// give makes a coupon of each stock, which must be able to. They are the rounds of a bundle
// where there are more.
func (t *turn) give(g gift, list ...*stock) []*userCoupon {
	made, rounds, group := make([]*userCoupon, len(list)), make([]string, len(list)), ""
	if len(list) > 1 {
		group = fmt.Sprintf("812%015d", t.book.next())
	}
	for i, s := range list {
		begin, end := s.Period.validity(t.Now)
		c := &userCoupon{
			Seq: t.book.next(), Brand: s.Brand, OpenID: g.OpenID, AppID: g.AppID, Code: t.takeCode(s, g.Code),
			Product: s.Product, Stock: s.ID, State: "CONFIRMING", Received: t.Now, Begin: begin, End: end,
			SendNo: g.SendNo, Channel: g.Channel, Attach: g.Attach, Tags: g.Tags,
			Group: group, Rounds: rounds, Index: i,
		}
		made[i], rounds[i] = c, c.key()
		s.Budget.spend(t.Now, g.OpenID)
		t.book.add(c)
		t.tell("SEND", "商品券领券", c)
	}
	t.book.drop(t)
	return made
}
