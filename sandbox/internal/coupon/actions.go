package coupon

import (
	"fmt"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// AddImage makes known what an upload returned: only such images are taken by coupons.
func (b *Book) AddImage(url string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state.Images[url] = true
}

// act is what a user or WeChat Pay does at a time; emit gets the webhooks, and may be nil.
func (b *Book) act(now time.Time, emit func(play.Event), brandID string, f func(*turn) error) error {
	return kit.Do(&b.mu, now, emit, brandID, func(k *kit.Turn) error { return f(&turn{k, b}) })
}

// Receive has the user of a pre-send token take the coupon through the component, and returns
// its stock and code. Once taken it is not given again. Errors are a [*play.Refusal], as of
// all actions.
func (b *Book) Receive(now time.Time, emit func(play.Event), brandID, token string) (stockID, code string, err error) {
	err = b.act(now, emit, brandID, func(t *turn) error {
		c, err := receive(t, token)
		if err == nil {
			stockID, code = c.Stock, c.Code
		}
		return err
	})
	return stockID, code, err
}

// Claim has a user take a coupon of a stock, or one of each round of a stock bundle, that
// WeChat Pay offers (摇优惠); the channel is BRAND_MANAGE. The openid is one of notify_appid.
// It returns the codes, in the order of the rounds. Stocks of API_ASSIGN cannot be offered.
func (b *Book) Claim(now time.Time, emit func(play.Event), brandID, openid, stockOrBundleID string) (codes []string, err error) {
	err = b.act(now, emit, brandID, func(t *turn) error {
		list, err := t.offered(stockOrBundleID)
		if err = kit.First(err, checkOpenID(openid)); err != nil {
			return err
		}
		g := gift{
			OpenID: openid, AppID: list[0].Spec.Text("notify_config.notify_appid"),
			SendNo: fmt.Sprintf("WX%020d", t.book.next()), Channel: "BRAND_MANAGE",
		}
		if err := t.canGive(g, list...); err != nil {
			return err
		}
		for _, c := range t.give(g, list...) {
			codes = append(codes, c.Code)
		}
		return nil
	})
	return codes, err
}

// offered returns the stock, or the stocks of the bundle.
func (t *turn) offered(id string) ([]*stock, error) {
	s, group := t.book.state.Stocks[id], t.book.state.Bundles[id]
	switch {
	case group != nil && t.book.state.Products[group.Product].Brand == t.Caller:
		return t.rounds(group), nil
	case s == nil || s.Brand != t.Caller:
		return nil, missing(notYours, "批次不存在")
	case s.Bundle != "":
		return nil, invalid(0, "批次属于批次组，不能单独发放")
	case s.mode() == "API_ASSIGN":
		return nil, invalid(0, "API_ASSIGN 批次不能由用户领取")
	}
	return []*stock{s}, nil
}

// Delete has a user delete a coupon that is not used and not finished. No webhook tells of it.
func (b *Book) Delete(now time.Time, brandID, stockID, code string) error {
	return b.act(now, nil, brandID, func(t *turn) error {
		c := t.book.state.Coupons[key(stockID, code)]
		if c == nil || c.Brand != brandID {
			return missing(noCoupon, "用户商品券不存在")
		}
		switch t.stateOf(c) {
		case "CONFIRMING", "PENDING", "EFFECTIVE":
			c.State = "DELETED"
			return nil
		}
		return t.wrongStateOf(c)
	})
}

// Pause has WeChat Pay stop sending a stock until [Book.Resume].
func (b *Book) Pause(now time.Time, brandID, stockID string) error {
	return b.pause(now, brandID, stockID, true)
}

// Resume has WeChat Pay send a paused stock again.
func (b *Book) Resume(now time.Time, brandID, stockID string) error {
	return b.pause(now, brandID, stockID, false)
}

func (b *Book) pause(now time.Time, brandID, stockID string, paused bool) error {
	return b.act(now, nil, brandID, func(t *turn) error {
		s := t.book.state.Stocks[stockID]
		if s == nil || s.Brand != brandID {
			return missing(notYours, "批次不存在")
		}
		if state := s.state(now); state != "SENDING" && state != "PAUSED" {
			return invalid(0, "批次状态为 "+state)
		}
		s.Paused = paused
		return nil
	})
}

// Approve ends the audit of a coupon and of its stocks; see [Book].Audit.
func (b *Book) Approve(now time.Time, brandID, productID string) error {
	return b.act(now, nil, brandID, func(t *turn) error {
		p, err := t.product(productID)
		if err != nil {
			return err
		}
		p.Auditing = false
		for _, id := range p.Stocks {
			t.book.state.Stocks[id].Audit = false
		}
		return nil
	})
}
