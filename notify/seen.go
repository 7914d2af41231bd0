package notify

import (
	"context"
	"sync"
)

// A Progress is how far an event has come.
type Progress int

// The states of an event in a [Seen].
const (
	New      Progress = iota // it was not seen, and is claimed now
	UnderWay                 // another one is handling it
	Handled                  // it was handled
)

// Seen remembers events, so that one that is sent again is not handled twice. An
// implementation for several processes keeps its keys where all of them look: a row
// with a unique key, a SET NX. It must be safe for concurrent use.
//
// It should remember for a day at least, as long as WeChat Pay sends again, and let a
// claim go after some minutes, in case that its process died.
type Seen interface {
	// Begin claims a key, unless it is under way or was handled: at one go, so that
	// of two that come at once one alone finds it new.
	Begin(ctx context.Context, key string) (Progress, error)
	// End settles a claim: handled for good, or given back, to be tried again.
	End(ctx context.Context, key string, handled bool) error
}

// NewMemory is a [Seen] in this process's memory that remembers so many events, the
// last ones; 0 or less is 10,000. It is what a [Handler] uses unless it is told
// otherwise.
func NewMemory(size int) Seen {
	if size <= 0 {
		size = 10_000
	}
	return &memory{state: map[string]Progress{}, handled: make([]string, 0, min(size, 1024)), size: size}
}

type memory struct {
	mu      sync.Mutex
	state   map[string]Progress
	handled []string // a ring, once it is full
	next    int      // the oldest of the ring
	size    int
}

func (m *memory) Begin(_ context.Context, key string) (Progress, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at, ok := m.state[key]; ok {
		return at, nil
	}
	m.state[key] = UnderWay
	return New, nil
}

func (m *memory) End(_ context.Context, key string, handled bool) error {
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
