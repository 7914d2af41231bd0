package wechatpay_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// TestStatusIsNotSigned delivers signed and unsigned bodies with statuses that WeChat Pay did
// not send them with. The signature covers the body only, so only the body may settle a call.
func TestStatusIsNotSigned(t *testing.T) {
	t.Parallel()
	const (
		refunds = "v3/refund/domestic/refunds" // its reply has no code
		subsidy = "v3/gov/subsidy/qualifications/sync"
		card    = "v3/marketing/membercard-open/cards/1/users/import"
		fresh   = "v3/new/endpoint" // not in the catalogue

		done    = `{"refund_id":"50000000382019052709732678859","status":"SUCCESS"}`
		refusal = `{"code":"NOT_ENOUGH","message":"余额不足"}`
		failure = `{"code":"SYSTEM_ERROR","message":"系统错误"}`
		paying  = `{"code":"USERPAYING","message":"需要用户输入支付密码"}`
	)
	for _, tc := range []struct {
		name    string
		path    string
		status  int
		signed  bool
		body    string
		ok      bool
		unknown bool
	}{
		{name: "success as 200", path: refunds, status: 200, signed: true, body: done, ok: true},
		{name: "success as 400", path: refunds, status: 400, signed: true, body: done, unknown: true},
		{name: "success as 401", path: refunds, status: 401, signed: true, body: done, unknown: true},
		{name: "success as 403", path: refunds, status: 403, signed: true, body: done, unknown: true},
		{name: "success as 404", path: refunds, status: 404, signed: true, body: done, unknown: true},
		{name: "success as 429", path: refunds, status: 429, signed: true, body: done, unknown: true},
		{name: "success as 500", path: refunds, status: 500, signed: true, body: done, unknown: true},
		{name: "204 as 400", path: refunds, status: 400, signed: true, unknown: true},
		{name: "success as 307", path: refunds, status: 307, signed: true, body: done, unknown: true},
		{name: "refusal as 400", path: refunds, status: 400, signed: true, body: refusal},
		{name: "refusal as 429", path: refunds, status: 429, signed: true, body: refusal},
		{name: "refusal as 200", path: refunds, status: 200, signed: true, body: refusal, unknown: true},
		{name: "refusal as 200, of an unknown endpoint", path: fresh, status: 200, signed: true, body: refusal, ok: true},
		{name: "refusal as 400, of an unknown endpoint", path: fresh, status: 400, signed: true, body: refusal},
		{name: "failure as 400", path: refunds, status: 400, signed: true, body: failure, unknown: true},
		{name: "failure as 429", path: refunds, status: 429, signed: true, body: failure, unknown: true},
		{name: "pending as 202", path: refunds, status: 202, signed: true, body: paying, unknown: true},
		{name: "pending as 400", path: refunds, status: 400, signed: true, body: paying, unknown: true},
		{name: "success with a code", path: subsidy, status: 200, signed: true, body: `{"code":"SUCCESS","message":"成功"}`, ok: true},
		{name: "success with a code as 400", path: subsidy, status: 400, signed: true, body: `{"code":"SUCCESS","message":"成功"}`, unknown: true},
		{name: "parameters, where a success has a code", path: subsidy, status: 400, signed: true, body: `{"code":"PARAM_ERROR","message":""}`},
		{name: "code of a card as 400", path: card, status: 400, signed: true, body: `{"code":"1234567890"}`, unknown: true},
		{name: "refusal as 400, unsigned", path: refunds, status: 400, body: refusal, unknown: true},
		{name: "refusal as 404, unsigned", path: refunds, status: 404, body: refusal, unknown: true},
		{name: "refusal as 401, unsigned", path: refunds, status: 401, body: refusal},
		{name: "page as 401, unsigned", path: refunds, status: 401, body: "<html>", unknown: true},
		{name: "page as 429, unsigned", path: refunds, status: 429, body: "<html>", unknown: true},
		{name: "code without a message as 429", path: refunds, status: 429, body: `{"code":"NOT_ENOUGH"}`, unknown: true},
		{name: "page as 302, unsigned", path: refunds, status: 302, body: "<html>", unknown: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			attempts := 0
			c := answering(t, func(cfg *wechatpay.Config) {
				cfg.PlatformKeys, cfg.Verifier = nil, noVerifier
			}, func(r *http.Request) (*http.Response, error) {
				attempts++
				drain(r)
				resp := reply(tc.status, tc.body)
				if tc.signed {
					resp.Header = newCanned().header.Clone()
				}
				return resp, nil
			})
			for _, way := range []struct {
				sink  *bytes.Buffer
				stack func(*middleware.Stack) error
			}{
				{},
				{sink: new(bytes.Buffer)},
				{sink: new(bytes.Buffer), stack: func(s *middleware.Stack) error { return s.Before("verify", "wrap", wrapBody) }},
			} {
				sink := way.sink
				attempts = 0
				opts := &wechatpay.Options{JSON: wechatpay.M{"a": 1}, Stack: way.stack}
				if sink != nil {
					opts.Sink = sink
				}
				_, err := c.Chain(tc.path).Post(t.Context(), opts)
				assert.Equal(t, tc.ok, err == nil, err)
				assert.Equal(t, tc.unknown, wechatpay.OutcomeUnknown(err), err)
				assert.Equal(t, 1, attempts, "what is not repeatable is not sent again")
				if sink != nil && !tc.ok {
					assert.Empty(t, sink.String())
				}
				var api *wechatpay.APIError
				if err != nil && tc.status/100 != 3 {
					require.ErrorAs(t, err, &api)
					assert.Equal(t, tc.signed, api.Verified)
				}
			}
		})
	}
}

