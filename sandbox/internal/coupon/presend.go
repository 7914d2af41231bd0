package coupon

import (
	"crypto/rand"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A presend is a coupon that a user may take through the component in a mini program.
type presend struct {
	Brand   string    `json:"brand"`
	Gift    gift      `json:"gift"`
	Expires time.Time `json:"expires"`
	Coupon  string    `json:"coupon"` // its key, when the user took it
}

const tokenLife = 5 * time.Minute

// preSend promises nothing: budget and codes are checked again when the user takes the coupon.
func preSend(t *turn) (string, error) {
	_, g, err := t.giftOfBody("RECEIVE_COMPONENT")
	if err != nil {
		return "", err
	}
	s, token := &t.book.state, rand.Text()
	s.Presends[token] = &presend{Brand: t.Caller, Gift: g}
	s.Tokens = kept(append(s.Tokens, token), kit.Limit(t.book.Limit), func(old string) { delete(s.Presends, old) })
	return token, nil
}

// viewToken lets the token live anew: the same call again is how a brand gets a valid one.
func viewToken(t *turn, token string) (play.Object, error) {
	p := t.book.state.Presends[token]
	if p == nil {
		return nil, missing(0, "预发放记录不存在")
	}
	p.Expires = t.Now.Add(tokenLife)
	return play.Object{"token": token}, nil
}

// receive gives the coupon of a token, once.
func receive(t *turn, token string) (*userCoupon, error) {
	p := t.book.state.Presends[token]
	switch {
	case p == nil || p.Brand != t.Caller:
		return nil, missing(0, "token 不存在")
	case p.Coupon != "":
		if c := t.book.state.Coupons[p.Coupon]; c != nil {
			return c, nil
		}
		return nil, missing(noCoupon, "用户商品券不存在")
	case t.Now.After(p.Expires):
		return nil, invalid(0, "token 已过期")
	}
	s, err := t.stock(p.Gift.Product, p.Gift.Stock)
	if err != nil {
		return nil, err
	}
	if err := t.canGive(p.Gift, s); err != nil {
		return nil, err
	}
	c := t.give(p.Gift, s)[0]
	p.Coupon = c.key()
	return c, nil
}
