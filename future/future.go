package future

import (
	"context"
	"fmt"
	"sync"
)

// A State is where a future stands.
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

// ErrWaiting is what [Future.WaitContext] returns, with the error of its context,
// when that ends first: nothing is known of the future, which goes on.
var ErrWaiting error = &unsettledError{text: "future: still pending when the wait ended"}

// A Future is a value, or an error, that is there or still to come. Its methods
// are safe for concurrent use. Futures come from the functions of this package;
// the zero Future belongs to no work, and its methods panic.
type Future[T any] struct {
	made bool // by this package; never written again

	mu    sync.Mutex
	state State
	value T
	err   error
	done  chan struct{} // made when somebody waits

	// What follows once it is settled, in order: most futures have one reaction.
	first     reaction
	rest      []reaction
	reacting  bool // a goroutine goes through the reactions
	followers int  // futures that hang on it and are not cancelled
	watched   bool // somebody waits, or has waited

	// How a pending future is cancelled: by its work, or, if it is derived, by its
	// source.
	work       Canceler
	source     link
	begun      bool // its callback
	always     bool // its callback runs whatever happens (Finally)
	cancelling bool // Cancel has been called, and is not to go in circles
}

// A reaction is what a future that hangs on another one does once that is
// settled. It settles its own future, and returns it if it has reactions to run.
type reaction interface{ react() node }

// A node is a future as the loop that runs reactions sees it, whatever its type.
type node interface {
	// next runs one reaction and returns the future whose own reactions are to be
	// run thereafter, if any.
	next() (follow node)
	// more reports whether a reaction is left; where none is, the loop is over.
	more() bool
}

// Wait blocks until the future is settled, and returns its value or its error. It
// may be called any number of times.
func (f *Future[T]) Wait() (T, error) {
	<-f.Done()
	return f.value, f.err // not written again once settled
}

// WaitContext is [Future.Wait] that gives up when ctx ends, with [ErrWaiting] and
// the error of ctx. The future goes on.
func (f *Future[T]) WaitContext(ctx context.Context) (T, error) {
	if ctx == nil {
		panic("future: WaitContext: nil context")
	}
	done := f.Done()
	select {
	case <-done:
	case <-ctx.Done():
		select {
		case <-done: // both have come: a result is not to be lost
		default:
			var zero T
			return zero, fmt.Errorf("%w: %w", ErrWaiting, ctx.Err())
		}
	}
	return f.value, f.err
}

// Done is closed once the future is settled.
func (f *Future[T]) Done() <-chan struct{} {
	f.check("Done")
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.state != StatePending {
		return closed
	}
	f.watched = true
	if f.done == nil {
		f.done = make(chan struct{})
	}
	return f.done
}

var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// State returns the current state.
func (f *Future[T]) State() State {
	f.check("State")
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

// check refuses what would otherwise wait forever.
func (f *Future[T]) check(method string) {
	if f == nil {
		panic("future: " + method + " of a nil Future")
	}
	if !f.made {
		panic("future: " + method + " of a zero Future")
	}
}

// settle ends a pending future, once: won reports whether it was this call that
// did. reacts asks the caller to run the reactions. Where byCallback is false, a
// future whose callback has begun is left to that.
func (f *Future[T]) settle(v T, err error, byCallback bool) (won, reacts bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.state != StatePending || f.begun && !byCallback {
		return false, false
	}
	f.state, f.value, f.err = StateFulfilled, v, err
	if err != nil {
		f.state = StateRejected
	}
	if f.done != nil {
		close(f.done)
	}
	f.work, f.source = nil, nil // a settled future keeps nothing alive
	f.reacting = f.first != nil
	return true, f.reacting
}

// begin marks the callback of a derived future as begun, unless it was forsaken.
func (f *Future[T]) begin() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.begun = f.state == StatePending
	f.source = nil
	return f.begun
}

// follow has r react once f is settled: at once, on a separate goroutine, if it
// is settled already.
func (f *Future[T]) follow(r reaction) {
	f.mu.Lock()
	if f.first == nil {
		f.first = r
	} else {
		f.rest = append(f.rest, r)
	}
	f.followers++
	start := f.state != StatePending && !f.reacting
	f.reacting = f.reacting || start
	f.mu.Unlock()
	if start {
		go run(f)
	}
}

func (f *Future[T]) more() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reacting = f.first != nil
	return f.reacting
}

func (f *Future[T]) next() node {
	f.mu.Lock()
	r := f.first
	if f.first = nil; len(f.rest) > 0 {
		f.first, f.rest[0], f.rest = f.rest[0], nil, f.rest[1:]
	}
	f.mu.Unlock()
	return r.react()
}

// run goes through the reactions of n, then through those of the futures that
// these settled. A chain of any length takes one goroutine and no stack; where it
// branches, no branch waits for another: each but the last has a separate
// goroutine.
func run(n node) {
	var follow node
	ended := false
	defer func() {
		if ended {
			return
		}
		go run(n) // a callback ended this goroutine (runtime.Goexit): another goes on
		if follow != nil {
			go run(follow)
		}
	}()
	for n != nil {
		for n.more() {
			if follow != nil {
				go run(follow)
				follow = nil
			}
			follow = n.next()
		}
		n, follow = follow, nil
	}
	ended = true
}