// wrapBody wraps the body of a reply, as a tracer does.
func wrapBody(next http.RoundTripper) http.RoundTripper {
	return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(r)
		if resp != nil && resp.Body != nil {
			resp.Body = struct{ io.ReadCloser }{resp.Body}
		}
		return resp, err
	})
}

// TestRedirectsExcuseNothing: a transport that follows a redirect hands out the reply to
// another request, which may be an unsigned download.
func TestRedirectsExcuseNothing(t *testing.T) {
	t.Parallel()
	redirected := func(r *http.Request) (*http.Response, error) {
		drain(r)
		resp := reply(200, "forged")
		resp.Request = r.Clone(r.Context())
		resp.Request.Response = reply(302, "")
		return resp, nil
	}
	swapped := func(next http.RoundTripper) http.RoundTripper {
		return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			other := r.Clone(r.Context())
			other.Method, other.URL.Path = "GET", "/v3/billdownload/file"
			return next.RoundTrip(other)
		})
	}
	for _, tc := range []struct {
		name     string
		path     string
		unsigned bool
		layer    middleware.Middleware
		answer   middleware.RoundTripperFunc
	}{
		{"a known download", "v3/billdownload/file", false, nil, redirected},
		{"a download that the caller knows", "v3/new/file", true, nil, redirected},
		{"a middleware that follows by itself", "v3/bill/tradebill", false, swapped, func(*http.Request) (*http.Response, error) {
			return reply(200, "forged"), nil
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := answering(t, func(cfg *wechatpay.Config) {
				if tc.layer != nil {
					cfg.Stack = func(s *middleware.Stack) error { return s.Before("verify", "layer", tc.layer) }
				}
			}, tc.answer)
			_, err := c.Chain(tc.path).Get(t.Context(), &wechatpay.Options{Unsigned: tc.unsigned})
			require.ErrorIs(t, err, wechatpay.ErrMissingHeader)
		})
	}
	c := answering(t, nil, redirected)
	_, err := c.Chain("v3/new/file").Post(t.Context(), &wechatpay.Options{Unsigned: true})
	require.ErrorIs(t, err, wechatpay.ErrInvalid)
}
