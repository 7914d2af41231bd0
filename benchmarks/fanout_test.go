package main

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sourcegraph/conc/pool"
	"golang.org/x/sync/errgroup"

	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/internal/ratio"
)

// The work is nothing, so that what is measured is what an item costs beyond it.
const (
	items = 50_000
	limit = 64
)

func work(_ context.Context, i int) (int, error) { return i, nil }

func sequence(yield func(int) bool) {
	for i := range items {
		if !yield(i) {
			return
		}
	}
}

type each = func(context.Context, int, iter.Seq[int], func(context.Context, int) (int, error)) iter.Seq2[int, future.Outcome[int]]

// ours goes through all outcomes, which the others do not collect.
func ours(b *testing.B, each each) func() {
	b.Helper()
	return func() {
		count := 0
		for _, o := range each(b.Context(), limit, sequence, work) {
			if o.Err == nil {
				count++
			}
		}
		if count != items {
			b.Fatal(count)
		}
	}
}

func byConc(b *testing.B) func() {
	b.Helper()
	return func() {
		var count atomic.Int64
		p := pool.New().WithMaxGoroutines(limit)
		for i := range sequence {
			p.Go(func() {
				if _, err := work(b.Context(), i); err == nil {
					count.Add(1)
				}
			})
		}
		p.Wait()
		if count.Load() != items {
			b.Fatal(count.Load())
		}
	}
}

func byErrgroup(b *testing.B) func() {
	b.Helper()
	return func() {
		var count atomic.Int64
		g, ctx := errgroup.WithContext(b.Context())
		g.SetLimit(limit)
		for i := range sequence {
			g.Go(func() error {
				_, err := work(ctx, i)
				count.Add(1)
				return err
			})
		}
		if err := g.Wait(); err != nil || count.Load() != items {
			b.Fatal(count.Load(), err)
		}
	}
}

// byWorkers is what is written by hand: workers that take items from a channel.
func byWorkers(b *testing.B) func() {
	b.Helper()
	return func() {
		var count atomic.Int64
		var workers sync.WaitGroup
		todo := make(chan int, limit)
		for range limit {
			workers.Go(func() {
				for i := range todo {
					if _, err := work(b.Context(), i); err == nil {
						count.Add(1)
					}
				}
			})
		}
		for i := range sequence {
			todo <- i
		}
		close(todo)
		workers.Wait()
		if count.Load() != items {
			b.Fatal(count.Load())
		}
	}
}

// BenchmarkFanOut reports the CPU of one way divided by that of another, by turns in one run.
func BenchmarkFanOut(b *testing.B) {
	inTurn, inOrder := ours(b, future.Each[int, int]), ours(b, future.EachOrdered[int, int])
	for _, row := range []struct {
		name, unit string
		this, that func()
	}{
		{"Each to conc", "x-conc", inTurn, byConc(b)},
		{"Each to errgroup", "x-errgroup", inTurn, byErrgroup(b)},
		{"Each to workers by hand", "x-workers", inTurn, byWorkers(b)},
		{"EachOrdered to Each", "x-Each", inOrder, inTurn},
	} {
		b.Run(row.name, func(b *testing.B) { ratio.Report(b, row.unit, row.this, row.that) })
	}
	for _, row := range []struct {
		name string
		run  func()
	}{{"Each", inTurn}, {"EachOrdered", inOrder}, {"conc", byConc(b)}, {"errgroup", byErrgroup(b)}, {"workers by hand", byWorkers(b)}} {
		b.Run(row.name, func(b *testing.B) { ratio.PerItem(b, items, row.run) })
	}
}
