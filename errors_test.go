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

func TestAnAPIErrorTellsAllByOneErrorsAs(t *testing.T) {
	c, _ := sandboxClient(t, nil)
	body := seedRequest(t)
	body["amount"] = wechatpay.M{"total": "100"}
	_, err := c.Chain("v3/pay/transactions/jsapi-with-contract").Post(t.Context(), &wechatpay.Options{JSON: body})

	var api *wechatpay.APIError
	require.ErrorAs(t, fmt.Errorf("deep: %w", fmt.Errorf("deeper: %w", err)), &api)
	assert.Equal(t, 400, api.StatusCode)
	assert.Equal(t, "PARAM_ERROR", api.Code)
	assert.Contains(t, api.Message, "类型应为 number")
	assert.Equal(t, "/amount/total", api.Field())
	assert.JSONEq(t, `{"field":"/amount/total","issue":"类型应为 number","location":"body"}`, string(api.Detail))
	assert.NotEmpty(t, api.RequestID)
	assert.Equal(t, api.RequestID, api.Response.RequestID())
	assert.True(t, api.Verified, "it bore a good signature")
	assert.Equal(t, "wechatpay: POST v3/pay/transactions/jsapi-with-contract: 400 PARAM_ERROR: "+
		api.Message+" (field /amount/total) [request "+api.RequestID+"]", err.Error())
	assert.False(t, wechatpay.OutcomeUnknown(err))
}

// TestEveryFault goes through what can go wrong behind the sending of an order.
func TestEveryFault(t *testing.T) {
	c, _ := sandboxClient(t, nil)
	for fault, tc := range map[string]struct {
		is      error  // found by errors.Is
		status  int    // of the APIError, if it is one
		text    string // part of the message
		unknown bool
	}{
		"unsigned":     {is: wechatpay.ErrMissingHeader, unknown: true, text: "Wechatpay-Serial"},
		"no-serial":    {is: wechatpay.ErrMissingHeader, unknown: true, text: "Wechatpay-Serial"},
		"no-timestamp": {is: wechatpay.ErrMissingHeader, unknown: true, text: "Wechatpay-Timestamp"},
		"no-nonce":     {is: wechatpay.ErrMissingHeader, unknown: true, text: "Wechatpay-Nonce"},
		"two-nonces":   {is: wechatpay.ErrMissingHeader, unknown: true, text: "2 values"},
		"past":         {is: wechatpay.ErrClock, unknown: true, text: "5m0s apart"},
		"future":       {is: wechatpay.ErrClock, unknown: true, text: "5m0s apart"},
		"timeless":     {is: wechatpay.ErrClock, unknown: true, text: "not a number"},
		"unknown-key":  {is: wechatpay.ErrUnknownKey, unknown: true, text: "5157F09E"},
		"tampered":     {is: wechatpay.ErrSignature, unknown: true, text: "bad signature"},
		"garbled":      {is: wechatpay.ErrSignature, unknown: true, text: "not base64"},
		"probe":        {is: wechatpay.ErrProbe, unknown: true, text: "probe"},
		"truncated":    {is: io.ErrUnexpectedEOF, unknown: true, text: "(status 200"},
		"drop":         {is: io.EOF, unknown: true},
		"html-502":     {status: 502, unknown: true, text: "502 Bad Gateway"},
		"empty-500":    {status: 500, unknown: true, text: "500 Internal Server Error"},
		"unsigned-400": {status: 400, unknown: true, text: "400 PARAM_ERROR: 参数错误"},
		"rate-429":     {status: 429, text: "429 RATELIMIT_EXCEEDED"},
		"redirect":     {status: 302, unknown: true, text: "302 Found"},
	} {
		t.Run(fault, func(t *testing.T) {
			opts := &wechatpay.Options{JSON: wechatpay.M{"secret": "body"}, Header: http.Header{sandbox.FaultHeader: {fault}}}
			resp, err := c.Chain("v3/anything/{id}").Post(t.Context(), &wechatpay.Options{
				JSON: opts.JSON, Header: opts.Header, Vars: wechatpay.M{"id": "oUpF8uMuAJO"},
			})
			require.Error(t, err)
			assert.Nil(t, resp)
			assert.Equal(t, tc.unknown, wechatpay.OutcomeUnknown(fmt.Errorf("x: %w", err)))
			assert.Contains(t, err.Error(), tc.text)
			assert.Contains(t, err.Error(), "POST v3/anything/{id}")
			for _, secret := range []string{"secret", "oUpF8uMuAJO", "WECHATPAY2", "<html>"} {
				assert.NotContains(t, err.Error(), secret)
			}
			var api *wechatpay.APIError
			if tc.status != 0 {
				require.ErrorAs(t, err, &api)
				assert.Equal(t, tc.status, api.StatusCode)
				assert.False(t, api.Verified)
				assert.NotNil(t, api.Response)
				return
			}
			require.ErrorIs(t, err, tc.is)
			require.NotErrorAs(t, err, &api)
			var unverified *wechatpay.VerifyError
			if errors.As(err, &unverified) {
				assert.Equal(t, 200, unverified.Response.StatusCode, "the reply is at hand: money may have moved")
			}
			assert.Equal(t, fault == "drop", unverified == nil)
			_, err = c.Chain("v3/anything").Get(t.Context(), &wechatpay.Options{Header: opts.Header})
			require.Error(t, err)
			assert.False(t, wechatpay.OutcomeUnknown(err), "a GET takes no effect")
		})
	}
	assert.Len(t, sandbox.Faults(), 19, "all are in the table")
}

