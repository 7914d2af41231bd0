package signer

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
)

// PublicKeyIDPrefix begins the id of every WeChat Pay public key. Any other key id is the
// serial of a platform certificate.
const PublicKeyIDPrefix = "PUB_KEY_ID_"

// A KeySource finds the platform key that a reply or webhook names in its
// Wechatpay-Serial header: by a certificate's serial or a public key id. A key is an
// [*crypto/rsa.PublicKey] or an [*x509.Certificate]. Key returns [ErrUnknownKey] for an
// unknown id. Implementations must be safe for concurrent use.
type KeySource interface {
	Key(ctx context.Context, id string) (crypto.PublicKey, error)
}

// minBits is the length of the shortest key that package crypto/rsa verifies with.
const minBits = 1024

// CheckPublicKey returns nil for a key that a [Verifier] can use: an [*rsa.PublicKey], or
// an [*x509.Certificate] of one, that is neither nil nor empty. Otherwise it returns
// [ErrNotRSA] or an error that states what is missing.
func CheckPublicKey(key crypto.PublicKey) error {
	if cert, ok := key.(*x509.Certificate); ok && cert != nil {
		key = cert.PublicKey
	}
	pub, ok := key.(*rsa.PublicKey)
	if !ok {
		return fmt.Errorf("%w: got %T", ErrNotRSA, key)
	}
	if pub == nil || pub.N == nil || pub.E < 2 {
		return errors.New("the key is nil or empty")
	}
	if bits := pub.N.BitLen(); bits < minBits || pub.N.Bit(0) == 0 || pub.E&1 == 0 {
		return fmt.Errorf("the key is damaged or too short (%d bits); the keys of WeChat Pay have 2048", bits)
	}
	return nil
}

// SameID reports whether two key ids name the same key. Certificate serials are compared
// without regard to case and leading zeros, since SDKs and consoles print them
// differently. Public key ids and all else that is not hex are compared exactly.
func SameID(a, b string) bool { return CanonicalID(a) == CanonicalID(b) }

// Serial returns the certificate's serial number as WeChat Pay writes it: upper-case hex
// of whole bytes, so that a leading zero is kept. It returns "" for a nil or zero
// certificate.
func Serial(cert *x509.Certificate) string {
	if cert == nil || cert.SerialNumber == nil {
		return ""
	}
	return fmt.Sprintf("%X", cert.SerialNumber.Bytes())
}
