package batch_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// posts counts the requests for refunds that arrived.
func posts(s *sandboxtest.Sandbox) (count int) {
	for _, e := range s.Gateway.Exchanges() {
		if e.Method == http.MethodPost && strings.HasSuffix(e.Target, refundPath) {
			count++
		}
	}
	return count
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		arm    []sandbox.FaultRule
		change func(*batch.Config)
		line   string
		want   batch.Result
		posts  int
		asks   bool // some queries, as many as the waits take
	}{
		{
			name: "a reply that cannot be verified is asked for, not sent again",
			arm:  []sandbox.FaultRule{{Method: "POST", Fault: "tampered"}},
			want: batch.Result{Outcome: batch.Done, Verified: true, ByQuery: true, Status: 200, Sends: 1, Asks: 1}, posts: 1,
		},
		{
			name: "a lost reply is asked for until the query answers",
			arm:  []sandbox.FaultRule{{Method: "POST", Fault: "drop"}, {Method: "GET", Fault: "html-502", Times: 3}},
			want: batch.Result{Outcome: batch.Done, Verified: true, ByQuery: true, Status: 200, Sends: 1, Asks: 4}, posts: 1,
		},
		{
			name: "an error of the gateway before anything happened is sent again with the same number",
			arm:  []sandbox.FaultRule{{Method: "POST", Code: "SYSTEM_ERROR", Status: 500}},
			want: batch.Result{Outcome: batch.Done, Verified: true, Status: 200, Sends: 2}, posts: 2, asks: true,
		},
		{
			name: "a 429 is no send",
			arm:  []sandbox.FaultRule{{Method: "POST", Fault: "rate-429", Times: 4}},
			want: batch.Result{Outcome: batch.Done, Verified: true, Status: 200, Sends: 1}, posts: 5,
		},
		{
			name: "a signed error is final",
			line: `{"out_trade_no":"none","out_refund_no":"refund0","amount":{"refund":100,"total":100,"currency":"CNY"}}`,
			want: batch.Result{Outcome: batch.Refused, Verified: true, Status: 404, Code: "RESOURCE_NOT_EXISTS", Sends: 1}, posts: 1,
		},
		{
			name: "an error that nobody signed is not",
			arm:  []sandbox.FaultRule{{Method: "POST", Fault: "unsigned-400"}},
			want: batch.Result{Outcome: batch.Done, Verified: true, ByQuery: true, Status: 200, Sends: 1, Asks: 1}, posts: 1,
		},
		{
			name: "a refusal of the second send counts once the query finds nothing",
			arm:  []sandbox.FaultRule{{Method: "POST", Code: "SYSTEM_ERROR", Status: 500}, {Method: "POST", Code: "NOT_ENOUGH", Status: 403}},
			want: batch.Result{Outcome: batch.Refused, Verified: true, Status: 403, Code: "NOT_ENOUGH", Sends: 2}, posts: 2, asks: true,
		},
		{
			name: "a number is not sent for ever",
			arm:  []sandbox.FaultRule{{Method: "POST", Code: "SYSTEM_ERROR", Status: 500, Times: 10}},
			want: batch.Result{Outcome: batch.Stuck, Sends: 3}, posts: 3, asks: true,
		},
		{
			name:   "nor asked for",
			arm:    []sandbox.FaultRule{{Method: "POST", Fault: "drop"}, {Method: "GET", Fault: "empty-500", Times: 20}},
			change: func(cfg *batch.Config) { cfg.Asks = 4 },
			want:   batch.Result{Outcome: batch.Stuck, Sends: 1, Asks: 4}, posts: 1,
		},
		{
			name: "one 401 is not the end",
			arm:  []sandbox.FaultRule{{Method: "POST", Code: "SIGN_ERROR", Status: 401}},
			want: batch.Result{Outcome: batch.Done, Verified: true, Status: 200, Sends: 1}, posts: 2,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := sandboxtest.New(t)
			payOrders(t, s, 1)
			cfg := quick(s.Client, open(t, t.TempDir()))
			if row.change != nil {
				row.change(&cfg)
			}
			for _, rule := range row.arm {
				require.NoError(t, s.Gateway.Arm(rule))
			}
			line := row.line
			if line == "" {
				line = refundLine(0)
			}
			results, err := collect(t.Context(), t, cfg, line)
			require.NoError(t, err)
			require.Len(t, results, 1)
			got := results[0]
			assert.Equal(t, got.Outcome != batch.Done, got.Error != "", got.Error)
			row.want.Line, row.want.Number, row.want.Method, row.want.Path = 1, "refund0", "POST", refundPath
			if row.asks {
				assert.Positive(t, got.Asks)
				got.Asks = 0
			}
			got.Error, got.RequestID, got.Reply, got.At = "", "", nil, time.Time{}
			assert.Equal(t, row.want, got)
			assert.Equal(t, row.posts, posts(s))
		})
	}
}

