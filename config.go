package wechatpay

import (
	"cmp"
	"crypto"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/baseurl"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// DefaultBaseURL is the default of Config.BaseURL.
const DefaultBaseURL = "https://api.mch.weixin.qq.com/"

// DefaultTimeout is the default of Config.Timeout: the limit of one call, retries included,
// until the last byte of the reply.
const DefaultTimeout = 30 * time.Second

// A Config configures a [Client]. The zero value of a field means its default. A Config
// prints without its keys.
type Config struct {
	// MchID is the id of the merchant or the service provider, never of a sub-merchant.
	// Required, unless BrandID is set.
	MchID string

	// BrandID makes this the client of a brand, which calls brand/… with its own key, serial
	// number and WeChat Pay public key. Without a MchID and an APIv3Key: a brand has no
	// platform certificates. https://pay.weixin.qq.com/doc/brand/4015407523
	BrandID string

	// Serial is the serial number, in hex, of the caller's API certificate that belongs
	// to the private key; [signer.Serial] returns it. Required.
	Serial string

	// PrivateKey is the caller's RSA key, from [keys.LoadPrivateKey], an HSM or a
	// KMS. Required, unless Signer is set. A [keys.Merchant] has its certificate too: MchID
	// and Serial default to those of the certificate, and must not differ from them.
	PrivateKey crypto.Signer `json:"-"`

	// Signer signs in place of PrivateKey, with a remote service or another algorithm.
	Signer signer.Signer `json:"-"`

	// Decrypter decrypts the sensitive fields of replies; default: the PrivateKey, if it
	// is an RSA [crypto.Decrypter].
	Decrypter cipher.Decrypter `json:"-"`

	// PlatformKeys has the keys that verify WeChat Pay's signatures: platform
	// certificates by serial number, public keys by id, or both. A [keys.Set] is fixed, a
	// [keys.Keyring] renews itself. Required, unless APIv3Key or Verifier is set.
	PlatformKeys signer.KeySource `json:"-"`

	// APIv3Key, 32 characters from the merchant console, makes the client download the
	// platform certificates on demand and renew them, in addition to a [keys.Set] in
	// PlatformKeys. A request that may take effect is only sent after the first download.
	// APIv3Key is not used with a Verifier or another kind of PlatformKeys, such as a
	// [keys.Keyring]. [Client.PlatformKeys] returns the keys to verify webhooks.
	APIv3Key cipher.Secret `json:"-"`

	// APIv2Key, 32 characters from the merchant console, signs the calls of APIv2, whose paths
	// begin with v2/. With it, the fields that only API v3 needs may be left out together:
	// Serial, PrivateKey and PlatformKeys. Default none.
	APIv2Key cipher.Secret `json:"-"`

	// Certificate is the merchant's API certificate with its key, which the endpoints of APIv2
	// ask for that move money out, as refunds: mutual TLS. It is presented to them alone, in
	// place of any other, and never to a proxy: a ReverseProxy presents one of its own.
	// Transport must be an [*http.Transport] without a DialTLSContext. Any other has to present
	// the certificate by itself, to calls with Options.V2.MutualTLS set to false. Default: that
	// of a [keys.Merchant] in PrivateKey, if there is an APIv2Key and it can be presented.
	Certificate tls.Certificate `json:"-"`

	// AppID is the appid of calls of APIv2 that name none. Default none.
	AppID string

	// WorkWXSecret is the secret of the app of WeChat Work (企业微信) that pays. It signs
	// workwx_sign, which only the payments of WeChat Work have. Default none.
	WorkWXSecret cipher.Secret `json:"-"`

	// Verifier verifies signatures in place of PlatformKeys, with a remote service or
	// another algorithm.
	Verifier signer.Verifier `json:"-"`

	// PlatformKeyID is sent in the header Wechatpay-Serial. It selects the key that signs
	// the reply, once the merchant has migrated to public keys. Default: the public key
	// (PUB_KEY_ID_…) in PlatformKeys, if there is exactly one; otherwise the header is
	// not sent.
	PlatformKeyID string

	// BaseURL is the URL that paths are relative to, such as
	// https://apihk.mch.weixin.qq.com/ or the address of a sandbox; default
	// [DefaultBaseURL]. A path prefix in it is sent and signed; see ReverseProxy for one
	// that is not. If its host is not WeChat Pay's, absolute URLs of WeChat Pay are
	// refused, unless Options.BaseURL names WeChat Pay's host.
	BaseURL string

	// ReverseProxy is the URL of a reverse proxy of one's own, such as
	// https://gateway.example.com/wechatpay/, that forwards to WeChat Pay. Every request
	// is sent to it, also the URLs that WeChat Pay returned and the downloads of keys.
	// What is signed does not change: the path of the proxy is sent, not signed, and the
	// proxy must remove it. To endpoints of APIv2 that ask for it, the proxy presents the
	// merchant's certificate. Default none.
	ReverseProxy string

	// Transport sends the requests; default: a [NewTransport]. A custom one must not
	// retry: the retry middleware does, which signs each attempt and knows which calls are
	// idempotent. Only with an [*http.Transport] can the client know whether a request was
	// written; with any other it can only know that no connection was made.
	Transport http.RoundTripper `json:"-"`

	// Timeout limits each call; default [DefaultTimeout]. A negative value leaves only the
	// deadline of the context.
	Timeout time.Duration

	// MaxReply is the maximum size of a reply in bytes; default [middleware.DefaultMaxReply].
	MaxReply int64

	// RefuseReplays refuses a reply whose signature was seen before, with [ErrReplayed];
	// see [middleware.VerifyConfig]. It costs up to 20 MB of memory. Default off.
	RefuseReplays bool

	// Retry limits the retries of a call, see [middleware.Retry]. Attempts 1 disables them.
	Retry middleware.RetryConfig `json:"-"`

	// Failover lists the hosts to use, in order, when the host of BaseURL fails:
	// [middleware.Mainland], [middleware.Overseas], or others. The first must be that of
	// BaseURL. Default none.
	Failover []string

	// Logger logs each attempt, see [middleware.Log]. Default none.
	Logger *slog.Logger `json:"-"`

	// Stack may change the default stack: retry → failover → verify → log → sign → proxy →
	// transport. It contains failover, log and proxy only if they are configured.
	Stack func(*middleware.Stack) error `json:"-"`

	// Hint returns a hint for a call that was answered with 404, which becomes part of the
	// [APIError]. The path has its variables unexpanded. Suggest of package openapi finds
	// similar paths. Default none.
	Hint func(method, path string) string `json:"-"`

	// Clock returns the time for signing requests and verifying replies; default
	// [time.Now]. It is for tests.
	Clock func() time.Time `json:"-"`
}

// String returns the caller, the serial and the base URL, without a password in it.
func (cfg Config) String() string {
	base, _ := baseurl.Parse(cfg.BaseURL) // an invalid one may hold a password
	return fmt.Sprintf("wechatpay.Config(%s %s, serial %s, %s%s)", cfg.scheme().IDParam, cfg.callerID(), cfg.Serial, base.Origin, base.Prefix)
}

// reverseProxy returns nil if there is none.
func (cfg *Config) reverseProxy() (*url.URL, error) {
	switch {
	case cfg.ReverseProxy == "":
		return nil, nil
	case cfg.Failover != nil:
		return nil, errors.New("is mutually exclusive with Failover; let the proxy choose the host")
	}
	return baseurl.ParseURL(cfg.ReverseProxy)
}

// callerID returns the id that signs: of the merchant or of the brand.
func (cfg *Config) callerID() string { return cmp.Or(cfg.BrandID, cfg.MchID) }

// CallerID returns the id that signs: Config.MchID, or BrandID. It is "" for a nil Client.
func (c *Client) CallerID() string {
	if c == nil {
		return ""
	}
	return c.callerID
}

// scheme returns the scheme of the caller, where a Signer states none.
func (cfg *Config) scheme() signer.Scheme {
	if cfg.BrandID != "" {
		return signer.Brand
	}
	return signer.RSA
}
