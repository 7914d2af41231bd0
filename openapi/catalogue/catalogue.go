package catalogue

import (
	_ "embed" // the data
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed brand.jsonl
var brand string

//go:embed v3.jsonl
var v3 string

//go:embed v2.jsonl
var v2 string

// A sync.OnceValue would be shorter, but be set up when a program starts, which would
// link the data into every program that has the chain.
var (
	once sync.Once
	all  []Endpoint
)

// All are the endpoints that are known: those of the brand API, of v3 and of v2, each in the
// order of its path. The data are read once, at the first call. The list is shared, and
// not to be changed.
func All() []Endpoint {
	once.Do(func() {
		all = slices.Concat(read("brand.jsonl", brand, 3), read("v3.jsonl", v3, 3), read("v2.jsonl", v2, 2))
	})
	return all
}

// read panics where the data are wrong: they are part of the program, and tested.
func read(file, data string, version int) []Endpoint {
	list := make([]Endpoint, 0, strings.Count(data, "\n"))
	for line := range strings.Lines(data) {
		e := Endpoint{Version: version}
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.DisallowUnknownFields() // a misspelled key would be lost
		if err := decoder.Decode(&e); err != nil {
			panic(fmt.Sprintf("catalogue: %s, line %d: %v", file, len(list)+1, err))
		}
		list = append(list, e)
	}
	return list
}
