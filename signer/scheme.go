package signer

import "github.com/wechatpay-chain/wechatpay/internal/nilcheck"

// A Scheme is the form of an Authorization header: the name that it begins with and the
// parameter that holds the caller's id. Replies and webhooks state the name in
// [HeaderSignatureType].
type Scheme struct {
	Name    string // for example "WECHATPAY2-SHA256-RSA2048"
	IDParam string // for example "mchid"
}

// The schemes that WeChat Pay documents. RSA and Brand use the same algorithm, that of [New]
// and [NewVerifier]; [SignAs] and [VerifyAs] state that a key is a brand's. SM2 needs a Signer
// and a Verifier from elsewhere.
var (
	RSA   = Scheme{Name: "WECHATPAY2-SHA256-RSA2048", IDParam: "mchid"}
	Brand = Scheme{Name: "WECHATPAY-BRAND-SHA256-RSA2048", IDParam: "brand_id"}
	SM2   = Scheme{Name: "WECHATPAY2-SM2-WITH-SM3", IDParam: "mchid"}
)

// A Schemer is a [Signer] or a [Verifier] that states its [Scheme]. [SchemeOf] finds it by a
// type assertion. Scheme must be safe for concurrent use.
type Schemer interface {
	Scheme() Scheme
}

// SchemeOf returns the scheme of a [Signer] or a [Verifier]: that of a [Schemer], otherwise
// [RSA].
func SchemeOf(signerOrVerifier any) Scheme {
	if schemer, ok := signerOrVerifier.(Schemer); ok {
		return schemer.Scheme()
	}
	return RSA
}

// SignAs returns a [Signer] that signs with s and states the scheme, or a nil one if s is nil.
// It is as safe for concurrent use as s, and returns its errors.
func SignAs(scheme Scheme, s Signer) Signer {
	if nilcheck.IsNil(s) {
		return nil
	}
	return schemeSigner{s, scheme}
}

// VerifyAs returns a [Verifier] that verifies with v and states the scheme, or a nil one if v
// is nil. It is as safe for concurrent use as v, and returns its errors.
func VerifyAs(scheme Scheme, v Verifier) Verifier {
	if nilcheck.IsNil(v) {
		return nil
	}
	return schemeVerifier{v, scheme}
}

type schemeSigner struct {
	Signer
	scheme Scheme
}

func (s schemeSigner) Scheme() Scheme { return s.scheme }

type schemeVerifier struct {
	Verifier
	scheme Scheme
}

func (v schemeVerifier) Scheme() Scheme { return v.scheme }
