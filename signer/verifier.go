package signer

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// A Verifier verifies that signature over message was made by the holder of the key
// keyID, the value of the Wechatpay-Serial header. Implementations must be safe for
// concurrent use and must not keep or change their arguments.
//
// Verify returns [ErrUnknownKey] for an unknown key and [ErrSignature] for a wrong
// signature.
type Verifier interface {
	Verify(ctx context.Context, keyID string, message, signature []byte) error
}

// VerifierFunc adapts a function, such as a call to a remote verifying service, to a
// [Verifier].
type VerifierFunc func(ctx context.Context, keyID string, message, signature []byte) error

// Verify calls f. It returns an error if f is nil.
func (f VerifierFunc) Verify(ctx context.Context, keyID string, message, signature []byte) error {
	if f == nil {
		return errors.New("signer: the VerifierFunc is nil")
	}
	return f(ctx, keyID, message, signature)
}

type rsaVerifier struct {
	keys KeySource
	now  func() time.Time
}

// NewVerifier returns a [Verifier] of RSA signatures (SHA-256, PKCS#1 v1.5) with the keys
// of a [KeySource]. now is the clock; nil means [time.Now]. The Verifier is safe for
// concurrent use.
//
// Verify returns [ErrExpired] for a key that is a certificate past its end,
// [ErrUnknownKey] where keys is nil, [ErrNotRSA] for another kind of key,
// [ErrSignature], or the error of the KeySource.
func NewVerifier(keys KeySource, now func() time.Time) Verifier {
	if now == nil {
		now = time.Now
	}
	return rsaVerifier{keys, now}
}

func (v rsaVerifier) Verify(ctx context.Context, keyID string, message, signature []byte) error {
	return v.verifyDigest(ctx, keyID, sha256.Sum256(message), signature)
}

func (v rsaVerifier) verifyDigest(ctx context.Context, keyID string, digest [sha256.Size]byte, signature []byte) error {
	if v.keys == nil {
		return fmt.Errorf("%w %.80q: the verifier has no keys; pass a KeySource to NewVerifier", ErrUnknownKey, keyID)
	}
	found, err := v.keys.Key(ctx, keyID)
	if err != nil {
		return err
	}
	if err := CheckPublicKey(found); err != nil {
		return fmt.Errorf("key %.80q: %w", keyID, err)
	}
	if cert, ok := found.(*x509.Certificate); ok {
		if v.now().After(cert.NotAfter) {
			return fmt.Errorf("%w on %s (key %.80q)", ErrExpired, cert.NotAfter.Format(time.RFC3339), keyID)
		}
		found = cert.PublicKey
	}
	key := found.(*rsa.PublicKey) //nolint:forcetypeassert // checked above
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature); err != nil {
		return fmt.Errorf("%w by key %.80q: %w", ErrSignature, keyID, err)
	}
	return nil
}
