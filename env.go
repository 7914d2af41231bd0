package wechatpay

import (
	"cmp"
	"errors"
	"fmt"
	"os"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
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
	e := env{lookup: lookup}
	cfg := Config{
		MchID:    e.text("WECHATPAY_MCHID"),
		BrandID:  e.text("WECHATPAY_BRAND_ID"),
		Serial:   e.text("WECHATPAY_SERIAL"),
		APIv3Key: e.secret("WECHATPAY_APIV3_KEY"),
		APIv2Key: e.secret("WECHATPAY_APIV2_KEY"),
		AppID:    e.text("WECHATPAY_APPID"),
		BaseURL:  e.text("WECHATPAY_BASE_URL"),
	}
	e.privateKey(&cfg)
	e.platformKeys(&cfg)
	if len(e.problems) > 0 {
		return Config{}, fmt.Errorf("wechatpay: %w", errors.Join(e.problems...))
	}
	return cfg, nil
}

// An env reads named values and collects what is wrong with them.
type env struct {
	lookup   func(string) (string, bool)
	problems []error
}

func (e *env) text(name string) string {
	value, _ := e.lookup(name)
	return value
}

func (e *env) problem(name string, err error) {
	e.problems = append(e.problems, fmt.Errorf("%s: %w", name, err))
}

// source returns a value that may stand in a file, and under which name it was found: "" if
// there is none.
func (e *env) source(name string) (source keys.Source, found string) {
	text, path := e.text(name), e.text(name+"_FILE")
	switch {
	case text != "" && path != "":
		e.problem(name, fmt.Errorf("is set, and %s_FILE too: unset one", name))
	case text != "":
		return keys.Text(text), name
	case path != "":
		return keys.File(path), name + "_FILE"
	}
	return keys.Source{}, ""
}

// secret returns a secret. Editors end a file with a line break that is not of the secret.
func (e *env) secret(name string) cipher.Secret {
	text, path := e.text(name), e.text(name+"_FILE")
	switch {
	case text != "" && path != "":
		e.problem(name, fmt.Errorf("is set, and %s_FILE too: unset one", name))
	case path != "":
		data, err := os.ReadFile(path)
		if err != nil {
			e.problem(name+"_FILE", err)
			return cipher.Secret{}
		}
		text = string(trimLineBreak(data))
	}
	return cipher.NewSecret(text)
}

func trimLineBreak(data []byte) []byte {
	if n := len(data); n > 0 && data[n-1] == '\n' {
		data = data[:n-1]
	}
	if n := len(data); n > 0 && data[n-1] == '\r' {
		data = data[:n-1]
	}
	return data
}

// privateKey sets the private key, and what its certificate tells.
func (e *env) privateKey(cfg *Config) {
	password := e.secret("WECHATPAY_PRIVATE_KEY_PASSWORD")
	key, name := e.source("WECHATPAY_PRIVATE_KEY")
	certificate, certificateName := e.source("WECHATPAY_CERTIFICATE")
	if !password.IsZero() {
		key, certificate = key.WithPassword(password), certificate.WithPassword(password)
	}
	if name == "" && certificateName == "" {
		return
	}
	sources := make([]keys.Source, 0, 2)
	if name != "" {
		sources = append(sources, key)
	}
	if certificateName != "" {
		sources = append(sources, certificate)
	}
	merchant, err := keys.LoadMerchant(sources...)
	switch {
	case err == nil:
		cfg.PrivateKey = merchant
	case name != "" && certificateName == "": // not a bundle: a key alone
		private, err := keys.LoadPrivateKey(key)
		if err != nil {
			e.problem(name, err)
			return
		}
		cfg.PrivateKey = private
	default:
		e.problem(cmp.Or(certificateName, name), err)
	}
}

// platformKeys sets the keys that verify replies.
func (e *env) platformKeys(cfg *Config) {
	set := keys.Set{}
	id := e.text("WECHATPAY_PUBLIC_KEY_ID")
	source, name := e.source("WECHATPAY_PUBLIC_KEY")
	switch {
	case id != "" && name == "":
		e.problem("WECHATPAY_PUBLIC_KEY_ID", errors.New("is set without WECHATPAY_PUBLIC_KEY or WECHATPAY_PUBLIC_KEY_FILE"))
	case name != "" && id == "":
		e.problem(name, errors.New("is set without WECHATPAY_PUBLIC_KEY_ID, which the merchant console shows beside the key: PUB_KEY_ID_…"))
	case name != "":
		key, err := keys.LoadPublicKey(source)
		if err != nil {
			e.problem(name, err)
			break
		}
		set[id] = key
	}
	if source, name := e.source("WECHATPAY_PLATFORM_CERTIFICATE"); name != "" {
		certificate, err := keys.LoadCertificate(source)
		if err != nil {
			e.problem(name, err)
		} else {
			for id, key := range keys.CertificateSet(certificate).All() {
				set[id] = key
			}
		}
	}
	if len(set) > 0 {
		cfg.PlatformKeys = set
	}
}
