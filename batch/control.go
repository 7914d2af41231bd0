package batch

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
)

var errLeft = errors.New("the caller has left the loop")

// Pause stops all workers of the store from beginning calls, until [Store.Resume]. What is in flight is
// finished.
func (s *Store) Pause(ctx context.Context, reason string) error {
	return s.note(ctx, "pause", pauseNote{Paused: true, Reason: reason})
}

// Resume ends a pause, also one after a 429.
func (s *Store) Resume(ctx context.Context) error {
	if err := s.note(ctx, "rest", restNote{}); err != nil {
		return err
	}
	return s.note(ctx, "pause", pauseNote{})
}

// Drain ends the run with [ErrDrained] once all that it has begun has results. It begins nothing
// new.
func (s *Store) Drain(ctx context.Context) error { return s.note(ctx, "drain", true) }

func (s *Store) note(ctx context.Context, key string, note any) error {
	if _, err := s.open(ctx, ""); err != nil {
		return err
	}
	data, err := json.Marshal(note)
	if err != nil {
		return err
	}
	return s.put(ctx, key, data)
}

func (s *Store) put(ctx context.Context, key string, data []byte) error {
	err := persist(ctx, func(ctx context.Context) error {
		_, err := s.rooms.control.Put(ctx, key, data)
		return err
	})
	if err != nil {
		return failed("writing to the store", err)
	}
	return nil
}

// allow takes back a drain of the run before.
func (s *Store) allow(ctx context.Context) error { return s.put(ctx, "drain", []byte("false")) }

// List yields the results in the store that have one of the outcomes, or all, with their business
// numbers, in the order in which they came. A number that was taken up again comes more than once;
// the last counts. What is in work is not among them.
func (s *Store) List(ctx context.Context, outcomes ...Outcome) iter.Seq2[Result, error] {
	wanted := map[Outcome]bool{}
	for _, o := range outcomes {
		wanted[o] = true
	}
	return func(yield func(Result, error) bool) {
		if _, err := s.open(ctx, ""); err != nil {
			yield(Result{}, err)
			return
		}
		left := false
		err := newLedger(s).each(ctx, func(_ uint64, lines [][]byte) error {
			for _, line := range lines {
				k, err := parseKept(line)
				if err != nil {
					return err
				}
				if k.result.Outcome == doubted || len(wanted) > 0 && !wanted[k.result.Outcome] {
					continue
				}
				if left = !yield(k.result, nil); left {
					return errLeft
				}
			}
			return nil
		})
		if err != nil && !left {
			yield(Result{}, err)
		}
	}
}
