package accel

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"runtime"
	"sync"
	"unsafe"
)

// An evpKey is OpenSSL's copy of a private key, an EVP_PKEY. The garbage collector frees it.
type evpKey struct {
	lib      *library
	pkey     uintptr
	size     int       // of a signature
	contexts sync.Pool // of *evpContexts
}

// evpContexts sign and verify for one goroutine at a time.
type evpContexts struct{ sign, verify *evpContext }

// An evpContext is an EVP_PKEY_CTX. It has its own reference to the EVP_PKEY. The garbage
// collector frees it.
type evpContext struct {
	lib *library // also keeps this out of the allocator of tiny objects, whose cleanups may never run
	ctx uintptr
}

// The numbers are of OpenSSL's headers.
const (
	evpPKeyRSA      = 6
	rsaPKCS1Padding = 1
)

// newKey gives a copy of a private key to OpenSSL, which must sign the test digest as
// crypto/rsa does: PKCS#1 v1.5 has one signature only of a digest.
func (l *library) newKey(private *rsa.PrivateKey, want []byte) (*evpKey, error) {
	k := &evpKey{lib: l, size: private.Size()}
	if err := l.do("d2i_PrivateKey", func() bool {
		k.pkey = l.decode(private)
		return k.pkey != 0
	}); err != nil {
		return nil, err
	}
	runtime.AddCleanup(k, l.freeKey, k.pkey)
	switch got, err := k.sign(testDigest[:]); {
	case err != nil:
		return nil, err
	case !bytes.Equal(got, want):
		return nil, errors.New("OpenSSL and crypto/rsa make different signatures")
	}
	return k, nil
}

// decode returns the EVP_PKEY of a key, or 0.
func (l *library) decode(private *rsa.PrivateKey) uintptr {
	own := *private // the next line may write into it
	der := x509.MarshalPKCS1PrivateKey(&own)
	defer clear(der)
	var pinner runtime.Pinner
	defer pinner.Unpin()
	pinner.Pin(&der[0])
	next := uintptr(unsafe.Pointer(&der[0])) //nolint:gosec // it is pinned; a number, since OpenSSL moves it past the end, where no Go pointer may point
	return l.decodeKey(evpPKeyRSA, 0, &next, int64(len(der)))
}

// sign returns the PKCS#1 v1.5 signature of a SHA-256 digest. It verifies it: one that a fault
// has spoiled would disclose the private key.
//
// A goroutine that calls C keeps its thread, and the runtime starts another one for the rest.
// With a thousand signatures at once there would be a thousand threads, among which the rest
// hardly ever runs, and ten thousand end the program: so each waits for its turn.
func (k *evpKey) sign(digest []byte) ([]byte, error) {
	k.lib.turns <- struct{}{}
	defer func() { <-k.lib.turns }()
	c, err := k.borrow()
	if err != nil {
		return nil, err
	}
	signature := make([]byte, k.size)
	n, digestLength := uint64(len(signature)), uint64(len(digest))
	err = k.lib.do("EVP_PKEY_sign and EVP_PKEY_verify", func() bool {
		return k.lib.sign(c.sign.ctx, &signature[0], &n, &digest[0], digestLength) == 1 &&
			k.lib.verify(c.verify.ctx, &signature[0], n, &digest[0], digestLength) == 1
	})
	runtime.KeepAlive(c)
	if err != nil {
		return nil, err // the state of c is unknown: it is dropped
	}
	k.contexts.Put(c)
	return signature, nil
}

// borrow returns contexts that nobody uses.
func (k *evpKey) borrow() (*evpContexts, error) {
	if c, ok := k.contexts.Get().(*evpContexts); ok {
		return c, nil
	}
	sign, err := k.newContext("EVP_PKEY_sign_init", k.lib.initSign)
	if err != nil {
		return nil, err
	}
	verify, err := k.newContext("EVP_PKEY_verify_init", k.lib.initVerify)
	if err != nil {
		return nil, err
	}
	return &evpContexts{sign, verify}, nil
}

// newContext returns a context that is initialized by a function with that name.
func (k *evpKey) newContext(name string, init func(ctx uintptr) int32) (*evpContext, error) {
	l, c := k.lib, &evpContext{lib: k.lib}
	if err := l.do("EVP_PKEY_CTX_new", func() bool {
		c.ctx = l.newContext(k.pkey, 0)
		return c.ctx != 0
	}); err != nil {
		return nil, err
	}
	runtime.KeepAlive(k)
	runtime.AddCleanup(c, l.freeContext, c.ctx)
	if err := l.do(name, func() bool {
		return init(c.ctx) == 1 && l.setPadding(c.ctx, rsaPKCS1Padding) == 1 && l.setDigest(c.ctx, l.sha256()) == 1
	}); err != nil {
		return nil, err
	}
	return c, nil
}
