package signer

import (
	"cmp"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"strings"
	"time"
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

// EncryptionKey is the key that sensitive fields are encrypted with, and the id
// that the request then names in Wechatpay-Serial: the public key, where one is
// held; otherwise the newest certificate that is valid now. Several public keys
// leave the choice open, which is an error, as is a set without a usable key
// ([ErrUnknownKey]).
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013053264
func (k Keys) EncryptionKey(_ context.Context, now time.Time) (id string, key *rsa.PublicKey, err error) {
	var newest *x509.Certificate
	var bare []string // keys without a certificate, under a serial
	for held, found := range k {
		switch found := found.(type) {
		case *rsa.PublicKey:
			switch {
			case !strings.HasPrefix(held, PublicKeyIDPrefix):
				bare = append(bare, held)
			case key != nil:
				return "", nil, fmt.Errorf("several public keys are held (%s and %s): which one encrypts is not known", min(id, held), max(id, held))
			default:
				id, key = held, found
			}
		case *x509.Certificate:
			_, usable := found.PublicKey.(*rsa.PublicKey)
			if usable && !now.Before(found.NotBefore) && !now.After(found.NotAfter) && (newest == nil || newer(found, newest)) {
				newest = found
			}
		}
	}
	switch {
	case key != nil:
		return id, key, nil
	case newest != nil:
		return Serial(newest), newest.PublicKey.(*rsa.PublicKey), nil //nolint:forcetypeassert // the loop took no other
	case len(bare) == 1: // valid as far as anyone can tell
		return bare[0], k[bare[0]].(*rsa.PublicKey), nil //nolint:forcetypeassert // likewise
	}
	return "", nil, fmt.Errorf("%w to encrypt with: no public key and no valid certificate among the %d held", ErrUnknownKey, len(k))
}

// newer compares by what begins later, then by what ends later, then by serial, so
// that the choice does not depend on the order of a map.
func newer(a, b *x509.Certificate) bool {
	return cmp.Or(a.NotBefore.Compare(b.NotBefore), a.NotAfter.Compare(b.NotAfter), a.SerialNumber.Cmp(b.SerialNumber)) > 0
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
