package wechatpay

import (
	"fmt"
	"os"

	"github.com/wechatpay-chain/wechatpay/internal/envconfig"
)

// FromEnv returns a client with the credentials that the environment names: see [ConfigFrom].
// It returns the errors of ConfigFrom and [New].
func FromEnv() (*Client, error) {
	cfg, err := ConfigFrom(os.LookupEnv)
	if err != nil {
		return nil, err
	}
	return New(cfg)
}

// ConfigFrom returns the Config that named values describe. lookup is [os.LookupEnv], or a
// function like it, for values that stand elsewhere; nil is os.LookupEnv. An empty value
// counts as none.
//
//	WECHATPAY_MCHID                 MchID
//	WECHATPAY_BRAND_ID              BrandID
//	WECHATPAY_SERIAL                Serial; not needed with a certificate
//	WECHATPAY_PRIVATE_KEY           PrivateKey
//	WECHATPAY_PRIVATE_KEY_PASSWORD  the password of an encrypted one, or of a .p12
//	WECHATPAY_CERTIFICATE           the merchant's API certificate, for Serial and APIv2
//	WECHATPAY_PUBLIC_KEY_ID         the id, PUB_KEY_ID_…, of
//	WECHATPAY_PUBLIC_KEY            WeChat Pay's public key
//	WECHATPAY_PLATFORM_CERTIFICATE  a platform certificate, beside the public key or in its place
//	WECHATPAY_APIV3_KEY             APIv3Key
//	WECHATPAY_APIV2_KEY             APIv2Key
//	WECHATPAY_APPID                 AppID
//	WECHATPAY_BASE_URL              BaseURL
//
// A key, certificate or password is the text itself, or in a file whose path has the same
// name with _FILE behind it, such as WECHATPAY_PRIVATE_KEY_FILE. One of a .p12 is both the
// private key and the certificate.
//
// All problems are reported at once, each with the name of its value and without the value.
// What is missing is for [New] to say.
func ConfigFrom(lookup func(name string) (value string, ok bool)) (Config, error) {
	if lookup == nil {
		lookup = os.LookupEnv
	}
	v, err := envconfig.Load(lookup)
	if err != nil {
		return Config{}, fmt.Errorf("wechatpay: %w", err)
	}
	cfg := Config{
		MchID: v.MchID, BrandID: v.BrandID, Serial: v.Serial, AppID: v.AppID, BaseURL: v.BaseURL,
		APIv3Key: v.APIv3Key, APIv2Key: v.APIv2Key, PrivateKey: v.PrivateKey,
	}
	if v.PlatformKeys != nil { // an empty Set is not none
		cfg.PlatformKeys = v.PlatformKeys
	}
	return cfg, nil
}
