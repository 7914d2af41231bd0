package sandbox

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A clock is the time of orders, coupons and webhooks, which a test may advance. Signatures and
// certificates go by the wall clock: the client's clock is not advanced.
type clock struct {
	wall func() time.Time

	mu      sync.Mutex
	ahead   time.Duration
	changed chan struct{} // closed when the clock is advanced
}

func newClock(wall func() time.Time) *clock {
	if wall == nil {
		wall = time.Now
	}
	return &clock{wall: wall, changed: make(chan struct{})}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wall().Add(c.ahead)
}

// farthest is how far ahead the clock may be.
const farthest = 100 * 365 * 24 * time.Hour

func (c *clock) advance(by time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case by < 0:
		return errors.New("time does not go back")
	case by > farthest-c.ahead:
		return errors.New("it would be more than a hundred years ahead")
	}
	c.ahead += by
	close(c.changed)
	c.changed = make(chan struct{})
	return nil
}

func (c *clock) aheadBy() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ahead
}

// wait waits until that time has passed on the clock, or the context ends.
func (c *clock) wait(ctx context.Context, long time.Duration) error {
	due := c.now().Add(long)
	for {
		c.mu.Lock()
		left, changed := due.Sub(c.wall().Add(c.ahead)), c.changed
		c.mu.Unlock()
		if left <= 0 {
			return ctx.Err()
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
			return ctx.Err()
		case <-changed:
			timer.Stop()
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}
