package middleware_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

func retrying(s *script, cfg middleware.RetryConfig) http.RoundTripper {
	var stack middleware.Stack
	require.NoError(s.t, stack.Push("retry", middleware.Retry(cfg)))
	return stack.Around(s)
}

var errGone = errors.New("file is gone")

func post(t *testing.T, body string) *http.Request {
	t.Helper()
	r := request(t, "POST", "https://api.mch.weixin.qq.com/v3/x", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return forCall(r, callstate.Info{Route: "v3/x"})
}

func TestRetrySendsTheSameBytesAgain(t *testing.T) {
	t.Parallel()
	const refund = `{"out_refund_no":"R1"}`
	yes, no := true, false
	for _, tc := range []struct {
		name     string
		request  func(*testing.T) *http.Request
		outcomes []any
		attempts int
		status   int
		is       error
		reason   string
	}{
		{"a business number makes it repeatable",
			func(t *testing.T) *http.Request { return post(t, refund) }, []any{code(500, "SYSTEM_ERROR"), io.EOF, response(200, "")}, 3, 200, nil, ""},
		{"without one it is sent once",
			func(t *testing.T) *http.Request { return post(t, `{"a":1}`) }, []any{code(500, "SYSTEM_ERROR")}, 1, 500, nil, ""},
		{"unless it was never sent",
			func(t *testing.T) *http.Request { return post(t, `{"a":1}`) }, []any{errDial, errDial, response(200, "")}, 3, 200, nil, ""},
		{"an empty number is none",
			func(t *testing.T) *http.Request { return post(t, `{"out_refund_no":""}`) }, []any{io.EOF}, 1, 0, io.EOF, ""},
		{"an Idempotency-Key",
			func(t *testing.T) *http.Request {
				r := post(t, `{}`)
				r.Header.Set("Idempotency-Key", "k")
				return r
			}, []any{io.EOF, response(204, "")}, 2, 204, nil, "a status below 400 is final"},
		{"the caller's word for it",
			func(t *testing.T) *http.Request {
				return forCall(post(t, `{}`), callstate.Info{Idempotent: &yes})
			}, []any{io.EOF, response(200, "")}, 2, 200, nil, ""},
		{"the caller's word against it",
			func(t *testing.T) *http.Request {
				return forCall(post(t, refund), callstate.Info{Idempotent: &no})
			}, []any{io.EOF}, 1, 0, io.EOF, ""},
		{"a number that names another thing",
			func(t *testing.T) *http.Request {
				r := post(t, `{"out_trade_no":"T1"}`)
				r.URL.Path = "/v3/global/customs/redeclare"
				return r
			}, []any{io.EOF}, 1, 0, io.EOF, ""},
		{"a number that names another thing, in an escaped path",
			func(t *testing.T) *http.Request {
				r := post(t, `{"out_request_no":"T1"}`)
				r.URL.Path, r.URL.RawPath = "/v3/marketing/membercard-open/cards/a/b/codes/1/bonus/commit", "/v3/marketing/membercard-open/cards/a%2Fb/codes/1/bonus/commit"
				return r
			}, []any{io.EOF}, 1, 0, io.EOF, ""},
		{"a query",
			func(t *testing.T) *http.Request { return request(t, "GET", "https://api.mch.weixin.qq.com/v3/x", nil) },
			[]any{response(502, "<html>"), context.DeadlineExceeded, response(200, "")}, 3, 200, nil, ""},
		{"attempts are bounded",
			func(t *testing.T) *http.Request { return post(t, refund) }, []any{io.EOF, io.EOF, io.EOF}, 3, 0, io.EOF, "the limit of RetryConfig.Attempts"},
		{"a final reply ends it",
			func(t *testing.T) *http.Request { return post(t, refund) }, []any{io.EOF, code(400, "PARAM_ERROR")}, 2, 400, nil, ""},
		{"a body that cannot be rewound",
			func(t *testing.T) *http.Request {
				r := post(t, refund)
				r.GetBody = nil
				return r
			}, []any{errDial}, 1, 0, errDial, ""},
		{"a body that fails to open again",
			func(t *testing.T) *http.Request {
				r := post(t, refund)
				first := true
				r.GetBody = func() (io.ReadCloser, error) {
					if first { // the look for a business number
						first = false
						return io.NopCloser(strings.NewReader(refund)), nil
					}
					return nil, errGone
				}
				return r
			}, []any{io.EOF}, 1, 0, errGone, "the body could not be opened again"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{t: t, outcomes: tc.outcomes}
				r := tc.request(t)
				resp, err := retrying(s, middleware.RetryConfig{}).RoundTrip(r)
				assert.Len(t, s.at, tc.attempts)
				assert.Empty(t, s.outcomes)
				for _, body := range s.bodies {
					assert.Equal(t, s.bodies[0], body)
				}
				if tc.reason != "" {
					count, stopped := callstate.From(r.Context()).Attempts()
					assert.Equal(t, tc.attempts, count)
					assert.Equal(t, tc.reason, stopped)
				}
				if tc.is == nil {
					require.NoError(t, err)
					assert.Equal(t, tc.status, resp.StatusCode)
					return
				}
				require.ErrorIs(t, err, tc.is)
				var ended *middleware.RetryError
				if tc.attempts == 1 {
					require.NotErrorAs(t, err, &ended)
					return
				}
				require.ErrorAs(t, err, &ended)
				assert.Equal(t, tc.attempts, ended.Attempts)
				assert.Contains(t, err.Error(), tc.reason)
			})
		})
	}
}

