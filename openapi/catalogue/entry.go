package catalogue

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// An Entry is the name of an endpoint. Its fields are read when [Entry.Endpoint] asks for
// them: a program that needs the names, or a few endpoints, starts sooner than with [All].
// It is safe for concurrent use, and not to be changed.
type Entry struct {
	Version             int // as that of [Endpoint]
	Method, Path, Title string

	line     string
	once     sync.Once
	endpoint Endpoint
}

// Route returns the path as [Endpoint.Route] does.
func (e *Entry) Route() string {
	if e == nil {
		return ""
	}
	return route(e.Version, e.Path)
}

// Endpoint returns the endpoint. It is the zero one for an Entry that is not of [Entries].
func (e *Entry) Endpoint() Endpoint {
	if e == nil || e.line == "" {
		return Endpoint{}
	}
	e.once.Do(func() {
		e.endpoint.Version = e.Version
		decoder := json.NewDecoder(strings.NewReader(e.line))
		decoder.DisallowUnknownFields() // a misspelled key would be lost
		if err := decoder.Decode(&e.endpoint); err != nil {
			panic(fmt.Sprintf("catalogue: %s %s: %v", e.Method, e.Path, err))
		}
	})
	return e.endpoint
}

// entriesOf returns the entries of a file. It panics where a line does not begin with the
// method, the path and the title: the data are part of the program, and tested.
func entriesOf(file, data string, version int) []*Entry {
	list := make([]*Entry, 0, strings.Count(data, "\n"))
	for line := range strings.Lines(data) {
		e := &Entry{Version: version, line: line}
		rest := line
		for _, key := range []struct {
			before string
			value  *string
		}{{`{"method":"`, &e.Method}, {`,"path":"`, &e.Path}, {`,"title":"`, &e.Title}} {
			after, ok := strings.CutPrefix(rest, key.before)
			value, tail, found := strings.Cut(after, `"`)
			if !ok || !found || strings.Contains(value, `\`) {
				panic(fmt.Sprintf("catalogue: %s, line %d: %s is missing, or has an escape, at %.40q", file, len(list)+1, key.before, rest))
			}
			*key.value, rest = value, tail
		}
		list = append(list, e)
	}
	return list
}
