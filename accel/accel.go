package accel

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"runtime"
	"sync"
)

// Signer returns a [crypto.Signer] for an RSA private key, the PrivateKey of a client's
// Config. OpenSSL makes its signatures where it can, otherwise crypto/rsa; they are equal to
// the byte. It decrypts as well, by crypto/rsa, so that a client with it reads sensitive
// fields. It is safe for concurrent use, and prints without the key.
//
// The key is an [*rsa.PrivateKey], from keys.LoadPrivateKey. Signer returns an error for a key
// that crypto/rsa cannot sign with, and for any other kind, such as that of an HSM. A
// keys.Merchant does not give its key out, but takes this function: m.SignedBy(accel.Signer).
func Signer(key crypto.Signer) (crypto.Signer, error) {
	switch key := key.(type) {
	case nil:
		return nil, errors.New("accel: the private key is nil")
	case rsaSigner:
		return key, nil
	case *rsa.PrivateKey:
		lib, _ := openSSL()
		return newSigner(lib, key)
	default:
		return nil, fmt.Errorf("accel: the private key is a %T; OpenSSL can copy an *rsa.PrivateKey only (a *keys.Merchant has SignedBy)", key)
	}
}

// Available returns nil if OpenSSL makes the signatures of [Signer], and otherwise an error
// that says why crypto/rsa does. The first call of either loads OpenSSL, which takes some
// milliseconds. Its answer never changes.
func Available() error {
	_, err := openSSL()
	return err
}

var openSSL = sync.OnceValues(func() (*library, error) {
	lib, err := load(system{}, libcrypto[runtime.GOOS])
	if err != nil {
		return nil, fmt.Errorf("accel: crypto/rsa makes the signatures: %w", err)
	}
	return lib, nil
})
