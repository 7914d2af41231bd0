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

// A KeySource finds the platform key that a reply or webhook names in its
// Wechatpay-Serial header: a certificate's serial or a public key id. It must be
// safe for concurrent use. A key is an [*crypto/rsa.PublicKey] or an
// [*x509.Certificate]. An id that is not held is reported as [ErrUnknownKey].
type KeySource interface {
	Key(ctx context.Context, id string) (crypto.PublicKey, error)
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
