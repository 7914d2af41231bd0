package batch_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// What a 429 turned away when the run was stopped was not sent: without a query, too, the next run
// sends it.
func TestStopAfter429(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	path := "v3/payscore/permissions"
	job := batch.Job{
		Method: "POST", Path: path, Field: "authorization_code",
		Body: []byte(`{"service_id":"500001","appid":"wxd678efh567hg6787","authorization_code":"code1","notify_url":"https://example.com/notify"}`),
	}
	jobs := func(yield func(batch.Job, error) bool) { yield(job, nil) }
	require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Method: "POST", Path: "/" + path, Fault: "rate-429"}))
	cfg := quick(s.Client, open(t, t.TempDir()))
	cfg.Pause = time.Hour
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	cfg.Trace = func(ctx context.Context, step batch.Step) (context.Context, func(error)) {
		return ctx, func(error) {
			if step.Name == batch.StepRecord {
				stop()
			}
		}
	}
	for _, err := range batch.Run(ctx, cfg, jobs) {
		require.ErrorIs(t, err, context.Canceled)
	}
	cfg.Trace = nil
	require.NoError(t, cfg.Store.Resume(t.Context()))
	for result, err := range batch.Run(t.Context(), cfg, jobs) {
		require.NoError(t, err)
		assert.Equal(t, batch.Done, result.Outcome, result.Error)
		assert.Equal(t, 1, result.Sends)
	}
}

// answering is a middleware that answers the first request of a method itself, after the gateway has.
func answering(t *testing.T, s *sandboxtest.Sandbox, method string, change func(*http.Response)) *wechatpay.Client {
	t.Helper()
	var done atomic.Bool
	client, err := s.Client.With(func(stack *middleware.Stack) error {
		return stack.Unshift("answering", func(next http.RoundTripper) http.RoundTripper {
			return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				reply, err := next.RoundTrip(r)
				if err != nil || r.Method != method || done.Swap(true) {
					return reply, err
				}
				_ = reply.Body.Close()
				reply = &http.Response{StatusCode: http.StatusOK, ProtoMajor: 1, Header: http.Header{}, Request: r}
				change(reply)
				return reply, nil
			})
		})
	})
	require.NoError(t, err)
	return client
}

// What comes from something on the way, and not from WeChat Pay, proves nothing.
func TestAnswersOfSomethingElse(t *testing.T) {
	t.Parallel()
	page := func(status int, header, body string) func(*http.Response) {
		return func(r *http.Response) {
			r.StatusCode = status
			r.Header.Set("Content-Type", header)
			r.Body = http.NoBody
			if body != "" {
				r.Body = io.NopCloser(strings.NewReader(body))
			}
		}
	}
	for _, row := range []struct {
		name, method string
		change       func(*http.Response)
		first        string // a fault before
		posts        int
	}{
		{"a 429 that is a page", http.MethodPost, page(http.StatusTooManyRequests, "text/html", "<p>slow down"), "", 1},
		{"a 401 that is a page", http.MethodPost, page(http.StatusUnauthorized, "text/html", "<p>who are you"), "", 1},
		{"a 429 that is no error", http.MethodPost, page(http.StatusTooManyRequests, "application/json", "{}"), "", 1},
		{"a 401 that is no error", http.MethodPost, page(http.StatusUnauthorized, "application/json", "{}"), "", 1},
		{"a 200 that is a page", http.MethodPost, page(http.StatusOK, "text/html", "<p>welcome"), "", 1},
		{"a 200 that is XML", http.MethodPost, page(http.StatusOK, "text/xml", "<xml><return_code>SUCCESS</return_code></xml>"), "", 1},
		{"a 200 to the query", http.MethodGet, page(http.StatusOK, "application/json", "{}"), "html-502", 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := sandboxtest.New(t, sandboxtest.ExpectRefusals())
			payOrders(t, s, 1)
			if row.first != "" {
				require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Method: "POST", Code: "SYSTEM_ERROR", Status: 500}))
			}
			client := answering(t, s, row.method, row.change)
			results, err := collect(t.Context(), t, quick(client, open(t, t.TempDir())), refundLine(0))
			require.NoError(t, err)
			require.Len(t, results, 1)
			assert.Equal(t, batch.Done, results[0].Outcome, results[0].Error)
			assert.True(t, results[0].Verified, "the page is no proof")
			assert.Equal(t, row.posts, posts(s))
			assert.Contains(t, string(results[0].Reply), "refund0")
		})
	}
}
