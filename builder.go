package wechatpay

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/baseurl"
	"github.com/wechatpay-chain/wechatpay/internal/transport"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Client calls WeChat Pay for one merchant or brand. It is immutable and safe for concurrent use.
// Create one and reuse it: it holds the connection pool.
type Client struct {
	callerID  string
	brand     bool   // callerID is a brand's, not a merchant's
	serial    string // of the caller's certificate
	base      baseurl.Base
	keyID     string // sent in Wechatpay-Serial; may be empty
	timeout   time.Duration
	maxReply  int64
	signer    signer.Signer
	hint      func(method, path string) string
	now       func() time.Time
	retry     middleware.RetryConfig // of calls, and of downloads
	decrypter cipher.Decrypter       // may be nil
	keyring   *keys.Keyring          // downloads certificates; may be nil
	keys      signer.KeySource       // nil if a Verifier replaces them
	stack     middleware.Stack
	send      http.RoundTripper // the stack around the transport
	transport http.RoundTripper
	v2        middleware.V2Config // without a Key if the client does not call APIv2
	appID     string              // for APIv2; may be empty
	bankKey   *bankKey            // for APIv2

	noCertificate error // why no endpoint of APIv2 that asks for the merchant's certificate can be called
}

// String returns the base URL and the stack. It contains no key.
func (c *Client) String() string {
	if c == nil {
		return "wechatpay.Client(nil)"
	}
	return fmt.Sprintf("wechatpay.Client(%s%s, %s)", c.base.Origin, c.base.Prefix, &c.stack)
}

// New returns a Client. It validates the whole Config, and its error lists every invalid
// field with the fix. It does no I/O and starts no goroutine.
func New(cfg Config) (*Client, error) {
	cfg = cfg.withDefaults()
	w, err := cfg.validate()
	if err != nil {
		return nil, fmt.Errorf("wechatpay: %w", err)
	}
	c := &Client{
		callerID: cfg.callerID(), brand: cfg.BrandID != "", serial: w.credential.Serial, base: w.base, keyID: w.keyID, timeout: cfg.Timeout, maxReply: cfg.MaxReply, hint: cfg.Hint,
		signer: w.credential.Signer, now: cfg.Clock, retry: cfg.Retry, decrypter: cfg.decrypter(), transport: cfg.Transport,
	}
	c.wireV2(cfg, w)
	if err := c.wireKeys(cfg, w); err != nil {
		return nil, fmt.Errorf("wechatpay: Config.APIv3Key: %w", err)
	}
	if err := c.wireStack(cfg, w); err != nil {
		return nil, fmt.Errorf("wechatpay: Config.Stack: %w", err)
	}
	return c, nil
}

// A wiring has the parsed values of a validated Config.
type wiring struct {
	base       baseurl.Base
	keyID      string
	credential signer.Credential
	hosts      []string // of Failover, as origins
	origins    []string // trusted because the base URL has them
	proxy      *url.URL // may be nil
}

// wireKeys sets the keys of the client: those of the Config, or a keyring that downloads.
// The keyring has a stack of its own: without retry, because it schedules its downloads;
// without verify, which needs its keys; and without the changes of Config.Stack, because a
// rate limit could deadlock a call and the download it waits for.
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
	fixed, _ := cfg.PlatformKeys.(keys.Set)
	c.keyring, err = keys.NewKeyring(keys.KeyringConfig{
		APIv3Key:    cfg.APIv3Key,
		Credential:  signer.Credential{ID: cfg.MchID}, // the stack signs
		Keys:        fixed,
		PublicKeyID: w.keyID,
		BaseURL:     w.base.Origin + w.base.Prefix,
		Transport:   stack.Around(c.transport),
		Logger:      cfg.Logger,
		Clock:       cfg.Clock,
	})
	c.keys = c.keyring
	return err
}

