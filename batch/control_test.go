package batch_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// A pause stops new calls in all workers, until it is resumed.
func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 30)
	store := open(t, t.TempDir())
	cfg := quick(s.Client, store)
	cfg.InFlight, cfg.Total = 2, 30
	resumed := make(chan error, 1)
	done := 0
	for result, err := range batch.Run(t.Context(), cfg, batch.Bodies(refunds(refundLines(30)), batch.Job{Path: refundPath})) {
		require.NoError(t, err)
		require.Equal(t, batch.Done, result.Outcome)
		if done++; done == 5 {
			require.NoError(t, store.Pause(t.Context(), "lunch"))
			go func() {
				before := -1
				for now := posts(s); now != before; now = posts(s) { // what was in flight
					before = now
					time.Sleep(300 * time.Millisecond)
				}
				if before == 30 {
					resumed <- fmt.Errorf("%d were sent", before)
					return
				}
				resumed <- store.Resume(t.Context())
			}()
		}
	}
	require.NoError(t, <-resumed)
	assert.Equal(t, 30, done)
	p, err := store.Progress(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[batch.Outcome]int64{batch.Done: 30}, p.Results)
	assert.Equal(t, int64(30), p.Read)
	assert.Zero(t, p.Open)
}

// A drain finishes what was begun, and begins nothing.
func TestDrain(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 3)
	store := open(t, t.TempDir())
	cfg := quick(s.Client, store)
	draining := make(chan struct{})
	jobs := func(yield func(batch.Job, error) bool) {
		for i := range 3 {
			if i == 2 {
				<-draining // the rest of the input comes later
			}
			if !yield(batch.Job{Path: refundPath, Body: []byte(refundLine(i))}, nil) {
				return
			}
		}
	}
	var last error
	done := 0
	for _, err := range batch.Run(t.Context(), cfg, jobs) {
		if last = err; err != nil {
			break
		}
		if done++; done == 2 {
			require.NoError(t, store.Drain(t.Context()))
			time.AfterFunc(100*time.Millisecond, func() { close(draining) })
		}
	}
	require.ErrorIs(t, last, batch.ErrDrained)
	results, err := collect(t, t.Context(), cfg, refundLines(3))
	require.NoError(t, err, "the next run is not drained")
	assert.Len(t, results, 3)
}

// The results of a store can be listed by outcome.
func TestList(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 2)
	dir := t.TempDir()
	store := open(t, dir)
	for _, err := range store.List(t.Context()) {
		require.ErrorIs(t, err, batch.ErrNoRun)
	}
	_, err := store.Progress(t.Context())
	require.ErrorIs(t, err, batch.ErrNoRun)
	require.ErrorIs(t, store.Pause(t.Context(), ""), batch.ErrNoRun)
	_, err = collect(t, t.Context(), quick(s.Client, store), refundLines(3))
	require.NoError(t, err)
	list := func(outcomes ...batch.Outcome) (numbers []string) {
		for result, err := range store.List(t.Context(), outcomes...) {
			require.NoError(t, err)
			numbers = append(numbers, result.Number)
		}
		slices.Sort(numbers)
		return numbers
	}
	assert.Equal(t, []string{"refund0", "refund1", "refund2"}, list())
	assert.Equal(t, []string{"refund2"}, list(batch.Refused))
	assert.Equal(t, []string{"refund0", "refund1"}, list(batch.Done, batch.Stuck))
}

// A store is one merchant's.
func TestStoreOfAnother(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 1)
	store := open(t, t.TempDir())
	_, err := collect(t, t.Context(), quick(s.Client, store), refundLine(0))
	require.NoError(t, err)
	other := sandboxtest.New(t, sandboxtest.WithConfig(sandbox.Config{MchID: "1900000110"}))
	_, err = collect(t, t.Context(), quick(other.Client, store), refundLine(0))
	require.ErrorIs(t, err, batch.ErrOtherMerchant)
	require.ErrorContains(t, err, "1900000109, and the Client is that of 1900000110; use another store")
	_, err = collect(t, t.Context(), quick(s.Client, store), refundLine(0))
	require.NoError(t, err)
}

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
	for i := range 2 {
		worker := cfg
		worker.Store, worker.Name = connected(), fmt.Sprintf("worker%d", i)
		workers.Go(func() { assert.ErrorIs(t, batch.Work(ctx, worker), context.Canceled) })
	}
	results, err := collect(t, t.Context(), cfg, refundLines(30))
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
	results, err := collect(t, t.Context(), cfg, refundLines(20))
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
	results, err := collect(t, t.Context(), cfg, lines.String())
	require.NoError(t, err)
	assert.Len(t, results, 8)
	assert.LessOrEqual(t, g.highest, 2, "one for each of two orders")
	assert.Greater(t, g.times[7].Sub(g.times[0]), 900*time.Millisecond)
}

// A store that is new may have been lost: each number is asked for before it is sent.
func TestNewStoreAsksFirst(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 2)
	_, err := s.Client.Chain(refundPath).Post(t.Context(), &wechatpay.Options{JSON: []byte(refundLine(0))})
	require.NoError(t, err)
	cfg := quick(s.Client, open(t, t.TempDir()))
	cfg.FirstRun, cfg.InputOrder, cfg.Claim = false, true, time.Second
	began := time.Now()
	results, err := collect(t, t.Context(), cfg, refundLines(2))
	require.NoError(t, err)
	assert.Equal(t, 2, posts(s), "one of them by hand")
	assert.True(t, results[0].ByQuery)
	assert.Zero(t, results[0].Sends)
	assert.False(t, results[1].ByQuery)
	assert.Equal(t, 1, results[1].Sends)
	assert.Greater(t, time.Since(began), time.Second, "whoever had the store before may still have been sending")
}

