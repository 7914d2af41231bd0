package middleware

import (
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func headerOf(nonce string) http.Header {
	return http.Header{"Wechatpay-Timestamp": {"1764410000"}, "Wechatpay-Nonce": {nonce}}
}

func TestReplaysAreRememberedWhileTheyAreValid(t *testing.T) {
	t.Parallel()
	began := time.Unix(1764410000, 0)
	for _, row := range []struct {
		name  string
		after time.Duration
		want  error
	}{
		{"at once", 0, ErrReplayed},
		{"after the whole tolerance", 10*time.Minute - time.Second, ErrReplayed},
		{"in the next generation", 15 * time.Minute, ErrReplayed},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := newReplays(10)
			require.NoError(t, s.check(headerOf("a"), began))
			require.ErrorIs(t, s.check(headerOf("a"), began.Add(row.after)), row.want)
			require.NoError(t, s.check(headerOf("b"), began.Add(row.after)))
		})
	}
}

func TestReplaysKnowEverySpellingOfAHeader(t *testing.T) {
	t.Parallel()
	s := newReplays(10)
	now := time.Unix(1764410000, 0)
	lower := func(nonce string) http.Header {
		return http.Header{"wechatpay-timestamp": {"1764410000"}, "wechatpay-nonce": {nonce}}
	}
	require.NoError(t, s.check(headerOf("a"), now))
	require.ErrorIs(t, s.check(lower("a"), now), ErrReplayed)
	require.NoError(t, s.check(lower("b"), now))
	require.ErrorIs(t, s.check(headerOf("b"), now), ErrReplayed)
}

// TestReplaysFitTheirMemory keeps the documentation of the cost true.
func TestReplaysFitTheirMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := newReplays(maxReplays)
	for i := range 2*maxReplays + 1 {
		require.NoError(t, s.check(headerOf(strconv.Itoa(i)), time.Unix(1764410000, 0)))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	assert.Less(t, after.HeapAlloc-before.HeapAlloc, uint64(30<<20))
	runtime.KeepAlive(s)
}

func TestReplaysAreBounded(t *testing.T) {
	t.Parallel()
	const limit = 100
	s := newReplays(limit)
	now := time.Unix(1764410000, 0)
	for i := range 10 * limit {
		require.NoError(t, s.check(headerOf(fmt.Sprint(i)), now))
		assert.LessOrEqual(t, len(s.current)+len(s.previous), 2*limit)
	}
	for i := range limit {
		require.ErrorIs(t, s.check(headerOf(fmt.Sprint(9*limit+i)), now), ErrReplayed, "the newest are remembered")
	}
	require.NoError(t, s.check(headerOf("later"), now.Add(time.Hour)))
	require.NoError(t, s.check(headerOf("latest"), now.Add(2*time.Hour)))
	assert.Len(t, s.previous, 1)
	assert.Len(t, s.current, 1)
}

func TestOfConcurrentReplaysOnePasses(t *testing.T) {
	t.Parallel()
	s := newReplays(10)
	var passed atomic.Int32
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			if s.check(headerOf("a"), time.Unix(1764410000, 0)) == nil {
				passed.Add(1)
			}
		})
	}
	group.Wait()
	assert.Equal(t, int32(1), passed.Load())
}
