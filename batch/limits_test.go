package batch_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// A gauge sees how many calls are in flight, and when they come.
type gauge struct {
	next http.RoundTripper
	hold time.Duration

	mu           sync.Mutex
	now, highest int
	times        []time.Time
}

func (g *gauge) RoundTrip(r *http.Request) (*http.Response, error) {
	g.mu.Lock()
	g.now++
	g.highest = max(g.highest, g.now)
	g.times = append(g.times, time.Now())
	g.mu.Unlock()
	time.Sleep(g.hold)
	reply, err := g.next.RoundTrip(r)
	g.mu.Lock()
	g.now--
	g.mu.Unlock()
	return reply, err
}

func (g *gauge) client(t *testing.T, s *sandboxtest.Sandbox) *wechatpay.Client {
	t.Helper()
	g.next = http.DefaultTransport.(*http.Transport).Clone()
	client, err := wechatpay.New(wechatpay.Config{
		MchID: s.Credentials.MchID, Serial: s.Credentials.Serial, PrivateKey: s.Credentials.PrivateKey, PlatformKeys: s.Credentials.PlatformKeys(), BaseURL: s.URL,
		Transport: g,
	})
	require.NoError(t, err)
	t.Cleanup(func() { g.next.(*http.Transport).CloseIdleConnections() })
	return client
}

// What is in flight, and how many a second, is bounded for all workers together.
func TestLimits(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 30)
	g := &gauge{hold: 5 * time.Millisecond}
	client := g.client(t, s)
	servers := startServers(t, 1)
	connected := func() *batch.Store {
		store, err := batch.NATS(connect(t, servers...), "test", 1)
		require.NoError(t, err)
		return store
	}
	cfg := quick(client, connected())
	cfg.Limits = []batch.Limit{{Route: refundPath, PerSecond: 20, InFlight: 3}}
	ctx, cancel := context.WithCancel(t.Context())
	var workers sync.WaitGroup
	for range 2 {
		worker := cfg
		worker.Store, worker.Name = connected(), "host/1" // as in two containers
		workers.Go(func() { assert.ErrorIs(t, batch.Work(ctx, worker), context.Canceled) })
	}
	results, err := collect(t.Context(), t, cfg, refundLines(30))
	cancel()
	workers.Wait()
	require.NoError(t, err)
	assert.Len(t, results, 30)
	assert.LessOrEqual(t, g.highest, 3, "in flight")
	assert.Len(t, g.times, 30)
	assert.Greater(t, g.times[29].Sub(g.times[0]), 1200*time.Millisecond, "20 a second, and two at once from each lease at most")
}

// One 429 stops all calls.
func TestLimitedByWeChatPay(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 20)
	g := &gauge{}
	cfg := quick(g.client(t, s), open(t, t.TempDir()))
	cfg.Pause, cfg.InFlight = time.Second, 4
	require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Method: "POST", Fault: "rate-429"}))
	results, err := collect(t.Context(), t, cfg, refundLines(20))
	require.NoError(t, err)
	assert.Len(t, results, 20)
	longest := time.Duration(0)
	for i := range len(g.times) - 1 {
		longest = max(longest, g.times[i+1].Sub(g.times[i]))
	}
	assert.Greater(t, longest, 800*time.Millisecond, "nothing was sent for a second")
}

// The refunds of an order go one at a time, and apart.
func TestOneByOne(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 2)
	g := &gauge{hold: 20 * time.Millisecond}
	cfg := quick(g.client(t, s), open(t, t.TempDir()))
	cfg.Apart, cfg.InFlight = 300*time.Millisecond, 8
	var lines strings.Builder
	for i := range 8 {
		fmt.Fprintf(&lines, `{"out_trade_no":"order%d","out_refund_no":"refund%d","amount":{"refund":1,"total":100,"currency":"CNY"}}`+"\n", i/4, i)
	}
	results, err := collect(t.Context(), t, cfg, lines.String())
	require.NoError(t, err)
	assert.Len(t, results, 8)
	assert.LessOrEqual(t, g.highest, 2, "one for each of two orders")
	assert.Greater(t, g.times[7].Sub(g.times[0]), 900*time.Millisecond)
}
