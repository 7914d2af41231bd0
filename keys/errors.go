package keys

import (
	"errors"
	"fmt"
)

// Errors of loading. Every error of [LoadPrivateKey], [LoadPublicKey] and
// [LoadCertificate] names its source and wraps one of these, [signer.ErrNotRSA],
// [signer.ErrExpired], or the error of reading the source.
var (
	// ErrNoKey: the source contains no known form of a key or a certificate.
	ErrNoKey = errors.New("no key or certificate found")
	// ErrKeyKind: the source contains another kind of key than the function loads, such
	// as a certificate in place of a private key.
	ErrKeyKind = errors.New("wrong kind of key")
	// ErrPassword: the source is encrypted and the pass phrase is missing or wrong.
	ErrPassword = errors.New("wrong pass phrase")
)

// Errors of a [Keyring], in addition to [signer.ErrUnknownKey] and those of the network.
var (
	// ErrClosed: the Keyring is closed and downloads no more.
	ErrClosed = errors.New("keyring closed")
	// ErrNoCertificates: WeChat Pay answers that the merchant has no platform
	// certificates. New merchants have a public key in place of them.
	ErrNoCertificates = errors.New("the merchant has no platform certificates; add WeChat Pay's public key (pub_key.pem) and its id to the keys")
)

var (
	// errFresh: the spacing of downloads has not passed since the last one.
	errFresh = errors.New("the certificates were downloaded recently")
	// errNoList: the reply to a download has another form than documented.
	errNoList = errors.New("the reply is not a list of certificates")
	// errBroken: the transport panicked or ended its goroutine.
	errBroken = errors.New("the transport ended without a reply")
	errZero   = errors.New("the Keyring is a zero value; make one with NewKeyring")
)

// A StatusError is an answer to a download with another status than 2xx.
type StatusError struct {
	StatusCode int
	Code       string // such as "SIGN_ERROR"; empty if the body has none
	RequestID  string
}

// Error returns the status, the code and the request id, and what to check.
func (e *StatusError) Error() string {
	if e == nil {
		return "<nil>"
	}
	text := fmt.Sprintf("downloading the certificates: status %d %.64q [request %.64q]", e.StatusCode, e.Code, e.RequestID)
	if e.Code == "SIGN_ERROR" {
		text += "; check the merchant id, the serial number of its certificate and the private key: they belong together"
	}
	return text
}
