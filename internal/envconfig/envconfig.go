// Package envconfig loads the credentials that named values, such as those of the
// environment, describe. Package wechatpay documents the names, at ConfigFrom.
package envconfig

import (
	"crypto"
	"errors"
	"fmt"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
)

// Values are what the names describe, loaded. What is not named is zero.
type Values struct {
	MchID, BrandID, Serial, AppID, BaseURL string
	APIv3Key, APIv2Key                     cipher.Secret
	PrivateKey                             crypto.Signer // a *keys.Merchant if there is a certificate
	PlatformKeys                           keys.Set
}

// Load loads them. The error joins all problems: each begins with the name of its value, and
// none has a value that may be secret.
func Load(lookup func(name string) (value string, ok bool)) (Values, error) {
	l := loader{lookup: lookup}
	v := Values{
		MchID:    l.text("WECHATPAY_MCHID"),
		BrandID:  l.text("WECHATPAY_BRAND_ID"),
		Serial:   l.text("WECHATPAY_SERIAL"),
		AppID:    l.text("WECHATPAY_APPID"),
		BaseURL:  l.text("WECHATPAY_BASE_URL"),
		APIv3Key: l.secret("WECHATPAY_APIV3_KEY"),
		APIv2Key: l.secret("WECHATPAY_APIV2_KEY"),
	}
	v.PrivateKey = l.privateKey()
	v.PlatformKeys = l.platformKeys()
	if len(l.problems) > 0 {
		return Values{}, errors.Join(l.problems...)
	}
	return v, nil
}

// A loader reads named values and collects what is wrong with them.
type loader struct {
	lookup   func(string) (string, bool)
	problems []error
}

func (l *loader) text(name string) string {
	value, _ := l.lookup(name)
	return value
}

func (l *loader) problem(name string, err error) {
	l.problems = append(l.problems, fmt.Errorf("%s: %w", name, err))
}

// either returns the value of a name and that of its _FILE, one of which is empty.
func (l *loader) either(name string) (text, path string) {
	text, path = l.text(name), l.text(name+"_FILE")
	if text != "" && path != "" {
		l.problem(name, fmt.Errorf("is set, and %s_FILE too; unset one", name))
		return "", ""
	}
	return text, path
}
