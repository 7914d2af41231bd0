package catalogue

import (
	_ "embed" // the data
	"slices"
	"sync"
)

//go:embed brand.jsonl
var brand string

//go:embed v3.jsonl
var v3 string

//go:embed v2.jsonl
var v2 string

// Both would be shorter as a sync.OnceValue, but be set up when a program starts, which
// would link the data into every program that has the chain.
var (
	entriesOnce, allOnce sync.Once
	entries              []*Entry
	all                  []Endpoint
)

// Entries are the names of the endpoints of [All], in the same order. The list is shared,
// and not to be changed.
func Entries() []*Entry {
	entriesOnce.Do(func() {
		entries = slices.Concat(entriesOf("brand.jsonl", brand, 3), entriesOf("v3.jsonl", v3, 3), entriesOf("v2.jsonl", v2, 2))
	})
	return entries
}

// All are the endpoints that are known: those of the brand API, of v3 and of v2, each in the
// order of its path. The data are read once, at the first call. The list is shared, and
// not to be changed.
func All() []Endpoint {
	allOnce.Do(func() {
		all = make([]Endpoint, len(Entries()))
		for i, e := range Entries() {
			all[i] = e.Endpoint()
		}
	})
	return all
}
