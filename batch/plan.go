package batch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A plan is what a run tells all of its workers.
type plan struct {
	Epoch       int64         `json:"epoch"`
	Limits      []Limit       `json:"limits,omitzero"`
	Pause       time.Duration `json:"pause"`
	Claim       time.Duration `json:"claim"`
	AskAfter    time.Duration `json:"ask_after"`
	AbsentAfter time.Duration `json:"absent_after"`
	Sends       int           `json:"sends"`
	Asks        int           `json:"asks"`
}

func (cfg Config) plan(epoch int64) plan {
	return plan{
		Epoch: epoch, Limits: cfg.Limits, Pause: cfg.Pause, Claim: cfg.Claim, AskAfter: cfg.AskAfter, AbsentAfter: cfg.AbsentAfter,
		Sends: cfg.Sends, Asks: cfg.Asks,
	}
}

// tell says to all workers what the run is, unless a later one has.
func (s *Store) tell(ctx context.Context, p plan) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	for {
		was, rev, err := s.planAt(ctx)
		if err != nil {
			return err
		}
		if was.Epoch > p.Epoch {
			return fmt.Errorf("batch: %w", ErrBusy)
		}
		err = persist(ctx, func(ctx context.Context) error {
			_, err := s.rooms.control.Update(ctx, "plan", data, rev)
			return err
		})
		if err == nil {
			return nil
		}
		if !errors.Is(err, jetstream.ErrKeyExists) {
			return failed("writing the plan of the run", err)
		}
	}
}

// plan reads what the run of a store says to its workers. It is zero if there is none.
func (s *Store) plan(ctx context.Context) (plan, error) {
	p, _, err := s.planAt(ctx)
	return p, err
}

func (s *Store) planAt(ctx context.Context) (p plan, rev uint64, err error) {
	var found jetstream.KeyValueEntry
	err = persist(ctx, func(ctx context.Context) (err error) {
		found, err = s.rooms.control.Get(ctx, "plan")
		return err
	})
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return p, 0, nil
	}
	if err != nil {
		return p, 0, failed("reading the plan of the run", err)
	}
	if err := json.Unmarshal(found.Value(), &p); err != nil {
		return p, 0, failed("reading the plan of the run", fmt.Errorf("%w", err))
	}
	return p, found.Revision(), nil
}
