package keys

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/baseurl"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
	"github.com/wechatpay-chain/wechatpay/internal/transport"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A KeyringConfig configures a [Keyring]. The zero value of a field means its default.
// It prints without secrets.
type KeyringConfig struct {
	// APIv3Key decrypts the certificates and thereby authenticates them: 32 bytes from
	// the merchant console. Required.
	APIv3Key cipher.Secret `json:"-"`

	// Credential signs the downloads. Without a Signer, the Transport must sign.
	Credential signer.Credential `json:"-"`

	// Keys are always held, in addition to the downloaded certificates: the public key
	// of a merchant that has one, or certificates from the console.
	Keys Set `json:"-"`

	// PublicKeyID is the public key that downloads name in Wechatpay-Serial, as every
	// request of a merchant with a public key does. Default: the public key in Keys, if
	// there is one.
	PublicKeyID string

	// BaseURL of the download. Default https://api.mch.weixin.qq.com/. A path prefix is
	// sent and signed.
	BaseURL string

	// Path of the download. Default /v3/certificates, or /v3/global/certificates on the
	// overseas hosts.
	Path string

	// Transport sends the downloads. Default: a transport of its own, whose idle
	// connections Close closes.
	Transport http.RoundTripper `json:"-"`

	// Dir is a folder that stores the downloaded certificates of this merchant only, so
	// that a restart does not need the network. It is created if it is missing; other
	// files in it are not touched. Whoever can write to it can forge WeChat Pay's
	// signature. Default: certificates are not stored.
	Dir string

	// Spacing is the least time between two downloads that webhooks cause, forged ones
	// included. Default 1 minute. Calls may cause four more within it. After a failure,
	// the wait is 1 second, then 2, 4, and so on up to Spacing, or a quarter of it for
	// calls.
	Spacing time.Duration

	// Timeout bounds one download. Default 10 seconds.
	Timeout time.Duration

	// Logger receives a record of each download and each failure. Default: no logging.
	Logger *slog.Logger `json:"-"`

	// Clock returns the time that certificates and replies are checked at. Default
	// [time.Now]. It is for tests.
	Clock func() time.Time `json:"-"`
}

const defaultBaseURL = "https://api.mch.weixin.qq.com/"

func (cfg KeyringConfig) withDefaults() KeyringConfig {
	if cfg.BaseURL == "" {
		cfg.BaseURL = defaultBaseURL
	}
	if cfg.Spacing == 0 {
		cfg.Spacing = time.Minute
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 10 * time.Second
	}
	if cfg.Transport == nil {
		cfg.Transport = transport.New()
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return cfg
}

// check returns an error that names every wrong field, and the URL of the download.
func (cfg *KeyringConfig) check() (download *url.URL, err error) {
	var problems []error
	problem := func(field string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("KeyringConfig.%s: %w", field, err))
		}
	}
	if n := cfg.APIv3Key.Len(); n != cipher.KeySize {
		problem("APIv3Key", fmt.Errorf("length is %d; use the key of %d bytes from the merchant console", n, cipher.KeySize))
	}
	for _, id := range slices.Sorted(maps.Keys(cfg.Keys)) {
		if err := Check(id, cfg.Keys[id]); err != nil {
			problem("Keys", fmt.Errorf("key %s %w", errtext.QuotedID(id), err))
		}
	}
	if cfg.Credential.Signer != nil {
		problem("Credential", cfg.Credential.Check())
	}
	if cfg.PublicKeyID != "" {
		problem("PublicKeyID", signer.CheckKeyID(cfg.PublicKeyID))
	}
	if nilcheck.IsNil(cfg.Transport) {
		problem("Transport", fmt.Errorf("is a nil %T", cfg.Transport))
	}
	if cfg.Spacing < 0 {
		problem("Spacing", errors.New("is negative; use 0 for the default"))
	}
	if cfg.Timeout < 0 {
		problem("Timeout", errors.New("is negative; use 0 for the default"))
	}
	if isKeyText(cfg.Dir) {
		problem("Dir", errors.New("is not a path but a key or another text; set the path of a folder")) // it is not repeated
	}
	base, err := baseurl.Parse(cfg.BaseURL)
	problem("BaseURL", err)
	if err == nil {
		download, err = cfg.download(base)
		problem("Path", err)
	}
	return download, errors.Join(problems...)
}

func (cfg *KeyringConfig) download(base baseurl.Base) (*url.URL, error) {
	path := cfg.Path
	switch {
	case path != "":
	case slices.Contains(middleware.Overseas(), base.Origin):
		path = "/v3/global/certificates"
	default:
		path = "/v3/certificates"
	}
	u, err := url.Parse(base.Origin + base.Prefix + "/" + strings.TrimLeft(path, "/"))
	if err != nil {
		return nil, fmt.Errorf("is malformed (%w); use an escaped path such as /v3/certificates", err)
	}
	return u, nil
}
