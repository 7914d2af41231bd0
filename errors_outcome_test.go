package wechatpay_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestOutcomeUnknownOfTheNetwork(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	nobody := "http://" + closed.Addr().String()
	untrusted := httptest.NewUnstartedServer(nil)
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of our refusal
	untrusted.StartTLS()
	defer untrusted.Close()

	for _, tc := range []struct {
		name    string
		base    string
		opts    *wechatpay.Options
		answer  func(*http.Request) (*http.Response, error)
		unknown bool
		is      error
	}{
		{name: "refused, with a body", base: nobody, opts: &wechatpay.Options{JSON: wechatpay.M{}}, is: syscall.ECONNREFUSED},
		{name: "refused, without", base: nobody, is: syscall.ECONNREFUSED},
		{name: "no such host", base: "http://host.invalid", opts: &wechatpay.Options{JSON: wechatpay.M{}}},
		{name: "no such host, without a body", base: "http://host.invalid"},
		{name: "not the host's certificate", base: untrusted.URL, opts: &wechatpay.Options{JSON: wechatpay.M{}}},
		{name: "the same, without a body", base: untrusted.URL},
		{name: "lost", answer: lose, opts: &wechatpay.Options{JSON: wechatpay.M{}}, unknown: true, is: io.ErrUnexpectedEOF},
		{name: "lost without a body", answer: lose, unknown: true, is: io.ErrUnexpectedEOF},
		{name: "signing failed, with a body", opts: &wechatpay.Options{JSON: wechatpay.M{}}, is: errNoKey},
		{name: "signing failed, without", is: errNoKey},
		{name: "a middleware returned nothing", answer: func(r *http.Request) (*http.Response, error) { drain(r); return nil, nil }, unknown: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := config(tc.base)
			if tc.answer != nil {
				cfg.Transport = middleware.RoundTripperFunc(tc.answer)
			} else {
				transport := wechatpay.NewTransport()
				defer transport.CloseIdleConnections()
				cfg.Transport = transport
			}
			if errors.Is(tc.is, errNoKey) {
				cfg.PrivateKey = nil
				cfg.Signer = signer.Func(func(context.Context, []byte) ([]byte, error) { return nil, errNoKey })
			}
			c, err := wechatpay.New(cfg)
			require.NoError(t, err)
			_, err = c.Chain("v3/x").Post(t.Context(), tc.opts)
			require.Error(t, err)
			assert.Equal(t, tc.unknown, wechatpay.OutcomeUnknown(err), err)
			if tc.is != nil {
				require.ErrorIs(t, err, tc.is)
			}
			_, err = c.Chain("v3/x").Get(t.Context(), nil)
			require.Error(t, err)
			assert.False(t, wechatpay.OutcomeUnknown(err))
		})
	}
	assert.False(t, wechatpay.OutcomeUnknown(nil))
	assert.False(t, wechatpay.OutcomeUnknown(io.EOF))
	foreign := &wechatpay.VerifyError{Response: &http.Response{Request: &http.Request{Method: "POST"}}, Err: wechatpay.ErrProbe}
	assert.True(t, wechatpay.OutcomeUnknown(foreign), "from Verify in an http.Client of the user's own")
}

