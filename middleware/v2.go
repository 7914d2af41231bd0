package middleware

import (
	"errors"
	"net/http"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A V2Config configures [SignV2] and [VerifyV2].
type V2Config struct {
	// Key is the APIv2 key, from the merchant console.
	Key cipher.Secret
	// WorkWXSecret is the secret of the app of WeChat Work (企业微信) that pays; it signs
	// workwx_sign. Only the endpoints of WeChat Work need it.
	WorkWXSecret cipher.Secret
	// Prefix is the escaped path of the base URL, if any.
	Prefix string
	// Origins are those of [SignConfig].
	Origins []string
	// MaxReply is the maximum size of a reply in bytes; default [DefaultMaxReply].
	MaxReply int64
}

// ByVersion sends the calls of APIv2 through one middleware, and all others through another.
// Only requests of a client belong to a call.
func ByVersion(v3, v2 Middleware) Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		if v3 == nil || v2 == nil {
			return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				return refuse(r, errors.New("middleware: ByVersion got a nil Middleware"))
			})
		}
		forV3, forV2 := v3(next), v2(next)
		return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			if callstate.InfoOf(r.Context()).V2 != nil {
				return forV2.RoundTrip(r)
			}
			return forV3.RoundTrip(r)
		})
	}
}

// facts returns what is known of the endpoint of a request: by its call, or by its path.
func (cfg *V2Config) facts(r *http.Request) endpoint.V2 {
	if facts := callstate.InfoOf(r.Context()).V2; facts != nil {
		return *facts
	}
	facts, _ := endpoint.LookupV2(method(r), strings.TrimPrefix(r.URL.EscapedPath(), cfg.Prefix))
	return facts
}

// digestOf returns the digest of a request: the one of its sign_type or of its call.
func digestOf(params []signer.Param, facts *endpoint.V2) signer.Digest {
	for _, p := range params {
		if p.Name == "sign_type" && p.Value != "" {
			return signer.Digest(p.Value)
		}
	}
	if facts.Digest != "" {
		return signer.Digest(facts.Digest)
	}
	return signer.MD5
}
