package notify_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// A brokenDeduplicator returns errors.
type brokenDeduplicator struct{ begin, end error }

func (s brokenDeduplicator) Begin(context.Context, string) (notify.Progress, error) {
	return notify.New, s.begin
}
func (s brokenDeduplicator) End(context.Context, string, bool) error { return s.end }

// An oddDeduplicator returns what no Deduplicator should.
type oddDeduplicator struct{ brokenDeduplicator }

func (oddDeduplicator) Begin(context.Context, string) (notify.Progress, error) { return 3, nil }

// A hookDeduplicator calls functions.
type hookDeduplicator struct {
	begin func()
	end   func(context.Context)
}

func (s hookDeduplicator) Begin(context.Context, string) (notify.Progress, error) {
	s.begin()
	return notify.New, nil
}

func (s hookDeduplicator) End(ctx context.Context, _ string, _ bool) error {
	s.end(ctx)
	return ctx.Err()
}

// process claims and handles an event.
func process(t *testing.T, m notify.Deduplicator, key string) {
	t.Helper()
	progress, err := m.Begin(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, notify.New, progress, key)
	require.NoError(t, m.End(t.Context(), key, true))
}

func assertProgress(t *testing.T, m notify.Deduplicator, key string, want notify.Progress) {
	t.Helper()
	progress, err := m.Begin(t.Context(), key)
	require.NoError(t, err)
	assert.Equal(t, want, progress, key)
}

func TestMemoryDeduplicatorClaims(t *testing.T) {
	t.Parallel()
	m := notify.NewMemoryDeduplicator(notify.MemoryConfig{})
	assertProgress(t, m, "0", notify.New)
	assertProgress(t, m, "0", notify.InProgress)
	require.NoError(t, m.End(t.Context(), "0", false))
	assertProgress(t, m, "0", notify.New)
	require.NoError(t, m.End(t.Context(), "0", true))
	assertProgress(t, m, "0", notify.Handled)
}

// TestMemoryDeduplicatorForgetsByTime: WeChat Pay sends an event again for a day, however
// many others come in between.
func TestMemoryDeduplicatorForgetsByTime(t *testing.T) {
	t.Parallel()
	const events = 20_000
	for _, row := range []struct {
		name  string
		ttl   time.Duration
		after time.Duration
		want  notify.Progress
	}{
		{"at once", 0, 0, notify.Handled},
		{"at the last attempt", 0, 24*time.Hour + 4*time.Minute, notify.Handled},
		{"after it", 0, 25 * time.Hour, notify.New},
		{"within a time of the caller", time.Minute, time.Minute - 1, notify.Handled},
		{"after a time of the caller", time.Minute, time.Minute, notify.New},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := notify.NewMemoryDeduplicator(notify.MemoryConfig{TTL: row.ttl})
				for i := range events {
					process(t, m, fmt.Sprint(i))
				}
				time.Sleep(row.after)
				assertProgress(t, m, "0", row.want)
				assertProgress(t, m, fmt.Sprint(events-1), row.want)
			})
		})
	}
}

func TestMemoryDeduplicatorForgetsInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := notify.NewMemoryDeduplicator(notify.MemoryConfig{TTL: time.Hour})
		process(t, m, "old")
		time.Sleep(40 * time.Minute)
		process(t, m, "new")
		require.NoError(t, m.End(t.Context(), "old", true), "handled once more, by a careless caller")
		time.Sleep(40 * time.Minute)
		assertProgress(t, m, "old", notify.Handled)
		assertProgress(t, m, "new", notify.Handled)
		time.Sleep(20 * time.Minute)
		assertProgress(t, m, "old", notify.New)
		assertProgress(t, m, "new", notify.New)
	})
}

// TestMemoryDeduplicatorIsBounded runs alone: it measures the heap. Long keys take no more
// than short ones.
func TestMemoryDeduplicatorIsBounded(t *testing.T) {
	const maxBytes = 2 << 20
	before := liveHeap()
	m := notify.NewMemoryDeduplicator(notify.MemoryConfig{MaxBytes: maxBytes})
	long, events := strings.Repeat("x", 1000), 50_000
	for i := range events {
		process(t, m, fmt.Sprint(i, long))
	}
	grown := int64(liveHeap()) - int64(before)
	assert.Less(t, grown, int64(maxBytes))
	assertProgress(t, m, fmt.Sprint(events-1, long), notify.Handled)
	assertProgress(t, m, fmt.Sprint(events-9_000, long), notify.Handled)
	assertProgress(t, m, fmt.Sprint(0, long), notify.New)
	runtime.KeepAlive(m)
}