// TestOutcomeUnknownIsSticky: what one attempt may have done, no later one undoes.
func TestOutcomeUnknownIsSticky(t *testing.T) {
	t.Parallel()
	dial := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	twice := func(next http.RoundTripper) http.RoundTripper {
		return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			if resp, err := next.RoundTrip(r); err == nil {
				return resp, nil
			}
			again := r.Clone(r.Context())
			if r.GetBody != nil {
				again.Body, _ = r.GetBody()
			}
			return next.RoundTrip(again)
		})
	}
	own := func(next http.RoundTripper) http.RoundTripper { // puts in a body of its own
		return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			changed := r.Clone(r.Context())
			changed.Body = io.NopCloser(strings.NewReader("{}"))
			return next.RoundTrip(changed)
		})
	}
	abandons := func(next http.RoundTripper) http.RoundTripper {
		return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			done := make(chan struct{})
			go func() { defer close(done); _, _ = next.RoundTrip(r) }()
			synctest.Wait()
			return nil, context.DeadlineExceeded // while the attempt still runs
		})
	}
	elsewhere := func(http.RoundTripper) http.RoundTripper {
		return middleware.RoundTripperFunc(lose)
	}
	for _, tc := range []struct {
		name    string
		layer   middleware.Middleware // may be nil
		opts    *wechatpay.Options
		errs    []error // of the attempts; nil reads the body and loses the reply
		unknown bool
	}{
		{"delivered, then refused", twice, &wechatpay.Options{JSON: wechatpay.M{}}, []error{io.EOF, dial}, true},
		{"the same without a body", twice, nil, []error{io.EOF, dial}, true},
		{"refused twice", twice, &wechatpay.Options{JSON: wechatpay.M{}}, []error{dial, dial}, false},
		{"refused twice, without a body", twice, nil, []error{dial, dial}, false},
		{"refused, then delivered", twice, nil, []error{dial, io.EOF}, true},
		{"delivered, then too many", twice, &wechatpay.Options{JSON: wechatpay.M{}}, []error{io.EOF, status(429)}, true},
		{"delivered, then not signed well", twice, &wechatpay.Options{JSON: wechatpay.M{}}, []error{io.EOF, status(401)}, true},
		{"not signed well, then refused", twice, &wechatpay.Options{JSON: wechatpay.M{}}, []error{dial, status(401)}, false},
		{"too many, and no more", twice, &wechatpay.Options{JSON: wechatpay.M{}}, []error{dial, status(429)}, false},
		{"both errors of one attempt", nil, &wechatpay.Options{JSON: wechatpay.M{}}, []error{errors.Join(io.EOF, dial)}, true},
		{"a transport of its own", elsewhere, &wechatpay.Options{JSON: wechatpay.M{}}, nil, true},
		{"delivered with another body", own, &wechatpay.Options{JSON: wechatpay.M{}}, []error{io.EOF}, true},
		{"refused with another body", own, &wechatpay.Options{JSON: wechatpay.M{}}, []error{dial}, false},
		{"given up on while it was running", abandons, &wechatpay.Options{JSON: wechatpay.M{}}, []error{nil}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				attempt := 0
				c := answering(t, func(cfg *wechatpay.Config) {
					if tc.layer != nil {
						cfg.Stack = func(s *middleware.Stack) error { return s.Unshift("layer", tc.layer) }
					}
				}, func(r *http.Request) (*http.Response, error) {
					err := tc.errs[attempt]
					attempt++
					if err == nil {
						<-r.Context().Done()
						return nil, r.Context().Err()
					}
					if !errors.Is(err, dial) {
						drain(r)
					}
					var answer status
					if errors.As(err, &answer) {
						return reply(int(answer), `{"code":"SIGN_ERROR","message":""}`), nil
					}
					return nil, err
				})
				_, err := c.Chain("v3/x").Post(t.Context(), tc.opts)
				require.Error(t, err)
				assert.Len(t, tc.errs, attempt)
				assert.Equal(t, tc.unknown, wechatpay.OutcomeUnknown(err))
			})
		})
	}
}

// A status is an answer among the errors of a test.
type status int

func (s status) Error() string { return http.StatusText(int(s)) }

// TestAReplayByNetHTTPIsCounted: it repeats what bears an Idempotency-Key on a
// connection that has ended, under the same nonce.
func TestAReplayByNetHTTPIsCounted(t *testing.T) {
	t.Parallel()
	server, err := gateway().Start()
	require.NoError(t, err)
	defer server.Close()
	cfg := config(server.URL)
	c, err := wechatpay.New(cfg)
	require.NoError(t, err)
	defer c.CloseIdleConnections()
	gateway().Handle("POST", "/v3/once", func(*sandbox.Request) *sandbox.Reply { return sandbox.JSON(200, "done") })
	for _, tc := range []struct {
		name string
		body any
	}{
		{"without a body", nil},
		{"with a body", wechatpay.M{}},
	} {
		t.Run(tc.name, func(t *testing.T) { // one after the other: they share a connection
			_, err := c.Chain("v3/warm").Get(t.Context(), nil) // a connection to be kept alive
			require.NoError(t, err)
			_, err = c.Chain("v3/once").Post(t.Context(), &wechatpay.Options{
				JSON: tc.body, Header: http.Header{"Idempotency-Key": {"k"}, sandbox.FaultHeader: {"drop"}},
			})
			require.Error(t, err)
			assert.True(t, wechatpay.OutcomeUnknown(err), err)
		})
	}
}

