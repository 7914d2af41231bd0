package batch

import (
	"context"
	"encoding/base64"
	"errors"
	"time"
)

// settle takes the result of a job.
func (r *run) settle(ctx context.Context, got report) error {
	var id [16]byte
	if _, err := base64.RawURLEncoding.Decode(id[:], []byte(got.Key)); err != nil {
		return nil //nolint:nilerr // not one of ours
	}
	p := r.open[id]
	if p == nil {
		return nil // it came twice
	}
	delete(r.open, id)
	r.bytes -= p.bytes
	gen := p.Gen
	err := r.keep(ctx, p, got, func() { r.generations[gen]-- })
	err = errors.Join(err, r.leave(p))
	result := *got.Result
	result.Line = p.Line
	r.emit(p.position, result)
	return err
}

// keep adds a result to the ledger.
func (r *run) keep(ctx context.Context, p *pending, got report, then func()) error {
	if r.ledger.held < maxHeld-1 {
		return r.ledger.add(ctx, p.Key, p.Hash, got.SentBy, *got.Result, then)
	}
	_, done := r.cfg.Trace(ctx, Step{Name: StepKeep, Worker: r.cfg.Name})
	err := r.ledger.add(ctx, p.Key, p.Hash, got.SentBy, *got.Result, then)
	if err == nil {
		err = r.ledger.flush(ctx)
	}
	done(err)
	return err
}

// emit yields a result, or holds it until those before it were yielded.
func (r *run) emit(position int64, result Result) {
	r.count.add(result)
	if !r.cfg.InputOrder {
		r.hand(result)
		return
	}
	r.ordered[position] = result
	r.bytes += len(result.Reply)
	for {
		next, ok := r.ordered[r.emitted]
		if !ok {
			return
		}
		delete(r.ordered, r.emitted)
		r.bytes -= len(next.Reply)
		r.emitted++
		r.hand(next)
	}
}

func (r *run) hand(result Result) {
	if !r.left && !r.yield(result, nil) {
		r.left = true
	}
}

// room reports whether there is room for the next job: in the window, in memory, and in a generation.
// If the current one is full, the next begins once all results of the one before are in the
// ledger: two are open at a time.
func (r *run) room() bool {
	return len(r.open)+len(r.ordered) < Window && r.bytes < maxBytes && (r.assigned < genSize || r.generations[r.gen-1] == 0)
}

// advance begins the next generation if the current one is full.
func (r *run) advance(ctx context.Context) error {
	if r.assigned < genSize {
		return nil
	}
	if r.generations[r.gen-1] > 0 {
		return r.ledger.flush(ctx)
	}
	_, done := r.cfg.Trace(ctx, Step{Name: StepRetire, Worker: r.cfg.Name})
	err := r.store.retire(ctx, r.mark, r.gen)
	done(err)
	if err != nil {
		return err
	}
	delete(r.generations, r.gen-1)
	r.gen++
	r.assigned = 0
	return nil
}

// tend does what has to be done from time to time.
func (r *run) tend(ctx context.Context) error {
	now := time.Now()
	if r.ledger.held > 0 && now.Sub(r.ledger.since) > time.Second {
		if err := r.ledger.flush(ctx); err != nil {
			return err
		}
	}
	if err := r.advance(ctx); err != nil {
		return err
	}
	if now.Sub(r.count.published) > time.Second {
		r.count.published = now
		r.publish(ctx)
	}
	return r.remind(now)
}

// remind publishes again what has been without a result for long: the queue, which is in memory,
// may have been lost with a node. What is still in it is not taken twice.
func (r *run) remind(now time.Time) error {
	for _, p := range r.open {
		if !p.at.IsZero() && now.Sub(p.at) > 2*r.cfg.Claim {
			if err := r.put(p); err != nil {
				return err
			}
		}
	}
	return r.wake(now)
}