// A number that was used for another request is no success.
func TestNumberOfAnotherRequest(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 2)
	_, err := s.Client.Chain(refundPath).Post(t.Context(), &wechatpay.Options{JSON: []byte(strings.Replace(refundLine(0), "order0", "order1", 1))})
	require.NoError(t, err)
	require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Method: "POST", Fault: "html-502"}))
	results, err := collect(t.Context(), t, quick(s.Client, open(t, t.TempDir())), refundLine(0))
	require.NoError(t, err)
	assert.Equal(t, batch.Stuck, results[0].Outcome)
	assert.Contains(t, results[0].Error, "WeChat Pay knows this number with another out_trade_no")
}

// Without a query, unknown stays unknown; a query of the job's own tells.
func TestOwnQuery(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	job := batch.Job{
		Method: "POST", Path: "v3/payscore/permissions", Field: "authorization_code",
		Body: []byte(`{"service_id":"500001","appid":"wxd678efh567hg6787","authorization_code":"code1","notify_url":"https://example.com/notify"}`),
	}
	run := func(job batch.Job) batch.Result {
		require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Method: "POST", Path: "/" + job.Path, Fault: "drop"}))
		var last batch.Result
		for result, err := range batch.Run(t.Context(), quick(s.Client, open(t, t.TempDir())), func(yield func(batch.Job, error) bool) { yield(job, nil) }) {
			require.NoError(t, err)
			last = result
		}
		return last
	}
	result := run(job)
	assert.Equal(t, batch.Unknown, result.Outcome)
	assert.Contains(t, result.Error, "there is no query for it")
	job.Ask = &batch.Ask{
		Path: "v3/payscore/permissions/authorization-code/{authorization_code}", Vars: map[string]any{"authorization_code": "code1"},
		Query: map[string]any{"service_id": "500001"},
	}
	result = run(job)
	assert.Equal(t, batch.Done, result.Outcome, result.Error)
	assert.True(t, result.ByQuery)
}

// A client whose key is wrong ends the run, and no number is used up.
func TestWrongKey(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t, sandboxtest.ExpectRefusals())
	payOrders(t, s, 20)
	other := sandboxtest.New(t)
	wrong, err := wechatpay.New(wechatpay.Config{
		MchID: s.Credentials.MchID, Serial: "ABCDEF", PrivateKey: other.Credentials.PrivateKey, PlatformKeys: s.Credentials.PlatformKeys(), BaseURL: s.URL,
	})
	require.NoError(t, err)
	t.Cleanup(wrong.CloseIdleConnections)
	store := open(t, t.TempDir())
	_, err = collect(t.Context(), t, quick(wrong, store), refundLines(20))
	require.ErrorContains(t, err, "WeChat Pay accepts no call of this Client")
	results, err := collect(t.Context(), t, quick(s.Client, store), refundLines(20))
	require.NoError(t, err)
	require.Len(t, results, 20)
	for _, r := range results {
		assert.Equal(t, batch.Done, r.Outcome, r.Error)
		assert.Equal(t, 1, r.Sends)
	}
}

// What ended without a proof, or was refused, is taken up again if the caller wishes.
func TestAgain(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 2)
	store := open(t, t.TempDir())
	cfg := quick(s.Client, store)
	cfg.Sends = 1
	require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Method: "POST", Code: "NOT_ENOUGH", Status: 403}))
	results, err := collect(t.Context(), t, cfg, refundLine(0))
	require.NoError(t, err)
	assert.Equal(t, batch.Refused, results[0].Outcome)
	require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Method: "POST", Code: "SYSTEM_ERROR", Status: 500}))
	results, err = collect(t.Context(), t, cfg, refundLine(1))
	require.NoError(t, err)
	assert.Equal(t, batch.Stuck, results[0].Outcome)

	results, err = collect(t.Context(), t, cfg, refundLines(2))
	require.NoError(t, err)
	assert.Equal(t, []bool{true, true}, []bool{results[0].Resumed, results[1].Resumed}, "as it was")
	cfg.Again, cfg.InputOrder = func(r batch.Result) bool { return r.Code == "NOT_ENOUGH" || !r.Final() }, true
	results, err = collect(t.Context(), t, cfg, refundLines(2))
	require.NoError(t, err)
	for _, r := range results {
		assert.Equal(t, batch.Done, r.Outcome, r.Error)
		assert.Equal(t, 2, r.Sends)
	}
}

// The context ends: what is in flight is finished, and the rest is for the next run.
func TestStop(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 40)
	store := open(t, t.TempDir())
	ctx, stop := context.WithCancelCause(t.Context())
	defer stop(nil)
	cfg := quick(s.Client, store)
	cfg.InFlight = 2
	seen := map[string]bool{}
	for result, err := range batch.Run(ctx, cfg, batch.Bodies(refunds(refundLines(40)), batch.Job{Path: refundPath})) {
		if err != nil {
			require.ErrorContains(t, err, "run again with the same input: enough")
			break
		}
		seen[result.Number] = true
		if len(seen) == 5 {
			stop(errors.New("enough"))
		}
	}
	assert.Less(t, len(seen), 40)
	assert.Equal(t, len(seen), posts(s), "all that was sent has a result")
	results, err := collect(t.Context(), t, cfg, refundLines(40))
	require.NoError(t, err)
	assert.Len(t, results, 40)
	assert.Equal(t, 40, posts(s))
	for _, r := range results {
		assert.Equal(t, seen[r.Number], r.Resumed)
	}
}
