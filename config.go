package wechatpay

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
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
	// platform certificates as they are needed, and renew them: beside the fixed
	// PlatformKeys, if there are any. A request that may take effect waits for the first
	// download, and is not sent without. It has no use beside a Verifier, or a KeyFinder
	// of another kind, such as a [keys.Keyring]. [Client.PlatformKeys] are the keys to
	// verify webhooks with.
	APIv3Key string `json:"-"`

	// Verifier judges signatures in place of PlatformKeys: by a remote service,
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

	// Transport sends the requests; default: one made by [NewTransport]. One of your
	// own should not send a request again by itself: that is for the stack's retry,
	// which signs each attempt and knows what may be repeated. Whether a request was
	// written can be told of an [*http.Transport]; of another only that no connection
	// was made.
	Transport http.RoundTripper `json:"-"`

	// Timeout bounds each call; default [DefaultTimeout], below 0 none but that
	// of the context.
	Timeout time.Duration

	// MaxReply is the most bytes that a reply may have; default
	// [middleware.DefaultMaxReply].
	MaxReply int64

	// Retry bounds the retries of a call; Attempts 1 is none. See
	// [middleware.Retry].
	Retry middleware.RetryConfig `json:"-"`

	// Failover are the hosts to turn to, in order, when that of the BaseURL fails:
	// [middleware.Mainland], [middleware.Overseas], or some of your own, the first of
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

	// Clock is the time that requests are signed at and replies are judged by;
	// default [time.Now]. It is for tests.
	Clock func() time.Time `json:"-"`
}

// Format prints the Config without its keys, whatever the verb.
func (cfg Config) Format(f fmt.State, _ rune) {
	base, _ := parseBaseURL(cfg.BaseURL) // one that is wrong may hold a password
	_, _ = fmt.Fprintf(f, "wechatpay.Config{MchID: %q, Serial: %q, BaseURL: %q}", cfg.MchID, cfg.Serial, base.origin+base.prefix)
}

func (cfg *Config) signer() (signer.Signer, error) {
	switch {
	case cfg.Signer != nil && cfg.PrivateKey != nil:
		return nil, errors.New("is set beside Signer; set one of them")
	case cfg.Signer != nil:
		return cfg.Signer, nil
	case cfg.PrivateKey == nil:
		return nil, errors.New("is missing; load apiclient_key.pem with keys.LoadPrivateKey")
	}
	return signer.New(cfg.PrivateKey)
}

// decrypter is nil where there is none: not every client has fields to decrypt.
func (cfg *Config) decrypter() cipher.Decrypter {
	if cfg.Decrypter != nil {
		return cfg.Decrypter
	}
	key, ok := cfg.PrivateKey.(crypto.Decrypter)
	if !ok {
		return nil
	}
	d, err := cipher.NewDecrypter(key)
	if err != nil {
		return nil // signing has refused it already
	}
	return d
}

// checkPlatformKeys catches what users mix up: the merchant's own certificate or
// key in the place of WeChat Pay's, a private key, a foreign kind of key.
func (cfg *Config) checkPlatformKeys() error {
	switch {
	case cfg.Verifier != nil && cfg.PlatformKeys != nil:
		return errors.New("is set beside Verifier; set one of them")
	case cfg.Verifier != nil || cfg.downloads() && cfg.PlatformKeys == nil:
		return nil
	case cfg.PlatformKeys == nil:
		return errors.New("is missing; without WeChat Pay's keys no reply can be trusted: set PlatformKeys, or APIv3Key to download certificates")
	}
	var problems []error
	count := 0
	for id, key := range listKeys(cfg.PlatformKeys) {
		count++
		if err := cfg.checkPlatformKey(id, key); err != nil {
			problems = append(problems, fmt.Errorf("key %q %w", id, err))
		}
	}
	if _, fixed := cfg.PlatformKeys.(keys.Set); fixed && count == 0 && !cfg.downloads() {
		return errors.New("is empty; without WeChat Pay's keys no reply can be trusted")
	}
	return errors.Join(problems...)
}

func (cfg *Config) checkAPIv3Key() error {
	if n := len(cfg.APIv3Key); n != 0 && n != cipher.KeySize {
		return fmt.Errorf("has %d bytes; it must have %d, as they stand in the merchant console", n, cipher.KeySize)
	}
	return nil
}

// downloads tells whether the client makes a keyring of its own.
func (cfg *Config) downloads() bool {
	_, fixed := cfg.PlatformKeys.(keys.Set)
	return cfg.APIv3Key != "" && cfg.Verifier == nil && (fixed || cfg.PlatformKeys == nil)
}

