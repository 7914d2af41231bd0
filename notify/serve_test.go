package notify_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestHandlerRefusesForgeries(t *testing.T) {
	t.Parallel()
	for _, fault := range sandbox.WebhookFaults() {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			h, f := handler(t, func(cfg *notify.HandlerConfig) {
				cfg.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) {
					t.Error("called without verification")
					return nil, nil
				}
			})
			attempts, err := deliver(t, h, sandbox.Delivery{Faults: []string{fault}}, paid)
			require.ErrorIs(t, err, sandbox.ErrNotAcknowledged)
			status, message := 401, "verification failed"
			if fault == "wrong-apiv3-key" { // WeChat Pay signed it; the key of the Handler is wrong
				status, message = 500, "processing failed"
			}
			assert.Equal(t, status, attempts[0].Status)
			assert.JSONEq(t, `{"code":"FAIL","message":"`+message+`"}`, string(attempts[0].Body), "the answer reveals no details")
			assert.Equal(t, 1, f.count())
			assert.Equal(t, fault == "probe", errors.Is(f.last(t), signer.ErrProbe))
		})
	}
}

func TestHandlerRefusesRequests(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, method, body string
		want               int
	}{
		{"GET", "GET", "", 405},
		{"no body", "POST", "", 401},
		{"garbage", "POST", "{", 401},
		{"too large", "POST", strings.Repeat(" ", 2<<20), 413},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h, _ := handler(t, func(cfg *notify.HandlerConfig) { cfg.Fallback = ignore })
			recorder := httptest.NewRecorder()
			h.ServeHTTP(recorder, httptest.NewRequest(tc.method, "/notify", strings.NewReader(tc.body)))
			assert.Equal(t, tc.want, recorder.Code)
			assert.Equal(t, tc.want == 405, recorder.Header().Get("Allow") == http.MethodPost)
		})
	}
}

func TestEventAfterProbes(t *testing.T) {
	t.Parallel()
	var count atomic.Int32
	h, f := handler(t, counting(&count))
	attempts, err := deliver(t, h, sandbox.Delivery{Faults: []string{"probe", "probe"}, RetrySchedule: sandbox.RetrySchedule(), Scale: 1e-6}, paid)
	require.NoError(t, err)
	require.Len(t, attempts, 3)
	assert.Equal(t, []int{401, 401, 204}, []int{attempts[0].Status, attempts[1].Status, attempts[2].Status})
	assert.EqualValues(t, 1, count.Load())
	require.ErrorIs(t, f.last(t), signer.ErrProbe)
}

func TestDuplicatesAreHandledOnce(t *testing.T) {
	t.Parallel()
	var count atomic.Int32
	h, f := handler(t, counting(&count))
	other := paid
	other.ID = "another"
	attempts, err := deliver(t, h, sandbox.Delivery{Duplicates: 4, Shuffle: true}, paid, other)
	require.NoError(t, err)
	assert.Len(t, attempts, 10)
	assert.EqualValues(t, 2, count.Load())
	assert.Zero(t, f.count())
}

func TestEventsWithoutAKeyAreHandledEachTime(t *testing.T) {
	t.Parallel()
	var count atomic.Int32
	h, _ := handler(t, func(cfg *notify.HandlerConfig) {
		counting(&count)(cfg)
		cfg.Key = func(*notify.Event) string { return "" }
	})
	_, err := deliver(t, h, sandbox.Delivery{Duplicates: 4}, paid)
	require.NoError(t, err)
	assert.EqualValues(t, 5, count.Load())
}

func TestConcurrentDuplicatesAreHandledOnce(t *testing.T) {
	t.Parallel()
	var count atomic.Int32
	entered, leave := make(chan struct{}), make(chan struct{})
	h, f := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) {
			count.Add(1)
			close(entered)
			<-leave
			return nil, nil
		}
	})
	first := make(chan *notify.Reply)
	delivered := request(t, paid)
	go func() { first <- h.Serve(t.Context(), delivered) }()
	<-entered
	assert.Equal(t, 409, h.Serve(t.Context(), request(t, paid)).Status, "it may still fail")
	close(leave)
	assert.Equal(t, 204, (<-first).Status)
	assert.Equal(t, 204, h.Serve(t.Context(), request(t, paid)).Status)
	assert.EqualValues(t, 1, count.Load())
	assert.Zero(t, f.count())
}