func TestRetryWaits(t *testing.T) {
	t.Parallel()
	after := func(value string) *http.Response {
		r := response(429, "")
		r.Header.Set("Retry-After", value)
		return r
	}
	for _, tc := range []struct {
		name              string
		outcomes          []any
		deadline          time.Duration
		shortest, longest time.Duration // of all pauses
		attempts          int
	}{
		{"doubling, jittered", []any{response(503, ""), response(503, ""), response(200, "")}, 0, 0, 3 * 2 * time.Second, 3},
		{"as long as it is asked to", []any{after("7"), response(200, "")}, 0, 7 * time.Second, 7 * time.Second, 2},
		{"not longer than is allowed", []any{after("11")}, 0, 0, 0, 1},
		{"a Retry-After that overflows", []any{after("4294967296999999999999")}, 0, 0, 0, 1},
		{"a Retry-After of a fraction", []any{after("3600.5")}, 0, 0, 0, 1},
		{"a Retry-After that is odd", []any{after("soon"), response(200, "")}, 0, 0, 2 * time.Second, 2},
		{"nothing that cannot finish", []any{after("7")}, 5 * time.Second, 0, 0, 1},
		{"not beyond the context's end", []any{response(503, ""), func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() }}, time.Minute, 0, time.Minute, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if tc.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tc.deadline)
					defer cancel()
				}
				s := &script{t: t, outcomes: tc.outcomes}
				began := time.Now()
				_, _ = retrying(s, middleware.RetryConfig{Wait: time.Second}).RoundTrip(request(t, "GET", "https://x.wechatpay.cn/", nil).WithContext(ctx))
				assert.Len(t, s.at, tc.attempts)
				assert.GreaterOrEqual(t, time.Since(began), tc.shortest)
				assert.LessOrEqual(t, time.Since(began), tc.longest)
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &script{t: t, outcomes: []any{after("9")}}
		time.AfterFunc(time.Second, cancel)
		began := time.Now()
		resp, err := retrying(s, middleware.RetryConfig{}).RoundTrip(request(t, "GET", "https://x.wechatpay.cn/", nil).WithContext(ctx))
		require.NoError(t, err)
		assert.Equal(t, 429, resp.StatusCode, "what came is handed out")
		assert.Equal(t, time.Second, time.Since(began), "a pause ends with the context")
	})
}

func TestACancelledPauseKeepsTheCauseAndTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &script{t: t, outcomes: []any{func(*http.Request) (*http.Response, error) {
			time.AfterFunc(0, cancel)
			return nil, io.ErrUnexpectedEOF
		}}}
		_, err := retrying(s, middleware.RetryConfig{Wait: time.Hour, MaxWait: time.Hour}).RoundTrip(
			request(t, "GET", "https://x.wechatpay.cn/", nil).WithContext(ctx))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestRetryBoundsOneAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stall := func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() }
		var attempt context.Context
		s := &script{t: t, outcomes: []any{stall, func(r *http.Request) (*http.Response, error) {
			attempt = r.Context()
			return response(200, "late"), nil
		}}}
		resp, err := retrying(s, middleware.RetryConfig{AttemptTimeout: time.Second}).RoundTrip(request(t, "GET", "https://x.wechatpay.cn/", nil))
		require.NoError(t, err)
		require.NoError(t, attempt.Err(), "the reply can still be read")
		data, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		assert.Equal(t, "late", string(data))
		require.NoError(t, resp.Body.Close())
		require.ErrorIs(t, attempt.Err(), context.Canceled)
	})
}
