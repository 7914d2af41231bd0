package kit

import "errors"

// A Shelf keeps values by their keys, up to a limit. It has no lock.
type Shelf[T any] struct {
	Items map[string]*T `json:"items"`
	Queue []string      `json:"queue"` // the keys, in the order in which they may be dropped
}

// Get returns what has a key, or nil.
func (s *Shelf[T]) Get(key string) *T { return s.Items[key] }

// Add keeps a value under a new key, and before it drops what is over the limit: the oldest
// that is finished, if there is one among the next few, or else the oldest. So each Add costs
// little, however many are kept. What was looked at and is not finished goes to the end of the queue.
func (s *Shelf[T]) Add(key string, value *T, limit int, finished func(*T) bool, dropped func(key string, value *T)) {
	if s.Items == nil {
		s.Items = map[string]*T{}
	}
	const few = 16
	for looks := 0; len(s.Items) >= limit && len(s.Queue) > 0; looks++ {
		oldest := s.Queue[0]
		s.Queue[0] = ""
		s.Queue = s.Queue[1:]
		old := s.Items[oldest]
		if looks < few && !finished(old) {
			s.Queue = append(s.Queue, oldest)
			continue
		}
		delete(s.Items, oldest)
		dropped(oldest, old)
	}
	s.Items[key] = value
	s.Queue = append(s.Queue, key)
}

// Whole checks what was loaded.
func (s *Shelf[T]) Whole() error {
	if len(s.Items) != len(s.Queue) {
		return errors.New("the queue is not that of the items")
	}
	for _, key := range s.Queue {
		if s.Items[key] == nil {
			return errors.New("the queue names " + key + ", which is not there")
		}
	}
	return nil
}

// Limit returns the limit, or the usual one where it is 0.
func Limit(limit int) int {
	if limit > 0 {
		return limit
	}
	return 1_000_000
}
