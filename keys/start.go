package keys

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Start renews the keys in the background until ctx ends or the Keyring is closed:
// immediately, then every 11 hours, and after a failure when the spacing has passed.
// Without it, lookups renew the keys. Start does not block. It returns [ErrClosed] after
// Close, and an error while an earlier Start is still in effect.
func (r *Keyring) Start(ctx context.Context) error {
	if r.snapshot() == nil {
		return fmt.Errorf("keys: %w", errZero)
	}
	if ctx == nil {
		return errors.New("keys: the context of Start is nil; use context.Background")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.life.Err() != nil:
		return ErrClosed
	case r.started != nil && r.started.Err() == nil:
		return errors.New("keys: the Keyring is already started; end the context of the first Start")
	}
	r.started = ctx
	r.running.Add(1)
	go r.renew(ctx)
	return nil
}

// renew refreshes until ctx ends or the Keyring is closed.
func (r *Keyring) renew(ctx context.Context) {
	defer r.running.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(r.life, cancel)()
	for ctx.Err() == nil {
		pause := renewEvery
		if err := r.Refresh(ctx); err != nil {
			pause = r.cfg.Spacing
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}
