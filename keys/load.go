package keys

import (
	"crypto/rsa"
	"crypto/x509"
	"time"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// LoadPrivateKey loads an RSA private key from PKCS#8 (plain or encrypted), PKCS#1 or
// PKCS#12. The merchant's is apiclient_key.pem, or in apiclient_cert.p12. It is safe for
// concurrent use.
//
// Errors: [ErrNoKey], [ErrKeyKind], [signer.ErrNotRSA], [ErrPassword], or that of reading
// the source.
func LoadPrivateKey(s Source) (*rsa.PrivateKey, error) {
	found, err := s.parse()
	if err != nil {
		return nil, err
	}
	for _, item := range found {
		if key, ok := item.(*rsa.PrivateKey); ok {
			return key, nil
		}
	}
	return nil, s.wrongKind(found, "a private key", "the merchant's private key is apiclient_key.pem")
}

// LoadPublicKey loads an RSA public key from SPKI, PKCS#1 or an X.509 certificate. WeChat
// Pay's is pub_key.pem, whose id begins with PUB_KEY_ID_. It is safe for concurrent use.
//
// Errors: [ErrNoKey], [ErrKeyKind], [signer.ErrNotRSA], [ErrPassword], [signer.ErrExpired]
// for a certificate, or that of reading the source. With signer.ErrExpired the key is
// returned too.
func LoadPublicKey(s Source) (*rsa.PublicKey, error) {
	found, err := s.parse()
	if err != nil {
		return nil, err
	}
	for _, item := range found {
		switch item := item.(type) {
		case *rsa.PublicKey:
			return item, nil
		case *x509.Certificate:
			if key, ok := item.PublicKey.(*rsa.PublicKey); ok {
				return key, s.checkExpiry(item)
			}
		}
	}
	return nil, s.wrongKind(found, "a public key", "WeChat Pay's public key is pub_key.pem, from the merchant console")
}

// LoadCertificate loads an X.509 certificate with an RSA key: the merchant's
// apiclient_cert.pem (or the .p12), or a platform certificate. WeChat Pay identifies it by
// its [signer.Serial]. It is safe for concurrent use.
//
// Errors: [ErrNoKey], [ErrKeyKind], [signer.ErrNotRSA], [ErrPassword],
// [signer.ErrExpired], or that of reading the source. With signer.ErrExpired the
// certificate is returned too.
func LoadCertificate(s Source) (*x509.Certificate, error) {
	found, err := s.parse()
	if err != nil {
		return nil, err
	}
	for _, item := range found {
		if cert, ok := item.(*x509.Certificate); ok {
			if _, ok := cert.PublicKey.(*rsa.PublicKey); ok {
				return cert, s.checkExpiry(cert)
			}
		}
	}
	return nil, s.wrongKind(found, "a certificate", "the merchant's certificate is apiclient_cert.pem")
}

func (s Source) checkExpiry(cert *x509.Certificate) error {
	if problem, ended := validity(cert, time.Now()); ended {
		return s.errorf(signer.ErrExpired, "%s; renew it in the merchant console", problem)
	}
	return nil
}

// wrongKind is the error for a source that contains found in place of wanted.
func (s Source) wrongKind(found []any, wanted, hint string) error {
	switch item := found[0].(type) {
	case *rsa.PrivateKey:
		return s.errorf(ErrKeyKind, "it contains a private key, not %s; %s", wanted, hint)
	case *rsa.PublicKey:
		return s.errorf(ErrKeyKind, "it contains a public key, not %s; %s", wanted, hint)
	case *x509.Certificate:
		if _, ok := item.PublicKey.(*rsa.PublicKey); ok {
			return s.errorf(ErrKeyKind, "it contains a certificate, not %s; %s", wanted, hint)
		}
		return s.errorf(signer.ErrNotRSA, "its certificate has a key of type %T; %s", item.PublicKey, hint)
	default:
		return s.errorf(signer.ErrNotRSA, "it contains a key of type %T; %s", item, hint)
	}
}
