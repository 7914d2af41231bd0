package batch

import (
	"context"
	"encoding/json"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// fold moves what an earlier run left in the key-value store into the ledger: results as they are,
// and numbers that may have been sent as doubted. Then the store is empty. Workers of that
// run, if any is alive, are no longer open by the mark, and find nothing to change.
func (l *ledger) fold(ctx context.Context) error {
	for g := range l.store.rooms.entries {
		for shard, kv := range l.store.rooms.entries[g] {
			stream := l.store.rooms.streams[g][shard]
			info, err := stream.Info(ctx)
			if err != nil {
				return failed("folding the store", err)
			}
			if info.State.Msgs == 0 {
				continue
			}
			if err := l.foldShard(ctx, kv); err != nil {
				return failed("folding the store", err)
			}
			if err := l.flush(ctx); err != nil {
				return err
			}
			if err := purge(ctx, stream, info.State.LastSeq); err != nil {
				return failed("folding the store", err)
			}
		}
	}
	return nil
}

func (l *ledger) foldShard(ctx context.Context, kv jetstream.KeyValue) error {
	watcher, err := kv.WatchAll(ctx, jetstream.IgnoreDeletes())
	if err != nil {
		return err
	}
	defer func() { _ = watcher.Stop() }()
	for {
		var found jetstream.KeyValueEntry
		select {
		case <-ctx.Done():
			return ctx.Err()
		case found = <-watcher.Updates():
		}
		if found == nil {
			return nil
		}
		var e entry
		if err := json.Unmarshal(found.Value(), &e); err != nil {
			return err
		}
		if e.State == ready && !e.Doubt { // nothing of it was sent: it is as it was before
			continue
		}
		r := e.Result
		if r == nil {
			r = &Result{Outcome: doubted, Sends: e.Sends, Asks: e.Asks, Error: e.Why, At: time.Now().UTC()}
			if e.State == sending {
				e.SentBy = e.Until
			}
		}
		if err := l.add(ctx, found.Key(), e.Hash, e.SentBy, *r, nil); err != nil {
			return err
		}
	}
}

// purge removes messages up to one: those that come later may be of another run, if this one was stopped.
func purge(ctx context.Context, stream jetstream.Stream, last uint64) error {
	return persist(ctx, func(ctx context.Context) error { return stream.Purge(ctx, jetstream.WithPurgeSequence(last+1)) })
}

// retire closes the generations before low, of which all results are in the ledger.
func (s *Store) retire(ctx context.Context, held *leased, low int64) error {
	type closed struct {
		stream jetstream.Stream
		last   uint64
	}
	var all []closed
	held.mu.Lock()
	was := held.mark.Low
	held.mu.Unlock()
	for gen := was; gen < low && gen < was+2; gen++ {
		for _, stream := range s.rooms.streams[gen%2] {
			info, err := stream.Info(ctx)
			if err != nil {
				return failed("retiring a generation", err)
			}
			all = append(all, closed{stream, info.State.LastSeq})
		}
	}
	if err := held.change(ctx, func(m *mark) { m.Low = low }); err != nil {
		return err
	}
	for _, c := range all {
		if err := purge(ctx, c.stream, c.last); err != nil {
			return failed("retiring a generation", err)
		}
	}
	return nil
}
