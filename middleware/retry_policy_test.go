package middleware_test

import (
	"bytes"
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

// TestAPolicyLeavesTheReplyWhole, whatever it does with the reply that it is given.
func TestAPolicyLeavesTheReplyWhole(t *testing.T) {
	t.Parallel()
	const text = `{"code":"SYSTEM_ERROR","message":"…"}`
	for _, row := range []struct {
		name   string
		policy func(*http.Response)
		limit  int64
		want   error // of reading the reply afterwards
	}{
		{"it reads the body", func(r *http.Response) { _, _ = io.Copy(io.Discard, r.Body) }, 0, nil},
		{"it reads a part", func(r *http.Response) { _, _ = r.Body.Read(make([]byte, 3)) }, 0, nil},
		{"it closes the body", func(r *http.Response) { _ = r.Body.Close() }, 0, nil},
		{"it replaces the body", func(r *http.Response) { r.Body = io.NopCloser(bytes.NewReader(nil)) }, 0, nil},
		{"it reads a large body", func(r *http.Response) { _, _ = io.Copy(io.Discard, r.Body) }, 5, middleware.ErrTooLarge},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			policy := func(a middleware.Attempt) (bool, string) { row.policy(a.Response); return false, "enough" }
			wire := middleware.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
				resp := code(500, "SYSTEM_ERROR")
				resp.ContentLength = -1
				return resp, nil
			})
			r := forCall(request(t, "GET", "https://x.wechatpay.cn/", nil), callstate.Info{MaxReply: row.limit})
			resp, err := middleware.Retry(middleware.RetryConfig{CheckRetry: policy})(wire).RoundTrip(r)
			require.NoError(t, err)
			defer resp.Body.Close()
			data, err := io.ReadAll(resp.Body)
			require.ErrorIs(t, err, row.want)
			if row.want == nil {
				assert.JSONEq(t, text, string(data))
			} else {
				assert.Len(t, data, int(row.limit))
			}
		})
	}
}

// TestAPolicyDecides: a refusal without a reason is one, and each attempt is judged by itself.
func TestAPolicyDecides(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name     string
		policy   func(middleware.Attempt) (bool, string)
		outcomes []any
		status   int
		reason   string
	}{
		{"no, without a reason", func(middleware.Attempt) (bool, string) { return false, "" },
			[]any{code(500, "SYSTEM_ERROR")}, 500, "RetryConfig.CheckRetry allows no other attempt"},
		{"if it was never sent", func(a middleware.Attempt) (bool, string) { return a.NeverSent, "it was sent" },
			[]any{errDial, code(500, "SYSTEM_ERROR")}, 500, "it was sent"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{t: t, outcomes: row.outcomes}
				r := post(t, `{"a":1}`)
				resp, err := retrying(s, middleware.RetryConfig{CheckRetry: row.policy}).RoundTrip(r)
				require.NoError(t, err)
				assert.Equal(t, row.status, resp.StatusCode)
				assert.Empty(t, s.outcomes)
				_, stopped := callstate.From(r.Context()).Attempts()
				assert.Equal(t, row.reason, stopped)
			})
		})
	}
}

// TestABodyThatIsGoneKeepsTheReply: the reply that came is handed out whole, and the error of
// an attempt says why there was no other one.
func TestABodyThatIsGoneKeepsTheReply(t *testing.T) {
	t.Parallel()
	failover, err := middleware.Failover(middleware.FailoverConfig{Hosts: middleware.Mainland()})
	require.NoError(t, err)
	for _, layer := range []struct {
		name string
		wrap middleware.Middleware
	}{
		{"retry", middleware.Retry(middleware.RetryConfig{})},
		{"failover", failover},
	} {
		for _, row := range []struct {
			name    string
			outcome any
		}{
			{"after a reply", func(*http.Request) (*http.Response, error) { return response(503, "the reply"), nil }},
			{"after an error", io.ErrUnexpectedEOF},
		} {
			t.Run(layer.name+" "+row.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := &script{t: t, outcomes: []any{row.outcome}}
					r := request(t, "GET", "https://api.mch.weixin.qq.com/v3/x", strings.NewReader("{}"))
					r.GetBody = func() (io.ReadCloser, error) { return nil, errGone }
					resp, err := layer.wrap(s).RoundTrip(r)
					require.NotErrorIs(t, err, middleware.ErrNotSent)
					if failed, ok := row.outcome.(error); ok {
						require.ErrorIs(t, err, failed)
						require.ErrorIs(t, err, errGone)
						return
					}
					require.NoError(t, err)
					data, err := io.ReadAll(resp.Body)
					require.NoError(t, err)
					assert.Equal(t, "the reply", string(data))
					require.NoError(t, resp.Body.Close())
				})
			})
		}
	}
}

// TestAReplyBeforeAnotherAttemptIsReadAndClosed, so that its connection can be used again.
func TestAReplyBeforeAnotherAttemptIsReadAndClosed(t *testing.T) {
	t.Parallel()
	failover, err := middleware.Failover(middleware.FailoverConfig{Hosts: middleware.Mainland()})
	require.NoError(t, err)
	always := func(middleware.Attempt) (bool, string) { return true, "" }
	for _, row := range []struct {
		name string
		wrap middleware.Middleware
	}{
		{"retry", middleware.Retry(middleware.RetryConfig{})},
		{"retry by a policy that reads nothing", middleware.Retry(middleware.RetryConfig{CheckRetry: always})},
		{"retry with a time-out", middleware.Retry(middleware.RetryConfig{AttemptTimeout: time.Minute})},
		{"failover", failover},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				text, closed := strings.NewReader("the reply"), false
				first := response(503, "the reply")
				first.Body = body{text, &closed}
				s := &script{t: t, outcomes: []any{first, response(200, "")}}
				resp, err := row.wrap(s).RoundTrip(request(t, "GET", "https://api.mch.weixin.qq.com/v3/x", nil))
				require.NoError(t, err)
				require.NoError(t, resp.Body.Close())
				assert.True(t, closed)
				assert.Zero(t, text.Len())
			})
		})
	}
}

// TestADialErrorAfterAResendProvesNothing: net/http sends a request with this header again,
// so that the first send may have taken effect.
func TestADialErrorAfterAResendProvesNothing(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, header string
		attempts     int
	}{
		{"without the header", "X-Other", 3},
		{"with the header", "X-Idempotency-Key", 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{t: t, outcomes: []any{errDial, errDial, errDial}[:row.attempts]}
				r := request(t, "POST", "https://api.mch.weixin.qq.com/v3/x", nil)
				r.Header.Set(row.header, "k")
				_, err := middleware.Retry(middleware.RetryConfig{Wait: time.Second})(s).RoundTrip(r)
				require.ErrorIs(t, err, errDial)
				assert.Empty(t, s.outcomes)
			})
		})
	}
}
