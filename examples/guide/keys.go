package guide

import (
	"context"
	"path/filepath"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// LoadMerchant loads the two files that every merchant has.
func LoadMerchant(folder string) (*keys.Merchant, error) {
	return keys.LoadMerchant(
		keys.File(filepath.Join(folder, "apiclient_cert.pem")),
		keys.File(filepath.Join(folder, "apiclient_key.pem")),
	)
}

// PublicKeyClient is the client of a merchant with a public key. It downloads nothing.
func PublicKeyClient(folder, publicKeyID, baseURL string) (*wechatpay.Client, error) {
	merchant, err := LoadMerchant(folder)
	if err != nil {
		return nil, err
	}
	public, err := keys.LoadPublicKey(keys.File(filepath.Join(folder, "pub_key.pem")))
	if err != nil {
		return nil, err
	}
	return wechatpay.New(wechatpay.Config{
		PrivateKey:   merchant, // its certificate has the merchant id and the serial number
		PlatformKeys: keys.Set{publicKeyID: public},
		BaseURL:      baseURL, // leave it out to call WeChat Pay
	})
}

// CertificateClient is the client of a merchant with platform certificates. It downloads them when
// it needs them, and renews them.
func CertificateClient(folder string, apiV3Key cipher.Secret, baseURL string) (*wechatpay.Client, error) {
	merchant, err := LoadMerchant(folder)
	if err != nil {
		return nil, err
	}
	return wechatpay.New(wechatpay.Config{
		PrivateKey: merchant,
		APIv3Key:   apiV3Key,
		BaseURL:    baseURL,
	})
}

// MovingKeys holds both kinds of keys while a merchant moves from one to the other. Give them to
// Config.PlatformKeys and to notify.Config.Keys.
func MovingKeys(ctx context.Context, merchant *keys.Merchant, apiV3Key cipher.Secret, public keys.Set, store, baseURL string) (*keys.Keyring, error) {
	sign, err := signer.New(merchant)
	if err != nil {
		return nil, err
	}
	ring, err := keys.NewKeyring(keys.KeyringConfig{
		APIv3Key:   apiV3Key,
		Credential: signer.Credential{ID: merchant.MchID(), Serial: merchant.Serial(), Signer: sign},
		Keys:       public, // PUB_KEY_ID_… and its key
		Dir:        store,  // keeps the certificates over a restart
		BaseURL:    baseURL,
	})
	if err != nil {
		return nil, err
	}
	if err := ring.Start(ctx); err != nil { // renews them in the background until ring.Close
		return nil, err
	}
	return ring, nil
}
