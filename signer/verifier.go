package signer

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

type rsaSigner struct{ key crypto.Signer }

// New adapts an RSA key, in memory or behind any [crypto.Signer] (HSM, KMS), to
// a [Signer] with SHA-256 and PKCS#1 v1.5. It fails with [ErrNotRSA] for
// another kind of key, and for nil.
func New(key crypto.Signer) (Signer, error) {
	if k, ok := key.(*rsa.PrivateKey); key == nil || ok && k == nil {
		return nil, errors.New("signer: the private key is nil")
	}
	if pub, ok := key.Public().(*rsa.PublicKey); !ok {
		return nil, fmt.Errorf("signer: %w: its public key is %T", ErrNotRSA, key.Public())
	} else if err := CheckPublicKey(pub); err != nil {
		return nil, fmt.Errorf("signer: the private key: %w", err)
	}
	return rsaSigner{key}, nil
}

func (s rsaSigner) Sign(ctx context.Context, message []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	digest := sha256.Sum256(message)
	return s.key.Sign(rand.Reader, digest[:], crypto.SHA256)
}

// CheckPublicKey tells whether a key can be used: an [*rsa.PublicKey], or an
// [*x509.Certificate] of one, that is neither nil nor empty. Otherwise the error is
// [ErrNotRSA] or says what it lacks.
func CheckPublicKey(key crypto.PublicKey) error {
	if cert, ok := key.(*x509.Certificate); ok && cert != nil {
		key = cert.PublicKey
	}
	pub, ok := key.(*rsa.PublicKey)
	if !ok {
		return fmt.Errorf("%w: it is a %T", ErrNotRSA, key)
	}
	if pub == nil || pub.N == nil || pub.E < 2 {
		return errors.New("the key is nil or empty")
	}
	return nil
}

type rsaVerifier struct {
	keys KeySource
	now  func() time.Time
}

// NewVerifier verifies RSA signatures (SHA-256, PKCS#1 v1.5) by the keys of a
// [KeySource]. A key is an [*rsa.PublicKey], or an [*x509.Certificate], which is
// refused with [ErrExpired] after its end. now is the clock; nil is [time.Now].
func NewVerifier(keys KeySource, now func() time.Time) Verifier {
	if now == nil {
		now = time.Now
	}
	return rsaVerifier{keys, now}
}

func (v rsaVerifier) Verify(ctx context.Context, keyID string, message, signature []byte) error {
	if v.keys == nil {
		return fmt.Errorf("%w %.80q: no keys are held at all", ErrUnknownKey, keyID)
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
			return fmt.Errorf("%w on %s (key %s)", ErrExpired, cert.NotAfter.Format(time.RFC3339), keyID)
		}
		found = cert.PublicKey
	}
	key := found.(*rsa.PublicKey) //nolint:forcetypeassert // checked above
	digest := sha256.Sum256(message)
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature); err != nil {
		return fmt.Errorf("%w by key %s: %w", ErrSignature, keyID, err)
	}
	return nil
}
