package future

import (
	"context"
	"iter"
	"runtime/debug"
	"sync/atomic"
)

// A fan is one loop over a fan-out: a producer reads the sequence, workers make the calls, and the
// loop takes the results, in order if so asked.
type fan[In, Out any] struct {
	parent context.Context //nolint:containedctx // of one loop
	ctx    context.Context //nolint:containedctx // the same, which ends when the loop is left
	fn     func(context.Context, In) (Out, error)
	limit  int64

	ordered []arrival[In, Out] // a ring of results that wait for an earlier one; nil if none has to
	next    int                // the number of the result that is next
	waiting int                // those in the ring

	begun atomic.Int64  // the items whose results were not taken; one more while the producer waits
	taken chan struct{} // ends that wait
	crew  crew[In, Out]
	panic *PanicError // of the sequence
}

type item[In any] struct {
	in     In
	number int // in the sequence, from 0
}

type result[In, Out any] struct {
	item[In]
	outcome Outcome[Out]
}

type arrival[In, Out any] struct {
	result[In, Out]
	there bool
}

func newFan[In, Out any](ctx context.Context, limit int, fn func(context.Context, In) (Out, error), ordered bool) *fan[In, Out] {
	f := &fan[In, Out]{parent: ctx, fn: fn, limit: int64(limit), taken: make(chan struct{}, 1)}
	f.crew.init(limit, f.call)
	if ordered {
		f.ordered = make([]arrival[In, Out], limit)
	}
	return f
}

func (f *fan[In, Out]) run(seq iter.Seq2[In, error], yield func(In, Outcome[Out]) bool) {
	var cancel context.CancelFunc
	f.ctx, cancel = context.WithCancel(f.parent)
	var left In
	var stopped error
	produced := make(chan struct{})
	go func() {
		defer close(produced)
		defer f.crew.end()
		f.produce(seq, &left, &stopped)
	}()
	defer func() {
		cancel()
		<-produced // and so all calls
		if f.panic != nil {
			panic(f.panic)
		}
	}()
	var results []result[In, Out]
	pass := f.yield
	if f.ordered != nil {
		pass = f.yieldInOrder
	}
	for {
		if results = f.crew.take(results); len(results) == 0 {
			break
		}
		for i := range results {
			if !pass(&results[i], yield) {
				return
			}
		}
	}
	<-produced
	if stopped != nil {
		yield(left, Outcome[Out]{Err: &StoppedError{stopped}})
	}
}

// yield passes a result to the loop, and lets the producer begin another item.
func (f *fan[In, Out]) yield(r *result[In, Out], yield func(In, Outcome[Out]) bool) (more bool) {
	in, outcome := r.in, r.outcome
	*r = result[In, Out]{} // it is not kept alive
	if f.begun.Add(-1) == f.limit {
		f.taken <- struct{}{} // it has room: the producer waits for one at a time
	}
	return yield(in, outcome)
}

// yieldInOrder passes a result and those that wait for it to the loop, if it is the next.
func (f *fan[In, Out]) yieldInOrder(r *result[In, Out], yield func(In, Outcome[Out]) bool) (more bool) {
	if r.number != f.next {
		f.ordered[r.number%len(f.ordered)] = arrival[In, Out]{*r, true} // its own place: at most limit items have begun
		f.waiting++
		*r = result[In, Out]{}
		return true
	}
	f.next++
	more = f.yield(r, yield)
	for more && f.waiting > 0 {
		first := &f.ordered[f.next%len(f.ordered)]
		if !first.there {
			break
		}
		first.there = false
		f.waiting--
		f.next++
		more = f.yield(&first.result, yield)
	}
	return more
}

// produce begins a call for each item. Where it stops before the end of the
// sequence, it returns the reason and the first item that was not begun.
func (f *fan[In, Out]) produce(seq iter.Seq2[In, error], left *In, stopped *error) {
	*stopped = ErrGoexit // unless it returns
	defer func() {
		if value := recover(); value != nil {
			f.panic, *stopped = &PanicError{value, debug.Stack()}, nil
		}
	}()
	number := 0
	for in, err := range seq {
		if err != nil {
			*left, *stopped = in, err
			return
		}
		if f.begun.Add(1) > f.limit {
			select {
			case <-f.taken:
			case <-f.ctx.Done():
			}
		}
		if err := f.ctx.Err(); err != nil {
			*left, *stopped = in, err
			return
		}
		f.crew.begin(item[In]{in, number})
		number++
	}
	*stopped = nil
}

// call runs fn for one item. If fn ends its goroutine, so does call, after it has passed the outcome
// on.
func (f *fan[In, Out]) call(i item[In]) (r result[In, Out]) {
	r = result[In, Out]{item: i, outcome: Outcome[Out]{Err: ErrGoexit}}
	returned := false
	defer func() {
		if returned {
			return
		}
		if value := recover(); value != nil {
			r.outcome.Err = &PanicError{value, debug.Stack()}
			return
		}
		f.crew.exit(r)
	}()
	r.outcome.Value, r.outcome.Err = f.fn(f.ctx, i.in)
	returned = true
	return r
}
