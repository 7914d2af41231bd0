package wechatpay

import (
	"errors"
	"fmt"
	"net"
	"net/http"
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
	c := &Client{base: base, keyID: keyID, timeout: cfg.Timeout, maxReply: cfg.MaxReply}
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

// buildStack is the one place where the order of the default stack is written.
// Signing is innermost of it, so that each attempt is signed anew; what a user
// pushes behind it sees signed requests.
func (c *Client) buildStack(cfg Config, credential signer.Credential) error {
	verifier := cfg.Verifier
	if verifier == nil {
		verifier = signer.NewVerifier(cfg.PlatformKeys, cfg.Clock)
	}
	if err := errors.Join(
		c.stack.Push("verify", middleware.Verify(middleware.VerifyConfig{
			Verifier: verifier, Prefix: c.base.prefix, Clock: cfg.Clock, MaxReply: cfg.MaxReply,
		})),
		c.stack.Push("sign", middleware.Sign(middleware.SignConfig{
			Credential: credential, Prefix: c.base.prefix, Clock: cfg.Clock, Origins: []string{c.base.origin},
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
