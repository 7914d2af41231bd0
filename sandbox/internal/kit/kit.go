// Package kit has what parts of the sandbox share beside package play: turns under a lock,
// replies as they are documented, bounded shelves, money that is received, and the forms of
// ids, times and addresses.
package kit

import (
	"sync"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A Turn is one call or action: the book of its part is locked while it is played.
type Turn struct {
	*play.Call
	later []func()
}

// Later runs f when the book is released, in turn with the webhooks: it may play another book.
func (t *Turn) Later(f func()) { t.later = append(t.later, f) }

// Tell sends a webhook when the book is released. Without an address there is none.
func (t *Turn) Tell(e play.Event) {
	if e.URL != "" {
		t.Later(func() { t.Emit(e) })
	}
}

// Run plays f under the lock, and what is for later, such as webhooks, when it is released.
func Run[T any](mu sync.Locker, c *play.Call, f func(*Turn) (T, error)) (T, error) {
	t := &Turn{Call: c}
	reply, err := func() (T, error) {
		mu.Lock()
		defer mu.Unlock()
		return f(t)
	}()
	for _, f := range t.later {
		f()
	}
	return reply, err
}

// Act plays what a user or WeChat Pay does; emit may be nil.
func Act[T any](mu sync.Locker, now time.Time, emit func(play.Event), caller string, f func(*Turn) (T, error)) (T, error) {
	if emit == nil {
		emit = func(play.Event) {}
	}
	return Run(mu, &play.Call{Caller: caller, Now: now, Emit: emit}, f)
}

// Do is [Act] of what has no result.
func Do(mu sync.Locker, now time.Time, emit func(play.Event), caller string, f func(*Turn) error) error {
	_, err := Act(mu, now, emit, caller, func(t *Turn) (struct{}, error) { return struct{}{}, f(t) })
	return err
}
