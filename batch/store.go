package batch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// version is that of what a store holds.
const version = 1

// Errors of stores.
var (
	// ErrOtherMerchant: the store belongs to another caller. Nothing was read or written.
	ErrOtherMerchant = errors.New("the store belongs to another merchant")
	// ErrVersion: the store was written by another version of this package. Finish the run with that one.
	ErrVersion = errors.New("the store is of another version")
	// ErrBusy: another run feeds this store, or another process holds its directory.
	ErrBusy = errors.New("another run uses the store")
	// ErrStore: the store could not be read or written, as for a full disk or a lost cluster.
	// Whatever may have been sent is in the store, and a number that is not was not sent: run again with
	// the same input when the store is well. If it is lost, run with a new one, without FirstRun.
	ErrStore = errors.New("the store failed; run again with the same input when it is well, nothing is sent twice")
	// ErrNoRun: nothing was ever run in the store.
	ErrNoRun = errors.New("the store has no run")
)

// A Store keeps what is known of each business number, of one merchant. Its methods steer and
// watch the run: from any process that has opened it on [NATS], and from the run's own process if it
// is embedded, since no other can open that. It is safe for concurrent use.
type Store struct {
	nc       *nats.Conn
	js       jetstream.JetStream
	name     string
	replicas int
	shards   int // of a new store; one that is there says itself into how many it is cut
	stop     func() error
	relaxed  bool // it may forget what it wrote last when the power fails
	own      bool // an embedded one: no other process can have it

	unsynced string // the file that tells that not all is on disk; of an embedded one
	forgot   bool   // the power failed before all was

	now atomic.Pointer[mark] // the mark as this process has written it

	mu    sync.Mutex
	rooms *rooms
}

var storeName = regexp.MustCompile(`^[A-Za-z0-9-]{1,32}$`)

// NATS keeps the store on a NATS server or a cluster, 2.10 or later, with JetStream. The name is
// that of the run or the merchant: letters, digits and dashes. Replicas is 1, 3 or 5: on so many
// nodes is each write, before it counts. Set sync_interval: always on the servers, since a
// server that loses its power otherwise forgets up to two minutes of what it confirmed.
//
// The connection remains the caller's.
func NATS(conn *nats.Conn, name string, replicas int) (*Store, error) {
	if conn == nil {
		return nil, errors.New("batch: NATS: the connection is nil")
	}
	if !storeName.MatchString(name) {
		return nil, fmt.Errorf("batch: NATS: the name %q is not made of 1 to 32 letters, digits and dashes", name)
	}
	if replicas != 1 && replicas != 3 && replicas != 5 {
		return nil, fmt.Errorf("batch: NATS: %d replicas; use 1, 3 or 5", replicas)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, fmt.Errorf("batch: NATS: %w", err)
	}
	shards := 8
	if replicas > 1 {
		shards = 4 // each is a Raft group
	}
	return &Store{nc: conn, js: js, name: name, replicas: replicas, shards: shards, stop: func() error { return nil }}, nil
}

// Close stops an embedded store. Runs and workers must have ended.
func (s *Store) Close() error {
	if s == nil || s.stop == nil {
		return nil
	}
	return s.stop()
}

// rooms are the parts of a store on the server.
type rooms struct {
	control jetstream.KeyValue      // meta, mark, plan, pause, progress
	limits  jetstream.KeyValue      // what workers have leased
	entries [2][]jetstream.KeyValue // what is known of numbers, by generation and key
	streams [2][]jetstream.Stream   // those below entries
	results jetstream.Stream        // the ledger
	queue   jetstream.Stream
	ctlBase jetstream.Stream
}

type meta struct {
	Version  int    `json:"version"`
	Merchant string `json:"merchant"`
	Shards   int    `json:"shards"`
}

func (s *Store) bucket(room string) string { return "batch_" + s.name + "_" + room }
func (s *Store) jobSubject() string        { return "batch." + s.name + ".job" }
func (s *Store) resultSubject() string     { return "batch." + s.name + ".result" }
func (s *Store) doneSubject(epoch int64) string {
	return fmt.Sprintf("batch.%s.done.%d", s.name, epoch)
}

// kv makes the stream of a bucket. Reads go to its leader alone: a replica may be behind.
func (s *Store) kv(ctx context.Context, room string, storage jetstream.StorageType) (jetstream.KeyValue, jetstream.Stream, error) {
	bucket := s.bucket(room)
	stream, err := s.stream(ctx, jetstream.StreamConfig{
		Name: "KV_" + bucket, Subjects: []string{"$KV." + bucket + ".>"}, MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew,
		AllowRollup: true, Storage: storage, Replicas: s.replicas, Duplicates: time.Second,
	})
	if err != nil {
		return nil, nil, err
	}
	var kv jetstream.KeyValue
	err = persist(ctx, func(ctx context.Context) (err error) {
		if kv, err = s.js.KeyValue(ctx, bucket); errors.Is(err, jetstream.ErrBucketNotFound) {
			err = errNotYet // the stream is there
		}
		return err
	})
	return kv, stream, err
}