// Steps tell of a job's life, for spans.
func TestTrace(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 1)
	require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Method: "POST", Fault: "drop"}))
	cfg := quick(s.Client, open(t, t.TempDir()))
	var mu sync.Mutex
	var steps []string
	cfg.Trace = func(ctx context.Context, step batch.Step) (context.Context, func(error)) {
		return ctx, func(err error) {
			mu.Lock()
			defer mu.Unlock()
			steps = append(steps, fmt.Sprint(step.Name, " ", step.Number, " ", step.Send, " ", err != nil))
		}
	}
	_, err := collect(t, t.Context(), cfg, refundLine(0))
	require.NoError(t, err)
	assert.Equal(t, []string{
		"claim refund0 1 false", "send refund0 1 true", "record refund0 1 false", "ask refund0 1 false", "record refund0 1 false", "report refund0 1 false",
	}, steps)
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	store := open(t, t.TempDir())
	for _, row := range []struct {
		name string
		cfg  batch.Config
		want string
	}{
		{"no client", batch.Config{Store: store}, "Config.Client is missing"},
		{"no store", batch.Config{Client: s.Client}, "Config.Store is missing"},
		{"a limit of nothing", batch.Config{Client: s.Client, Store: store, Limits: []batch.Limit{{Route: "v3/x"}}}, `the limit of "v3/x" has neither PerSecond nor InFlight`},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := collect(t, t.Context(), row.cfg, "")
			require.ErrorContains(t, err, row.want)
			require.ErrorContains(t, batch.Work(t.Context(), row.cfg), row.want)
		})
	}
	_, err := batch.NATS(nil, "x", 1)
	require.ErrorContains(t, err, "the connection is nil")
	_, err = batch.NATS(connect(t, startServers(t, 1)...), "a b", 1)
	require.ErrorContains(t, err, "the name")
}

// A store that is full ends the run, and says what is safe to do.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 60)
	dir := t.TempDir()
	full := startServer(t, dir, 40<<10)
	store := func(server *server.Server) *batch.Store {
		store, err := batch.NATS(connect(t, server), "test", 1)
		require.NoError(t, err)
		return store
	}
	cfg := quick(s.Client, store(full))
	results, err := collect(t, t.Context(), cfg, refundLines(60))
	require.ErrorIs(t, err, batch.ErrStore)
	require.ErrorContains(t, err, "run again with the same input when it is well, nothing is sent twice")
	sent := posts(s)
	assert.Less(t, len(results), 60)
	full.Shutdown()
	full.WaitForShutdown()

	cfg.Store = store(startServer(t, dir, 0))
	results, err = collect(t, t.Context(), cfg, refundLines(60))
	require.NoError(t, err)
	assert.Len(t, results, 60)
	assert.Equal(t, 60, posts(s), "%d of them before", sent)
}

// Two runs cannot feed one store.
func TestTwoRuns(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 2)
	server := startServers(t, 1)
	store := func() *batch.Store {
		store, err := batch.NATS(connect(t, server...), "test", 1)
		require.NoError(t, err)
		return store
	}
	second := make(chan error, 1)
	jobs := func(yield func(batch.Job, error) bool) {
		for i := range 2 {
			if i == 1 {
				second <- <-second // the other has given up
			}
			if !yield(batch.Job{Path: refundPath, Body: []byte(refundLine(i))}, nil) {
				return
			}
		}
	}
	done := 0
	for result, err := range batch.Run(t.Context(), quick(s.Client, store()), jobs) {
		require.NoError(t, err)
		assert.Equal(t, batch.Done, result.Outcome)
		if done++; done == 1 {
			go func() {
				_, err := collect(t, t.Context(), quick(s.Client, store()), refundLines(2))
				second <- err
			}()
		}
	}
	assert.Equal(t, 2, done)
	require.ErrorIs(t, <-second, batch.ErrBusy)
}

// APIv2 has answers in XML, and queries that are POSTs.
func TestAPIv2(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	c := s.Credentials
	client, err := wechatpay.New(wechatpay.Config{MchID: c.MchID, APIv2Key: c.APIv2Key, Certificate: c.TLSCertificate(), BaseURL: s.URL})
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Method: "POST", Path: "/mmpaymkttransfers/sendredpack", Fault: "drop"}))
	body := `{"mch_billno":"bill1","wxappid":"wxd678efh567hg6787","send_name":"x","re_openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o","total_amount":100,"total_num":1,"wishing":"x","client_ip":"127.0.0.1","act_name":"x","remark":"x"}`
	jobs := batch.Bodies(strings.NewReader(body), batch.Job{Path: "v2/mmpaymkttransfers/sendredpack"})
	for result, err := range batch.Run(t.Context(), quick(client, open(t, t.TempDir())), jobs) {
		require.NoError(t, err)
		assert.Equal(t, batch.Done, result.Outcome, result.Error)
		assert.Equal(t, "bill1", result.Number)
		assert.True(t, result.ByQuery)
		assert.Contains(t, string(result.Reply), `"mch_billno":"bill1"`)
	}
}

// A long number keeps its digits on its way to a worker.
func TestLongNumbers(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	line := `{"path":"v3/refund/domestic/refunds/{out_refund_no}","vars":{"out_refund_no":12177525012014070332333}}`
	for result, err := range batch.Run(t.Context(), quick(s.Client, open(t, t.TempDir())), batch.Lines(strings.NewReader(line), batch.Job{})) {
		require.NoError(t, err)
		assert.Equal(t, batch.Refused, result.Outcome, result.Error)
	}
	all := s.Gateway.Exchanges()
	assert.Equal(t, "/v3/refund/domestic/refunds/12177525012014070332333", all[len(all)-1].Target)
}
