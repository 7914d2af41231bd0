package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func response(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{}, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)),
	}
}

func code(status int, name string) *http.Response { return response(status, `{"code":"`+name+`"}`) }

// TestDecide is the official guidance, row by row: what is sent again, and what is
// not, for a request that may take effect once only, and for one that is repeatable.
func TestDecide(t *testing.T) {
	t.Parallel()
	unverified := &middleware.VerifyError{Response: response(200, ""), Err: signer.ErrProbe}
	probe := &middleware.VerifyError{Response: response(200, ""), Err: fmt.Errorf("%w: %w", signer.ErrProbe, signer.ErrSignature)}
	cut := &middleware.VerifyError{Response: response(200, ""), Err: io.ErrUnexpectedEOF}
	large := &middleware.VerifyError{Response: response(200, ""), Err: middleware.ErrTooLarge}
	_ = unverified
	for _, tc := range []struct {
		name             string
		attempt          middleware.Attempt
		once, repeatable bool
	}{
		{"200", middleware.Attempt{Response: response(200, "")}, false, false},
		{"302", middleware.Attempt{Response: response(302, "")}, false, false},
		{"400 PARAM_ERROR", middleware.Attempt{Response: code(400, "PARAM_ERROR")}, false, false},
		{"401 SIGN_ERROR", middleware.Attempt{Response: code(401, "SIGN_ERROR")}, false, false},
		{"403 NO_AUTH", middleware.Attempt{Response: code(403, "NO_AUTH")}, false, false},
		{"404 ORDER_NOT_EXIST", middleware.Attempt{Response: code(404, "ORDER_NOT_EXIST")}, false, false},
		{"429", middleware.Attempt{Response: response(429, "<html>")}, true, true},
		{"429 RATELIMIT_EXCEEDED", middleware.Attempt{Response: code(429, "RATELIMIT_EXCEEDED")}, true, true},
		{"403 FREQUENCY_LIMITED of a refund", middleware.Attempt{Response: code(403, "FREQUENCY_LIMITED"), Verified: true}, true, true},
		{"the same by nobody", middleware.Attempt{Response: code(403, "FREQUENCY_LIMITED")}, false, false},
		{"the same as a 503", middleware.Attempt{Response: code(503, "FREQUENCY_LIMITED"), Verified: true}, false, true},
		{"403 RATELIMIT_EXCEED of a sharing", middleware.Attempt{Response: code(403, "RATELIMIT_EXCEED"), Verified: true}, true, true},
		{"500 SYSTEM_ERROR", middleware.Attempt{Response: code(500, "SYSTEM_ERROR")}, false, true},
		{"500 without a body", middleware.Attempt{Response: response(500, "")}, false, true},
		{"500 BANK_ERROR wants a query", middleware.Attempt{Response: code(500, "BANK_ERROR")}, false, false},
		{"400 USERPAYING wants a query", middleware.Attempt{Response: code(400, "USERPAYING")}, false, false},
		{"501", middleware.Attempt{Response: response(501, "")}, false, false},
		{"502 in HTML", middleware.Attempt{Response: response(502, "<html>")}, false, true},
		{"503 SERVICE_UNAVAILABLE", middleware.Attempt{Response: code(503, "SERVICE_UNAVAILABLE")}, false, true},
		{"never sent", middleware.Attempt{Err: syscall.ECONNREFUSED, NeverSent: true}, true, true},
		{"connection reset", middleware.Attempt{Err: syscall.ECONNRESET}, false, true},
		{"time-out of the attempt", middleware.Attempt{Err: context.DeadlineExceeded}, false, true},
		{"reply cut off", middleware.Attempt{Err: cut}, false, true},
		{"reply cut off again", middleware.Attempt{Err: cut, Unverified: 2}, false, true},
		{"reply not verified", middleware.Attempt{Err: probe, Unverified: 1}, false, true},
		{"reply not verified again", middleware.Attempt{Err: probe, Unverified: 2}, false, false},
		{"reply too large", middleware.Attempt{Err: large}, false, false},
		{"refused by a middleware", middleware.Attempt{Err: fmt.Errorf("%w: x", middleware.ErrNotSent), NeverSent: true}, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, row := range []struct {
				name       string
				repeatable bool
				want       bool
			}{
				{"once", false, tc.once},
				{"repeatable", true, tc.repeatable},
			} {
				t.Run(row.name, func(t *testing.T) {
					a := tc.attempt
					a.Number, a.Repeatable, a.Request = 1, row.repeatable, request(t, "POST", "https://api.mch.weixin.qq.com/v3/x", nil)
					again, reason := middleware.Decide(a)
					assert.Equal(t, row.want, again, "%s, repeatable %v: %s", tc.name, row.repeatable, reason)
					assert.NotEmpty(t, reason, tc.name)
				})
			}
		})
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	again, _ := middleware.Decide(middleware.Attempt{Request: request(t, "GET", "https://x/", nil).WithContext(ended), Response: response(429, "")})
	assert.False(t, again)
}

