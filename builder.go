package wechatpay

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// Version of this library, as the User-Agent header states it.
const Version = "0.1.0"

// DefaultBaseURL is the host that requests go to unless a Config or Options says
// otherwise.
const DefaultBaseURL = "https://api.mch.weixin.qq.com/"

// DefaultTimeout bounds one call, from before the connection to the last byte of
// the reply, unless a Config or Options says otherwise.
const DefaultTimeout = 30 * time.Second

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

	// PrivateKey is the merchant's RSA key, from [signer.PrivateKey], an HSM or a
	// KMS. Required, unless Signer stands in its place.
	PrivateKey crypto.Signer `json:"-"`

	// Signer signs in place of PrivateKey: by a remote service, or in another
	// scheme.
	Signer signer.Signer `json:"-"`

	// PlatformKeys finds the keys by which WeChat Pay may sign replies: platform
	// certificates by serial and public keys by id, side by side. [signer.Keys]
	// is a fixed set. Required, unless Verifier stands in its place.
	PlatformKeys signer.KeyFinder `json:"-"`

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

	// Transport sends the requests; default: one made by [NewTransport].
	Transport http.RoundTripper `json:"-"`

	// Timeout bounds each call; default [DefaultTimeout], below 0 none but that
	// of the context.
	Timeout time.Duration

	// MaxReply is the most bytes that a reply may have; default
	// [middleware.DefaultMaxReply].
	MaxReply int64

	// Stack may add to the default stack, which is "verify → sign → transport".
	Stack func(*middleware.Stack) error `json:"-"`

	// Clock is the time that requests are signed at and replies are judged by;
	// default [time.Now]. It is for tests.
	Clock func() time.Time `json:"-"`
}

// Format prints the Config without its keys, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "wechatpay.Config{MchID: %q, Serial: %q, BaseURL: %q}", c.MchID, c.Serial, c.BaseURL)
}

// A Client calls WeChat Pay for one merchant. It is immutable and safe for
// concurrent use; make one and keep it, since it holds the connections.
type Client struct {
	base     baseURL
	keyID    string // what requests name in Wechatpay-Serial, or ""
	timeout  time.Duration
	maxReply int64
	stack    middleware.Stack
	send     http.RoundTripper // the stack around the transport
}

// String names the client and its stack, and no key.
func (c *Client) String() string {
	return fmt.Sprintf("wechatpay.Client(%s%s, %s)", c.base.origin, c.base.prefix, &c.stack)
}

// New makes a Client. It checks the whole Config, dials nothing and starts
// nothing; its error names every field that is wrong and the mend.
func New(cfg Config) (*Client, error) {
	var problems []error
	problem := func(field string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("Config.%s: %w", field, err))
		}
	}
	problem("MchID", checkToken(cfg.MchID, "the merchant id, such as 1900000109"))
	cfg.Serial = strings.ToUpper(cfg.Serial)
	problem("Serial", checkSerial(cfg.Serial))
	sign, err := cfg.signer()
	problem("PrivateKey", err)
	problem("PlatformKeys", cfg.checkPlatformKeys())
	keyID, err := cfg.platformKeyID()
	problem("PlatformKeyID", err)
	if cfg.BaseURL == "" {
		cfg.BaseURL = DefaultBaseURL
	}
	base, err := parseBaseURL(cfg.BaseURL)
	problem("BaseURL", err)
	if cfg.MaxReply < 0 {
		problem("MaxReply", errors.New("is negative; 0 means the default"))
	}
	c := &Client{base: base, keyID: keyID, timeout: cfg.Timeout, maxReply: cfg.MaxReply}
	if c.timeout == 0 {
		c.timeout = DefaultTimeout
	}
	credential := signer.Credential{ID: cfg.MchID, Serial: cfg.Serial, Signer: sign}
	problem("Stack", c.buildStack(cfg, credential))
	if problems != nil {
		return nil, fmt.Errorf("wechatpay: %w", errors.Join(problems...))
	}
	if cfg.Transport == nil {
		cfg.Transport = NewTransport()
	}
	c.send = c.stack.Around(cfg.Transport)
	return c, nil
}

// buildStack is the one place where the order of the default stack is written.
// Signing is innermost, so that whatever is sent is signed last.
func (c *Client) buildStack(cfg Config, credential signer.Credential) error {
	verifier := cfg.Verifier
	if verifier == nil {
		verifier = signer.NewVerifier(cfg.PlatformKeys, cfg.Clock)
	}
	if err := errors.Join(
		c.stack.Push("verify", middleware.Verify(middleware.VerifyConfig{
			Verifier: verifier, Clock: cfg.Clock, MaxReply: cfg.MaxReply,
		})),
		c.stack.Push("sign", middleware.Sign(middleware.SignConfig{
			Credential: credential, Clock: cfg.Clock, Origins: []string{c.base.origin},
		})),
	); err != nil {
		return err
	}
	if cfg.Stack == nil {
		return nil
	}
	return cfg.Stack(&c.stack)
}

