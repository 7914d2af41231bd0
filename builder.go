package wechatpay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
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

// A Client calls WeChat Pay for one merchant. It is immutable and safe for
// concurrent use; make one and keep it, since it holds the connections.
type Client struct {
	mchID    string
	base     baseURL
	keyID    string // what requests name in Wechatpay-Serial, or ""
	timeout  time.Duration
	maxReply int64
	hint     func(method, path string) string
	now      func() time.Time
	attempts int              // that Retry makes, and Download
	decrypt  cipher.Decrypter // nil where there is none
	keyring  *keys.Keyring    // of the client's own, or nil
	keys     signer.KeySource // nil where a Verifier of the user's own stands in their place
	stack    middleware.Stack
	send     http.RoundTripper // the stack around the transport
	wire     http.RoundTripper // the transport
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
			problems = append(problems, fmt.Errorf("%s: %w", "Config."+field, err))
		}
	}
	problem("MchID", checkToken(cfg.MchID, "the merchant id, such as 1900000109"))
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
	c := &Client{mchID: cfg.MchID, base: base, keyID: keyID, timeout: cfg.Timeout, maxReply: cfg.MaxReply, hint: cfg.Hint, wire: cfg.Transport}
	c.decrypt = cfg.decrypter()
	c.attempts = cfg.Retry.MaxAttempts()
	if c.now = cfg.Clock; c.now == nil {
		c.now = time.Now
	}
	if c.timeout == 0 {
		c.timeout = DefaultTimeout
	}
	if c.wire == nil {
		c.wire = NewTransport()
	}
	credential := signer.Credential{ID: cfg.MchID, Serial: strings.ToUpper(cfg.Serial), Signer: sign}
	single := cfg // a keyring paces its downloads by itself: retries would multiply them
	single.Retry.Attempts = 1
	bare, err := c.defaultStack(single, credential, nil)
	problem("Failover", err)
	problem("APIv3Key", cfg.checkAPIv3Key())
	if problems == nil {
		problem("Stack", c.build(cfg, credential, bare))
	}
	if problems != nil {
		return nil, fmt.Errorf("wechatpay: %w", errors.Join(problems...))
	}
	return c, nil
}

// build gives the client its keys and its stack. A keyring of its own downloads
// through the stack as it is without verify, and without what the user adds: a limit,
// for instance, must not keep a call waiting for a download that waits for the call.
func (c *Client) build(cfg Config, credential signer.Credential, bare middleware.Stack) (err error) {
	c.keys = cfg.PlatformKeys
	if cfg.downloads() {
		if c.keyring, err = c.newKeyring(cfg, bare); err != nil {
			return err
		}
		c.keys = c.keyring
	}
	verifier := cfg.Verifier
	if verifier == nil {
		verifier = signer.NewVerifier(c.keys, cfg.Clock)
	}
	if c.stack, err = c.defaultStack(cfg, credential, verifier); err != nil {
		return err
	}
	if cfg.Stack != nil {
		if err := cfg.Stack(&c.stack); err != nil {
			return err
		}
	}
	c.send = c.stack.Around(c.wire)
	return nil
}

func (c *Client) newKeyring(cfg Config, bare middleware.Stack) (*keys.Keyring, error) {
	held, _ := cfg.PlatformKeys.(keys.Set)
	return keys.NewKeyring(keys.KeyringConfig{
		APIv3Key:    cipher.NewSecret(cfg.APIv3Key),
		Credential:  signer.Credential{ID: cfg.MchID}, // the stack signs
		Keys:        held,
		PublicKeyID: c.keyID,
		BaseURL:     c.base.origin + c.base.prefix,
		Transport:   bare.Around(c.wire),
		Logger:      cfg.Logger,
		Clock:       cfg.Clock,
	})
}

// ready sees to it that a reply can be verified before a request is sent that may take
// effect: else the first one would leave its outcome unknown, if the keys cannot be had.
func (c *Client) ready(ctx context.Context, method string) error {
	if c.keyring == nil || safe(method) || !c.keyring.Empty() {
		return nil
	}
	err := c.keyring.Refresh(ctx)
	if err == nil && c.keyring.Empty() {
		err = keys.ErrNoCertificates
	}
	if err != nil {
		return fmt.Errorf("%w: no key to verify the reply with: %w", middleware.ErrNotSent, err)
	}
	return nil
}

