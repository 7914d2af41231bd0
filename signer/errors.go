package signer

import "errors"

// What can be wrong with a key.
var (
	// ErrNotRSA: the key is an elliptic-curve or other key; API v3 signs with RSA.
	ErrNotRSA = errors.New("not an RSA key")
	// ErrExpired: the certificate's validity has ended.
	ErrExpired = errors.New("certificate expired")
)

// What can be wrong with a signed reply or webhook. Every error of [Check] wraps
// at least one of these.
var (
	// ErrMissingHeader: one of the four Wechatpay-* headers is missing, empty or
	// given twice. A proxy may have stripped it, or the reply is forged.
	ErrMissingHeader = errors.New("missing signature header")
	// ErrClock: the timestamp is no number or more than [Tolerance] off.
	ErrClock = errors.New("timestamp out of range")
	// ErrUnknownKey: no key is held under the id that the reply names.
	ErrUnknownKey = errors.New("unknown key")
	// ErrSignature: the signature is not the named key's over what was received.
	ErrSignature = errors.New("bad signature")
	// ErrProbe: the signature failed and is marked as one of the wrong signatures
	// that WeChat Pay sends on purpose (WECHATPAY/SIGNTEST/), to see whether
	// callers verify. The call itself may have taken effect.
	ErrProbe = errors.New("signature probe by WeChat Pay")
)