func TestFailedEventsAreSentAgain(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		fail notify.Func
		want error
	}{
		{"error", func(context.Context, *notify.Event) (*notify.Reply, error) { return nil, errBroken }, errBroken},
		{"panic", func(context.Context, *notify.Event) (*notify.Reply, error) { panic(errBroken) }, errBroken},
		{"reply 503", func(context.Context, *notify.Event) (*notify.Reply, error) { return &notify.Reply{Status: 503}, nil }, nil},
		{"reply that does not marshal", func(context.Context, *notify.Event) (*notify.Reply, error) { return notify.JSON(200, make(chan int)) }, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			count := 0
			h, f := handler(t, func(cfg *notify.HandlerConfig) {
				cfg.Fallback = func(ctx context.Context, e *notify.Event) (*notify.Reply, error) {
					if count++; count < 3 {
						return tc.fail(ctx, e)
					}
					return nil, nil
				}
			})
			attempts, err := deliver(t, h, sandbox.Delivery{RetrySchedule: sandbox.RetrySchedule(), Scale: 1e-6}, paid)
			require.NoError(t, err)
			require.Len(t, attempts, 3)
			assert.GreaterOrEqual(t, attempts[0].Status, 500)
			assert.NotContains(t, string(attempts[0].Body), "database")
			if tc.want != nil {
				require.ErrorIs(t, f.last(t), tc.want)
			}
		})
	}
}

func TestPanicsHaveAStack(t *testing.T) {
	t.Parallel()
	h, f := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) { panic("a string") }
	})
	h.Serve(t.Context(), request(t, paid))
	var panicked *future.PanicError
	require.ErrorAs(t, f.last(t), &panicked)
	assert.Contains(t, string(panicked.Stack), "serve_test.go")
}

func TestGoexitReleasesTheEvent(t *testing.T) {
	t.Parallel()
	quit := true
	h, _ := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) {
			if quit {
				runtime.Goexit()
			}
			return nil, nil
		}
	})
	var group sync.WaitGroup
	delivered := request(t, paid)
	group.Go(func() { h.Serve(context.Background(), delivered) })
	group.Wait()
	quit = false
	assert.Equal(t, 204, h.Serve(t.Context(), request(t, paid)).Status)
}

func TestContextEndsBeforeTheAnswerIsDue(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, event   string
		timeout, want time.Duration
	}{
		{"default", notify.TransactionSuccess, 0, 4500 * time.Millisecond},
		{"query of 3 seconds", notify.ParkingFeeQueryTransInfo, 0, 2700 * time.Millisecond},
		{"query of 1 second", notify.EntrustTerminateRetention, 0, 900 * time.Millisecond},
		{"shorter Timeout", notify.TransactionSuccess, time.Second, time.Second},
		{"longer Timeout", notify.EntrustTerminateRetention, time.Minute, 900 * time.Millisecond},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g, err := sandbox.New(sandbox.Config{})
				require.NoError(t, err)
				h, _ := handler(t, func(cfg *notify.HandlerConfig) {
					cfg.Config = notify.Config{Keys: g.Credentials().PlatformKeys(), APIv3Key: g.Credentials().APIv3Key}
					cfg.Timeout = tc.timeout
					cfg.Fallback = func(ctx context.Context, _ *notify.Event) (*notify.Reply, error) {
						<-ctx.Done()
						return nil, ctx.Err()
					}
				})
				n := paid
				n.EventType = tc.event
				r, err := g.WebhookRequest(t.Context(), "/notify", n, "")
				require.NoError(t, err)
				began := time.Now()
				reply := h.Serve(t.Context(), notify.Request{Header: r.Header, Body: r.Body})
				assert.Equal(t, 500, reply.Status)
				assert.Equal(t, tc.want, time.Since(began))
			})
		})
	}
}

// TestRememberedEventsKeepNoBody runs alone: it measures the heap.
func TestRememberedEventsKeepNoBody(t *testing.T) {
	h, _ := handler(t, func(c *notify.HandlerConfig) { c.Fallback = ignore })
	n := paid
	n.Resource = map[string]any{"pad": strings.Repeat("x", 20_000)}
	const count = 300
	before := liveHeap()
	for i := range count {
		n.ID = fmt.Sprint("event-", i)
		require.Equal(t, 204, h.Serve(t.Context(), request(t, n)).Status)
	}
	grown := int64(liveHeap()) - int64(before)
	runtime.KeepAlive(h)
	assert.Less(t, grown/count, int64(2000), "bytes per remembered event")
}
