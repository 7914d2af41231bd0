package notify

import (
	"context"
	"sync"
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

// NewMemoryDeduplicator returns a [Deduplicator] in the memory of this process. It
// remembers the last size events; 0 or less means 10,000. It is the default of a
// [Handler].
func NewMemoryDeduplicator(size int) Deduplicator {
	if size <= 0 {
		size = 10_000
	}
	return &memoryDeduplicator{state: map[string]Progress{}, handled: make([]string, 0, min(size, 1024)), size: size}
}

type memoryDeduplicator struct {
	mu      sync.Mutex
	state   map[string]Progress
	handled []string // a ring, once it is full
	next    int      // the oldest entry of the ring
	size    int
}

func (m *memoryDeduplicator) Begin(_ context.Context, key string) (Progress, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if progress, ok := m.state[key]; ok {
		return progress, nil
	}
	m.state[key] = InProgress
	return New, nil
}

func (m *memoryDeduplicator) End(_ context.Context, key string, handled bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !handled {
		delete(m.state, key)
		return nil
	}
	m.state[key] = Handled
	if len(m.handled) < m.size {
		m.handled = append(m.handled, key)
		return nil
	}
	delete(m.state, m.handled[m.next])
	m.handled[m.next] = key
	m.next = (m.next + 1) % m.size
	return nil
}
