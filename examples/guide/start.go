package guide

import (
	"path/filepath"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
)

// A Shop is what the client of a shop is made of.
type Shop struct {
	Dir         string        // with the files of the merchant console
	PublicKeyID string        // PUB_KEY_ID_…
	APIv3Key    cipher.Secret // 32 characters
	BaseURL     string        // of a sandbox; empty: WeChat Pay
}

// NewClient returns the client of a shop. Make one, and keep it.
func NewClient(shop Shop) (*wechatpay.Client, error) {
	file := func(name string) keys.Source { return keys.File(filepath.Join(shop.Dir, name)) }
	merchant, err := keys.LoadMerchant(file("apiclient_cert.pem"), file("apiclient_key.pem"))
	if err != nil {
		return nil, err
	}
	public, err := keys.LoadPublicKey(file("pub_key.pem"))
	if err != nil {
		return nil, err
	}
	return wechatpay.New(wechatpay.Config{
		PrivateKey:   merchant, // has the mchid and the serial number, too
		PlatformKeys: keys.Set{shop.PublicKeyID: public},
		APIv3Key:     shop.APIv3Key,
		BaseURL:      shop.BaseURL,
	})
}
