package batch

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func opened(t *testing.T) *Store {
	t.Helper()
	store, err := Embedded(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close()) })
	_, err = store.open(t.Context(), "1900000109")
	require.NoError(t, err)
	return store
}

// Two runs that begin at once are two, although their owners have one name, as two containers may.
func TestOneNameTwoRuns(t *testing.T) {
	t.Parallel()
	store := opened(t)
	first := mark{Epoch: 1, Low: 1, Owner: "host/1", Token: "a"}
	second := mark{Epoch: 1, Low: 1, Owner: "host/1", Token: "b"}
	require.NoError(t, store.setMark(t.Context(), &first))
	require.ErrorIs(t, store.setMark(t.Context(), &second), ErrBusy)
	again := first // an error told that it was not written
	again.rev, again.Low, again.Until = 0, 2, 5
	require.NoError(t, store.setMark(t.Context(), &again))
	now, err := store.mark(t.Context())
	require.NoError(t, err)
	assert.Equal(t, int64(2), now.Low, "what it wanted to write is written")
	assert.Equal(t, int64(5), now.Until)
}

// A run that was stopped for longer than its lease can add nothing to the ledger of the next one.
func TestLedgerHasOneWriter(t *testing.T) {
	t.Parallel()
	store := opened(t)
	key := "AAAAAAAAAAAAAAAAAAAAAA"
	stopped, next := newLedger(store), newLedger(store)
	require.NoError(t, stopped.begin(t.Context()))
	require.NoError(t, stopped.add(t.Context(), key, "x", 0, Result{Outcome: Refused}, nil))
	require.NoError(t, next.begin(t.Context()))
	require.NoError(t, next.add(t.Context(), key, "x", 0, Result{Outcome: Done}, nil))
	require.NoError(t, next.flush(t.Context()))
	require.ErrorIs(t, stopped.flush(t.Context()), ErrBusy)

	require.NoError(t, next.add(t.Context(), key, "x", 0, Result{Outcome: Stuck}, nil))
	_, err := store.js.Publish(t.Context(), store.resultSubject(), next.lines.Bytes())
	require.NoError(t, err)
	require.NoError(t, next.flush(t.Context()), "it was written although an error told otherwise")
	var outcomes []Outcome
	for result, err := range store.List(t.Context()) {
		require.NoError(t, err)
		outcomes = append(outcomes, result.Outcome)
	}
	assert.Equal(t, []Outcome{Done, Stuck}, outcomes)
}

// Nor can it remove what the next one has written meanwhile.
func TestPurgeLeavesWhatCameLater(t *testing.T) {
	t.Parallel()
	store := opened(t)
	kv, stream := store.rooms.entries[0][0], store.rooms.streams[0][0]
	_, err := kv.Create(t.Context(), "a", []byte("{}"))
	require.NoError(t, err)
	info, err := stream.Info(t.Context())
	require.NoError(t, err)
	_, err = kv.Create(t.Context(), "b", []byte("{}"))
	require.NoError(t, err)
	require.NoError(t, purge(t.Context(), stream, info.State.LastSeq))
	keys, err := kv.Keys(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"b"}, keys)
}

// Nor can it tell the workers what to do.
func TestPlanOfALaterRunStays(t *testing.T) {
	t.Parallel()
	store := opened(t)
	require.NoError(t, store.tell(t.Context(), plan{Epoch: 2}))
	require.ErrorIs(t, store.tell(t.Context(), plan{Epoch: 1}), ErrBusy)
	require.NoError(t, store.tell(t.Context(), plan{Epoch: 3}))
}

// A worker whose run is over leaves what the next run must know of a number, and only that.
func TestClaimOfAClosedJob(t *testing.T) {
	t.Parallel()
	store := opened(t)
	_, err := store.begin(t.Context(), "x", true)
	require.NoError(t, err)
	w := &worker{store: store, plan: plan{Claim: time.Second}, cfg: Config{Trace: func(ctx context.Context, _ Step) (context.Context, func(error)) { return ctx, func(error) {} }}}
	claim := func(key string) *entry {
		s := &story{worker: w, task: &task{Key: key, Hash: "x", Epoch: 0, Gen: 1}}
		require.NoError(t, s.read(t.Context()))
		require.ErrorIs(t, s.claim(t.Context()), errClosed)
		left, err := store.entry(t.Context(), s.task)
		require.NoError(t, err)
		return left
	}
	assert.Nil(t, claim("AAAAAAAAAAAAAAAAAAAAAA"))
	known := &task{Key: "BBBBBBBBBBBBBBBBBBBBBB", Gen: 1}
	require.NoError(t, store.write(t.Context(), known, &entry{State: ready, Doubt: true, Hash: "x", Sends: 1}))
	left := claim(known.Key)
	require.NotNil(t, left)
	assert.True(t, left.Doubt)
}
