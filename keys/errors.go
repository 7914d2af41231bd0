package keys

import "errors"

// What can be wrong with a key that is loaded. Every error of [LoadPrivateKey],
// [LoadPublicKey] and [LoadCertificate] names its source and wraps one of these, [signer.ErrNotRSA],
// [signer.ErrExpired], or the error of reading the source.
var (
	// ErrNoKey: the source holds nothing that is known as a key or a certificate.
	ErrNoKey = errors.New("no key or certificate found")
	// ErrKeyKind: the source holds another kind of thing than was asked for,
	// such as a certificate in place of a private key.
	ErrKeyKind = errors.New("wrong kind of key")
	// ErrPassword: the source is encrypted and the pass phrase is missing or wrong.
	ErrPassword = errors.New("wrong pass phrase")
)
