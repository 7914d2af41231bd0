package wechatpay

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/target"
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
	mchID     string
	base      target.Base
	keyID     string // what requests name in Wechatpay-Serial, or ""
	timeout   time.Duration
	maxReply  int64
	signer    signer.Signer
	hint      func(method, path string) string
	now       func() time.Time
	retry     middleware.RetryConfig // of calls, and of downloads
	decrypter cipher.Decrypter       // may be nil
	keyring   *keys.Keyring          // that downloads, or nil
	keys      signer.KeySource       // nil where a Verifier replaces them
	stack     middleware.Stack
	send      http.RoundTripper // the stack around the transport
	transport http.RoundTripper
}

// String names the client and its stack, and no key.
func (c *Client) String() string {
	return fmt.Sprintf("wechatpay.Client(%s%s, %s)", c.base.Origin, c.base.Prefix, &c.stack)
}

// New makes a Client. It checks the whole Config, dials nothing and starts
// nothing; its error names every field that is wrong, and the fix.
func New(cfg Config) (*Client, error) {
	cfg = cfg.withDefaults()
	w, err := cfg.validate()
	if err != nil {
		return nil, fmt.Errorf("wechatpay: %w", err)
	}
	c := &Client{
		mchID: cfg.MchID, base: w.base, keyID: w.keyID, timeout: cfg.Timeout, maxReply: cfg.MaxReply, hint: cfg.Hint,
		signer: w.credential.Signer, now: cfg.Clock, retry: cfg.Retry, decrypter: cfg.decrypter(), transport: cfg.Transport,
	}
	if err := c.wireKeys(cfg, w); err != nil {
		return nil, fmt.Errorf("wechatpay: Config.APIv3Key: %w", err)
	}
	if err := c.wireStack(cfg, w); err != nil {
		return nil, fmt.Errorf("wechatpay: Config.Stack: %w", err)
	}
	return c, nil
}

// A wiring is what validation has made of a Config.
type wiring struct {
	base       target.Base
	keyID      string
	credential signer.Credential
	hosts      []string // of Failover, as origins
	origins    []string // trusted for being the base URL's
}

// wireKeys gives the client its keys: those of the Config, or a keyring that downloads. A
// keyring downloads through a stack without retry, since it paces itself; without verify,
// which needs its keys; and without what Config.Stack adds: a limit, for instance, must not
// keep a call waiting for a download that waits for the call.
func (c *Client) wireKeys(cfg Config, w wiring) (err error) {
	c.keys = cfg.PlatformKeys
	if !cfg.downloads() {
		return nil
	}
	cfg.Retry.Attempts = 1
	stack, err := defaultStack(cfg, w, nil)
	if err != nil {
		return err
	}
	held, _ := cfg.PlatformKeys.(keys.Set)
	c.keyring, err = keys.NewKeyring(keys.KeyringConfig{
		APIv3Key:    cfg.APIv3Key,
		Credential:  signer.Credential{ID: cfg.MchID}, // the stack signs
		Keys:        held,
		PublicKeyID: w.keyID,
		BaseURL:     w.base.Origin + w.base.Prefix,
		Transport:   stack.Around(c.transport),
		Logger:      cfg.Logger,
		Clock:       cfg.Clock,
	})
	c.keys = c.keyring
	return err
}

// wireStack makes the stack, with what Config.Stack changes, around the transport.
func (c *Client) wireStack(cfg Config, w wiring) (err error) {
	verifier := cfg.Verifier
	if verifier == nil {
		verifier = signer.NewVerifier(c.keys, cfg.Clock)
	}
	if c.stack, err = defaultStack(cfg, w, verifier); err != nil {
		return err
	}
	if cfg.Stack != nil {
		if err := cfg.Stack(&c.stack); err != nil {
			return err
		}
	}
	c.send = c.stack.Around(c.transport)
	return nil
}

// defaultStack is the one place where the order of the default stack is written:
//
//   - retry and failover are outermost, so that each attempt passes all else;
//   - verify is inside of them: a reply that fails it is an attempt that failed;
//   - log is next to the wire: a line shows what was really sent and received;
//   - sign is innermost, so that each attempt has its own timestamp and nonce.
//
// Without a verifier it has no verify.
func defaultStack(cfg Config, w wiring, verifier signer.Verifier) (s middleware.Stack, err error) {
	push := func(name string, m middleware.Middleware) {
		if err == nil {
			err = s.Push(name, m)
		}
	}
	if cfg.Retry.MaxAttempts() > 1 {
		push("retry", middleware.Retry(cfg.Retry))
	}
	if cfg.Failover != nil {
		failover, err := middleware.Failover(middleware.FailoverConfig{Hosts: w.hosts, Origins: w.origins})
		if err != nil {
			return s, err
		}
		push("failover", failover)
	}
	if verifier != nil {
		push("verify", middleware.Verify(middleware.VerifyConfig{
			Verifier: verifier, Prefix: w.base.Prefix, Clock: cfg.Clock, MaxReply: cfg.MaxReply,
		}))
	}
	if cfg.Logger != nil {
		push("log", middleware.Log(middleware.LogConfig{Logger: cfg.Logger}))
	}
	push("sign", middleware.Sign(middleware.SignConfig{
		Credential: w.credential, Prefix: w.base.Prefix, Clock: cfg.Clock, Origins: w.origins,
	}))
	return s, err
}

// NewTransport is the default transport: keep-alive with connections dropped
// before the server does so (after 8 seconds idle), enough of them for a
// fan-out, HTTP/2, TLS 1.2 or above, proxies from the environment, and bodies
// as they were sent (no transparent gzip: signatures and digests cover raw
// bytes). Use it as the start of a customised transport.
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

// EncryptionKey is the key that sensitive fields are encrypted with, and its id, which a
// request with such fields names in Wechatpay-Serial: what [Options].Encrypt uses. The
// first use may download.
func (c *Client) EncryptionKey(ctx context.Context) (id string, key *rsa.PublicKey, err error) {
	return c.encryptionKey(ctx, c.keyID)
}

// encryptionKey is the key of that id, or any that may be encrypted with.
func (c *Client) encryptionKey(ctx context.Context, id string) (string, *rsa.PublicKey, error) {
	if c.keys == nil {
		return "", nil, errors.New("the client has no key to encrypt with: Config.Verifier replaces its PlatformKeys")
	}
	if id == "" {
		source, ok := c.keys.(keys.EncryptionKeySource)
		if !ok {
			return "", nil, errors.New("the PlatformKeys do not say which key encrypts; set Config.PlatformKeyID")
		}
		return source.EncryptionKey(ctx, c.now())
	}
	found, err := c.keys.Key(ctx, id)
	if err != nil {
		return "", nil, err
	}
	if cert, ok := found.(*x509.Certificate); ok {
		if c.now().After(cert.NotAfter) {
			return "", nil, fmt.Errorf("%w: %s, named to encrypt with", signer.ErrExpired, id)
		}
		found = cert.PublicKey
	}
	key, ok := found.(*rsa.PublicKey)
	if !ok {
		return "", nil, fmt.Errorf("%w: %s is a %T", signer.ErrNotRSA, id, found)
	}
	return id, key, nil
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
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

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
	derived.send = derived.stack.Around(derived.transport)
	return &derived, nil
}

// Signer signs with the merchant's key: what the functions of package paysign take. It is
// safe for concurrent use.
func (c *Client) Signer() signer.Signer { return c.signer }
