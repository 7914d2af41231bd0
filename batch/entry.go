package batch

import (
	"context"
	"encoding/json"
	"errors"
	"hash/crc32"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// The states of a number. Before the first, it has no entry.
const (
	sending = "sending" // a worker has claimed it, and its bytes may leave at any time until the claim ends
	waiting = "waiting" // it may have taken effect: ask
	ready   = "ready"   // nothing of the last send reached WeChat Pay: send
	ended   = "ended"   // it has a result
)

// An entry is what the key-value store knows of a number. A step changes it only from the revision
// that it has read, so that of two workers one loses, before it sends.
type entry struct {
	State   string  `json:"s"`
	Epoch   int64   `json:"e"`
	Hash    string  `json:"d"`
	Claim   string  `json:"c,omitzero"` // of whom the last write is
	Until   int64   `json:"u,omitzero"` // the end of the claim, in milliseconds
	Sends   int     `json:"n,omitzero"`
	Fails   int     `json:"b,omitzero"` // queries in a row without an answer
	Asks    int     `json:"a,omitzero"`
	Doubt   bool    `json:"q,omitzero"` // some send may have taken effect
	SentBy  int64   `json:"t,omitzero"` // the last send left before this
	AskAt   int64   `json:"w,omitzero"`
	Refused *Result `json:"f,omitzero"` // a refusal, to believe once the query finds nothing
	Result  *Result `json:"r,omitzero"`
	Why     string  `json:"y,omitzero"` // the last error

	rev uint64 // 0 if it is not written yet
}

var errLost = errors.New("another worker was faster")

// shard says in which of so many shards the entry of a key is.
func shard(key string, shards int) int {
	return int(crc32.ChecksumIEEE([]byte(key))&0x7fffffff) % shards
}

func (s *Store) entriesOf(t *task) jetstream.KeyValue {
	shards := s.rooms.entries[t.Gen%2]
	return shards[shard(t.Key, len(shards))]
}

// entry reads what is known of a number. It is nil if nothing is.
func (s *Store) entry(ctx context.Context, t *task) (*entry, error) {
	var found jetstream.KeyValueEntry
	err := persist(ctx, func(ctx context.Context) (err error) {
		found, err = s.entriesOf(t).Get(ctx, t.Key)
		return err
	})
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, nil //nolint:nilnil // no entry is no error
	}
	if err != nil {
		return nil, failed("reading a number", err)
	}
	e := &entry{rev: found.Revision()}
	if err := json.Unmarshal(found.Value(), e); err != nil {
		return nil, failed("reading a number", err)
	}
	return e, nil
}

// write changes an entry from the revision that it was read at. It returns errLost if another
// was faster. An entry that was written before an error told so counts as written.
func (s *Store) write(ctx context.Context, t *task, e *entry) error {
	data, err := json.Marshal(e)
	if err != nil {
		return failed("writing a number", err)
	}
	tries := 0
	err = persist(ctx, func(ctx context.Context) error {
		tries++
		rev, err := s.entriesOf(t).Update(ctx, t.Key, data, e.rev)
		if err == nil {
			e.rev = rev
		}
		return err
	})
	if !errors.Is(err, jetstream.ErrKeyExists) {
		if err != nil {
			return failed("writing a number", err)
		}
		return nil
	}
	if tries > 1 { // an earlier try may have been written
		now, err := s.entry(ctx, t)
		if err != nil {
			return err
		}
		if now != nil && now.Claim == e.Claim && now.State == e.State {
			e.rev = now.rev
			return nil
		}
	}
	return errLost
}

// forget removes an entry that this worker wrote and will not use.
func (s *Store) forget(ctx context.Context, t *task, e *entry) {
	streams := s.rooms.streams[t.Gen%2]
	_ = streams[shard(t.Key, len(streams))].DeleteMsg(ctx, e.rev)
}

// patience is how long a store may fail before a run gives up.
const patience = 30 * time.Second

// persist repeats what the store could not do for want of a connection or a leader. Each try has
// the time-out of the library that calls the store, 5 seconds.
func persist(ctx context.Context, do func(context.Context) error) error {
	err := do(ctx)
	if err == nil || !passing(err) {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		if sleep(ctx, wait) != nil {
			return err
		}
		if err = do(ctx); err == nil || !passing(err) {
			return err
		}
	}
}
