package future_test

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/future"
)

// TestNoBranchWaitsForAnother: a callback may wait for what hangs on a sibling.
func TestNoBranchWaitsForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := future.Go(t.Context(), after(time.Second, 1, nil))
		first := source.Then(add(1))
		behind := first.Then(add(10))
		second := source.Then(func(int) (int, error) { return behind.Wait() })
		v, err := second.Wait()
		require.NoError(t, err)
		assert.Equal(t, 12, v)
	})
}

func TestBranchesDoNotHoldEachOtherUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := future.Go(t.Context(), after(time.Second, 1, nil))
		a, b := source.Then(add(1)), source.Then(add(2))
		late := b.Then(add(10))
		v, err := a.Then(func(v int) (int, error) {
			other, err := late.Wait() // on another branch
			return v + other, err
		}).Wait()
		require.NoError(t, err)
		assert.Equal(t, 2+13, v)
	})
}

func TestALongChainNeitherOverflowsNorLeaks(t *testing.T) {
	const length = 100_000
	for _, row := range []struct {
		name  string
		start func(chan struct{}) *future.Future[int]
	}{
		{"pending", func(begin chan struct{}) *future.Future[int] {
			return future.Go(t.Context(), func(context.Context) (int, error) { <-begin; return 0, nil })
		}},
		{"resolved", func(chan struct{}) *future.Future[int] { return future.Resolved(0) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			begin := make(chan struct{})
			f := row.start(begin)
			for range length {
				f = f.Then(add(1))
			}
			close(begin)
			v, err := f.Wait()
			require.NoError(t, err)
			assert.Equal(t, length, v)
		})
	}
	t.Run("cancelled at its end", func(t *testing.T) {
		source := future.Go(t.Context(), func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, ctx.Err() })
		f := source
		for range length {
			f = f.Then(add(1))
		}
		f.Cancel()
		_, err := f.Wait()
		require.ErrorIs(t, err, context.Canceled)
		_, err = source.Wait()
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("memory", func(t *testing.T) {
		f := future.Resolved(make([]byte, 1))
		for range 1000 {
			f = f.Then(func([]byte) ([]byte, error) { return make([]byte, 1<<20), nil })
			_, err := f.Wait()
			require.NoError(t, err)
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		assert.Less(t, m.HeapAlloc, uint64(100<<20), "the values along a chain are let go")
		runtime.KeepAlive(f)
	})
}
