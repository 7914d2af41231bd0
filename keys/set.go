package keys

import (
	"cmp"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"iter"
	"maps"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Lister lists the keys that it holds. A [signer.KeySource] that is a Lister lets the
// client check its keys at the start and name the public key in its requests; [Set] and
// [*Keyring] are, and other sources may be. It is found by a type assertion.
type Lister interface {
	// All iterates over the keys by id, in no order. It must be safe for concurrent use.
	All() iter.Seq2[string, crypto.PublicKey]
}

// An EncryptionKeySource chooses the key that encrypts sensitive fields. A
// [signer.KeySource] that is one lets the client encrypt without Config.PlatformKeyID;
// [Set] and [*Keyring] are, and other sources may be. It is found by a type assertion.
type EncryptionKeySource interface {
	// EncryptionKey returns the key that encrypts at the time now, and the id that the
	// request names in Wechatpay-Serial. It must be safe for concurrent use.
	EncryptionKey(ctx context.Context, now time.Time) (id string, key *rsa.PublicKey, err error)
}

var (
	_ signer.KeySource    = Set(nil)
	_ Lister              = Set(nil)
	_ EncryptionKeySource = Set(nil)
)

// A Set is a fixed set of platform keys by id: public keys and certificates. It is safe
// for concurrent use as long as it is not changed. The nil Set is empty.
type Set map[string]crypto.PublicKey

// CertificateSet returns the Set of certs, each under its [signer.Serial].
func CertificateSet(certs ...*x509.Certificate) Set {
	keys := make(Set, len(certs))
	for _, cert := range certs {
		keys[signer.Serial(cert)] = cert
	}
	return keys
}

// Key returns the key with the id, compared as [signer.SameID] does, or
// [signer.ErrUnknownKey].
func (k Set) Key(_ context.Context, id string) (crypto.PublicKey, error) {
	if key, ok := k[id]; ok {
		return key, nil
	}
	// As certificates and WeChat Pay write it, and as openssl does, without or with whole bytes.
	canonical := signer.CanonicalID(id)
	for _, digits := range [...]string{canonical, strings.ToLower(canonical)} {
		for _, zero := range [...]string{"", "0"} {
			if key, ok := k[zero+digits]; ok && signer.SameID(zero+digits, id) {
				return key, nil
			}
		}
	}
	for held, key := range k { // in yet another spelling, or unknown
		if signer.SameID(held, id) {
			return key, nil
		}
	}
	return nil, unknown(id, k)
}

// All implements [Lister]: it iterates over the keys by id, in no order.
func (k Set) All() iter.Seq2[string, crypto.PublicKey] { return maps.All(k) }

// EncryptionKey implements [EncryptionKeySource]. It returns the public key, if the Set
// has one, otherwise the newest certificate that is valid at the time now. It returns an
// error for several public keys, since the choice is open, and [signer.ErrUnknownKey]
// without a usable key.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013053264
func (k Set) EncryptionKey(_ context.Context, now time.Time) (id string, key *rsa.PublicKey, err error) {
	var newest *x509.Certificate
	var bare []string // keys without a certificate, under a serial
	for held, found := range k {
		if signer.CheckPublicKey(found) != nil {
			continue
		}
		switch found := found.(type) {
		case *rsa.PublicKey:
			switch {
			case !strings.HasPrefix(held, signer.PublicKeyIDPrefix):
				bare = append(bare, held)
			case key != nil:
				return "", nil, fmt.Errorf("several public keys are held (%s and %s); keep one, or name the one that encrypts", min(id, held), max(id, held))
			default:
				id, key = held, found
			}
		case *x509.Certificate:
			if isValid(found, now) && (newest == nil || newer(found, newest)) {
				newest = found
			}
		}
	}
	switch {
	case key != nil:
		return id, key, nil
	case newest != nil:
		return signer.Serial(newest), newest.PublicKey.(*rsa.PublicKey), nil //nolint:forcetypeassert // the loop took no other
	case len(bare) == 1: // its validity is unknown
		return bare[0], k[bare[0]].(*rsa.PublicKey), nil //nolint:forcetypeassert // likewise
	}
	return "", nil, fmt.Errorf("%w: no public key and no valid certificate to encrypt with (%s)", signer.ErrUnknownKey, idsOf(k))
}

// newer reports whether a begins later than b, or else ends later, or else has the later
// serial in text, so that the choice does not depend on the order of the map.
func newer(a, b *x509.Certificate) bool {
	return cmp.Or(a.NotBefore.Compare(b.NotBefore), a.NotAfter.Compare(b.NotAfter), cmp.Compare(signer.Serial(a), signer.Serial(b))) > 0
}
