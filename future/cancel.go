package future

import (
	"context"
	"runtime/debug"
)

// ErrCancelled is why a future is rejected that was cancelled while others wanted
// what it hung on. It wraps [context.Canceled].
var ErrCancelled error = &unsettledError{text: "future: " + context.Canceled.Error(), cause: context.Canceled}

// A Canceler can be cancelled.
type Canceler interface{ Cancel() }

// A link is a future as one that hangs on it sees it, whatever its type.
type link interface {
	// leave is called once by a follower that is cancelled. It reports whether the
	// future is still wanted by others, and what it hangs on itself where the
	// cancelling is to go further up.
	leave() (wanted bool, up link)
	// forsake rejects a future whose source goes on without it, and reports whether it
	// could: one of Finally waits for its source all the same.
	forsake() bool
}

// Cancel says that the result is no longer wanted. It goes up to the work, whose
// context it ends; what the work comes to all the same goes down to the callbacks
// as ever, since a result that is lost may be money that is lost: mostly it is an
// error, which skips each Then. Work that is wanted by others, because a further
// future hangs on it or somebody has waited for it, goes on, and it is this future
// alone that is rejected, at once, with [ErrCancelled]; one of Finally runs
// nevertheless. A settled future stays as it is.
func (f *Future[T]) Cancel() {
	f.check("Cancel")
	goUp(f, f.cancel())
}

// goUp carries a cancelling from f to what it hangs on, and so on. Where a source
// is wanted by others, what hung on it is left behind.
func goUp(f, source link) {
	below := f // what is rejected where f cannot be
	for source != nil {
		wanted, up := source.leave()
		if wanted {
			if !f.forsake() {
				below.forsake()
			}
			return
		}
		below, f, source = f, source, up
	}
}

// abandon is for a follower of f that is gone: f is cancelled, unless it is wanted
// by others.
func abandon(f link) {
	if wanted, up := f.leave(); !wanted {
		goUp(f, up)
	}
}

// cancel acts on f alone and returns the source to be notified.
func (f *Future[T]) cancel() link {
	f.mu.Lock()
	if f.state != StatePending || f.cancelling {
		f.mu.Unlock()
		return nil
	}
	f.cancelling = true
	work, source := f.work, f.source
	f.mu.Unlock()
	if work == nil {
		return source
	}
	defer func() {
		if value := recover(); value != nil { // of the work's own Cancel
			var zero T
			if _, reacts := f.settle(zero, &PanicError{value, debug.Stack()}, false); reacts {
				go run(f)
			}
		}
	}()
	work.Cancel()
	return nil
}

func (f *Future[T]) forsake() bool {
	if f.always {
		return false
	}
	var zero T
	if _, reacts := f.settle(zero, ErrCancelled, false); reacts {
		go run(f) // not here: a callback is nothing to the one who cancels
	}
	return true
}

func (f *Future[T]) leave() (wanted bool, up link) {
	f.mu.Lock()
	f.followers--
	wanted = f.followers > 0 || f.watched
	f.mu.Unlock()
	if wanted {
		return true, nil
	}
	return false, f.cancel()
}
