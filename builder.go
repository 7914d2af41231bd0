package wechatpay

import (
	"errors"
	"fmt"
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

// A Client calls WeChat Pay for one merchant. It is immutable and safe for
// concurrent use; make one and keep it, since it holds the connections.
type Client struct {
	mchID    string
	base     baseURL
	keyID    string // what requests name in Wechatpay-Serial, or ""
	timeout  time.Duration
	maxReply int64
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
	c := &Client{mchID: cfg.MchID, base: base, keyID: keyID, timeout: cfg.Timeout, maxReply: cfg.MaxReply}
	if c.timeout == 0 {
		c.timeout = DefaultTimeout
	}
	credential := signer.Credential{ID: cfg.MchID, Serial: strings.ToUpper(cfg.Serial), Signer: sign}
	problem("Stack", c.buildStack(cfg, credential))
	if problems != nil {
		return nil, fmt.Errorf("wechatpay: %w", errors.Join(problems...))
	}
	if cfg.Transport == nil {
		cfg.Transport = NewTransport()
	}
	c.wire = cfg.Transport
	c.send = c.stack.Around(c.wire)
	return c, nil
}

// CloseIdleConnections closes the transport's connections that no call uses. A
// Client needs no closing otherwise.
func (c *Client) CloseIdleConnections() {
	if wire, ok := c.wire.(interface{ CloseIdleConnections() }); ok {
		wire.CloseIdleConnections()
	}
}

// buildStack is the one place where the order of the default stack is written:
//
//   - retry and failover are outermost, so that each attempt passes all else;
//   - verify is inside of them: a reply that fails it is an attempt that failed;
//   - log is next to the wire: a line tells what was really sent and received;
//   - sign is innermost, so that each attempt has a timestamp and nonce of its own.
func (c *Client) buildStack(cfg Config, credential signer.Credential) error {
	verifier := cfg.Verifier
	if verifier == nil {
		verifier = signer.NewVerifier(cfg.PlatformKeys, cfg.Clock)
	}
	if cfg.Retry.Attempts == 0 || cfg.Retry.Attempts > 1 {
		if err := c.stack.Push("retry", middleware.Retry(cfg.Retry)); err != nil {
			return err
		}
	}
	origins := []string{c.base.origin}
	if cfg.Failover != nil {
		hosts, own, err := c.failoverHosts(cfg.Failover)
		if err != nil {
			return err
		}
		origins = own
		failover, err := middleware.Failover(middleware.FailoverConfig{Hosts: hosts, Origins: own})
		if err != nil {
			return err
		}
		if err := c.stack.Push("failover", failover); err != nil {
			return err
		}
	}
	if err := c.stack.Push("verify", middleware.Verify(middleware.VerifyConfig{
		Verifier: verifier, Prefix: c.base.prefix, Clock: cfg.Clock, MaxReply: cfg.MaxReply,
	})); err != nil {
		return err
	}
	if cfg.Logger != nil {
		if err := c.stack.Push("log", middleware.Log(middleware.LogConfig{Logger: cfg.Logger})); err != nil {
			return err
		}
	}
	if err := c.stack.Push("sign", middleware.Sign(middleware.SignConfig{
		Credential: credential, Prefix: c.base.prefix, Clock: cfg.Clock, Origins: origins,
	})); err != nil {
		return err
	}
	if cfg.Stack == nil {
		return nil
	}
	return cfg.Stack(&c.stack)
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
