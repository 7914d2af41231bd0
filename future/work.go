package future

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

// A Task is work that can be cancelled. Run is called once. Cancel may be
// called at any time, any number of times, from any goroutine.
type Task[T any] interface {
	Run() (T, error)
	Canceler
}

// Start runs a task on a new goroutine. It is [Go] for work with a custom
// Cancel.
func Start[T any](task Task[T]) *Future[T] {
	if task == nil {
		panic("future: Start: nil task")
	}
	f := &Future[T]{c: core{made: true, work: task}}
	go func() {
		growStack()
		if c := f.c.complete(func() (err error) {
			f.value, err = task.Run()
			return err
		}); c != nil {
			run(c)
		}
	}()
	return f
}

// growStack grows the stack of the goroutine once, while it is empty and nothing has to be
// copied: a call through a client goes deep, and growing by doubling on the
// way down costs more than a microsecond.
//
//go:noinline
func growStack() {
	var deep [4 << 10]byte
	runtime.KeepAlive(&deep)
}

// Go runs fn on a new goroutine, with a context that ends with ctx or with
// [Future.Cancel]. If ctx has already ended, fn is not called. fn should return when its
// context ends; its result is kept in any case.
func Go[T any](ctx context.Context, fn func(context.Context) (T, error)) *Future[T] {
	switch {
	case ctx == nil:
		panic("future: Go: nil context")
	case fn == nil:
		panic("future: Go: nil function")
	case ctx.Err() != nil:
		return Rejected[T](ctx.Err())
	}
	ctx, cancel := context.WithCancel(ctx) //nolint:gosec // Run calls cancel
	return Start(&function[T]{ctx, cancel, fn})
}

type function[T any] struct {
	ctx    context.Context //nolint:containedctx // it lives as long as the one call of fn
	cancel context.CancelFunc
	fn     func(context.Context) (T, error)
}

func (w *function[T]) Run() (T, error) {
	defer w.cancel()
	return w.fn(w.ctx)
}

func (w *function[T]) Cancel() { w.cancel() }

// A PanicError rejects a future whose work or callback panicked.
type PanicError struct {
	Value any    // what was given to panic
	Stack []byte // of the goroutine that panicked
}

// Error includes the value. The stack is in Stack.
func (e *PanicError) Error() string {
	if e == nil {
		return "<nil>"
	}
	return fmt.Sprintf("panic: %v", e.Value)
}

// Unwrap gives the value if it is an error.
func (e *PanicError) Unwrap() error {
	if e == nil {
		return nil
	}
	err, _ := e.Value.(error)
	return err
}

// OutcomeUnknown is true: what the work did before it panicked is not known.
func (*PanicError) OutcomeUnknown() bool { return true }

// An unsettledError ends a future without an answer of the work behind it.
type unsettledError struct {
	text  string
	cause error
}

func (e *unsettledError) Error() string { return e.text }

func (e *unsettledError) Unwrap() error { return e.cause }

// OutcomeUnknown is true: the work may go on, or have gone on.
func (*unsettledError) OutcomeUnknown() bool { return true }

// ErrGoexit rejects a future whose work or callback ended its goroutine
// (runtime.Goexit, as testing's FailNow does).
var ErrGoexit error = &unsettledError{text: "future: the goroutine was ended by runtime.Goexit"}

// complete settles c by what callback returns, panics or exits with, and returns it
// if it has reactions to run.
func (c *core) complete(callback func() error) (reacts *core) {
	err, returned := ErrGoexit, false
	defer func() {
		exiting := false
		if !returned {
			if value := recover(); value != nil {
				err = &PanicError{value, debug.Stack()}
			} else {
				exiting = true
			}
		}
		if reacts = c.end(err); reacts != nil && exiting {
			go run(reacts)
		}
	}()
	err = callback()
	returned = true
	return nil
}
