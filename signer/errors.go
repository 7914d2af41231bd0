package signer

import "errors"

// Errors of keys.
var (
	// ErrNotRSA: the key is an elliptic-curve or other key; API v3 signs with RSA.
	ErrNotRSA = errors.New("not an RSA key")
	// ErrExpired: the certificate's validity has ended.
	ErrExpired = errors.New("certificate expired")
)

// Errors of signed replies and webhooks. Every error of [Check] with the Verifier of
// [NewVerifier] wraps one of these, [ErrNotRSA], [ErrExpired], or the error of the
// KeySource.
var (
	// ErrMissingHeader: one of the four Wechatpay-* headers is missing, empty or
	// repeated. A proxy may have removed it, or the reply is forged.
	ErrMissingHeader = errors.New("incomplete signature headers")
	// ErrClock: the timestamp is not a number or differs from now by more than
	// [Tolerance].
	ErrClock = errors.New("timestamp out of range")
	// ErrUnknownKey: the key that the reply names is not held.
	ErrUnknownKey = errors.New("unknown key")
	// ErrSignature: the signature does not match the key and the message.
	ErrSignature = errors.New("bad signature")
	// ErrScheme: the reply states another scheme than that of the Verifier ([SchemeOf]), such
	// as that of brands to a merchant.
	ErrScheme = errors.New("another signature scheme")
	// ErrProbe: the signature is wrong and marked (WECHATPAY/SIGNTEST/) as one that
	// WeChat Pay sends on purpose, to test whether callers verify. The call itself may
	// have taken effect.
	ErrProbe = errors.New("signature probe by WeChat Pay")
)
