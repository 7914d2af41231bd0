// Package sandboxtest gives a test its own WeChat Pay gateway in one line.
//
//	s := sandboxtest.New(t)
//	resp, err := s.Client.Chain("v3/certificates").Get(t.Context(), nil)
//
// s.URL and s.Credentials are what the Config of another client needs.
//
// # Contracts
//
//   - Each call of [New] starts a new gateway with its own orders, certificates and
//     APIv3 key. Only the RSA key pairs are shared: they are generated once per process.
//   - The server stops when the test ends.
//   - The test fails if the gateway refuses a request for its signature, with the reason
//     of the gateway. A test that expects refusals passes [ExpectRefusals].
package sandboxtest

import (
	"net/http"
	"sync"
	"testing"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// A Sandbox is a gateway that serves one test.
type Sandbox struct {
	Gateway     *sandbox.Gateway
	Client      *wechatpay.Client // of the merchant
	URL         string            // of the server, for a client's BaseURL
	Credentials sandbox.Credentials

	mu       sync.Mutex
	refusals []string
}

// An Option changes the Sandbox that [New] returns.
type Option func(*options)

type options struct {
	config         sandbox.Config
	expectRefusals bool
}

// ExpectRefusals lets the test go on if the gateway refuses a request for its signature.
// [Sandbox.Refusals] returns the reasons.
func ExpectRefusals() Option { return func(o *options) { o.expectRefusals = true } }

// WithConfig starts the gateway with this Config. The Keys of the process are used if
// cfg.Keys is nil. cfg.OnRefusal is called as well.
func WithConfig(cfg sandbox.Config) Option { return func(o *options) { o.config = cfg } }

// New starts a gateway on loopback, with a client of its merchant. Both end when the test ends.
func New(tb testing.TB, opts ...Option) *Sandbox {
	tb.Helper()
	var o options
	for _, option := range opts {
		option(&o)
	}
	if o.config.Keys == nil {
		keys, err := sharedKeys()
		if err != nil {
			tb.Fatalf("sandboxtest: generating the key pairs: %v", err)
		}
		o.config.Keys = keys
	}
	s := &Sandbox{}
	onRefusal := o.config.OnRefusal
	o.config.OnRefusal = func(r *http.Request, reason string) {
		s.record(r, reason)
		if onRefusal != nil {
			onRefusal(r, reason)
		}
	}
	gateway, err := sandbox.New(o.config)
	if err != nil {
		tb.Fatalf("sandboxtest: %v", err)
	}
	server, err := gateway.Start()
	if err != nil {
		tb.Fatalf("sandboxtest: %v", err)
	}
	s.Gateway, s.URL, s.Credentials = gateway, server.URL, gateway.Credentials()
	if s.Client, err = s.client(); err != nil {
		server.Close()
		tb.Fatalf("sandboxtest: %v", err)
	}
	tb.Cleanup(func() {
		s.Client.CloseIdleConnections()
		server.Close()
		if o.expectRefusals {
			return
		}
		for _, refusal := range s.Refusals() {
			tb.Errorf("sandboxtest: the gateway refused a signature: %s (if the test expects that, pass ExpectRefusals)", refusal)
		}
	})
	return s
}

func (s *Sandbox) client() (*wechatpay.Client, error) {
	return wechatpay.New(wechatpay.Config{
		MchID: s.Credentials.MchID, Serial: s.Credentials.Serial, PrivateKey: s.Credentials.PrivateKey,
		PlatformKeys: s.Credentials.PlatformKeys(), BaseURL: s.URL, APIv2Key: s.Credentials.APIv2Key,
	})
}

// Refusals returns the requests that the gateway refused for their signatures, with the
// reasons: "POST /v3/…: signature: sign not match".
func (s *Sandbox) Refusals() []string {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.refusals...)
}

func (s *Sandbox) record(r *http.Request, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals = append(s.refusals, r.Method+" "+r.RequestURI+": "+reason)
}

// sharedKeys are the key pairs of all gateways of this process.
var sharedKeys = sync.OnceValues(sandbox.NewKeys)
