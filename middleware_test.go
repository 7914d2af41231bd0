package wechatpay_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestRetryThroughTheGateway: each attempt has a nonce of its own, or the gateway
// would refuse it, and the same bytes.
func TestRetryThroughTheGateway(t *testing.T) {
	t.Parallel()
	spoilt := 0
	spoil := func(next http.RoundTripper) http.RoundTripper { // the first attempts only
		return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			if spoilt++; spoilt > 2 {
				r = r.Clone(r.Context())
				r.Header.Del(sandbox.FaultHeader)
			}
			return next.RoundTrip(r)
		})
	}
	c, w := sandboxClient(t, func(cfg *wechatpay.Config) {
		cfg.Retry = middleware.RetryConfig{Attempts: 3, Wait: time.Millisecond}
		cfg.Stack = func(s *middleware.Stack) error { return s.After("retry", "spoil", spoil) }
	})
	for _, tc := range []struct {
		name, fault string
		attempts    int
	}{
		{"a page of a proxy", "html-502", 3},
		{"a reply cut off", "truncated", 3},
		{"no reply", "drop", 3},
		{"too many requests", "rate-429", 3},
		{"an empty reply", "empty-500", 3},
	} {
		t.Run(tc.name, func(t *testing.T) { // one after the other: they share spoilt
			spoilt = 0
			before := w.count()
			resp, err := c.Chain("v3/anything/refunds").Post(t.Context(), &wechatpay.Options{
				JSON: wechatpay.M{"out_refund_no": "R1"}, Header: http.Header{sandbox.FaultHeader: {tc.fault}},
			})
			require.NoError(t, err)
			assert.True(t, resp.Verified)
			assert.Equal(t, tc.attempts, w.count()-before)
			authorizations := map[string]bool{}
			for _, s := range w.sent[before:] {
				authorizations[s.Header.Get("Authorization")] = true
				assert.Equal(t, `{"out_refund_no":"R1"}`, s.body) //nolint:testifylint // byte for byte
			}
			assert.Len(t, authorizations, tc.attempts, "each is signed")
		})
	}

	spoilt = -100
	_, err := c.Chain("v3/anything/refunds").Post(t.Context(), &wechatpay.Options{
		JSON: wechatpay.M{"out_refund_no": "R1"}, Header: http.Header{sandbox.FaultHeader: {"empty-500"}},
	})
	var api *wechatpay.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, 3, api.Attempts)
	assert.Contains(t, err.Error(), "(3 attempts; the limit of RetryConfig.Attempts)")
	assert.True(t, wechatpay.OutcomeUnknown(err))

	_, err = c.Chain("v3/x").Post(t.Context(), &wechatpay.Options{
		JSON: wechatpay.M{"a": 1}, Header: http.Header{sandbox.FaultHeader: {"drop"}},
	})
	require.ErrorIs(t, err, io.EOF)
	var retried *middleware.RetryError
	require.NotErrorAs(t, err, &retried, "what may have taken effect, and is not repeatable, is sent once")

	no := false
	_, err = c.Chain("v3/x").Post(t.Context(), &wechatpay.Options{
		JSON: wechatpay.M{"out_refund_no": "R1"}, Idempotent: &no, Header: http.Header{sandbox.FaultHeader: {"probe"}},
	})
	require.ErrorIs(t, err, wechatpay.ErrProbe)
	require.NotErrorAs(t, err, &retried)

	_, err = c.Chain("v3/x").Get(t.Context(), &wechatpay.Options{Header: http.Header{sandbox.FaultHeader: {"probe"}}})
	require.ErrorIs(t, err, wechatpay.ErrProbe)
	require.ErrorAs(t, err, &retried)
	assert.Equal(t, 2, retried.Attempts, "a failed verification is tried once more")
}

