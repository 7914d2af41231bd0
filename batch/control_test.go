package batch_test

import (
	"context"
	"fmt"
	"math"
	"slices"
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

// A run that is paused can be stopped.
func TestStopWhilePaused(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 30)
	store := open(t, t.TempDir())
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	cfg := quick(s.Client, store)
	cfg.InFlight = 2
	var last error
	for _, err := range batch.Run(ctx, cfg, batch.Bodies(refunds(refundLines(30)), batch.Job{Path: refundPath})) {
		if last = err; err == nil {
			require.NoError(t, store.Pause(t.Context(), ""))
			time.AfterFunc(200*time.Millisecond, stop)
		}
	}
	require.ErrorIs(t, last, context.Canceled)
	require.NoError(t, store.Resume(t.Context()))
	results, err := collect(t.Context(), t, cfg, refundLines(30))
	require.NoError(t, err)
	assert.Len(t, results, 30)
	assert.Equal(t, 30, posts(s))
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
	results, err := collect(t.Context(), t, cfg, refundLines(3))
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
	_, err = collect(t.Context(), t, quick(s.Client, store), refundLines(3))
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
	results, err := collect(t.Context(), t, cfg, refundLines(2))
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
	_, err := collect(t.Context(), t, cfg, refundLine(0))
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
		{"nobody who makes the calls", batch.Config{Client: s.Client, Store: store, InFlight: -1}, "Config.InFlight is negative: nobody makes the calls"},
		{"no rate", batch.Config{Client: s.Client, Store: store, Limits: []batch.Limit{{PerSecond: math.NaN()}}}, `PerSecond of "" is NaN; use 0.001 to 1,000,000`},
		{"a rate of ages", batch.Config{Client: s.Client, Store: store, Limits: []batch.Limit{{PerSecond: 1e-12}}}, `PerSecond of "" is 1e-12; use`},
		{"calls in flight below none", batch.Config{Client: s.Client, Store: store, Limits: []batch.Limit{{InFlight: -1}}}, `InFlight of "" is -1`},
		{"two limits of a route", batch.Config{Client: s.Client, Store: store, Limits: []batch.Limit{{Route: "v3/x", InFlight: 1}, {Route: "/v3/x", InFlight: 2}}}, `there are two limits of "v3/x"`},
		{"a limit of nothing", batch.Config{Client: s.Client, Store: store, Limits: []batch.Limit{{Route: "v3/x"}}}, `the limit of "v3/x" has neither PerSecond nor InFlight`},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := collect(t.Context(), t, row.cfg, "")
			require.ErrorContains(t, err, row.want)
			require.ErrorContains(t, batch.Work(t.Context(), row.cfg), row.want)
		})
	}
	require.ErrorContains(t, batch.Work(t.Context(), batch.Config{Client: s.Client, Store: store}), "an embedded store has one worker")
	_, err := batch.NATS(nil, "x", 1)
	require.ErrorContains(t, err, "the connection is nil")
	_, err = batch.NATS(connect(t, startServers(t, 1)...), "a b", 1)
	require.ErrorContains(t, err, "the name")
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