// stream finds a stream, or makes it. One that is there stays as it is: who only watches may not know
// how many replicas it has.
func (s *Store) stream(ctx context.Context, cfg jetstream.StreamConfig) (stream jetstream.Stream, err error) {
	err = persist(ctx, func(ctx context.Context) (err error) {
		if stream, err = s.js.Stream(ctx, cfg.Name); errors.Is(err, jetstream.ErrStreamNotFound) {
			stream, err = s.js.CreateStream(ctx, cfg)
		}
		return err
	})
	return stream, err
}

// open makes the rooms, or finds them, and checks whose they are. merchant is empty for who only
// watches: then nothing is made.
func (s *Store) open(ctx context.Context, merchant string) (*rooms, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rooms != nil {
		_, err := s.checkMeta(ctx, s.rooms, merchant)
		return s.rooms, err
	}
	if merchant == "" {
		if _, err := s.js.KeyValue(ctx, s.bucket("control")); errors.Is(err, jetstream.ErrBucketNotFound) {
			return nil, fmt.Errorf("batch: %w", ErrNoRun)
		}
	}
	r := &rooms{}
	var err error
	if r.control, r.ctlBase, err = s.kv(ctx, "control", jetstream.FileStorage); err != nil {
		return nil, failed("opening the store", err)
	}
	about, err := s.checkMeta(ctx, r, merchant)
	if err != nil {
		return nil, err
	}
	if err := s.make(ctx, r, about.Shards); err != nil {
		return nil, failed("opening the store", err)
	}
	s.rooms = r
	return r, nil
}

func (s *Store) make(ctx context.Context, r *rooms, shards int) (err error) {
	if r.limits, _, err = s.kv(ctx, "limits", jetstream.MemoryStorage); err != nil {
		return err
	}
	for g := range r.entries {
		for shard := range shards {
			kv, stream, err := s.kv(ctx, fmt.Sprintf("numbers_%d_%d", g, shard), jetstream.FileStorage)
			if err != nil {
				return err
			}
			r.entries[g], r.streams[g] = append(r.entries[g], kv), append(r.streams[g], stream)
		}
	}
	if r.results, err = s.stream(ctx, jetstream.StreamConfig{
		Name: s.bucket("results"), Subjects: []string{s.resultSubject()}, Storage: jetstream.FileStorage, Replicas: s.replicas,
		AllowDirect: true, Compression: jetstream.S2Compression, Duplicates: time.Second,
	}); err != nil {
		return err
	}
	// The input is the truth, so the queue may be lost. A number is in it once.
	r.queue, err = s.stream(ctx, jetstream.StreamConfig{
		Name: s.bucket("queue"), Subjects: []string{s.jobSubject() + ".*"}, Storage: jetstream.MemoryStorage, Replicas: s.replicas,
		Retention: jetstream.WorkQueuePolicy, MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew, DiscardNewPerSubject: true,
		Duplicates: time.Second,
	})
	return err
}

// checkMeta reads what the store says of itself. In a new one it is written first, if a merchant is given.
func (s *Store) checkMeta(ctx context.Context, r *rooms, merchant string) (have meta, err error) {
	want := meta{Version: version, Merchant: merchant, Shards: s.shards}
	var entry jetstream.KeyValueEntry
	err = persist(ctx, func(ctx context.Context) (err error) {
		entry, err = r.control.Get(ctx, "meta")
		if !errors.Is(err, jetstream.ErrKeyNotFound) || merchant == "" {
			return err
		}
		data, _ := json.Marshal(want)
		if _, err := r.control.Update(ctx, "meta", data, 0); err != nil && !errors.Is(err, jetstream.ErrKeyExists) {
			return err
		}
		entry, err = r.control.Get(ctx, "meta") // another process may have been faster
		return err
	})
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return have, fmt.Errorf("batch: %w", ErrNoRun)
	}
	if err != nil {
		return have, failed("reading whose store it is", err)
	}
	if err := json.Unmarshal(entry.Value(), &have); err != nil || have.Version != version || have.Shards < 1 {
		return have, fmt.Errorf("batch: %w: it is of version %d, this program of %d", ErrVersion, have.Version, version)
	}
	if merchant != "" && have.Merchant != merchant {
		return have, fmt.Errorf("batch: %w: %s, and the Client is that of %s; use another store", ErrOtherMerchant, have.Merchant, merchant)
	}
	return have, nil
}

// failed wraps an error of the store.
func failed(doing string, err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("batch: %s: %w", doing, err)
	}
	return fmt.Errorf("batch: %s: %w: %w", doing, ErrStore, err)
}