func TestBrokenDeduplicator(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name         string
		deduplicator notify.Deduplicator
		status       int
		calls        int32
	}{
		{"Begin fails, the function is not called", brokenDeduplicator{begin: errBroken}, 500, 0},
		{"End fails, the event was processed", brokenDeduplicator{end: errBroken}, 204, 1},
		{"an unknown progress is not New", oddDeduplicator{}, 500, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var count atomic.Int32
			h, f := handler(t, func(c *notify.HandlerConfig) { counting(&count)(c); c.Deduplicator = tc.deduplicator })
			assert.Equal(t, tc.status, h.Serve(t.Context(), request(t, paid)).Status)
			if _, odd := tc.deduplicator.(oddDeduplicator); odd {
				require.ErrorContains(t, f.last(t), "Deduplicator.Begin returned Progress(3), which is unknown; return New, InProgress or Handled")
			} else {
				require.ErrorIs(t, f.last(t), errBroken)
			}
			assert.Equal(t, tc.calls, count.Load())
		})
	}
}

func TestCallbacksThatPanic(t *testing.T) {
	t.Parallel()
	nothing := func() {}
	for _, tc := range []struct {
		name   string
		status int // 204 if the event was processed
		change func(*notify.HandlerConfig)
	}{
		{"Key", 500, func(c *notify.HandlerConfig) { c.Key = func(*notify.Event) string { panic("key") } }},
		{"Begin", 500, func(c *notify.HandlerConfig) {
			c.Deduplicator = hookDeduplicator{func() { panic("begin") }, func(context.Context) {}}
		}},
		{"End", 204, func(c *notify.HandlerConfig) {
			c.Deduplicator = hookDeduplicator{nothing, func(context.Context) { panic("end") }}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h, f := handler(t, func(c *notify.HandlerConfig) { c.Fallback = ignore; tc.change(c) })
			assert.Equal(t, tc.status, h.Serve(t.Context(), request(t, paid)).Status)
			var panicked *future.PanicError
			require.ErrorAs(t, f.last(t), &panicked)
		})
	}
}

func TestEndThatHangsIsLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, err := sandbox.New(sandbox.Config{})
		require.NoError(t, err)
		h, err := notify.NewHandler(notify.HandlerConfig{
			Config:       notify.Config{Keys: g.Credentials().PlatformKeys(), APIv3Key: g.Credentials().APIv3Key},
			Fallback:     ignore,
			Deduplicator: hookDeduplicator{func() {}, func(ctx context.Context) { <-ctx.Done() }},
			OnError:      func(context.Context, *notify.Event, error) {},
		})
		require.NoError(t, err)
		r, err := g.WebhookRequest(t.Context(), "/notify", paid, "")
		require.NoError(t, err)
		began := time.Now()
		assert.Equal(t, 204, h.Serve(t.Context(), notify.Request{Header: r.Header, Body: r.Body}).Status)
		assert.Equal(t, 2*time.Second, time.Since(began))
	})
}

func TestKeyIncludesTheEventType(t *testing.T) {
	t.Parallel()
	handled := 0
	h, _ := handler(t, func(c *notify.HandlerConfig) {
		c.Key = func(e *notify.Event) string { return e.Get("out_trade_no").Str }
		c.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) { handled++; return nil, nil }
	})
	refunded := paid
	refunded.ID, refunded.EventType = "2", notify.RefundSuccess
	for range 2 {
		h.Serve(t.Context(), request(t, paid))
		h.Serve(t.Context(), request(t, refunded))
	}
	assert.Equal(t, 2, handled, "one payment and its refund")
}

func TestEndRunsAfterTheTimeout(t *testing.T) {
	t.Parallel()
	h, f := handler(t, func(c *notify.HandlerConfig) {
		c.Timeout = time.Millisecond
		c.Deduplicator = hookDeduplicator{func() {}, func(context.Context) {}}
		c.Fallback = func(ctx context.Context, _ *notify.Event) (*notify.Reply, error) { <-ctx.Done(); return nil, nil }
	})
	assert.Equal(t, 204, h.Serve(t.Context(), request(t, paid)).Status)
	assert.Zero(t, f.count(), "the context of End has not ended")
}