func TestOutcomeUnknownLooksAtTheWholeTree(t *testing.T) {
	t.Parallel()
	sent := &wechatpay.CallError{Method: "POST", MaybeSent: true, Err: io.EOF}
	unsent := &wechatpay.CallError{Method: "POST", Err: io.EOF}
	api := func(method string, status int, verified bool, code ...string) *wechatpay.APIError {
		r := &wechatpay.Response{Response: &http.Response{Request: &http.Request{Header: http.Header{}}}}
		return &wechatpay.APIError{Method: method, StatusCode: status, Verified: verified, Response: r, Code: strings.Join(code, "")}
	}
	verify := func(method string, cause error) error {
		return &wechatpay.VerifyError{Response: &http.Response{Request: &http.Request{Method: method}}, Err: cause}
	}
	for _, tc := range []struct {
		name string
		err  error
		want bool
	}{
		{"joined, the first", errors.Join(sent, unsent), true},
		{"joined, the last", errors.Join(unsent, fmt.Errorf("x: %w", sent)), true},
		{"joined, none", errors.Join(unsent, io.EOF), false},
		{"a key that could not be fetched", verify("POST", unsent), true},
		{"the same of a query", verify("GET", sent), false},
		{"a call around it", &wechatpay.CallError{Method: "POST", Err: sent}, false},
		{"a VerifyError without a response", &wechatpay.VerifyError{Err: io.EOF}, true},
		{"500", api("POST", 500, true), true},
		{"500 of a query", api("GET", 500, true), false},
		{"302", api("POST", 302, false), true},
		{"400, signed", api("POST", 400, true, "PARAM_ERROR"), false},
		{"400, signed, without a code", api("POST", 400, true), true},
		{"400, signed, with a code of a 500", api("POST", 400, true, "SYSTEM_ERROR"), true},
		{"400, signed, of a pending payment", api("POST", 400, true, "USERPAYING"), true},
		{"404, by nobody", api("POST", 404, false), true},
		{"401", api("POST", 401, false, "SIGN_ERROR"), false},
		{"401 without a code", api("POST", 401, false), true},
		{"a wait that was given up", fmt.Errorf("%w: %w", future.ErrWaiting, context.DeadlineExceeded), true},
		{"a cancelled future", fmt.Errorf("x: %w", future.ErrCancelled), true},
		{"a callback that panicked", &future.PanicError{Value: 1}, true},
		{"a typed nil", (*wechatpay.CallError)(nil), false},
		{"an error made by hand", &wechatpay.APIError{Method: "POST", StatusCode: 401, Code: "SIGN_ERROR"}, false},
		{"429", api("POST", 429, false, "RATELIMIT_EXCEEDED"), false},
		{"429 without a code", api("POST", 429, false), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, wechatpay.OutcomeUnknown(tc.err), tc.name)
		})
	}
	assert.Contains(t, (&wechatpay.VerifyError{Err: io.EOF}).Error(), "EOF")
}

// TestOutcomeIsUnknownWhenNoKeyCanBeFetched: the reply was there.
func TestOutcomeIsUnknownWhenNoKeyCanBeFetched(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
		cfg.PlatformKeys = nil
		cfg.Verifier = signer.VerifierFunc(func(context.Context, string, []byte, []byte) error {
			return fmt.Errorf("asking the key service: %w", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED})
		})
	})
	for _, tc := range []struct {
		name string
		opts *wechatpay.Options
	}{
		{"without a body", nil},
		{"with a body", &wechatpay.Options{JSON: wechatpay.M{}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := c.Chain("v3/x").Post(t.Context(), tc.opts)
			require.ErrorIs(t, err, syscall.ECONNREFUSED)
			assert.True(t, wechatpay.OutcomeUnknown(err))
		})
	}
}

var errNoKey = errors.New("the HSM is on holiday")

func lose(r *http.Request) (*http.Response, error) {
	drain(r)
	return nil, io.ErrUnexpectedEOF
}

// TestOutcomeUnknownOfTheDefaultTransport: it tells whether a request was written,
// with a body or without, whatever the error.
func TestOutcomeUnknownOfTheDefaultTransport(t *testing.T) {
	server, err := gateway().Start()
	require.NoError(t, err)
	defer server.Close()
	stuck := wechatpay.NewTransport()
	stuck.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, errors.New("gave up") // not a dial error by its type
	}
	for _, tc := range []struct {
		name      string
		transport *http.Transport
		fault     string
		timeout   time.Duration
		unknown   bool
	}{
		{name: "time is up before there is a connection", transport: stuck, timeout: 50 * time.Millisecond},
		{name: "the connection ends without a reply", transport: wechatpay.NewTransport(), fault: "drop", unknown: true},
		{name: "the reply is cut off", transport: wechatpay.NewTransport(), fault: "truncated", unknown: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			defer tc.transport.CloseIdleConnections()
			cfg := config(server.URL)
			cfg.Transport = tc.transport
			c, err := wechatpay.New(cfg)
			require.NoError(t, err)
			for _, body := range []any{nil, wechatpay.M{}} {
				_, err := c.Chain("v3/x").Post(t.Context(), &wechatpay.Options{
					JSON: body, Timeout: tc.timeout, Header: http.Header{sandbox.FaultHeader: {tc.fault}},
				})
				require.Error(t, err)
				assert.Equal(t, tc.unknown, wechatpay.OutcomeUnknown(err), err)
			}
		})
	}
}