// NewTransport is the default transport: keep-alive with connections dropped
// before the server does so (after 8 seconds idle), enough of them for a
// fan-out, HTTP/2, TLS 1.2 or above, proxies from the environment, and bodies
// as they were sent (no transparent gzip: signatures and digests cover raw
// bytes). Use it as the start of a transport of your own.
func NewTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   1024,
		IdleConnTimeout:       7 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		DisableCompression:    true,
	}
}

func (cfg *Config) signer() (signer.Signer, error) {
	switch {
	case cfg.Signer != nil && cfg.PrivateKey != nil:
		return nil, errors.New("is set beside Signer; set one of them")
	case cfg.Signer != nil:
		return cfg.Signer, nil
	case cfg.PrivateKey == nil:
		return nil, errors.New("is missing; load apiclient_key.pem with signer.PrivateKey")
	}
	return signer.New(cfg.PrivateKey)
}

// checkPlatformKeys catches what users mix up: the merchant's own certificate or
// key in the place of WeChat Pay's, a private key, a foreign kind of key.
func (cfg *Config) checkPlatformKeys() error {
	switch {
	case cfg.Verifier != nil && cfg.PlatformKeys != nil:
		return errors.New("is set beside Verifier; set one of them")
	case cfg.Verifier != nil:
		return nil
	case cfg.PlatformKeys == nil:
		return errors.New("is missing; without WeChat Pay's keys no reply can be trusted")
	}
	var problems []error
	count := 0
	for id, key := range listKeys(cfg.PlatformKeys) {
		count++
		if err := cfg.checkPlatformKey(id, key); err != nil {
			problems = append(problems, fmt.Errorf("key %q %w", id, err))
		}
	}
	if _, fixed := cfg.PlatformKeys.(signer.Keys); fixed && count == 0 {
		return errors.New("is empty; without WeChat Pay's keys no reply can be trusted")
	}
	return errors.Join(problems...)
}

func (cfg *Config) checkPlatformKey(id string, key crypto.PublicKey) error {
	if signer.SameID(id, cfg.Serial) {
		return errors.New("is the merchant's own serial; put WeChat Pay's platform certificate or public key here")
	}
	if cert, ok := key.(*x509.Certificate); ok && cert != nil {
		key = cert.PublicKey
	}
	pub, ok := key.(*rsa.PublicKey)
	if !ok || pub == nil {
		return fmt.Errorf("holds %T; it must be a *rsa.PublicKey or *x509.Certificate that is not nil", key)
	}
	if own, ok := cfg.PrivateKey.(interface{ Public() crypto.PublicKey }); ok && cfg.PrivateKey != (*rsa.PrivateKey)(nil) {
		if pub.Equal(own.Public()) {
			return errors.New("is the merchant's own public key; put WeChat Pay's (pub_key.pem) here")
		}
	}
	return nil
}

// platformKeyID is the key id that requests name, see Config.PlatformKeyID.
func (cfg *Config) platformKeyID() (string, error) {
	if cfg.PlatformKeyID != "" {
		if keys, fixed := cfg.PlatformKeys.(signer.Keys); fixed {
			if _, err := keys.Key(nil, cfg.PlatformKeyID); err != nil { //nolint:staticcheck // Keys has no use for a context
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

// listKeys goes through the keys of a set that can list them: a fixed one, or
// one with a method All.
func listKeys(keys signer.KeyFinder) iter.Seq2[string, crypto.PublicKey] {
	switch keys := keys.(type) {
	case signer.Keys:
		return maps.All(keys)
	case interface {
		All() iter.Seq2[string, crypto.PublicKey]
	}:
		return keys.All()
	}
	return func(func(string, crypto.PublicKey) bool) {}
}

func checkSerial(serial string) error {
	switch {
	case serial == "":
		return errors.New("is missing; it is the serial number of apiclient_cert.pem, see signer.Serial")
	case strings.HasPrefix(serial, signer.PublicKeyIDPrefix):
		return errors.New("is the id of WeChat Pay's public key; put the serial number of apiclient_cert.pem here")
	case strings.Trim(serial, "0123456789ABCDEF") != "":
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
