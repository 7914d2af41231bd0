package notify

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

// Progress says how far the processing of an event has come.
type Progress int

// The states of an event in a [Deduplicator].
const (
	New        Progress = iota // the event was not known; it is claimed now
	InProgress                 // another call is processing the event
	Handled                    // the event was processed
)

// A Deduplicator remembers events, so that an event that WeChat Pay sends again is not
// processed twice. Several processes need one that they share: a database row with a
// unique key, or Redis SET NX. It must be safe for concurrent use.
//
// It should remember an event for at least a day, as long as WeChat Pay sends it again.
// It should release a claim after some minutes, in case its process died.
type Deduplicator interface {
	// Begin claims a key, unless the key is in progress or handled. It must be atomic:
	// of two calls at the same time, only one may return New.
	Begin(ctx context.Context, key string) (Progress, error)
	// End settles a claim. If handled is false, it releases the key to be claimed again.
	End(ctx context.Context, key string, handled bool) error
}

// A MemoryConfig configures [NewMemoryDeduplicator]. The zero value of a field means its
// default.
type MemoryConfig struct {
	// TTL is how long an event is remembered; default 25 hours. WeChat Pay sends an event
	// again for up to 24 hours and 4 minutes.
	TTL time.Duration
	// MaxBytes bounds the memory; default 64 MB, for some 400,000 events. Beyond it, the
	// oldest events are forgotten before their time.
	MaxBytes int64
}

// bytesPerEvent is what a remembered event takes: 16 bytes of digest and 8 of time, twice,
// and the slack of a map and a slice that grow: up to 120 bytes as measured.
const bytesPerEvent = 160

// NewMemoryDeduplicator returns a [Deduplicator] in the memory of this process. It is the
// default of a [Handler]. It remembers digests of the keys.
func NewMemoryDeduplicator(cfg MemoryConfig) Deduplicator {
	if cfg.TTL <= 0 {
		cfg.TTL = 25 * time.Hour
	}
	if cfg.MaxBytes <= 0 {
		cfg.MaxBytes = 64 << 20
	}
	return &memoryDeduplicator{
		events: map[digest]time.Duration{}, began: time.Now(), ttl: cfg.TTL, limit: int(max(1, cfg.MaxBytes/bytesPerEvent)),
	}
}

type digest [16]byte

func digestOf(key string) digest {
	sum := sha256.Sum256([]byte(key))
	return digest(sum[:16])
}

// claimed is the time of an event that is in progress.
const claimed = time.Duration(-1)

type memoryDeduplicator struct {
	mu      sync.Mutex
	events  map[digest]time.Duration // when they are forgotten, since began
	handled []handledEvent           // by time
	began   time.Time                // its monotonic clock does not jump
	ttl     time.Duration
	limit   int // of handled
}

type handledEvent struct {
	digest digest
	until  time.Duration
}

func (m *memoryDeduplicator) Begin(_ context.Context, key string) (Progress, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget(time.Since(m.began), m.limit)
	id := digestOf(key)
	switch until, known := m.events[id]; {
	case !known:
		m.events[id] = claimed
		return New, nil
	case until == claimed:
		return InProgress, nil
	}
	return Handled, nil
}

func (m *memoryDeduplicator) End(_ context.Context, key string, handled bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := digestOf(key)
	if !handled {
		delete(m.events, id)
		return nil
	}
	now := time.Since(m.began)
	m.forget(now, m.limit-1)
	m.events[id] = now + m.ttl
	m.handled = append(m.handled, handledEvent{id, now + m.ttl})
	return nil
}

// forget drops the events whose time is over, and the oldest ones beyond limit.
func (m *memoryDeduplicator) forget(now time.Duration, limit int) {
	for len(m.handled) > 0 && (m.handled[0].until <= now || len(m.handled) > limit) {
		oldest := m.handled[0]
		if m.events[oldest.digest] == oldest.until { // it was not handled once more
			delete(m.events, oldest.digest)
		}
		m.handled = m.handled[1:] // append moves the rest when the slice is full
	}
}
