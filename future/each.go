package future

import (
	"context"
	"fmt"
	"iter"
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
		newFan(ctx, limit, fn, ordered).run(seq, yield)
	}
}

// maxLimit bounds what is kept ready for results.
const maxLimit = 1 << 20
