package future

import (
	"context"
	"runtime/debug"
	"sync"
)

// ErrCancelled rejects a future that was cancelled while others needed its source. It wraps
// [context.Canceled].
var ErrCancelled error = &unsettledError{text: "future: " + context.Canceled.Error(), cause: context.Canceled}

// A Canceler can be cancelled.
type Canceler interface{ Cancel() }

// cancelUp propagates a cancellation from c to its source, and so on. At a source that
// others need, it rejects what depends on it instead.
func cancelUp(c, source *core) {
	below := c // is rejected in place of a c whose callback always runs
	for source != nil {
		wanted, up := source.leave()
		if wanted {
			if c.always {
				c = below
			}
			if !c.always {
				c.reject(ErrCancelled)
			}
			return
		}
		below, c, source = c, source, up
	}
}

// abandon removes a dependant of c, and cancels c unless others need it.
func abandon(c *core) {
	if wanted, up := c.leave(); !wanted {
		cancelUp(c, up)
	}
}

// leave is called once by a follower that is cancelled. It reports whether others need c;
// otherwise it cancels c and returns the source to continue with.
func (c *core) leave() (wanted bool, up *core) {
	c.mu.Lock()
	c.followers--
	wanted = c.followers > 0 || c.watched
	c.mu.Unlock()
	if wanted {
		return true, nil
	}
	return false, c.cancel()
}

// cancel cancels c alone, and returns the source to continue with.
func (c *core) cancel() (source *core) {
	c.mu.Lock()
	if c.state != StatePending || c.cancelling {
		c.mu.Unlock()
		return nil
	}
	c.cancelling = true
	work, source := c.work, c.source
	c.mu.Unlock()
	if work == nil {
		return source
	}
	defer func() {
		if value := recover(); value != nil { // of the work's own Cancel
			c.reject(&PanicError{value, debug.Stack()})
		}
	}()
	work.Cancel()
	return nil
}

// A group is what a combination depends on. It is abandoned as one, and once.
type group struct {
	parts []*core
	once  sync.Once
}

func (g *group) Cancel() {
	g.once.Do(func() {
		for _, c := range g.parts {
			abandon(c)
		}
	})
}
