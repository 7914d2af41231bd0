package envconfig

import (
	"crypto"
	"errors"
	"maps"

	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// source returns where a key or certificate is, and under which name it was found: "" if there
// is none.
func (l *loader) source(name string) (source keys.Source, found string) {
	switch text, path := l.either(name); {
	case text != "":
		return keys.Text(text), name
	case path != "":
		return keys.File(path).Once(), name + "_FILE" // it may be a pipe
	}
	return keys.Source{}, ""
}

// privateKey returns the private key, with its certificate if there is one.
func (l *loader) privateKey() crypto.Signer {
	password := l.secret("WECHATPAY_PRIVATE_KEY_PASSWORD")
	key, keyName := l.source("WECHATPAY_PRIVATE_KEY")
	certificate, certificateName := l.source("WECHATPAY_CERTIFICATE")
	if !password.IsZero() {
		key, certificate = key.WithPassword(password), certificate.WithPassword(password)
	}
	switch {
	case keyName == "" && certificateName == "":
		return nil
	case certificateName == "" && !holdsCertificate(key): // it is a key alone
		private, err := keys.LoadPrivateKey(key)
		if err != nil {
			l.problem(keyName, err)
			return nil
		}
		return private
	case certificateName == "":
		return l.merchant(keyName, key)
	case keyName == "":
		return l.merchant(certificateName, certificate)
	}
	// Each is looked at alone first: LoadMerchant would take them swapped.
	if _, err := keys.LoadPrivateKey(key); err != nil {
		l.problem(keyName, err)
		return nil
	}
	if _, err := keys.LoadCertificate(certificate); err != nil && !errors.Is(err, signer.ErrExpired) {
		l.problem(certificateName, err)
		return nil
	}
	return l.merchant(certificateName, key, certificate)
}

// merchant returns the certificate with its key. An error is that of the name.
func (l *loader) merchant(name string, sources ...keys.Source) crypto.Signer {
	merchant, err := keys.LoadMerchant(sources...)
	if err != nil {
		l.problem(name, err)
		return nil
	}
	return merchant
}

func holdsCertificate(s keys.Source) bool {
	_, err := keys.LoadCertificate(s)
	return err == nil || errors.Is(err, signer.ErrExpired)
}

// platformKeys returns the keys that verify replies, or nil.
func (l *loader) platformKeys() keys.Set {
	set := keys.Set{}
	id := l.text("WECHATPAY_PUBLIC_KEY_ID")
	public, name := l.source("WECHATPAY_PUBLIC_KEY")
	switch {
	case id != "" && name == "":
		l.problem("WECHATPAY_PUBLIC_KEY_ID", errors.New("is set without WECHATPAY_PUBLIC_KEY or WECHATPAY_PUBLIC_KEY_FILE; set one"))
	case name != "" && id == "":
		l.problem(name, errors.New("is set without WECHATPAY_PUBLIC_KEY_ID, PUB_KEY_ID_…, which the merchant console shows next to the key"))
	case name != "":
		key, err := keys.LoadPublicKey(public)
		if err != nil {
			l.problem(name, err)
			break
		}
		set[id] = key
	}
	if source, name := l.source("WECHATPAY_PLATFORM_CERTIFICATE"); name != "" {
		certificate, err := keys.LoadCertificate(source)
		if err != nil {
			l.problem(name, err)
		} else {
			maps.Copy(set, maps.Collect(keys.CertificateSet(certificate).All()))
		}
	}
	if len(set) == 0 {
		return nil
	}
	return set
}