// PlatformKeys are the keys by which replies are verified, to verify webhooks with as
// well: those of the Config or, if it has an APIv3Key, a [keys.Keyring] that
// renews itself. They are nil where the Config has a Verifier in their place.
func (c *Client) PlatformKeys() signer.KeySource { return c.keys }

// CloseIdleConnections closes the transport's connections that no call uses. A
// Client needs no closing otherwise.
func (c *Client) CloseIdleConnections() {
	if wire, ok := c.wire.(interface{ CloseIdleConnections() }); ok {
		wire.CloseIdleConnections()
	}
}

// defaultStack is the one place where the order of the default stack is written:
//
//   - retry and failover are outermost, so that each attempt passes all else;
//   - verify is inside of them: a reply that fails it is an attempt that failed;
//   - log is next to the wire: a line tells what was really sent and received;
//   - sign is innermost, so that each attempt has a timestamp and nonce of its own.
//
// Without a verifier it has no verify.
func (c *Client) defaultStack(cfg Config, credential signer.Credential, verifier signer.Verifier) (s middleware.Stack, err error) {
	push := func(name string, m middleware.Middleware) {
		if err == nil {
			err = s.Push(name, m)
		}
	}
	if cfg.Retry.MaxAttempts() > 1 {
		push("retry", middleware.Retry(cfg.Retry))
	}
	origins := []string{c.base.origin}
	if cfg.Failover != nil {
		hosts, own, err := c.failoverHosts(cfg.Failover)
		if err != nil {
			return s, err
		}
		origins = own
		failover, err := middleware.Failover(middleware.FailoverConfig{Hosts: hosts, Origins: own})
		if err != nil {
			return s, err
		}
		push("failover", failover)
	}
	if verifier != nil {
		push("verify", middleware.Verify(middleware.VerifyConfig{
			Verifier: verifier, Prefix: c.base.prefix, Clock: cfg.Clock, MaxReply: cfg.MaxReply,
		}))
	}
	if cfg.Logger != nil {
		push("log", middleware.Log(middleware.LogConfig{Logger: cfg.Logger}))
	}
	push("sign", middleware.Sign(middleware.SignConfig{
		Credential: credential, Prefix: c.base.prefix, Clock: cfg.Clock, Origins: origins,
	}))
	return s, err
}

// failoverHosts are the hosts as origins, and those of them that are trusted for
// being the base URL's own: by its name and scheme, for a sandbox or a proxy.
func (c *Client) failoverHosts(raw []string) (hosts, own []string, err error) {
	own = []string{c.base.origin}
	for i, host := range raw {
		base, err := parseBaseURL(host)
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("failover: host %d %w", i, err) // which may hold a password
		case base.prefix != "":
			return nil, nil, fmt.Errorf("failover: %s%s must be a host alone", base.origin, base.prefix)
		case i == 0 && base.origin != c.base.origin:
			return nil, nil, fmt.Errorf("failover: the first host must be the BaseURL's, %s", c.base.origin)
		}
		if base.scheme == c.base.scheme && hostname(base.host) == hostname(c.base.host) {
			own = append(own, base.origin)
		}
		hosts = append(hosts, base.origin)
	}
	return hosts, own, nil
}

func hostname(host string) string { return (&url.URL{Host: host}).Hostname() }

// With is a client like c with another stack: a copy of c's that change has
// changed. It shares the transport with c, and costs little.
func (c *Client) With(change func(*middleware.Stack) error) (*Client, error) {
	if change == nil {
		return nil, errors.New("wechatpay: Client.With: change is nil")
	}
	derived := *c
	if err := change(&derived.stack); err != nil {
		return nil, fmt.Errorf("wechatpay: Client.With: %w", err)
	}
	derived.send = derived.stack.Around(derived.wire)
	return &derived, nil
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