func (cfg *Config) checkPlatformKey(id string, key crypto.PublicKey) error {
	if signer.SameID(id, cfg.Serial) {
		return errors.New("is the merchant's own serial; put WeChat Pay's platform certificate or public key here")
	}
	if err := checkKeyID(id); err != nil {
		return err
	}
	if err := signer.CheckPublicKey(key); err != nil {
		return fmt.Errorf("must be a *rsa.PublicKey or *x509.Certificate: %w", err)
	}
	if cert, ok := key.(*x509.Certificate); ok {
		key = cert.PublicKey
	}
	own, _ := cfg.signer()                                                                          // that it is wrong is told at its own field
	if own != nil && cfg.PrivateKey != nil && key.(*rsa.PublicKey).Equal(cfg.PrivateKey.Public()) { //nolint:forcetypeassert // checked above
		return errors.New("is the merchant's own public key; put WeChat Pay's (pub_key.pem) here")
	}
	return nil
}

// platformKeyID is the key id that requests name, see Config.PlatformKeyID.
func (cfg *Config) platformKeyID() (string, error) {
	if cfg.PlatformKeyID != "" {
		if set, fixed := cfg.PlatformKeys.(keys.Set); fixed {
			if _, err := set.Key(nil, cfg.PlatformKeyID); err != nil { //nolint:staticcheck // Keys has no use for a context
				return "", fmt.Errorf("is not among the PlatformKeys: %w", err)
			}
		}
		return cfg.PlatformKeyID, checkToken(cfg.PlatformKeyID, "a key id")
	}
	only := ""
	for id := range listKeys(cfg.PlatformKeys) {
		if !strings.HasPrefix(id, signer.PublicKeyIDPrefix) {
			continue
		}
		if only != "" {
			return "", nil
		}
		only = id
	}
	return only, nil
}

// listKeys iterates over the keys of a [keys.Lister], and over none of another source.
func listKeys(source signer.KeySource) iter.Seq2[string, crypto.PublicKey] {
	if held, ok := source.(keys.Lister); ok {
		return held.All()
	}
	return func(func(string, crypto.PublicKey) bool) {}
}

// checkKeyID refuses ids that WeChat Pay would never name: each reply would fail,
// after the money has moved.
func checkKeyID(id string) error {
	if strings.HasPrefix(id, signer.PublicKeyIDPrefix) || id != "" && isHexadecimal(id) {
		return nil
	}
	return errors.New("is not an id of WeChat Pay's; it is the serial number of a platform certificate in hex, or PUB_KEY_ID_…")
}

func isHexadecimal(s string) bool { return strings.Trim(s, "0123456789ABCDEFabcdef") == "" }

func checkSerial(serial string) error {
	switch {
	case serial == "":
		return errors.New("is missing; it is the serial number of apiclient_cert.pem, see signer.Serial")
	case strings.HasPrefix(serial, signer.PublicKeyIDPrefix):
		return errors.New("is the id of WeChat Pay's public key; put the serial number of apiclient_cert.pem here")
	case !isHexadecimal(serial):
		return fmt.Errorf("%.80q is not hex; write the serial number of apiclient_cert.pem without colons or spaces", serial)
	}
	return nil
}

// checkToken guards what goes between the quotes of the Authorization header.
func checkToken(s, what string) error {
	if s == "" {
		return fmt.Errorf("is missing; it is %s", what)
	}
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || c == '"' || c == ',' {
			return fmt.Errorf("%.80q is not %s: it holds a space or another stray character", s, what)
		}
	}
	return nil
}

// A baseURL is a parsed base: an origin and the escaped path that all targets
// are put under, without its trailing slash.
type baseURL struct {
	scheme, host, origin, prefix string
}

func parseBaseURL(raw string) (baseURL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return baseURL{}, errors.New("is not a URL") // the cause would repeat it, user and password included
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return baseURL{}, errors.New("must begin with https://host")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.User != nil:
		return baseURL{}, errors.New("must be a scheme, a host and a path, without user, query and fragment")
	}
	base := baseURL{scheme: u.Scheme, host: u.Host, origin: u.Scheme + "://" + u.Host}
	base.prefix = strings.TrimRight(u.EscapedPath(), "/")
	if err := checkPath(base.prefix); err != nil {
		return baseURL{}, err
	}
	if u.Scheme == "http" && middleware.Trusted(&url.URL{Scheme: "https", Host: u.Host}) == nil {
		return baseURL{}, errors.New("calls WeChat Pay over plain http; use https")
	}
	return base, nil
}
