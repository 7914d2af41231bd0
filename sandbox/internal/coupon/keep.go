package coupon

import (
	"slices"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
)

// add keeps a new coupon.
func (b *Book) add(c *userCoupon) {
	b.state.Coupons[c.key()] = c
	b.state.Order = append(b.state.Order, c.key())
	b.own(c)
}

func (b *Book) own(c *userCoupon) {
	b.users[c.owner()] = append(b.users[c.owner()], c.key())
}

// index makes users anew.
func (b *Book) index() {
	b.users = map[string][]string{}
	for _, key := range b.state.Order {
		b.own(b.state.Coupons[key])
	}
}

// drop forgets the oldest coupons where there are more than the limit: first those that are
// finished, then others, since memory is bounded in any case. It drops a tenth at once, so
// that going through all costs little for each.
func (b *Book) drop(t *turn) {
	over := len(b.state.Order) - kit.Limit(b.Limit)
	if over <= 0 {
		return
	}
	over += kit.Limit(b.Limit) / 10
	gone := make(map[string]bool, over)
	for _, only := range []bool{true, false} {
		for _, key := range b.state.Order {
			if len(gone) == over {
				break
			}
			if !gone[key] && (!only || t.finished(b.state.Coupons[key])) {
				gone[key] = true
			}
		}
	}
	b.forget(gone)
}

func (b *Book) forget(gone map[string]bool) {
	isGone := func(key string) bool { return gone[key] }
	owners := map[string]bool{}
	for key := range gone {
		c := b.state.Coupons[key]
		b.state.Stocks[c.Stock].Budget.forget(c.OpenID)
		delete(b.state.Coupons, key)
		owners[c.owner()] = true
	}
	for owner := range owners {
		if b.users[owner] = slices.DeleteFunc(b.users[owner], isGone); len(b.users[owner]) == 0 {
			delete(b.users, owner)
		}
	}
	b.state.Order = slices.DeleteFunc(b.state.Order, isGone)
}

func (t *turn) finished(c *userCoupon) bool {
	switch t.stateOf(c) {
	case "USED", "EXPIRED", "DELETED", "DEACTIVATED":
		return true
	}
	return false
}