// wireStack builds the stack, applies Config.Stack, and wraps the transport.
func (c *Client) wireStack(cfg Config, w wiring) (err error) {
	verifier := cfg.Verifier
	if verifier == nil && c.keys != nil {
		verifier = signer.NewVerifier(c.keys, cfg.Clock)
	}
	if _, states := verifier.(signer.Schemer); !states && verifier != nil {
		verifier = signer.VerifyAs(signer.SchemeOf(w.credential.Signer), verifier)
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

// defaultStack builds the default stack. Its order has reasons:
//
//   - retry and failover are outermost, so that each attempt passes through all others;
//   - verify is inside of them, so that a reply that is not verified is a failed attempt;
//   - log is close to the transport, so that it logs what was sent and received;
//   - sign is inside of them all, so that each attempt has a new timestamp and nonce;
//   - proxy alone is inside of sign, because the path of a reverse proxy is not signed.
//
// If verifier is nil, verify is left out.
func defaultStack(cfg Config, w wiring, verifier signer.Verifier) (s middleware.Stack, err error) {
	push := func(name string, m middleware.Middleware) {
		if err == nil {
			err = s.Push(name, m)
		}
	}
	byVersion := func(v3 middleware.Middleware, v2 func(middleware.V2Config) middleware.Middleware) middleware.Middleware {
		if cfg.APIv2Key.IsZero() {
			return v3
		}
		return middleware.ByVersion(v3, v2(cfg.v2Config(w)))
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
	if verifier != nil || cfg.onlyV2() {
		push("verify", byVersion(middleware.Verify(middleware.VerifyConfig{
			Verifier: verifier, Prefix: w.base.Prefix, Clock: cfg.Clock, MaxReply: cfg.MaxReply, RefuseReplays: cfg.RefuseReplays,
		}), middleware.VerifyV2))
	}
	if cfg.Logger != nil {
		push("log", middleware.Log(middleware.LogConfig{Logger: cfg.Logger}))
	}
	push("sign", byVersion(middleware.Sign(middleware.SignConfig{
		Credential: w.credential, Prefix: w.base.Prefix, Clock: cfg.Clock, Origins: w.origins,
	}), middleware.SignV2))
	if w.proxy != nil {
		push("proxy", middleware.ReverseProxy(w.proxy))
	}
	return s, err
}

// NewTransport returns the default transport, which may be customised. It supports HTTP/2,
// TLS 1.2 and above, and proxies from the environment. It closes idle connections before
// WeChat Pay does (after 8 seconds), and keeps enough of them for a fan-out. A connection of
// HTTP/2 that is silent for 2 seconds is pinged, and closed if 2 more pass without an answer:
// all calls share it, and would otherwise wait on a dead one until their time-out. Transparent
// gzip is off, because signatures and digests cover the raw bytes.
func NewTransport() *http.Transport { return transport.New() }

// EncryptionKey returns the key that encrypts sensitive fields, and its id for the header
// Wechatpay-Serial. [Options].Encrypt uses the same key. The call may download keys.
func (c *Client) EncryptionKey(ctx context.Context) (id string, key *rsa.PublicKey, err error) {
	if !c.made() {
		return "", nil, errZeroClient
	}
	return c.encryptionKey(ctx, c.keyID)
}

// encryptionKey returns the key with that id, or the default key if id is empty.
func (c *Client) encryptionKey(ctx context.Context, id string) (string, *rsa.PublicKey, error) {
	switch {
	case ctx == nil:
		return "", nil, errors.New("the context is nil; use context.Background()")
	case c.keys == nil:
		return "", nil, errors.New("the client has no encryption key, because Config.Verifier replaces PlatformKeys; use a client with PlatformKeys")
	}
	if id == "" {
		source, ok := c.keys.(keys.EncryptionKeySource)
		if !ok {
			return "", nil, errors.New("PlatformKeys is not a keys.EncryptionKeySource; set Config.PlatformKeyID")
		}
		return source.EncryptionKey(ctx, c.now())
	}
	found, err := c.keys.Key(ctx, id)
	if err != nil {
		return "", nil, err
	}
	if cert, ok := found.(*x509.Certificate); ok {
		if c.now().After(cert.NotAfter) {
			return "", nil, fmt.Errorf("%w: encryption key %s", signer.ErrExpired, id)
		}
		found = cert.PublicKey
	}
	key, ok := found.(*rsa.PublicKey)
	if !ok {
		return "", nil, fmt.Errorf("%w: %s is a %T", signer.ErrNotRSA, id, found)
	}
	return id, key, nil
}

// PlatformKeys returns the keys that verify replies and webhooks: those of the Config or,
// if it has an APIv3Key, a [keys.Keyring] that renews itself. It is nil if Config.Verifier
// is set.
func (c *Client) PlatformKeys() signer.KeySource {
	if c == nil {
		return nil
	}
	return c.keys
}

// CloseIdleConnections closes the idle connections of the transport. A Client needs no
// other cleanup.
func (c *Client) CloseIdleConnections() {
	if c == nil {
		return
	}
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// With returns a copy of c whose stack is changed by change. It is cheap, and shares the
// transport with c.
func (c *Client) With(change func(*middleware.Stack) error) (*Client, error) {
	switch {
	case !c.made():
		return nil, fmt.Errorf("wechatpay: Client.With: %w", errZeroClient)
	case change == nil:
		return nil, errors.New("wechatpay: Client.With: change is nil")
	}
	derived, err := c.with(change)
	if err != nil {
		return nil, fmt.Errorf("wechatpay: Client.With: %w", err)
	}
	return derived, nil
}

func (c *Client) with(change func(*middleware.Stack) error) (*Client, error) {
	derived := *c
	if err := change(&derived.stack); err != nil {
		return nil, err
	}
	derived.send = derived.stack.Around(derived.transport)
	return &derived, nil
}

// Signer returns the signer of the merchant's key, for the functions of package paysign. It
// is safe for concurrent use.
func (c *Client) Signer() signer.Signer {
	if c == nil {
		return nil
	}
	return c.signer
}

// made reports whether New made c.
func (c *Client) made() bool { return c != nil && c.send != nil }

var errZeroClient = errors.New("the Client is nil or zero; make one with New")