func TestOutcomeUnknownOfTheNetwork(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	nobody := "http://" + closed.Addr().String()
	untrusted := httptest.NewUnstartedServer(nil)
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of our refusal
	untrusted.StartTLS()
	defer untrusted.Close()

	for name, tc := range map[string]struct {
		base    string
		opts    *wechatpay.Options
		answer  func(*http.Request) (*http.Response, error)
		unknown bool
		is      error
	}{
		"refused, with a body":          {base: nobody, opts: &wechatpay.Options{JSON: wechatpay.M{}}, is: syscall.ECONNREFUSED},
		"refused, without":              {base: nobody, is: syscall.ECONNREFUSED},
		"no such host":                  {base: "http://host.invalid", opts: &wechatpay.Options{JSON: wechatpay.M{}}},
		"no such host, without a body":  {base: "http://host.invalid"},
		"not the host's certificate":    {base: untrusted.URL, opts: &wechatpay.Options{JSON: wechatpay.M{}}},
		"the same, without a body":      {base: untrusted.URL},
		"lost":                          {answer: lose, opts: &wechatpay.Options{JSON: wechatpay.M{}}, unknown: true, is: io.ErrUnexpectedEOF},
		"lost without a body":           {answer: lose, unknown: true, is: io.ErrUnexpectedEOF},
		"signing failed, with a body":   {opts: &wechatpay.Options{JSON: wechatpay.M{}}, is: errNoKey},
		"signing failed, without":       {is: errNoKey},
		"a middleware returned nothing": {answer: func(r *http.Request) (*http.Response, error) { drain(r); return nil, nil }, unknown: true},
	} {
		t.Run(name, func(t *testing.T) {
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
	for name, tc := range map[string]struct {
		layer   middleware.Middleware // may be nil
		opts    *wechatpay.Options
		errs    []error // of the attempts; nil reads the body and loses the reply
		unknown bool
	}{
		"delivered, then refused":          {twice, &wechatpay.Options{JSON: wechatpay.M{}}, []error{io.EOF, dial}, true},
		"the same without a body":          {twice, nil, []error{io.EOF, dial}, true},
		"refused twice":                    {twice, &wechatpay.Options{JSON: wechatpay.M{}}, []error{dial, dial}, false},
		"refused twice, without a body":    {twice, nil, []error{dial, dial}, false},
		"refused, then delivered":          {twice, nil, []error{dial, io.EOF}, true},
		"delivered, then too many":         {twice, &wechatpay.Options{JSON: wechatpay.M{}}, []error{io.EOF, status(429)}, true},
		"delivered, then not signed well":  {twice, &wechatpay.Options{JSON: wechatpay.M{}}, []error{io.EOF, status(401)}, true},
		"too many, and no more":            {twice, &wechatpay.Options{JSON: wechatpay.M{}}, []error{dial, status(429)}, false},
		"both errors of one attempt":       {nil, &wechatpay.Options{JSON: wechatpay.M{}}, []error{errors.Join(io.EOF, dial)}, true},
		"a transport of its own":           {elsewhere, &wechatpay.Options{JSON: wechatpay.M{}}, nil, true},
		"delivered with another body":      {own, &wechatpay.Options{JSON: wechatpay.M{}}, []error{io.EOF}, true},
		"refused with another body":        {own, &wechatpay.Options{JSON: wechatpay.M{}}, []error{dial}, false},
		"given up on while it was running": {abandons, &wechatpay.Options{JSON: wechatpay.M{}}, []error{nil}, true},
	} {
		t.Run(name, func(t *testing.T) {
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
						return reply(int(answer), ""), nil
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
	server, err := gateway().Start()
	require.NoError(t, err)
	defer server.Close()
	cfg := config(server.URL)
	c, err := wechatpay.New(cfg)
	require.NoError(t, err)
	defer c.CloseIdleConnections()
	gateway().Handle("POST", "/v3/once", func(*sandbox.Request) *sandbox.Reply { return sandbox.JSON(200, "done") })
	for _, body := range []any{nil, wechatpay.M{}} {
		_, err = c.Chain("v3/warm").Get(t.Context(), nil) // a connection to be kept alive
		require.NoError(t, err)
		_, err = c.Chain("v3/once").Post(t.Context(), &wechatpay.Options{
			JSON: body, Header: http.Header{"Idempotency-Key": {"k"}, sandbox.FaultHeader: {"drop"}},
		})
		require.Error(t, err)
		assert.True(t, wechatpay.OutcomeUnknown(err), err)
	}
}

// TestVerifiedIsOfThisReplyAndNoOther: an earlier attempt's signature is nothing to
// a later answer with the same body.
func TestVerifiedIsOfThisReplyAndNoOther(t *testing.T) {
	attempt := 0
	gateway().Handle("POST", "/v3/empty", func(*sandbox.Request) *sandbox.Reply { return sandbox.NoContent() })
	c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
		cfg.Stack = func(s *middleware.Stack) error {
			return s.Unshift("twice", func(next http.RoundTripper) http.RoundTripper {
				return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
					if _, err := next.RoundTrip(r); err != nil {
						return nil, err
					}
					attempt++
					again := r.Clone(r.Context())
					again.Header.Set(sandbox.FaultHeader, "empty-500")
					return next.RoundTrip(again)
				})
			})
		}
	})
	_, err := c.Chain("v3/empty").Post(t.Context(), nil)
	var api *wechatpay.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, []any{1, 500, false}, []any{attempt, api.StatusCode, api.Verified})
	assert.True(t, wechatpay.OutcomeUnknown(err))
}

func TestOutcomeUnknownLooksAtTheWholeTree(t *testing.T) {
	sent := &wechatpay.CallError{Method: "POST", MaybeSent: true, Err: io.EOF}
	unsent := &wechatpay.CallError{Method: "POST", Err: io.EOF}
	api := func(method string, status int, verified bool) *wechatpay.APIError {
		r := &wechatpay.Response{Response: &http.Response{Request: &http.Request{Header: http.Header{}}}}
		return &wechatpay.APIError{Method: method, StatusCode: status, Verified: verified, Response: r}
	}
	verify := func(method string, cause error) error {
		return &wechatpay.VerifyError{Response: &http.Response{Request: &http.Request{Method: method}}, Err: cause}
	}
	for name, tc := range map[string]struct {
		err  error
		want bool
	}{
		"joined, the first":                {errors.Join(sent, unsent), true},
		"joined, the last":                 {errors.Join(unsent, fmt.Errorf("x: %w", sent)), true},
		"joined, none":                     {errors.Join(unsent, io.EOF), false},
		"a key that could not be fetched":  {verify("POST", unsent), true},
		"the same of a query":              {verify("GET", sent), false},
		"a call around it":                 {&wechatpay.CallError{Method: "POST", Err: sent}, false},
		"a VerifyError without a response": {&wechatpay.VerifyError{Err: io.EOF}, true},
		"500":                              {api("POST", 500, true), true},
		"500 of a query":                   {api("GET", 500, true), false},
		"302":                              {api("POST", 302, false), true},
		"400, signed":                      {api("POST", 400, true), false},
		"404, by nobody":                   {api("POST", 404, false), true},
		"401":                              {api("POST", 401, false), false},
		"a wait that was given up":         {fmt.Errorf("%w: %w", future.ErrWaiting, context.DeadlineExceeded), true},
		"a cancelled future":               {fmt.Errorf("x: %w", future.ErrCancelled), true},
		"a callback that panicked":         {&future.PanicError{Value: 1}, true},
		"a typed nil":                      {(*wechatpay.CallError)(nil), false},
		"an error made by hand":            {&wechatpay.APIError{Method: "POST", StatusCode: 401}, false},
		"429":                              {api("POST", 429, false), false},
	} {
		assert.Equal(t, tc.want, wechatpay.OutcomeUnknown(tc.err), name)
	}
	assert.Contains(t, (&wechatpay.VerifyError{Err: io.EOF}).Error(), "EOF")
}

// TestAKeyThatCannotBeFetchedDoesNotHideThatMoneyMoved: the reply was there.
func TestAKeyThatCannotBeFetchedDoesNotHideThatMoneyMoved(t *testing.T) {
	c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
		cfg.PlatformKeys = nil
		cfg.Verifier = signer.VerifierFunc(func(context.Context, string, []byte, []byte) error {
			return fmt.Errorf("asking the key service: %w", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED})
		})
	})
	for _, opts := range []*wechatpay.Options{nil, {JSON: wechatpay.M{}}} {
		_, err := c.Chain("v3/x").Post(t.Context(), opts)
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
		assert.True(t, wechatpay.OutcomeUnknown(err))
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
	for name, tc := range map[string]struct {
		transport *http.Transport
		fault     string
		timeout   time.Duration
		unknown   bool
	}{
		"time is up before there is a connection": {transport: stuck, timeout: 50 * time.Millisecond},
		"the connection ends without a reply":     {transport: wechatpay.NewTransport(), fault: "drop", unknown: true},
		"the reply is cut off":                    {transport: wechatpay.NewTransport(), fault: "truncated", unknown: true},
	} {
		t.Run(name, func(t *testing.T) {
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

func TestARedirectIsNotFollowed(t *testing.T) {
	c, w := sandboxClient(t, nil)
	_, err := c.Chain("v3/x").Get(t.Context(), &wechatpay.Options{Header: http.Header{sandbox.FaultHeader: {"redirect"}}})
	var api *wechatpay.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, 302, api.StatusCode)
	assert.Equal(t, 1, w.count())
}

func TestAnyErrorBodyIsTolerated(t *testing.T) {
	for body, want := range map[string]wechatpay.APIError{
		``:                             {},
		`null`:                         {},
		`[]`:                           {},
		`"text"`:                       {},
		`{"code":`:                     {},
		`<xml></xml>`:                  {},
		`{"code":123,"message":true}`:  {Code: "123", Message: "true"},
		`{"code":"A","detail":"text"}`: {Code: "A", Detail: []byte(`"text"`)},
		`{"code":"A","detail":null}`:   {Code: "A"},
		`{"message":"a\nb"}`:           {Message: "a\nb"},
	} {
		c := answering(t, nil, func(*http.Request) (*http.Response, error) { return reply(400, body), nil })
		_, err := c.Chain("v3/x").Get(t.Context(), nil)
		var api *wechatpay.APIError
		require.ErrorAs(t, err, &api, body)
		assert.Equal(t, want.Code, api.Code, body)
		assert.Equal(t, want.Message, api.Message, body)
		assert.Equal(t, want.Detail, api.Detail, body)
		assert.Equal(t, body, string(api.Response.Bytes()))
		assert.NotContains(t, err.Error(), "\n")
	}
	long := answering(t, nil, func(*http.Request) (*http.Response, error) {
		return reply(400, `{"code":"A","message":"`+strings.Repeat("长", 10_000)+`"}`), nil
	})
	_, err := long.Chain("v3/x").Get(t.Context(), nil)
	assert.Less(t, len(err.Error()), 2000)
}

func TestRepliesAreLimited(t *testing.T) {
	c, _ := sandboxClient(t, func(cfg *wechatpay.Config) { cfg.MaxReply = 1000 })
	_, err := c.Chain("v3/echo").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"a": strings.Repeat("x", 2000)}})
	require.ErrorIs(t, err, wechatpay.ErrTooLarge)
	assert.True(t, wechatpay.OutcomeUnknown(err))
	_, err = c.Chain("v3/transferdownload/signfile").Get(t.Context(), &wechatpay.Options{Query: wechatpay.M{"a": strings.Repeat("x", 2000)}})
	require.ErrorIs(t, err, wechatpay.ErrTooLarge, "unsigned downloads included")
}

