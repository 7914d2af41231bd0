package signer

import (
	"context"
	"crypto"
	"crypto/x509"
	"fmt"
	"strings"
)

// PublicKeyIDPrefix opens the id of every WeChat Pay public key; any other id
// is the serial of a platform certificate.
const PublicKeyIDPrefix = "PUB_KEY_ID_"

// A KeyFinder finds the platform key that a reply or webhook names in its
// Wechatpay-Serial header: a certificate's serial or a public key id. It must be
// safe for concurrent use. A key is an [*crypto/rsa.PublicKey] or an
// [*x509.Certificate]. An id that is not held is reported as [ErrUnknownKey].
type KeyFinder interface {
	Key(ctx context.Context, id string) (crypto.PublicKey, error)
}

// Keys is a fixed set of platform keys by id, public keys and certificates side
// by side. It must not be changed while in use.
type Keys map[string]crypto.PublicKey

// CertificateKeys makes a key set of platform certificates, each under its [Serial].
func CertificateKeys(certs ...*x509.Certificate) Keys {
	keys := make(Keys, len(certs))
	for _, cert := range certs {
		keys[Serial(cert)] = cert
	}
	return keys
}

// Key finds the key named id, comparing as [SameID] does.
func (k Keys) Key(_ context.Context, id string) (crypto.PublicKey, error) {
	if key, ok := k[id]; ok {
		return key, nil
	}
	for held, key := range k {
		if SameID(held, id) {
			return key, nil
		}
	}
	return nil, fmt.Errorf("%w %.80q (held: %d keys)", ErrUnknownKey, id, len(k))
}

// SameID reports whether two key ids name the same key: certificate serials are
// compared without regard to case and leading zeros, since SDKs and consoles
// print them differently; public key ids are not hex and are compared exactly.
func SameID(a, b string) bool {
	if strings.HasPrefix(a, PublicKeyIDPrefix) || strings.HasPrefix(b, PublicKeyIDPrefix) {
		return a == b
	}
	return strings.EqualFold(strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0"))
}

// Serial is the certificate's serial number as WeChat Pay writes it: upper-case
// hex of whole bytes, so that a leading zero is kept.
func Serial(cert *x509.Certificate) string {
	return fmt.Sprintf("%X", cert.SerialNumber.Bytes())
}
