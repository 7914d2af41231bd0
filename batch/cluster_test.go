package batch_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/batch"
)

// A cluster of three loses a node in the middle of a run, with a run and a worker on it.
func TestClusterLosesANode(t *testing.T) {
	t.Parallel()
	const count = 120
	s := newScene(t, count)
	s.plan.Claim = 3 * time.Second
	client, err := s.plan.client()
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	servers := startServers(t, 3)
	store := func() *batch.Store {
		store, err := batch.NATS(connect(t, servers...), "test", 3)
		require.NoError(t, err)
		return store
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cfg := quick(client, store())
	cfg.InFlight, cfg.Claim, cfg.AbsentAfter, cfg.Asks, cfg.Sends = 4, s.plan.Claim, s.plan.Wait, 1000, 1000
	worker := cfg
	worker.Store, worker.Name = store(), "worker"
	working := make(chan error, 1)
	go func() { working <- batch.Work(ctx, worker) }()
	input, err := os.Open(s.plan.Input)
	require.NoError(t, err)
	defer func() { assert.NoError(t, input.Close()) }()
	seen := map[string]batch.Result{}
	for result, err := range batch.Run(t.Context(), cfg, batch.Bodies(input, batch.Job{Path: refundPath})) {
		require.NoError(t, err)
		seen[result.Number] = result
		assert.Equal(t, batch.Done, result.Outcome, result.Error)
		if len(seen) == count/4 {
			for _, node := range servers {
				if node.JetStreamIsLeader() {
					began := time.Now()
					node.Shutdown()
					t.Log("the leader is down", time.Since(began))
					break
				}
			}
		}
	}
	assert.Len(t, seen, count)
	s.proxy.later.Wait()
	assert.Len(t, s.proxy.takes, count)
	for number, times := range s.proxy.takes {
		assert.Equal(t, 1, times, number)
	}
	cancel()
	require.ErrorIs(t, <-working, context.Canceled)
}
