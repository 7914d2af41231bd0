package keys

import (
	"cmp"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Set is a fixed set of platform keys by id, public keys and certificates side
// by side. It must not be changed while in use.
type Set map[string]crypto.PublicKey

// CertificateSet makes a key set of platform certificates, each under its [signer.Serial].
func CertificateSet(certs ...*x509.Certificate) Set {
	keys := make(Set, len(certs))
	for _, cert := range certs {
		keys[signer.Serial(cert)] = cert
	}
	return keys
}

// Key finds the key named id, comparing as [signer.SameID] does.
func (k Set) Key(_ context.Context, id string) (crypto.PublicKey, error) {
	if key, ok := k[id]; ok {
		return key, nil
	}
	for held, key := range k {
		if signer.SameID(held, id) {
			return key, nil
		}
	}
	return nil, fmt.Errorf("%w %.80q (keys held: %d)", signer.ErrUnknownKey, id, len(k))
}

// EncryptionKey is the key that sensitive fields are encrypted with, and the id
// that the request then names in Wechatpay-Serial: the public key, where one is
// held; otherwise the newest certificate that is valid now. Several public keys
// leave the choice open, which is an error, as is a set without a usable key
// ([signer.ErrUnknownKey]).
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013053264
func (k Set) EncryptionKey(_ context.Context, now time.Time) (id string, key *rsa.PublicKey, err error) {
	var newest *x509.Certificate
	var bare []string // keys without a certificate, under a serial
	for held, found := range k {
		switch found := found.(type) {
		case *rsa.PublicKey:
			switch {
			case !strings.HasPrefix(held, signer.PublicKeyIDPrefix):
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
		return signer.Serial(newest), newest.PublicKey.(*rsa.PublicKey), nil //nolint:forcetypeassert // the loop took no other
	case len(bare) == 1: // valid as far as anyone can tell
		return bare[0], k[bare[0]].(*rsa.PublicKey), nil //nolint:forcetypeassert // likewise
	}
	return "", nil, fmt.Errorf("%w to encrypt with: no public key and no valid certificate among the %d held", signer.ErrUnknownKey, len(k))
}

// newer compares by what begins later, then by what ends later, then by serial, so
// that the choice does not depend on the order of a map.
func newer(a, b *x509.Certificate) bool {
	return cmp.Or(a.NotBefore.Compare(b.NotBefore), a.NotAfter.Compare(b.NotAfter), a.SerialNumber.Cmp(b.SerialNumber)) > 0
}
