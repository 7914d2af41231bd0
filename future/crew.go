package future

import "sync"

// A crew is the workers of a fan-out. They are used again, and few are woken: as long as there is an
// item to begin, one worker looks for it, and has the next one woken before it begins a call, which
// may take long. So a burst of short calls wakes one or two workers, and long calls wake one each.
type crew[In, Out any] struct {
	call func(item[In]) result[In, Out]

	mu      sync.Mutex
	items   []item[In] // a ring, with room for all that are begun
	first   int        // of the ring
	waiting int        // items in the ring
	results []result[In, Out]

	looking int // workers that are awake, and have no item
	asleep  int // workers that nobody has woken
	ended   bool
	wake    sync.Cond // for workers
	workers sync.WaitGroup

	idle   bool      // the loop waits for a result
	gone   bool      // all workers have gone
	finish sync.Cond // for the loop
}

func (c *crew[In, Out]) init(limit int, call func(item[In]) result[In, Out]) {
	c.call = call
	c.items = make([]item[In], limit)
	c.wake.L, c.finish.L = &c.mu, &c.mu
}

// begin has an item called, of at most as many as there is room for.
func (c *crew[In, Out]) begin(i item[In]) {
	c.mu.Lock()
	c.items[(c.first+c.waiting)%len(c.items)] = i
	c.waiting++
	c.look()
	c.mu.Unlock()
}

// look wakes a worker, or makes one, unless one looks for items already. The lock is held.
func (c *crew[In, Out]) look() {
	if c.waiting == 0 || c.looking > 0 {
		return
	}
	c.looking++
	if c.asleep > 0 {
		c.asleep--
		c.wake.Signal()
		return
	}
	c.workers.Go(c.work)
}

// work is a worker, who looks for items as it begins.
func (c *crew[In, Out]) work() {
	c.mu.Lock()
	for {
		for c.waiting == 0 {
			c.looking--
			if c.ended {
				c.mu.Unlock()
				return
			}
			c.asleep++
			c.wake.Wait() // whoever wakes it counts it among those who look
		}
		i := c.items[c.first]
		c.items[c.first] = item[In]{} // it is not kept alive
		c.first = (c.first + 1) % len(c.items)
		c.waiting--
		c.looking--
		c.look()
		c.mu.Unlock()
		r := c.call(i)
		c.mu.Lock()
		c.deliver(r)
		c.looking++
	}
}

// deliver passes a result to the loop. The lock is held.
func (c *crew[In, Out]) deliver(r result[In, Out]) {
	c.results = append(c.results, r)
	if c.idle {
		c.idle = false
		c.finish.Signal()
	}
}

// exit passes on the result of a call that ends its worker.
func (c *crew[In, Out]) exit(r result[In, Out]) {
	c.mu.Lock()
	c.deliver(r)
	c.look() // in its place
	c.mu.Unlock()
}

// take waits for results, and returns all that there are; or none at the end. The slice before is used
// again.
func (c *crew[In, Out]) take(before []result[In, Out]) []result[In, Out] {
	c.mu.Lock()
	for len(c.results) == 0 && !c.gone {
		c.idle = true
		c.finish.Wait()
	}
	results := c.results
	c.results = before[:0]
	c.mu.Unlock()
	return results
}

// end ends the workers once all items are called, and waits for them.
func (c *crew[In, Out]) end() {
	c.mu.Lock()
	c.ended = true
	c.looking += c.asleep
	c.asleep = 0
	c.wake.Broadcast()
	c.mu.Unlock()
	c.workers.Wait()
	c.mu.Lock()
	c.gone = true
	c.finish.Signal()
	c.mu.Unlock()
}