// A script is a transport that plays one outcome after another.
type script struct {
	t        *testing.T
	outcomes []any // an error, a *http.Response or a func(*http.Request) (*http.Response, error)
	bodies   []string
	at       []time.Time
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	require.NotEmpty(s.t, s.outcomes, "one attempt too many")
	outcome := s.outcomes[0]
	s.outcomes = s.outcomes[1:]
	s.at = append(s.at, time.Now())
	if err, ok := outcome.(error); ok && isDial(err) {
		return nil, err
	}
	body := ""
	if r.Body != nil {
		data, err := io.ReadAll(r.Body)
		require.NoError(s.t, err)
		body = string(data)
	}
	s.bodies = append(s.bodies, body)
	switch outcome := outcome.(type) {
	case *http.Response:
		return outcome, nil
	case func(*http.Request) (*http.Response, error):
		return outcome(r)
	}
	return nil, outcome.(error)
}

func isDial(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

var errDial = &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}

func retrying(s *script, cfg middleware.RetryConfig) http.RoundTripper {
	var stack middleware.Stack
	require.NoError(s.t, stack.Push("retry", middleware.Retry(cfg)))
	return stack.Around(s)
}

func post(t *testing.T, body string) *http.Request {
	t.Helper()
	r := request(t, "POST", "https://api.mch.weixin.qq.com/v3/x", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return middleware.WithCall(r, middleware.Call{Route: "v3/x"})
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
			func(t *testing.T) *http.Request { return post(t, `{"a":1}`) }, []any{errDial, code(429, ""), response(200, "")}, 3, 200, nil, ""},
		{"an empty number is none",
			func(t *testing.T) *http.Request { return post(t, `{"out_refund_no":""}`) }, []any{io.EOF}, 1, 0, io.EOF, ""},
		{"an Idempotency-Key",
			func(t *testing.T) *http.Request {
				r := post(t, `{}`)
				r.Header.Set("Idempotency-Key", "k")
				return r
			}, []any{io.EOF, response(204, "")}, 2, 204, nil, ""},
		{"the caller's word for it",
			func(t *testing.T) *http.Request {
				return middleware.WithCall(post(t, `{}`), middleware.Call{Idempotent: &yes})
			}, []any{io.EOF, response(200, "")}, 2, 200, nil, ""},
		{"the caller's word against it",
			func(t *testing.T) *http.Request {
				return middleware.WithCall(post(t, refund), middleware.Call{Idempotent: &no})
			}, []any{io.EOF}, 1, 0, io.EOF, ""},
		{"a number that names another thing",
			func(t *testing.T) *http.Request {
				r := post(t, `{"out_trade_no":"T1"}`)
				r.URL.Path = "/v3/global/customs/redeclare"
				return r
			}, []any{io.EOF}, 1, 0, io.EOF, ""},
		{"a query",
			func(t *testing.T) *http.Request { return request(t, "GET", "https://api.mch.weixin.qq.com/v3/x", nil) },
			[]any{response(502, "<html>"), context.DeadlineExceeded, response(200, "")}, 3, 200, nil, ""},
		{"attempts are bounded",
			func(t *testing.T) *http.Request { return post(t, refund) }, []any{io.EOF, io.EOF, io.EOF}, 3, 0, io.EOF, "3 attempts are allowed"},
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
					return nil, errors.New("file is gone")
				}
				return r
			}, []any{io.EOF}, 1, 0, io.EOF, ""},
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
				count, stopped := middleware.Attempts(r.Context())
				assert.Equal(t, tc.attempts, count)
				assert.Contains(t, stopped, tc.reason)
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
