package future_test

import (
	"context"
	"runtime"
	"testing"

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
