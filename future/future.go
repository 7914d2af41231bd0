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

// ErrCancelled is why a future that was cancelled before its callback began is
// rejected. It wraps [context.Canceled].
var ErrCancelled = fmt.Errorf("future: %w", context.Canceled)

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
	more      []reaction
	reacting  bool // a goroutine goes through the reactions
	followers int  // futures that hang on it and are not cancelled
	watched   bool // somebody waits, or has waited

	// How a pending future is cancelled: by its work, or, if it is derived and its
	// callback has not begun, by itself.
	work   Canceler
	source link
	begun  bool
}

// A Canceler can be told to stop.
type Canceler interface{ Cancel() }

// A reaction is what a future that hangs on another one does once that is
// settled. It settles its own future, and returns it if it has reactions to run.
type reaction interface{ react() node }

// A node is a future as the loop that runs reactions sees it, whatever its type.
type node interface {
	// next runs one reaction. It returns the future whose own reactions are to be
	// run thereafter, if any, and whether there was a reaction left.
	next() (follow node, ran bool)
}

// A link is a future as one that hangs on it sees it, whatever its type.
type link interface {
	// leave is told by a follower that was cancelled. If it was the last and nobody
	// waits, this future is cancelled too, and its own source is returned.
	leave() link
}

// Wait blocks until the future is settled, and returns its value or its error. It
// may be called any number of times.
func (f *Future[T]) Wait() (T, error) {
	<-f.Done()
	return f.value, f.err // not written again once settled
}

// WaitContext is [Future.Wait] that gives up with the error of ctx when ctx ends.
// The future goes on.
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
			return zero, ctx.Err()
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

// State tells where the future stands at this moment.
func (f *Future[T]) State() State {
	f.check("State")
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

// Cancel says that the result is no longer wanted. Work that has begun is told by
// the end of its context; what it returns all the same is kept, since a result
// that is lost may be money that is lost. A future whose callback has not begun is
// rejected at once with [ErrCancelled]; then its source is cancelled too, unless
// another future hangs on it or somebody has waited for it. A settled future stays
// as it is.
func (f *Future[T]) Cancel() {
	f.check("Cancel")
	for up := f.cancel(); up != nil; {
		up = up.leave()
	}
}

// cancel acts on f alone and returns the source that is to be told.
func (f *Future[T]) cancel() link {
	f.mu.Lock()
	work, source := f.work, f.source
	if f.state != StatePending || f.begun {
		work, source = nil, nil
	}
	f.mu.Unlock()
	if work != nil {
		work.Cancel()
		return nil
	}
	if source != nil {
		var zero T
		won, reacts := f.settle(zero, ErrCancelled, false)
		if reacts {
			go run(f) // not here: a callback is nothing to the one who cancels
		}
		if won {
			return source
		}
	}
	return nil
}

func (f *Future[T]) leave() link {
	f.mu.Lock()
	f.followers--
	wanted := f.followers > 0 || f.watched
	f.mu.Unlock()
	if wanted {
		return nil
	}
	return f.cancel()
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

// settle ends a pending future, once: won tells whether it was this call that
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

// begin marks the callback of a derived future as begun, unless it was cancelled.
func (f *Future[T]) begin() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.begun = f.state == StatePending
	f.source = nil
	return f.begun
}

// follow has r react once f is settled: at once, on a goroutine of its own, if it
// is settled already.
func (f *Future[T]) follow(r reaction) {
	f.mu.Lock()
	if f.first == nil {
		f.first = r
	} else {
		f.more = append(f.more, r)
	}
	f.followers++
	start := f.state != StatePending && !f.reacting
	f.reacting = f.reacting || start
	f.mu.Unlock()
	if start {
		go run(f)
	}
}

func (f *Future[T]) next() (node, bool) {
	f.mu.Lock()
	r := f.first
	if f.first = nil; len(f.more) > 0 {
		f.first, f.more[0], f.more = f.more[0], nil, f.more[1:]
	}
	f.reacting = r != nil
	f.mu.Unlock()
	if r == nil {
		return nil, false
	}
	return r.react(), true
}

// run goes through the reactions of n, then through those of the futures that
// these settled. A chain of any length takes one goroutine and no stack; where it
// branches, each further branch has a goroutine of its own.
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
		for {
			branch, ran := n.next()
			if !ran {
				break
			}
			if follow == nil {
				follow = branch
			} else if branch != nil {
				go run(branch)
			}
		}
		n, follow = follow, nil
	}
	ended = true
}
