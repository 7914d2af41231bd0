package future

import "sync"

// A core is a future without its value: its state, its reactions, and how it is cancelled.
// It is not generic, so that a program compiles it once for all types of futures. The value
// is beside it in [Future]. A future is settled in three steps: the core is claimed, the
// value is written, the core is ended. A future of [Start] is not claimed while its work runs, so that a
// Cancel that panics can reject it: its value may be written after that, and is not read.
type core struct {
	made bool // by this package; never written again

	mu      sync.Mutex
	state   State
	claimed bool // by the goroutine that will end it
	err     error
	done    chan struct{} // made for the first who waits

	// What runs once it is settled, in order. Most futures have one reaction.
	first     reaction
	rest      []reaction
	reacting  bool // a goroutine runs the reactions
	followers int  // futures that depend on it and are not cancelled
	watched   bool // somebody waits, or has waited

	// How a pending future is cancelled: through its work, or through the source of a
	// derived future.
	work       Canceler
	source     *core
	callback   func() error // of a derived future; it writes the value
	always     bool         // the callback runs whatever is cancelled (Finally)
	cancelling bool         // Cancel has been called, and must not go in circles
}

// A reaction is what happens once a future is settled. It returns the future that it
// settled, if that has reactions to run.
type reaction interface{ react() *core }

// An observer is a reaction that is a function of this package.
type observer func() *core

func (o observer) react() *core { return o() }

// react runs the callback of a derived future.
func (c *core) react() *core {
	if !c.claim() {
		return nil // rejected already, by a Cancel
	}
	callback := c.callback
	c.callback = nil // a long chain must not keep all of its values
	return c.complete(callback)
}

// claim reserves a pending future for the caller, who must end it. Nobody else can settle
// it from then on.
func (c *core) claim() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != StatePending || c.claimed {
		return false
	}
	c.claimed, c.source = true, nil
	return true
}

// end settles c after its value was written, and returns c if it has reactions to run. It
// does nothing if a panic in Cancel has already rejected c.
func (c *core) end(err error) *core {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != StatePending {
		return nil
	}
	return c.settle(err)
}

// reject settles a pending future that nobody has claimed. Its reactions run on another
// goroutine, because the one who cancels must not wait for callbacks.
func (c *core) reject(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == StatePending && !c.claimed && c.settle(err) != nil {
		go run(c)
	}
}

// settle is called with the lock held.
func (c *core) settle(err error) *core {
	c.state, c.err = StateFulfilled, err
	if err != nil {
		c.state = StateRejected
	}
	if c.done != nil {
		close(c.done)
	}
	c.work, c.source, c.callback = nil, nil, nil // a settled future keeps nothing alive
	c.reacting = c.first != nil
	if !c.reacting {
		return nil
	}
	return c
}

// wait returns what is closed once c is settled.
func (c *core) wait() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != StatePending {
		return closed
	}
	c.watched = true
	if c.done == nil {
		c.done = make(chan struct{})
	}
	return c.done
}

var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

func (c *core) current() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// follow has r react once c is settled: at once, on another goroutine, if it is
// settled already.
func (c *core) follow(r reaction) {
	c.mu.Lock()
	if c.first == nil {
		c.first = r
	} else {
		c.rest = append(c.rest, r)
	}
	c.followers++
	start := c.state != StatePending && !c.reacting
	c.reacting = c.reacting || start
	c.mu.Unlock()
	if start {
		go run(c)
	}
}

// more reports whether a reaction is left; where none is, the loop is over.
func (c *core) more() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reacting = c.first != nil
	return c.reacting
}

// next runs one reaction, and returns the future whose own reactions run next, if any.
func (c *core) next() *core {
	c.mu.Lock()
	r := c.first
	if c.first = nil; len(c.rest) > 0 {
		c.first, c.rest[0], c.rest = c.rest[0], nil, c.rest[1:]
	}
	c.mu.Unlock()
	return r.react()
}

// run runs the reactions of c, then those of the futures that these settled. A chain of any
// length takes one goroutine and constant stack. Where it branches, no branch waits for
// another: each but the last gets a goroutine.
func run(c *core) {
	var follow *core
	ended := false
	defer func() {
		if ended {
			return
		}
		go run(c) // a callback ended this goroutine (runtime.Goexit); another takes over
		if follow != nil {
			go run(follow)
		}
	}()
	for c != nil {
		for c.more() {
			if follow != nil {
				go run(follow)
				follow = nil
			}
			follow = c.next()
		}
		c, follow = follow, nil
	}
	ended = true
}
