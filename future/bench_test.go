package future_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/future"
)

func BenchmarkGo(b *testing.B) {
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := future.Go(ctx, func(context.Context) (int, error) { return 1, nil }).Wait(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkThen registers a callback on a pending future, and on the one that this
// gives.
func BenchmarkThen(b *testing.B) {
	pass := func(v int) (int, error) { return v, nil }
	b.Run("siblings", func(b *testing.B) {
		end := make(chan struct{})
		f := future.Go(b.Context(), func(context.Context) (int, error) { <-end; return 1, nil })
		b.ReportAllocs()
		for b.Loop() {
			f.Then(pass)
		}
		close(end)
	})
	b.Run("chain", func(b *testing.B) {
		end := make(chan struct{})
		f := future.Go(b.Context(), func(context.Context) (int, error) { <-end; return 1, nil })
		b.ReportAllocs()
		for b.Loop() {
			f = f.Then(pass)
		}
		close(end)
		_, _ = f.Wait()
	})
}

// rejected waits for a combination of n futures that are all rejected, one by one.
func rejected(tb testing.TB, n int, combine func(...*future.Future[int]) error) {
	tb.Helper()
	futures := make([]*future.Future[int], n)
	end := make(chan struct{})
	for i := range futures {
		futures[i] = future.Go(tb.Context(), func(context.Context) (int, error) { <-end; return 0, errors.ErrUnsupported })
	}
	close(end)
	if err := combine(futures...); !errors.Is(err, errors.ErrUnsupported) {
		tb.Fatal(err)
	}
}

// rejections are the combinations that join the errors of their parts.
var rejections = []struct {
	name    string
	combine func(...*future.Future[int]) error
}{
	{"Any", func(fs ...*future.Future[int]) error { _, err := future.Any(fs...).Wait(); return err }},
	{"Some", func(fs ...*future.Future[int]) error { _, err := future.Some(len(fs)/2, fs...).Wait(); return err }},
}

// BenchmarkRejections: ten times the rejections take ten times the time.
func BenchmarkRejections(b *testing.B) {
	for _, row := range rejections {
		for _, n := range []int{1_000, 10_000} {
			b.Run(fmt.Sprintf("%s/n=%d", row.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					rejected(b, n, row.combine)
				}
			})
		}
	}
}

func TestRejectionsGrowInProportion(t *testing.T) {
	for _, row := range rejections {
		t.Run(row.name, func(t *testing.T) {
			allocated := func(n int) uint64 {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				rejected(t, n, row.combine)
				runtime.ReadMemStats(&after)
				return after.TotalAlloc - before.TotalAlloc
			}
			allocated(10_000) // the runtime keeps the goroutines
			small, large := allocated(1_000), allocated(10_000)
			assert.Less(t, large, 20*small, "bytes for ten times the rejections")
		})
	}
}

// BenchmarkEach goes through a million items, 64 at a time, and reports the most
// live heap on the way.
func BenchmarkEach(b *testing.B) {
	const items, limit = 1_000_000, 64
	for name, each := range variants {
		b.Run(name, func(b *testing.B) {
			var live uint64
			var m runtime.MemStats
			for b.Loop() {
				count := 0
				for _, o := range each(b.Context(), limit, upTo(items), func(_ context.Context, i int) (int, error) { return i, nil }) {
					if o.Err != nil {
						b.Fatal(o.Err)
					}
					if count++; count%(items/10) == 0 {
						runtime.GC()
						runtime.ReadMemStats(&m)
						live = max(live, m.HeapAlloc)
					}
				}
				if count != items {
					b.Fatal(count)
				}
			}
			b.ReportMetric(float64(live)/1024, "live-KB")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/items, "ns/item")
		})
	}
}

// TestEachUsesItsWorkersAgain: what it allocates grows with the limit, not with the items.
func TestEachUsesItsWorkersAgain(t *testing.T) {
	const items, limit = 10_000, 64
	for name, each := range variants {
		t.Run(name, func(t *testing.T) {
			got := testing.AllocsPerRun(3, func() {
				for _, o := range each(t.Context(), limit, upTo(items), func(_ context.Context, i int) (int, error) { return i, nil }) {
					if o.Err != nil {
						t.Error(o.Err)
					}
				}
			})
			t.Logf("%.0f allocations", got)
			assert.Less(t, got, 5.0*limit)
		})
	}
}

// TestEachBeginsAsManyCallsAsItsLimit, however long each takes, and goes on after a worker was lost.
func TestEachBeginsAsManyCallsAsItsLimit(t *testing.T) {
	const items, limit = 100, 7
	for name, each := range variants {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				running, most, count := 0, 0, 0
				var mu sync.Mutex
				for range each(t.Context(), limit, upTo(items), func(ctx context.Context, i int) (int, error) {
					mu.Lock()
					running++
					most = max(most, running)
					mu.Unlock()
					defer func() {
						mu.Lock()
						running--
						mu.Unlock()
					}()
					_, _ = after(time.Second, 0, nil)(ctx)
					if i%3 == 0 {
						runtime.Goexit()
					}
					return i, nil
				}) {
					count++
				}
				assert.Equal(t, items, count)
				assert.Equal(t, limit, most)
			})
		})
	}
}
