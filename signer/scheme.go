package signer

// A Scheme is the form of an Authorization header: the name that it begins with and the
// parameter that holds the caller's id.
type Scheme struct {
	Name    string // for example "WECHATPAY2-SHA256-RSA2048"
	IDParam string // for example "mchid"
}

// The schemes that WeChat Pay documents. [New] returns a Signer for RSA and Brand, which
// use the same algorithm; SM2 needs a Signer from elsewhere.
var (
	RSA   = Scheme{Name: "WECHATPAY2-SHA256-RSA2048", IDParam: "mchid"}
	Brand = Scheme{Name: "WECHATPAY-BRAND-SHA256-RSA2048", IDParam: "brand_id"}
	SM2   = Scheme{Name: "WECHATPAY2-SM2-WITH-SM3", IDParam: "mchid"}
)

// A Schemer is a [Signer] that states its [Scheme]. [SchemeOf] finds it by a type
// assertion. Scheme must be safe for concurrent use.
type Schemer interface {
	Signer
	Scheme() Scheme
}

// SchemeOf returns the scheme of s: that of a [Schemer], otherwise [RSA].
func SchemeOf(s Signer) Scheme {
	if schemer, ok := s.(Schemer); ok {
		return schemer.Scheme()
	}
	return RSA
}
