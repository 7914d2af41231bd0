package guide

import (
	"context"
	"crypto"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/keys"
)

// NewBrandClient returns the client of a brand, which has an id, a certificate and keys of its own.
func NewBrandClient(brandID, serial string, key crypto.Signer, publicKeys keys.Set, baseURL string) (*wechatpay.Client, error) {
	return wechatpay.New(wechatpay.Config{
		BrandID:      brandID, // in place of MchID
		Serial:       serial,
		PrivateKey:   key,
		PlatformKeys: publicKeys, // WeChat Pay's public key for the brand
		BaseURL:      baseURL,    // "" for WeChat Pay
	})
}

// SetBrandNotifyURL sets the address that the events of product coupons are sent to.
func SetBrandNotifyURL(ctx context.Context, brand *wechatpay.Client, url string) error {
	_, err := brand.Chain("brand/marketing/product-coupon/notify-configs").Post(ctx, &wechatpay.Options{
		JSON: wechatpay.M{"notify_url": url},
	})
	return err
}
