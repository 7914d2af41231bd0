package signer

import "context"

// A Signer signs a canonical message with the merchant's key. It must be safe
// for concurrent use and must not keep or change message.
//
// The scheme of the Authorization header is [RSA] unless the Signer also has a
// method Scheme() [Scheme].
type Signer interface {
	Sign(ctx context.Context, message []byte) (signature []byte, err error)
}

// Func lets a function, such as a call to a remote signing service, be a [Signer].
type Func func(ctx context.Context, message []byte) ([]byte, error)

// Sign calls f.
func (f Func) Sign(ctx context.Context, message []byte) ([]byte, error) { return f(ctx, message) }

// A Verifier judges whether signature is the one that the holder of the key
// named keyID (the value of the Wechatpay-Serial header) put under message. It
// must be safe for concurrent use and must not keep or change its arguments.
//
// An unknown key is reported as [ErrUnknownKey], a wrong signature as [ErrSignature].
type Verifier interface {
	Verify(ctx context.Context, keyID string, message, signature []byte) error
}

// VerifierFunc lets a function, such as a call to a remote verifying service,
// be a [Verifier].
type VerifierFunc func(ctx context.Context, keyID string, message, signature []byte) error

// Verify calls f.
func (f VerifierFunc) Verify(ctx context.Context, keyID string, message, signature []byte) error {
	return f(ctx, keyID, message, signature)
}

// A Scheme is how an Authorization header announces its signature: the name it
// opens with and the parameter that holds the caller's id.
type Scheme struct {
	Name    string // for example "WECHATPAY2-SHA256-RSA2048"
	IDParam string // for example "mchid"
}

// The schemes that WeChat Pay documents. This package signs [RSA] itself; a
// [Signer] for another one has a method Scheme that returns it.
var (
	RSA   = Scheme{Name: "WECHATPAY2-SHA256-RSA2048", IDParam: "mchid"}
	Brand = Scheme{Name: "WECHATPAY-BRAND-SHA256-RSA2048", IDParam: "brand_id"}
	SM2   = Scheme{Name: "WECHATPAY2-SM2-WITH-SM3", IDParam: "mchid"}
)

// SchemeOf is the scheme of s: its own, or [RSA] if it states none.
func SchemeOf(s Signer) Scheme {
	if own, ok := s.(interface{ Scheme() Scheme }); ok {
		return own.Scheme()
	}
	return RSA
}