// TestNothingIsRepeatedThatWasAnswered: what failed was the judging of the answer.
func TestNothingIsRepeatedThatWasAnswered(t *testing.T) {
	t.Parallel()
	no := false
	once := &wechatpay.Options{JSON: wechatpay.M{"a": 1}, Idempotent: &no}
	dial := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	keyless := signer.VerifierFunc(func(context.Context, string, []byte, []byte) error {
		return fmt.Errorf("renewing keys: %w", dial)
	})
	unsigned := func(status int, body string) func(*http.Request) (*http.Response, error) {
		return func(r *http.Request) (*http.Response, error) { drain(r); return reply(status, body), nil }
	}
	signed := func(status int, body string) func(*http.Request) (*http.Response, error) {
		return func(r *http.Request) (*http.Response, error) {
			drain(r)
			resp := reply(status, body)
			resp.Header = newCanned().header.Clone()
			return resp, nil
		}
	}
	for _, tc := range []struct {
		name     string
		verifier signer.Verifier
		answer   func(*http.Request) (*http.Response, error)
		attempts int
		unknown  bool
	}{
		{"a key that cannot be fetched", keyless, signed(200, "{}"), 1, true},
		{"401, badly signed", keyless, signed(401, "{}"), 1, true},
		{"429, badly signed", keyless, signed(429, "{}"), 1, true},
		{"too frequent, says nobody", noVerifier, unsigned(403, `{"code":"RATE_LIMITED","message":""}`), 1, true},
		{"too frequent, as a 500", noVerifier, signed(500, `{"code":"RATE_LIMITED","message":""}`), 1, true},
		{"too frequent, says WeChat Pay", noVerifier, signed(403, `{"code":"FREQUENCY_LIMITED","message":""}`), 3, false},
		{"429, says WeChat Pay", noVerifier, signed(429, `{"code":"RATELIMIT_EXCEEDED","message":""}`), 3, false},
		{"429, says nobody", noVerifier, unsigned(429, `{"code":"RATELIMIT_EXCEEDED","message":""}`), 1, false},
		{"429 without an error", noVerifier, unsigned(429, ""), 1, true},
		{"a body that is a bottomless pit", noVerifier, unsigned(502, `{"code":`+strings.Repeat("[", 15<<20)), 1, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			attempts := 0
			c := answering(t, func(cfg *wechatpay.Config) {
				cfg.PlatformKeys, cfg.Verifier = nil, tc.verifier
				cfg.Retry = middleware.RetryConfig{Wait: time.Millisecond}
				cfg.Failover = middleware.Mainland()
			}, func(r *http.Request) (*http.Response, error) { attempts++; return tc.answer(r) })
			_, err := c.Chain("v3/x").Post(t.Context(), once)
			require.Error(t, err)
			assert.Equal(t, tc.attempts, attempts)
			assert.Equal(t, tc.unknown, wechatpay.OutcomeUnknown(err), err)
		})
	}
}

func TestMaxReplyHoldsForErrorsToo(t *testing.T) {
	t.Parallel()
	c := answering(t, func(cfg *wechatpay.Config) { cfg.MaxReply, cfg.Retry = 1024, middleware.RetryConfig{} },
		func(*http.Request) (*http.Response, error) { return reply(400, strings.Repeat("x", 1<<20)), nil })
	_, err := c.Chain("v3/x").Get(t.Context(), nil)
	require.ErrorIs(t, err, wechatpay.ErrTooLarge)
}

