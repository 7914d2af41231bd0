package future

import (
	"context"
	"fmt"
)

// A State is the state of a future.
type State int

// A future goes from pending to one of the others, once.
const (
	StatePending State = iota
	StateFulfilled
	StateRejected
)

// String is "pending", "fulfilled" or "rejected".
func (s State) String() string {
	return [...]string{"pending", "fulfilled", "rejected"}[s]
}

// ErrWaiting is the error of [Future.WaitContext] when its context ends first; the error of
// the context is wrapped too. The future is still pending.
var ErrWaiting error = &unsettledError{text: "future: still pending when the wait ended"}

// A Future is a value or an error that may not be available yet. Its methods are safe for
// concurrent use. The functions of this package create futures; the methods of the zero
// Future panic.
type Future[T any] struct {
	c     core
	value T // written by the one who settles the future, read only if it is fulfilled
}

// Resolved is a future that is fulfilled with v.
func Resolved[T any](v T) *Future[T] {
	return &Future[T]{c: core{made: true, state: StateFulfilled}, value: v}
}

// Rejected is a future that is rejected with err, which must not be nil.
func Rejected[T any](err error) *Future[T] {
	if err == nil {
		panic("future: Rejected: nil error")
	}
	return &Future[T]{c: core{made: true, state: StateRejected, err: err}}
}

// Wait blocks until the future is settled, and returns its value or its error. It may be
// called any number of times.
func (f *Future[T]) Wait() (T, error) {
	<-f.core("Wait").wait()
	return f.result()
}

// WaitContext is [Future.Wait] until ctx ends: then it returns [ErrWaiting] and the error of
// ctx. The future is not cancelled.
func (f *Future[T]) WaitContext(ctx context.Context) (T, error) {
	if err := f.core("WaitContext").waitContext(ctx); err != nil {
		var zero T
		return zero, err
	}
	return f.result()
}

// Done is closed once the future is settled.
func (f *Future[T]) Done() <-chan struct{} { return f.core("Done").wait() }

// State returns the current state.
func (f *Future[T]) State() State { return f.core("State").current() }

// Cancel propagates to the work, and cancels its context. The callbacks still receive the
// result of the work, because a lost result may be lost money; usually it is an error, which
// skips each Then.
//
// Work that others need, because another future depends on it or somebody has waited for
// it, continues. Then this future alone is rejected, at once, with [ErrCancelled]; a
// callback of Finally runs nevertheless. Cancelling a settled future has no effect.
func (f *Future[T]) Cancel() {
	c := f.core("Cancel")
	cancelUp(c, c.cancel())
}

// result is the value or the error of a settled future.
func (f *Future[T]) result() (v T, err error) {
	if f.c.err != nil {
		return v, f.c.err
	}
	return f.value, nil
}

// core returns the untyped part of f. It panics for a future that would never settle.
func (f *Future[T]) core(method string) *core {
	if f == nil {
		panic("future: " + method + " of a nil Future")
	}
	if !f.c.made {
		panic("future: " + method + " of a zero Future")
	}
	return &f.c
}

// waitContext waits for c, or returns an error when ctx ends first.
func (c *core) waitContext(ctx context.Context) error {
	if ctx == nil {
		panic("future: WaitContext: nil context")
	}
	done := c.wait()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	select {
	case <-done: // both are over: a result must not be lost
		return nil
	default:
		return fmt.Errorf("%w: %w", ErrWaiting, ctx.Err())
	}
}