func TestResponse(t *testing.T) {
	c, _ := sandboxClient(t, nil)
	resp, err := c.Chain("v3/echo").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"list": []wechatpay.M{{"id": "1"}, {"id": "2"}}}})
	require.NoError(t, err)
	assert.Equal(t, `["1","2"]`, resp.Get("json.list.#.id").Raw)
	assert.False(t, resp.Get("none").Exists())
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, resp.Bytes(), body, "the Body can be read once more")
	var decoded struct{ Method string }
	require.NoError(t, resp.Decode(&decoded))
	assert.Equal(t, "POST", decoded.Method)
	require.ErrorContains(t, resp.Decode(&[]int{}), "decoding the reply")
	assert.Regexp(t, `^200 OK \(\d+ bytes\)$`, resp.String())
	assert.NotEmpty(t, resp.RequestID())
	assert.Equal(t, "/v3/echo", resp.Request.URL.Path)

	gateway().Handle("DELETE", "/v3/gone", func(*sandbox.Request) *sandbox.Reply { return sandbox.NoContent() })
	resp, err = c.Chain("v3/gone").Delete(t.Context(), nil)
	require.NoError(t, err)
	assert.True(t, resp.Verified, "a 204 is signed too")
	assert.Empty(t, resp.Bytes())
	require.ErrorContains(t, resp.Decode(&decoded), "no body (status 204)")
}