func TestFailoverThroughTwoGateways(t *testing.T) {
	backup, err := gateway().Start()
	require.NoError(t, err)
	defer backup.Close()
	gone, err := gateway().Start()
	require.NoError(t, err)
	gone.Close()
	c, w := sandboxClient(t, func(cfg *wechatpay.Config) {
		cfg.BaseURL = gone.URL
		cfg.Failover = []string{gone.URL, backup.URL}
	})
	for range 2 {
		resp, err := c.Chain("v3/x").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"a": 1}})
		require.NoError(t, err)
		assert.True(t, resp.Verified)
		assert.Equal(t, strings.TrimPrefix(backup.URL, "http://"), w.last(t).URL.Host)
	}
	assert.Equal(t, 3, w.count(), "the host that is gone is asked once")

	cfg := config(gone.URL)
	cfg.Failover = []string{gone.URL + "/", backup.URL + "/"}
	_, err = wechatpay.New(cfg)
	require.NoError(t, err, "a trailing slash is nothing")
	cfg.BaseURL, cfg.Failover = "http://[::1]:1", []string{"http://[::1]:1", "http://[::1]:2"}
	_, err = wechatpay.New(cfg)
	require.NoError(t, err)
	cfg.BaseURL, cfg.Failover = "", []string{"https://api.mch.weixin.qq.com", "http://api.mch.weixin.qq.com"}
	_, err = wechatpay.New(cfg)
	require.ErrorContains(t, err, "plain http")

	for _, tc := range []struct {
		name  string
		want  string
		hosts []string
	}{
		{"a path", "has a path", []string{gone.URL, backup.URL + "/v3"}},
		{"the BaseURL is not the first", "must be the BaseURL's", []string{backup.URL, gone.URL}},
		{"a foreign host", "not trusted", []string{gone.URL, "https://evil.example"}},
		{"one host", "two hosts", []string{gone.URL}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := config(gone.URL)
			cfg.Failover = tc.hosts
			_, err := wechatpay.New(cfg)
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestLogThroughTheGateway(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
		cfg.Logger = slog.New(slog.NewTextHandler(&out, nil))
		cfg.Retry = middleware.RetryConfig{Attempts: 2, Wait: time.Millisecond}
	})
	_, err := c.Chain("v3/users/{openid}").Get(t.Context(), &wechatpay.Options{
		Vars: wechatpay.M{"openid": "oSECRET"}, Header: http.Header{sandbox.FaultHeader: {"html-502"}},
	})
	require.Error(t, err)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 2, "one for each attempt")
	for i, line := range lines {
		assert.Contains(t, line, "route=v3/users/{openid}")
		assert.Contains(t, line, "attempt="+string(rune('1'+i)))
		assert.Contains(t, line, "status=502")
	}
	for _, secret := range []string{"oSECRET", "WECHATPAY2", "mchid"} {
		assert.NotContains(t, out.String(), secret)
	}
}

// TestDebugShowsWhatWasSignedAndVerified: with it a "sign error" can be compared
// line by line.
func TestDebugShowsWhatWasSignedAndVerified(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c, _ := sandboxClient(t, nil)
	_, err := c.Chain("v3/pay/x?a=%2F").Post(t.Context(), &wechatpay.Options{
		JSON: wechatpay.M{"payer": wechatpay.M{"openid": "oSECRET"}, "amount": wechatpay.M{"total": 100}}, Debug: &out,
	})
	require.NoError(t, err)
	assert.Regexp(t, `(?s)^--- message signed, each line ended by a line feed
POST
/v3/pay/x\?a=%2F
\d{10}
\w{26}
{"amount":{"total":100},"payer":{"openid":"<7 characters>"}}
--- body of 53 bytes, SHA-256 [0-9a-f]{64}
--- Authorization: WECHATPAY2-SHA256-RSA2048 mchid="1900000109",serial_no="\w+",timestamp="\d{10}",nonce_str="\w{26}",signature="…"
--- message verified, each line ended by a line feed
\d{10}
\w{26}
{.*}
--- body of \d+ bytes, SHA-256 [0-9a-f]{64}
--- status 200, request id \w+
--- good signature by key PUB_KEY_ID_\d+
$`, out.String())
	assert.NotContains(t, out.String(), "oSECRET")

	out.Reset()
	_, err = c.Chain("v3/x").Get(t.Context(), &wechatpay.Options{Debug: &out, Header: http.Header{sandbox.FaultHeader: {"tampered"}}})
	require.Error(t, err)
	assert.Contains(t, out.String(), "--- NOT VERIFIED: bad signature by key")
}
