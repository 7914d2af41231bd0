package batch

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// limits are the Limits of a run, as one worker has them. What all workers share is in the store: a
// worker leases calls for a tenth of a second at once, and its part of the calls in flight for a few
// seconds. Losing these leases with the store starts them afresh.
type limits struct {
	store  *Store
	worker string // two may have one name
	routes map[string]*shared
	rest   *rest
}

// A shared is one Limit.
type shared struct {
	limit Limit
	store *Store
	key   string

	turn  sync.Mutex // who waits for a call to be due
	next  time.Time  // when the next leased call is due
	calls int        // leased and not used

	mu    sync.Mutex
	part  int // how many calls of this worker may be in flight
	used  int
	freed chan struct{} // closed when part or used change
}

// A lent is what the store has of a Limit.
type lent struct {
	Next  int64            `json:"next"` // nanoseconds: calls are leased up to here
	Parts map[string]share `json:"parts,omitzero"`
}

type share struct {
	Calls int   `json:"calls"`
	Until int64 `json:"until"` // milliseconds
}

// shareLease is how long a worker's part is its own.
const shareLease = 6 * time.Second

func newLimits(s *Store, worker string, rules []Limit, rest *rest) *limits {
	l := &limits{store: s, worker: worker + "/" + rand.Text(), routes: map[string]*shared{}, rest: rest}
	for _, rule := range rules {
		key := "route-" + base64.RawURLEncoding.EncodeToString([]byte(rule.Route))
		l.routes[rule.Route] = &shared{limit: rule, store: s, key: key, freed: make(chan struct{})}
	}
	return l
}

// acquire waits until a call of a route may be made. release is called when it has ended.
func (l *limits) acquire(ctx context.Context, route string) (release func(), err error) {
	var held []*shared
	release = func() {
		for _, s := range held {
			s.release()
		}
	}
	for _, name := range []string{"", route} {
		s := l.routes[name]
		if s == nil || route == "" {
			continue
		}
		if err := s.enter(ctx); err != nil {
			release()
			return nil, err
		}
		held = append(held, s)
	}
	for _, s := range held {
		if err := s.due(ctx); err != nil {
			release()
			return nil, err
		}
	}
	if err := l.rest.over(ctx); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// enter waits for a place in flight.
func (s *shared) enter(ctx context.Context) error {
	if s.limit.InFlight == 0 {
		return nil
	}
	for {
		s.mu.Lock()
		if s.used < s.part {
			s.used++
			s.mu.Unlock()
			return nil
		}
		freed := s.freed
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-freed:
		}
	}
}

func (s *shared) release() {
	if s.limit.InFlight == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used--
	s.wake()
}

func (s *shared) wake() {
	close(s.freed)
	s.freed = make(chan struct{})
}

// due waits for the turn of a call, by the rate.
func (s *shared) due(ctx context.Context) error {
	if s.limit.PerSecond == 0 {
		return nil
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	apart := time.Duration(float64(time.Second) / s.limit.PerSecond)
	if s.calls == 0 {
		chunk := max(1, int(s.limit.PerSecond/10))
		if err := s.lease(ctx, chunk, apart); err != nil {
			return err
		}
	}
	s.calls--
	at := s.next
	s.next = at.Add(apart)
	return sleep(ctx, time.Until(at))
}

// lease takes the next calls from the store, for all workers.
func (s *shared) lease(ctx context.Context, chunk int, apart time.Duration) error {
	return s.change(ctx, func(l *lent) {
		from := max(l.Next, time.Now().UnixNano())
		l.Next = from + int64(chunk)*int64(apart)
		s.next, s.calls = time.Unix(0, from), chunk
	})
}

// change changes what the store has, against all other workers.
func (s *shared) change(ctx context.Context, do func(*lent)) error {
	for {
		err := persist(ctx, func(ctx context.Context) error {
			var l lent
			rev := uint64(0)
			found, err := s.store.rooms.limits.Get(ctx, s.key)
			switch {
			case errors.Is(err, jetstream.ErrKeyNotFound):
			case err != nil:
				return err
			default:
				rev = found.Revision()
				if err := json.Unmarshal(found.Value(), &l); err != nil {
					return err
				}
			}
			do(&l)
			data, err := json.Marshal(l)
			if err != nil {
				return err
			}
			_, err = s.store.rooms.limits.Update(ctx, s.key, data, rev)
			return err
		})
		if err == nil {
			return nil
		}
		if !errors.Is(err, jetstream.ErrKeyExists) {
			return failed("leasing calls", err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// keep renews the parts of this worker until the context ends, and then gives them back.
func (l *limits) keep(ctx context.Context) {
	for {
		for _, s := range l.routes {
			if s.limit.InFlight > 0 {
				_ = s.divide(ctx, l.worker, true) // a part that is not renewed ends by itself
			}
		}
		if sleep(ctx, shareLease/6) != nil {
			break
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	for _, s := range l.routes {
		if s.limit.InFlight > 0 {
			_ = s.divide(ctx, l.worker, false)
		}
	}
}

// divide takes this worker's part of the calls in flight: an equal one, as soon as the others have
// given up what they have beyond theirs.
func (s *shared) divide(ctx context.Context, worker string, stay bool) error {
	part := 0
	err := s.change(ctx, func(l *lent) {
		now := time.Now()
		others, taken := 0, 0
		for name, other := range l.Parts {
			if name == worker || other.Until < now.UnixMilli() {
				delete(l.Parts, name)
				continue
			}
			others++
			taken += other.Calls
		}
		if part = 0; !stay {
			return
		}
		s.mu.Lock()
		used := s.used
		s.mu.Unlock()
		equal := max(1, s.limit.InFlight/(others+1))
		part = max(min(equal, s.limit.InFlight-taken), 0)
		if l.Parts == nil {
			l.Parts = map[string]share{}
		}
		l.Parts[worker] = share{Calls: max(part, used), Until: now.Add(shareLease).UnixMilli()}
	})
	if err != nil {
		part = 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.part != part {
		s.part = part
		s.wake()
	}
	return err
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
