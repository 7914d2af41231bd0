package sandbox

import (
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// ReceiveCoupon plays the user who takes a product coupon of the brand through the component,
// with the token of a pre-send. It sends the brand PRODUCT_COUPON.SEND, as every coupon does.
func (g *Gateway) ReceiveCoupon(token string) (stockID, code string, err error) {
	if err := g.checkMade(); err != nil {
		return "", "", err
	}
	err = g.act(&g.brand, func(emit func(play.Event)) error {
		stockID, code, err = g.parts.coupon.Receive(g.now(), emit, g.brand.id, token)
		return err
	})
	return stockID, code, err
}

// ClaimCoupon plays the user who takes a coupon of a stock, or those of a stock bundle, that
// the brand gives away on its platform.
func (g *Gateway) ClaimCoupon(openid, stockOrBundleID string) (codes []string, err error) {
	if err := g.checkMade(); err != nil {
		return nil, err
	}
	err = g.act(&g.brand, func(emit func(play.Event)) error {
		codes, err = g.parts.coupon.Claim(g.now(), emit, g.brand.id, openid, stockOrBundleID)
		return err
	})
	return codes, err
}

// DeleteCoupon plays the user who deletes a coupon. WeChat Pay tells the brand nothing of it.
func (g *Gateway) DeleteCoupon(stockID, code string) error {
	if err := g.checkMade(); err != nil {
		return err
	}
	return g.parts.coupon.Delete(g.now(), g.brand.id, stockID, code)
}

// PauseStock plays WeChat Pay, which pauses the sending of a stock of coupons.
func (g *Gateway) PauseStock(stockID string) error {
	if err := g.checkMade(); err != nil {
		return err
	}
	return g.parts.coupon.Pause(g.now(), g.brand.id, stockID)
}

// ResumeStock ends what PauseStock began.
func (g *Gateway) ResumeStock(stockID string) error {
	if err := g.checkMade(); err != nil {
		return err
	}
	return g.parts.coupon.Resume(g.now(), g.brand.id, stockID)
}
