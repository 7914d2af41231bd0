package accel

import (
	"bytes"
	"fmt"
	"runtime"
)

// A library is libcrypto: its functions, with the types that they have in C.
type library struct {
	version uint64
	turns   chan struct{} // as many as there are processors, one for each signature that is being made

	init func(options uint64, settings uintptr) int32

	decodeKey func(kind int32, out uintptr, der *uintptr, length int64) uintptr
	freeKey   func(pkey uintptr)

	newContext  func(pkey, engine uintptr) uintptr
	freeContext func(ctx uintptr)
	initSign    func(ctx uintptr) int32
	setPadding  func(ctx uintptr, padding int32) int32
	setDigest   func(ctx, digest uintptr) int32
	sha256      func() uintptr
	sign        func(ctx uintptr, signature *byte, length *uint64, digest *byte, digestLength uint64) int32
	initVerify  func(ctx uintptr) int32
	verify      func(ctx uintptr, signature *byte, length uint64, digest *byte, digestLength uint64) int32

	lastError   func() uint64
	errorText   func(code uint64, text *byte, size uint64)
	clearErrors func()
}

// A function is one of libcrypto, and a pointer to where a library has it.
type function struct {
	name string
	at   any
}

// functions are those that a library must have.
func (l *library) functions() []function {
	return []function{
		{"OPENSSL_init_crypto", &l.init},
		{"d2i_PrivateKey", &l.decodeKey},
		{"EVP_PKEY_free", &l.freeKey},
		{"EVP_PKEY_CTX_new", &l.newContext},
		{"EVP_PKEY_CTX_free", &l.freeContext},
		{"EVP_PKEY_sign_init", &l.initSign},
		{"EVP_PKEY_CTX_set_rsa_padding", &l.setPadding},
		{"EVP_PKEY_CTX_set_signature_md", &l.setDigest},
		{"EVP_sha256", &l.sha256},
		{"EVP_PKEY_sign", &l.sign},
		{"EVP_PKEY_verify_init", &l.initVerify},
		{"EVP_PKEY_verify", &l.verify},
		{"ERR_peek_last_error", &l.lastError},
		{"ERR_error_string_n", &l.errorText},
		{"ERR_clear_error", &l.clearErrors},
	}
}

// do calls functions of OpenSSL, and returns the last error that they queued if call returns
// false. Each thread has its own queue: the goroutine stays on one until it is emptied.
func (l *library) do(name string, call func() bool) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer l.clearErrors()
	if call() {
		return nil
	}
	var text [256]byte
	l.errorText(l.lastError(), &text[0], uint64(len(text)))
	return fmt.Errorf("%s: %s", name, bytes.TrimRight(text[:], "\x00"))
}

// String returns the name and the version, such as "OpenSSL 3.0.19".
func (l *library) String() string {
	return fmt.Sprintf("OpenSSL %d.%d.%d", l.version>>28, l.version>>20&0xff, l.version>>4&0xff)
}
