package batch

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A mark says which jobs are open. Numbers go through the key-value store in generations: when all
// of one have results, and these are in the ledger, the mark is raised and the generation's
// entries are removed. So the store in use is small, however long the input is.
//
// A worker reads the mark after it has written "sending": if that job's generation is closed, or its
// run is over, it must not send. A job that was long finished can come back to a worker that was
// stopped for hours, when its entry is gone.
type mark struct {
	Epoch int64  `json:"epoch"` // the run
	Low   int64  `json:"low"`   // the first open generation
	Owner string `json:"owner"` // of the run
	Until int64  `json:"until"` // when the run is taken for dead, in milliseconds; 0: it has ended
	Token string `json:"token"` // of the run alone: two owners may have one name
	// Lost is when the store was made without the promise of FirstRun, and Forgot when it may last have
	// forgotten something, in milliseconds; 0 for never. Numbers that it does not know may have been
	// sent before.
	Lost   int64 `json:"lost,omitzero"`
	Forgot int64 `json:"forgot,omitzero"`

	rev uint64
}

// lease is how long a run is taken for alive after it has said so.
const lease = 10 * time.Second

func (s *Store) mark(ctx context.Context) (m mark, err error) {
	var found jetstream.KeyValueEntry
	err = persist(ctx, func(ctx context.Context) (err error) {
		found, err = s.rooms.control.Get(ctx, "mark")
		return err
	})
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
		return mark{}, nil
	case err != nil:
		return mark{}, failed("reading the mark", err)
	}
	m.rev = found.Revision()
	if err := json.Unmarshal(found.Value(), &m); err != nil {
		return mark{}, failed("reading the mark", err)
	}
	return m, nil
}

// setMark writes the mark, and fails with ErrBusy if another run has.
func (s *Store) setMark(ctx context.Context, m *mark) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	for {
		err = persist(ctx, func(ctx context.Context) error {
			rev, err := s.rooms.control.Update(ctx, "mark", data, m.rev)
			if err == nil {
				m.rev = rev
			}
			return err
		})
		if !errors.Is(err, jetstream.ErrKeyExists) {
			break
		}
		now, err := s.mark(ctx)
		if err != nil {
			return err
		}
		if now.Token != m.Token {
			return fmt.Errorf("batch: %w: that of %s", ErrBusy, now.Owner)
		}
		m.rev = now.rev // an earlier write of this run was written although an error told otherwise
	}
	if err != nil {
		return failed("writing the mark", err)
	}
	written := *m
	s.now.Store(&written)
	return nil
}

// begin makes this process the one that feeds the store. A run that has died is waited for, until
// its lease has ended.
func (s *Store) begin(ctx context.Context, owner string, first bool) (m mark, err error) {
	before, err := s.mark(ctx)
	if err != nil {
		return m, err
	}
	// Only one process can have an embedded store, so whoever was before is dead.
	if alive := time.Until(time.UnixMilli(before.Until)); !s.own && alive > 0 {
		select {
		case <-ctx.Done():
			return m, ctx.Err()
		case <-time.After(alive + time.Second):
		}
		now, err := s.mark(ctx)
		if err != nil {
			return m, err
		}
		if now.rev != before.rev {
			return m, fmt.Errorf("batch: %w: that of %s", ErrBusy, now.Owner)
		}
	}
	now := time.Now()
	m = mark{Epoch: before.Epoch + 1, Low: 1, Owner: owner, Token: rand.Text(), Until: now.Add(lease).UnixMilli(), Lost: before.Lost, Forgot: before.Forgot, rev: before.rev}
	if before.Epoch == 0 && !first {
		m.Lost = now.UnixMilli()
	}
	if s.hasForgotten() {
		m.Forgot = now.UnixMilli()
	}
	if err := s.setMark(ctx, &m); err != nil {
		return m, err
	}
	if err := s.remembered(); err != nil {
		return m, failed("writing what the store may have forgotten", err)
	}
	return m, nil
}

// doubt returns until when numbers that the store does not know may have been sent, in
// milliseconds, or 0 if they were not. first is the promise of FirstRun.
func (m mark) doubt(first bool, claim time.Duration) int64 {
	at := m.Forgot
	if !first {
		at = max(at, m.Lost)
	}
	if at == 0 {
		return 0
	}
	return at + claim.Milliseconds()
}

// open reports whether a job may be sent.
func (m mark) open(t *task) bool { return m.Epoch == t.Epoch && t.Gen >= m.Low }

// A leased is the mark of the run that this process feeds.
type leased struct {
	store *Store
	mu    sync.Mutex
	mark  mark
	lost  chan error // why the run is no longer this process's
}

// change writes a changed mark.
func (l *leased) change(ctx context.Context, do func(*mark)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	do(&l.mark)
	return l.store.setMark(ctx, &l.mark)
}

// renew says that the run is alive until the context ends. Its caller may be busy with a result for
// as long as it likes.
func (l *leased) renew(ctx context.Context) {
	for sleep(ctx, lease/3) == nil {
		err := l.change(ctx, func(m *mark) { m.Until = time.Now().Add(lease).UnixMilli() })
		if err != nil && ctx.Err() == nil {
			l.lost <- err
			return
		}
	}
}
