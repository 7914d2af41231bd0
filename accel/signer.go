package accel

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
)

var (
	_ crypto.Signer    = rsaSigner{}
	_ crypto.Decrypter = rsaSigner{}
)

// A rsaSigner is a private key, of which OpenSSL may have a copy.
type rsaSigner struct {
	key  *rsa.PrivateKey
	fast *evpKey // nil if crypto/rsa makes all signatures
}

// newSigner returns a signer that uses lib, unless it is nil or cannot sign with this key.
func newSigner(lib *library, key *rsa.PrivateKey) (crypto.Signer, error) {
	if key == nil {
		return nil, errors.New("accel: the private key is nil")
	}
	if err := key.Validate(); err != nil {
		return nil, fmt.Errorf("accel: the private key is invalid: %w", err)
	}
	want, err := key.Sign(nil, testDigest[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("accel: crypto/rsa cannot sign with the private key: %w", err)
	}
	if lib == nil {
		return rsaSigner{key, nil}, nil
	}
	fast, err := lib.newKey(key, want)
	if err != nil {
		return rsaSigner{key, nil}, nil //nolint:nilerr // OpenSSL refuses some keys that crypto/rsa signs with, such as those of many primes
	}
	return rsaSigner{key, fast}, nil
}

// Public implements [crypto.Signer].
func (s rsaSigner) Public() crypto.PublicKey { return s.key.Public() }

// Sign implements [crypto.Signer] as [rsa.PrivateKey.Sign] does, to the byte. OpenSSL signs
// SHA-256 digests by PKCS#1 v1.5, which is what WeChat Pay uses; crypto/rsa signs other
// digests, by PSS, and whatever OpenSSL fails to sign.
func (s rsaSigner) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if opts == nil {
		return nil, errors.New("accel: the SignerOpts are nil; use crypto.SHA256")
	}
	_, pss := opts.(*rsa.PSSOptions)
	if s.fast == nil || pss || opts.HashFunc() != crypto.SHA256 || len(digest) != sha256.Size {
		return s.key.Sign(random, digest, opts)
	}
	signature, err := s.fast.sign(digest)
	if err != nil {
		return s.key.Sign(random, digest, opts)
	}
	return signature, nil
}

// Decrypt implements [crypto.Decrypter], by crypto/rsa.
func (s rsaSigner) Decrypt(random io.Reader, message []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	return s.key.Decrypt(random, message, opts)
}

// String says who signs, and with a key of how many bits.
func (s rsaSigner) String() string {
	by := "crypto/rsa"
	if s.fast != nil {
		by = s.fast.lib.String()
	}
	return fmt.Sprintf("accel.Signer(RSA, %d bits, by %s)", s.key.N.BitLen(), by)
}

// Format implements [fmt.Formatter]: it prints [rsaSigner.String], whatever the verb.
func (s rsaSigner) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText implements [encoding.TextMarshaler] with [rsaSigner.String].
func (s rsaSigner) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
