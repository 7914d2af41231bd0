package wechatpay

import (
	"crypto"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/target"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Config says who calls, and whom to trust. The zero value of a field means
// its default. A Config prints without its keys.
type Config struct {
	// MchID is the caller's merchant id: a direct merchant's, or the service
	// provider's, never a sub-merchant's. Required.
	MchID string

	// Serial is the serial number of the merchant API certificate that belongs
	// to the private key, in hex; [signer.Serial] reads it off a certificate.
	// Required.
	Serial string

	// PrivateKey is the merchant's RSA key, from [keys.LoadPrivateKey], an HSM or a
	// KMS. Required, unless Signer stands in its place.
	PrivateKey crypto.Signer `json:"-"`

	// Signer signs in place of PrivateKey: by a remote service, or in another
	// scheme.
	Signer signer.Signer `json:"-"`

	// Decrypter decrypts the fields of replies that WeChat Pay encrypted to the merchant's
	// key; default: the PrivateKey, if it is a [crypto.Decrypter] of RSA.
	Decrypter cipher.Decrypter `json:"-"`

	// PlatformKeys finds the keys by which WeChat Pay may sign replies: platform
	// certificates by serial and public keys by id, side by side. [keys.Set]
	// is a fixed set, [keys.Keyring] one that renews itself. Required, unless
	// APIv3Key or Verifier is set.
	PlatformKeys signer.KeySource `json:"-"`

	// APIv3Key, 32 characters from the merchant console, lets the client download the
	// platform certificates as they are needed, and renew them: in addition to the fixed
	// PlatformKeys, if there are any. A request that may take effect waits for the first
	// download, and is not sent without. It is unused with a Verifier, or a KeySource
	// of another kind, such as a [keys.Keyring]. [Client.PlatformKeys] are the keys to
	// verify webhooks with.
	APIv3Key cipher.Secret `json:"-"`

	// Verifier verifies signatures in place of PlatformKeys: by a remote service,
	// or in another scheme.
	Verifier signer.Verifier `json:"-"`

	// PlatformKeyID is the platform key that requests name in Wechatpay-Serial:
	// WeChat Pay signs the reply with that key once the merchant has moved to
	// public keys. Default: the only public key (PUB_KEY_ID_…) of PlatformKeys,
	// where it holds exactly one; otherwise requests name none.
	PlatformKeyID string

	// BaseURL, default [DefaultBaseURL], may carry a path prefix, which is sent
	// and signed: https://apihk.mch.weixin.qq.com/, a sandbox's address.
	BaseURL string

	// Transport sends the requests; default: one made by [NewTransport]. A custom
	// one should not send a request again by itself: that is for the stack's retry,
	// which signs each attempt and knows what may be repeated. Whether a request was
	// written is known of an [*http.Transport]; of any other only that no connection
	// was made.
	Transport http.RoundTripper `json:"-"`

	// Timeout bounds each call; default [DefaultTimeout], negative for only that
	// of the context.
	Timeout time.Duration

	// MaxReply is the most bytes that a reply may have; default
	// [middleware.DefaultMaxReply].
	MaxReply int64

	// Retry bounds the retries of a call; Attempts 1 disables them. See
	// [middleware.Retry].
	Retry middleware.RetryConfig `json:"-"`

	// Failover are the hosts to move to, in order, when that of the BaseURL fails:
	// [middleware.Mainland], [middleware.Overseas], or others, the first of
	// which is the BaseURL's. Default none.
	Failover []string

	// Logger is given one line for each attempt, see [middleware.Log]. Default none.
	Logger *slog.Logger `json:"-"`

	// Stack may change the default stack, which is "retry → failover → verify → log
	// → sign → transport"; failover and log are there if they are configured.
	Stack func(*middleware.Stack) error `json:"-"`

	// Hint is asked for the method and path of a call, placeholders unfilled, that was
	// answered with 404; what it returns becomes part of the [APIError]. Suggest of package
	// openapi is one that knows how the path may have been meant. Default none.
	Hint func(method, path string) string `json:"-"`

	// Clock is the time that requests are signed at and replies are checked against;
	// default [time.Now]. It is for tests.
	Clock func() time.Time `json:"-"`
}

// String names the merchant and the base URL, without a password that a wrong one may have.
func (cfg Config) String() string {
	base, _ := target.ParseBase(cfg.BaseURL) // an invalid one may hold a password
	return fmt.Sprintf("wechatpay.Config(mchid %s, serial %s, %s%s)", cfg.MchID, cfg.Serial, base.Origin, base.Prefix)
}

func (cfg Config) withDefaults() Config {
	if cfg.BaseURL == "" {
		cfg.BaseURL = DefaultBaseURL
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	if cfg.Transport == nil {
		cfg.Transport = NewTransport()
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	return cfg
}
