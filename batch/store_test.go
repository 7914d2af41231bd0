package batch_test

import (
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// A store is one merchant's.
func TestStoreOfAnother(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 1)
	store := open(t, t.TempDir())
	_, err := collect(t.Context(), t, quick(s.Client, store), refundLine(0))
	require.NoError(t, err)
	other := sandboxtest.New(t, sandboxtest.WithConfig(sandbox.Config{MchID: "1900000110"}))
	_, err = collect(t.Context(), t, quick(other.Client, store), refundLine(0))
	require.ErrorIs(t, err, batch.ErrOtherMerchant)
	require.ErrorContains(t, err, "1900000109, and the Client is that of 1900000110; use another store")
	_, err = collect(t.Context(), t, quick(s.Client, store), refundLine(0))
	require.NoError(t, err)
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
	results, err := collect(t.Context(), t, cfg, refundLines(60))
	require.ErrorIs(t, err, batch.ErrStore)
	require.ErrorContains(t, err, "run again with the same input when it is well, nothing is sent twice")
	sent := posts(s)
	assert.Less(t, len(results), 60)
	full.Shutdown()
	full.WaitForShutdown()

	cfg.Store = store(startServer(t, dir, 0))
	results, err = collect(t.Context(), t, cfg, refundLines(60))
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
				_, err := collect(t.Context(), t, quick(s.Client, store()), refundLines(2))
				second <- err
			}()
		}
	}
	assert.Equal(t, 2, done)
	require.ErrorIs(t, <-second, batch.ErrBusy)
}
