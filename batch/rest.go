package batch

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A rest is what stops all workers: a pause by hand, or one after a 429. Each process watches the
// store for it.
type rest struct {
	store *Store

	mu      sync.Mutex
	paused  bool
	drain   bool
	reason  string
	until   time.Time
	changed chan struct{}
}

type pauseNote struct {
	Paused bool   `json:"paused"`
	Reason string `json:"reason,omitzero"`
}

type restNote struct {
	Until int64 `json:"until"` // milliseconds
}

// watchRest follows the store until the context ends.
func watchRest(ctx context.Context, s *Store) (*rest, error) {
	r := &rest{store: s, changed: make(chan struct{})}
	watcher, err := s.rooms.control.WatchFiltered(ctx, []string{"pause", "drain", "rest"}, jetstream.IgnoreDeletes())
	if err != nil {
		return nil, failed("watching the store", err)
	}
	context.AfterFunc(ctx, func() { _ = watcher.Stop() })
	first := make(chan struct{})
	go func() {
		initial := first
		for found := range watcher.Updates() {
			if found == nil {
				if initial != nil {
					close(initial)
					initial = nil
				}
				continue
			}
			r.read(found)
		}
		if initial != nil {
			close(initial)
		}
	}()
	select {
	case <-first:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return r, nil
}

func (r *rest) read(found jetstream.KeyValueEntry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch found.Key() {
	case "pause":
		var note pauseNote
		_ = json.Unmarshal(found.Value(), &note)
		r.paused, r.reason = note.Paused, note.Reason
	case "drain":
		r.drain = string(found.Value()) == "true"
	case "rest":
		var note restNote
		_ = json.Unmarshal(found.Value(), &note)
		r.until = time.UnixMilli(note.Until)
	}
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *rest) isPaused() (paused bool, changed <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.paused, r.changed
}

func (r *rest) isDraining() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.drain
}

// over waits until nothing stops a call.
func (r *rest) over(ctx context.Context) error {
	for {
		r.mu.Lock()
		paused, wait, changed := r.paused, time.Until(r.until), r.changed
		r.mu.Unlock()
		if !paused && wait <= 0 {
			return ctx.Err()
		}
		var timer <-chan time.Time
		if !paused {
			timer = time.After(wait)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-timer:
		}
	}
}

// begin stops all calls of all workers for a while.
func (r *rest) begin(ctx context.Context, wait time.Duration) error {
	until := time.Now().Add(wait)
	r.mu.Lock()
	longer := until.After(r.until.Add(wait / 4))
	if longer {
		r.until = until
	}
	r.mu.Unlock()
	if !longer { // another call of this worker has just told so
		return nil
	}
	data, err := json.Marshal(restNote{Until: until.UnixMilli()})
	if err != nil {
		return err
	}
	err = persist(ctx, func(ctx context.Context) error {
		_, err := r.store.rooms.control.Put(ctx, "rest", data)
		return err
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		return failed("pausing all workers", err)
	}
	return nil
}