// TestVerifiedHoldsWhateverIsAroundVerify: tracers wrap the body of a reply.
func TestVerifiedHoldsWhateverIsAroundVerify(t *testing.T) {
	type wrapped struct{ io.ReadCloser }
	for name, tc := range map[string]struct {
		change func(*http.Response)
		want   bool
	}{
		"a body that is wrapped": {func(r *http.Response) { r.Body = wrapped{r.Body} }, true},
		"a body that was read":   {func(r *http.Response) { _, _ = io.ReadAll(r.Body) }, true},
		"a body that is another": {func(r *http.Response) { r.Body, r.ContentLength = io.NopCloser(strings.NewReader("{}")), 2 }, false},
	} {
		for _, path := range []string{"v3/x", "v3/pay/transactions/id/none"} {
			c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
				cfg.Stack = func(s *middleware.Stack) error {
					return s.Unshift("outer", func(next http.RoundTripper) http.RoundTripper {
						return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
							resp, err := next.RoundTrip(r)
							if err == nil {
								tc.change(resp)
							}
							return resp, err
						})
					})
				}
			})
			resp, err := c.Chain(path).Get(t.Context(), nil)
			var api *wechatpay.APIError
			if errors.As(err, &api) {
				assert.Equal(t, tc.want, api.Verified, name)
				continue
			}
			require.NoError(t, err, name)
			assert.Equal(t, tc.want, resp.Verified, name)
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			assert.Equal(t, resp.Bytes(), body, name)
		}
	}
}

