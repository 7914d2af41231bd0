package signer

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
)

// A Signer signs a canonical message with the merchant's key. Implementations must be
// safe for concurrent use and must not keep or change message.
//
// A Signer whose scheme is not [RSA] also implements [Schemer].
type Signer interface {
	Sign(ctx context.Context, message []byte) (signature []byte, err error)
}

// Func adapts a function, such as a call to a remote signing service, to a [Signer].
type Func func(ctx context.Context, message []byte) ([]byte, error)

// Sign calls f. It returns an error if f is nil.
func (f Func) Sign(ctx context.Context, message []byte) ([]byte, error) {
	if f == nil {
		return nil, errors.New("signer: the Func is nil")
	}
	return f(ctx, message)
}

type rsaSigner struct{ key crypto.Signer }

// New adapts an RSA private key, in memory or behind any [crypto.Signer] (HSM, KMS), to
// a [Signer] with SHA-256 and PKCS#1 v1.5. The Signer is safe for concurrent use if the
// key is; an [*rsa.PrivateKey] is.
//
// New returns [ErrNotRSA] for another kind of key and an error for a nil or empty key.
// Sign returns the context's error, without signing, once ctx has ended.
func New(key crypto.Signer) (Signer, error) {
	if k, ok := key.(*rsa.PrivateKey); key == nil || ok && k == nil {
		return nil, errors.New("signer: private key is nil; load one with keys.LoadPrivateKey")
	}
	if err := CheckPublicKey(key.Public()); err != nil {
		return nil, fmt.Errorf("signer: private key: %w", err)
	}
	return rsaSigner{key}, nil
}

func (s rsaSigner) Sign(ctx context.Context, message []byte) ([]byte, error) {
	if err := ended(ctx); err != nil {
		return nil, err
	}
	return s.signDigest(sha256.Sum256(message))
}

func (s rsaSigner) signRequest(ctx context.Context, r Request) ([]byte, error) {
	if err := ended(ctx); err != nil {
		return nil, err
	}
	return s.signDigest(requestDigest(r))
}

func (s rsaSigner) signDigest(digest [sha256.Size]byte) ([]byte, error) {
	return s.key.Sign(rand.Reader, digest[:], crypto.SHA256)
}

func ended(ctx context.Context) error {
	if ctx == nil {
		return errors.New("signer: the context is nil")
	}
	return ctx.Err()
}
