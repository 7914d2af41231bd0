package keys

import (
	"crypto"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A KeyringConfig says how a [Keyring] downloads. The zero value of a field means its
// default. A KeyringConfig prints without its keys.
type KeyringConfig struct {
	// APIv3Key decrypts the certificates and, by that, proves them: 32 characters
	// from the merchant console. Required.
	APIv3Key string `json:"-"`

	// Credential signs the downloads. One without a Signer leaves that to the
	// Transport.
	Credential signer.Credential `json:"-"`

	// Keys are held from the start and for good, beside what is downloaded: the
	// public key of a merchant that has one, or certificates from the console.
	Keys Set `json:"-"`

	// PublicKeyID is the public key of Keys that downloads name in Wechatpay-Serial, as
	// every request of a merchant with one is to; default: the only one.
	PublicKeyID string

	// BaseURL of the download; default https://api.mch.weixin.qq.com/. A path prefix
	// is sent and signed.
	BaseURL string

	// Path of the download; default /v3/certificates, or /v3/global/certificates on
	// the overseas hosts.
	Path string

	// Transport sends the downloads; default [http.DefaultTransport].
	Transport http.RoundTripper `json:"-"`

	// Dir is a folder of this merchant's own in which downloaded certificates are
	// kept, so that a restart does not depend on the network. It is made if it is
	// missing; other files in it are left alone. Who can write to it can say who signs for
	// WeChat Pay. Default none.
	Dir string

	// Spacing is the least time between two downloads; default 1 minute. One that
	// failed may be tried again sooner: after 1 second, then 2, and so on up to it.
	Spacing time.Duration

	// Timeout bounds one download; default 10 seconds.
	Timeout time.Duration

	// Logger is told of downloads and of what failed about them. Default none.
	Logger *slog.Logger `json:"-"`

	// Clock is the time that validity is judged by; default [time.Now]. It is for
	// tests.
	Clock func() time.Time `json:"-"`
}

// Format prints the KeyringConfig without its keys, whatever the verb.
func (cfg KeyringConfig) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "keys.KeyringConfig{mchid: %q, Dir: %q, Spacing: %s}", cfg.Credential.ID, cfg.Dir, cfg.Spacing)
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
		cfg.Transport = http.DefaultTransport
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return cfg
}

// check names every field that is wrong, and gives the URL of the download.
func (cfg *KeyringConfig) check() (download *url.URL, err error) {
	var problems []error
	problem := func(field string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", "KeyringConfig."+field, err))
		}
	}
	if n := len(cfg.APIv3Key); n != cipher.KeySize {
		problem("APIv3Key", fmt.Errorf("has %d bytes; it must have %d, as they stand in the merchant console", n, cipher.KeySize))
	}
	for id, key := range cfg.Keys {
		problem("Keys", checkKey(id, key))
	}
	if cfg.Credential.Signer != nil && (cfg.Credential.ID == "" || cfg.Credential.Serial == "") {
		problem("Credential", errors.New("lacks its ID (the mchid) or its Serial"))
	}
	if cfg.Spacing < 0 || cfg.Timeout < 0 {
		problem("Spacing, Timeout", errors.New("is negative; 0 means the default"))
	}
	download, err = cfg.download()
	problem("BaseURL", err)
	return download, errors.Join(problems...)
}

func checkKey(id string, key crypto.PublicKey) error {
	if id == "" {
		return errors.New("a key has no id")
	}
	if err := signer.CheckPublicKey(key); err != nil {
		return fmt.Errorf("key %q must be a *rsa.PublicKey or *x509.Certificate: %w", id, err)
	}
	return nil
}

func (cfg *KeyringConfig) download() (*url.URL, error) {
	u, err := url.Parse(cfg.BaseURL)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("must be https://host, with a path at most") // the cause may hold a password
	}
	origin := u.Scheme + "://" + u.Host
	if u.Scheme == "http" && middleware.Trusted(&url.URL{Scheme: "https", Host: u.Host}) == nil {
		return nil, errors.New("calls WeChat Pay over plain http; use https")
	}
	path := cfg.Path
	switch {
	case path != "":
	case slices.Contains(middleware.Overseas(), origin):
		path = "/v3/global/certificates"
	default:
		path = "/v3/certificates"
	}
	return u.Parse(strings.TrimRight(u.EscapedPath(), "/") + "/" + strings.TrimLeft(path, "/"))
}
