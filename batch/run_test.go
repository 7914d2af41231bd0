package batch_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

const refundPath = "v3/refund/domestic/refunds"

// payOrders makes paid orders order0, order1, …, of 100 fen each.
func payOrders(t *testing.T, s *sandboxtest.Sandbox, count int) {
	t.Helper()
	for i := range count {
		number := fmt.Sprintf("order%d", i)
		_, err := s.Client.Chain("v3/pay/transactions/native").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{
			"appid": "wxd678efh567hg6787", "mchid": s.Credentials.MchID, "description": "x", "out_trade_no": number,
			"notify_url": "https://example.com/notify", "amount": wechatpay.M{"total": 100},
		}})
		require.NoError(t, err)
		_, err = s.Gateway.Pay(number)
		require.NoError(t, err)
	}
}

func refundLine(i int) string {
	return fmt.Sprintf(`{"out_trade_no":"order%d","out_refund_no":"refund%d","amount":{"refund":100,"total":100,"currency":"CNY"}}`, i, i)
}

func refundLines(count int) string {
	var b strings.Builder
	for i := range count {
		b.WriteString(refundLine(i) + "\n")
	}
	return b.String()
}

func refunds(lines string) *strings.Reader { return strings.NewReader(lines) }

// quick are waits for tests.
func quick(client *wechatpay.Client, store *batch.Store) batch.Config {
	return batch.Config{
		Client: client, Store: store, FirstRun: true, Apart: -1, Pause: 50 * time.Millisecond, Claim: 2 * time.Second,
		AskAfter: 10 * time.Millisecond, AbsentAfter: 50 * time.Millisecond,
	}
}

func open(t *testing.T, dir string) *batch.Store {
	t.Helper()
	store, err := batch.Embedded(dir)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close()) })
	return store
}

// collect runs a batch to its end.
func collect(ctx context.Context, t *testing.T, cfg batch.Config, lines string) (results []batch.Result, err error) {
	t.Helper()
	for result, failed := range batch.Run(ctx, cfg, batch.Bodies(refunds(lines), batch.Job{Path: refundPath})) {
		if failed != nil {
			return results, failed
		}
		results = append(results, result)
	}
	return results, nil
}

func TestRun(t *testing.T) {
	s := sandboxtest.New(t)
	payOrders(t, s, 50)
	store := open(t, t.TempDir())
	cfg := quick(s.Client, store)
	cfg.InputOrder = true
	began := time.Now()
	results, err := collect(t.Context(), t, cfg, refundLines(50))
	t.Log(time.Since(began))
	require.NoError(t, err)
	require.Len(t, results, 50)
	for i, r := range results {
		assert.Equal(t, i+1, r.Line)
		assert.Equal(t, fmt.Sprintf("refund%d", i), r.Number)
		assert.Equal(t, batch.Done, r.Outcome, r.Error)
		assert.True(t, r.Verified)
		assert.Equal(t, 1, r.Sends)
		assert.NotEmpty(t, r.RequestID)
		assert.Contains(t, string(r.Reply), r.Number)
	}
	began = time.Now()
	results, err = collect(t.Context(), t, cfg, refundLines(51))
	t.Log(time.Since(began))
	require.NoError(t, err)
	require.Len(t, results, 51)
	assert.True(t, results[0].Resumed)
	assert.Equal(t, batch.Refused, results[50].Outcome)
	assert.Equal(t, "RESOURCE_NOT_EXISTS", results[50].Code)
}

// A reply that is longer as it is kept than as it came does not stop the run.
func TestLongReplies(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, reply string
		kept        bool
	}{
		{"long", `{"x":"` + strings.Repeat("x", 250<<10) + `"}`, true},
		{"too long", `{"x":"` + strings.Repeat("x", 300<<10) + `"}`, false},
		{"escaped", `{"x":"` + strings.Repeat("<", 250<<10) + `"}`, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			store, err := batch.NATS(connect(t, startServers(t, 1)...), "test", 1) // which takes 1 MB at once
			require.NoError(t, err)
			for range 2 {
				results, err := collect(t.Context(), t, quick(memoryClient(t, row.reply), store), refundLine(0))
				require.NoError(t, err)
				assert.Equal(t, batch.Done, results[0].Outcome)
				assert.Equal(t, row.kept, results[0].Reply != nil)
				if !row.kept {
					assert.Contains(t, results[0].Error, "is left out")
				}
			}
		})
	}
}
