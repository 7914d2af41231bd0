package future

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"sync"
)

// A StoppedError is the last outcome of a fan-out that ended before its sequence did: the
// context ended, or the sequence failed. The outcomes of all calls that were started come
// before it; no call was started for the rest of the sequence.
type StoppedError struct{ Err error }

// Error returns the reason.
func (e *StoppedError) Error() string {
	if e == nil {
		return "<nil>"
	}
	return fmt.Sprintf("future: the fan-out stopped before the end of its sequence: %v", e.Err)
}

// Unwrap returns Err.
func (e *StoppedError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// Each calls fn for every item of a sequence, at most limit at a time, and yields each item
// with its outcome, in the order of completion. Memory is bounded by the limit, not by the
// length of the sequence: the next item is read once a call has finished and its outcome was
// yielded.
//
// No call starts before the loop does. Breaking out of the loop cancels the context of the
// running calls, waits for them, and drops their results. When ctx ends, no further call
// starts; if items are left, the last outcome is a [*StoppedError] with the first of them. A
// panic of fn is an outcome ([*PanicError]). A panic of the sequence is raised again in the
// loop, as a [*PanicError].
//
// The sequence runs on its own goroutine. Breaking out of the loop waits for it, so a sequence
// that blocks should return when ctx ends, and report that with [TryEach] and the error of
// ctx. Each panics if ctx, seq or fn is nil, or limit is below 1 or above 1,048,576.
func Each[In, Out any](
	ctx context.Context, limit int, seq iter.Seq[In], fn func(context.Context, In) (Out, error),
) iter.Seq2[In, Outcome[Out]] {
	return fanOut(ctx, "Each", limit, withoutErrors(seq), fn, false)
}

// EachOrdered is [Each] that yields in the order of the sequence. A slow call delays the
// outcomes after it; at most limit calls have started.
func EachOrdered[In, Out any](
	ctx context.Context, limit int, seq iter.Seq[In], fn func(context.Context, In) (Out, error),
) iter.Seq2[In, Outcome[Out]] {
	return fanOut(ctx, "EachOrdered", limit, withoutErrors(seq), fn, true)
}

// TryEach is [Each] over a sequence that can fail, such as the lines of a file. The first
// error of the sequence ends the fan-out: the running calls finish, their outcomes are
// yielded, and the last outcome is a [*StoppedError] with the error.
func TryEach[In, Out any](
	ctx context.Context, limit int, seq iter.Seq2[In, error], fn func(context.Context, In) (Out, error),
) iter.Seq2[In, Outcome[Out]] {
	return fanOut(ctx, "TryEach", limit, seq, fn, false)
}

func withoutErrors[In any](seq iter.Seq[In]) iter.Seq2[In, error] {
	if seq == nil {
		return nil
	}
	return func(yield func(In, error) bool) {
		for in := range seq {
			if !yield(in, nil) {
				return
			}
		}
	}
}

func fanOut[In, Out any](
	ctx context.Context, name string, limit int, seq iter.Seq2[In, error], fn func(context.Context, In) (Out, error), ordered bool,
) iter.Seq2[In, Outcome[Out]] {
	switch {
	case ctx == nil:
		panic("future: " + name + ": nil context")
	case limit < 1:
		panic(fmt.Sprintf("future: %s: the limit is %d; use at least 1", name, limit))
	case limit > maxLimit:
		panic(fmt.Sprintf("future: %s: the limit is %d; use one from 1 to %d", name, limit, maxLimit))
	case seq == nil:
		panic("future: " + name + ": nil sequence")
	case fn == nil:
		panic("future: " + name + ": nil function")
	}
	return func(yield func(In, Outcome[Out]) bool) {
		f := &fan[In, Out]{
			parent: ctx, fn: fn, ordered: ordered,
			free: make(chan struct{}, limit), slots: make(chan chan result[In, Out], limit),
		}
		f.run(seq, yield)
	}
}

// maxLimit bounds what is kept ready for results.
const maxLimit = 1 << 20

// A fan is one loop over a fan-out.
//
// The producer takes a token of free for each item it begins; the loop gives it
// back once the result is taken. Results come in slots: one for all calls, as they
// come, or, in order, one for each call, queued as the items are.
type fan[In, Out any] struct {
	parent  context.Context //nolint:containedctx // of one loop
	ctx     context.Context //nolint:containedctx // the same, which ends when the loop is left
	fn      func(context.Context, In) (Out, error)
	ordered bool

	free  chan struct{}
	slots chan chan result[In, Out]
	calls sync.WaitGroup
	panic *PanicError // of the sequence
}

type result[In, Out any] struct {
	in      In
	outcome Outcome[Out]
}

func (f *fan[In, Out]) run(seq iter.Seq2[In, error], yield func(In, Outcome[Out]) bool) {
	var cancel context.CancelFunc
	f.ctx, cancel = context.WithCancel(f.parent)
	shared := make(chan result[In, Out], cap(f.free)) // never blocks a call
	var left In
	var stopped error
	produced := make(chan struct{})
	go func() {
		defer close(produced)
		defer close(shared)
		defer close(f.slots)
		defer f.calls.Wait()
		f.produce(seq, shared, &left, &stopped)
	}()
	defer func() {
		cancel()
		<-produced // and so all calls
		if f.panic != nil {
			panic(f.panic)
		}
	}()
	results := shared
	for {
		if f.ordered {
			slot, more := <-f.slots
			if !more {
				break
			}
			results = slot
		}
		r, more := <-results
		if !more {
			break
		}
		<-f.free
		if !yield(r.in, r.outcome) {
			return
		}
	}
	<-produced
	if stopped != nil {
		yield(left, Outcome[Out]{Err: &StoppedError{stopped}})
	}
}

// produce begins a call for each item. Where it stops before the end of the
// sequence, it returns the reason and the first item that was not begun.
func (f *fan[In, Out]) produce(seq iter.Seq2[In, error], shared chan result[In, Out], left *In, stopped *error) {
	*stopped = ErrGoexit // unless it returns
	defer func() {
		if value := recover(); value != nil {
			f.panic, *stopped = &PanicError{value, debug.Stack()}, nil
		}
	}()
	for in, err := range seq {
		if err != nil {
			*left, *stopped = in, err
			return
		}
		select {
		case f.free <- struct{}{}:
		case <-f.ctx.Done():
		}
		if err := f.ctx.Err(); err != nil {
			*left, *stopped = in, err
			return
		}
		slot := shared
		if f.ordered {
			slot = make(chan result[In, Out], 1)
			f.slots <- slot // has capacity for all calls that are begun
		}
		f.calls.Go(func() { f.call(in, slot) })
	}
	*stopped = nil
}

// call runs fn for one item. Its result fits into the slot without waiting.
func (f *fan[In, Out]) call(in In, slot chan<- result[In, Out]) {
	r := result[In, Out]{in: in, outcome: Outcome[Out]{Err: ErrGoexit}}
	returned := false
	defer func() {
		if !returned {
			if value := recover(); value != nil {
				r.outcome.Err = &PanicError{value, debug.Stack()}
			}
		}
		slot <- r
	}()
	r.outcome.Value, r.outcome.Err = f.fn(f.ctx, in)
	returned = true
}
