package keys

import (
	"context"
	"errors"
	"time"
)

// Start renews the keys by a timetable, from now until ctx ends or the Keyring is
// closed: at once, then every 11 hours, and sooner after a failure. Without it they
// are renewed when they are used. It returns at once; a Keyring is started once, or
// again after its ctx has ended.
func (r *Keyring) Start(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.life.Err() != nil:
		return ErrClosed
	case r.keeping != nil && r.keeping.Err() == nil:
		return errors.New("keys: the Keyring is started already")
	}
	r.keeping = ctx
	r.running.Add(1)
	go r.keep(ctx)
	return nil
}

func (r *Keyring) keep(ctx context.Context) {
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