// TestABodyThatAMiddlewareChangesIsSignedAsItGoesOut: the gateway would refuse it.
func TestABodyThatAMiddlewareChangesIsSignedAsItGoesOut(t *testing.T) {
	c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
		cfg.Stack = func(s *middleware.Stack) error {
			return s.Unshift("change", func(next http.RoundTripper) http.RoundTripper {
				return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
					changed := r.Clone(r.Context())
					changed.Body = io.NopCloser(strings.NewReader(`{"b":22}`))
					return next.RoundTrip(changed)
				})
			})
		}
	})
	resp, err := c.Chain("v3/x").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"a": 1}})
	require.NoError(t, err)
	assert.Equal(t, `{"b":22}`, resp.Get("body").String())
}

func TestAReplyToHEADHasNoBody(t *testing.T) {
	c := answering(t, nil, func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 404, ContentLength: 1 << 40, Body: http.NoBody}, nil
	})
	_, err := c.Chain("v3/x").Do(t.Context(), "HEAD", nil)
	var api *wechatpay.APIError
	require.ErrorAs(t, err, &api)
}

func TestTheStackCanBeAddedTo(t *testing.T) {
	var order []string
	note := func(name string) middleware.Middleware {
		return func(next http.RoundTripper) http.RoundTripper {
			return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				order = append(order, fmt.Sprint(name, " ", r.Header.Get("Authorization") != "", " ", middleware.CallOf(r.Context()).Route))
				return next.RoundTrip(r)
			})
		}
	}
	c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
		cfg.Stack = func(s *middleware.Stack) error {
			return errors.Join(s.Unshift("outer", note("outer")), s.Push("inner", note("inner")))
		}
	})
	assert.Contains(t, c.String(), "outer → verify → sign → inner → transport")
	_, err := c.Chain("v3/x/{id}").Get(t.Context(), &wechatpay.Options{Vars: wechatpay.M{"id": "secret"}})
	require.NoError(t, err)
	assert.Equal(t, []string{"outer false v3/x/{id}", "inner true v3/x/{id}"}, order)
}
