package future

import (
	"context"
	"runtime/debug"
	"sync"
)

// ErrCancelled is why a future is rejected that was cancelled while others wanted
// its source. It wraps [context.Canceled].
var ErrCancelled error = &unsettledError{text: "future: " + context.Canceled.Error(), cause: context.Canceled}

// A Canceler can be cancelled.
type Canceler interface{ Cancel() }

// cancelUp carries a cancelling from c to its source, and so on. Where others want a
// source, what depends on it is rejected.
func cancelUp(c, source *core) {
	below := c // what is rejected where c runs its callback in any case
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

// abandon tells c that one which depended on it is gone: c is cancelled, unless
// others want it.
func abandon(c *core) {
	if wanted, up := c.leave(); !wanted {
		cancelUp(c, up)
	}
}

// leave is called once by a follower that is cancelled. It reports whether others want
// c, and, where it cancelled c, the source to go on with.
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

// cancel acts on c alone, and returns the source to go on with.
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
