// Package due keeps what is to be done, and when.
package due

import (
	"container/heap"
	"time"
)

// A Queue has keys, each with the time when it is due; a key may be in it several times. The
// zero value is empty. It is not safe for concurrent use.
type Queue struct{ entries entries }

// Add notes that a key is due at a time.
func (q *Queue) Add(at time.Time, key string) { heap.Push(&q.entries, entry{at, key}) }

// Take removes what is due by now and returns the keys, the earliest first, each once.
func (q *Queue) Take(now time.Time) (keys []string) {
	seen := map[string]bool{}
	for len(q.entries) > 0 && !q.entries[0].at.After(now) {
		key := q.entries[0].key
		heap.Pop(&q.entries)
		if !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	return keys
}

type entry struct {
	at  time.Time
	key string
}

// entries are a heap; what is due at the same time goes by its key, so that the order does not
// depend on what was loaded.
type entries []entry

func (e entries) Len() int { return len(e) }
func (e entries) Less(i, j int) bool {
	return e[i].at.Before(e[j].at) || e[i].at.Equal(e[j].at) && e[i].key < e[j].key
}
func (e entries) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *entries) Push(x any)   { *e = append(*e, x.(entry)) } //nolint:forcetypeassert // only Add pushes
func (e *entries) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}
