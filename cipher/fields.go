package cipher

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// ErrNoField says that a path matches nothing.
var ErrNoField = errors.New("no such field")

// Fields names fields of a JSON text by their paths. A path has keys with dots between
// them, and "#" for each element of a list: "accounts.#.card_no", or "phones.#" for a list
// of strings. A backslash escapes a dot within a key. A path that ends in "?" is optional.
// In an empty list, every path is optional.
type Fields []string

// Map returns a copy of a JSON text in which f has replaced the value of each named
// field. All other bytes stay the same. data itself is not changed.
//
// The error names the path: it is malformed, matches nothing ([ErrNoField]), matches a
// value that is not a string, occurs twice in its object, or is matched by another path
// too. Otherwise it wraps the error of f. Empty strings stay empty.
func (fields Fields) Map(data []byte, f func(value string) (string, error)) ([]byte, error) {
	places, err := fields.find(data)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Grow(len(data) + 512*len(places))
	written := 0
	for _, p := range places {
		mapped, err := f(p.value.Str)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", p.path, err)
		}
		raw, err := json.Marshal(mapped)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", p.path, err)
		}
		b.Write(data[written:p.value.Index])
		b.Write(raw)
		written = p.value.Index + len(p.value.Raw)
	}
	b.Write(data[written:])
	return b.Bytes(), nil
}

// Validate reports a path that is malformed.
func (fields Fields) Validate() error {
	for _, field := range fields {
		if _, _, err := parsePath(field); err != nil {
			return err
		}
	}
	return nil
}

// find lists the named values in the order of the text, without empty ones. A value that
// is named twice is an error.
func (fields Fields) find(data []byte) ([]place, error) {
	if !json.Valid(data) {
		return nil, errors.New("the text is not valid JSON")
	}
	paths, err := fields.tree()
	if err != nil {
		return nil, err
	}
	root := gjson.ParseBytes(data)
	root.Index = bytes.Index(data, []byte(root.Raw))
	s := search{fields: fields}
	s.walk(root, paths, "")
	if s.err != nil {
		return nil, s.err
	}
	slices.SortFunc(s.found, func(a, b place) int { return a.value.Index - b.value.Index })
	for _, p := range s.found {
		if !bytes.HasPrefix(data[p.value.Index:], []byte(p.value.Raw)) {
			return nil, fmt.Errorf("field %q could not be located", p.path)
		}
	}
	return slices.DeleteFunc(s.found, func(p place) bool { return p.value.Str == "" }), nil
}

// A step is one key of a path, or each element of a list.
type step struct {
	key      string
	elements bool
}

// parsePath splits a path into its steps.
func parsePath(field string) (steps []step, optional bool, err error) {
	path, optional := strings.CutSuffix(field, "?")
	var key strings.Builder
	start := 0
	for i := 0; i <= len(path); i++ {
		switch {
		case i == len(path) || path[i] == '.':
			if key.Len() == 0 {
				return nil, false, fmt.Errorf("field %q: a key of the path is empty", field)
			}
			steps = append(steps, step{key.String(), path[start:i] == "#"})
			key.Reset()
			start = i + 1
		case path[i] == '\\' && i+1 < len(path):
			i++
			key.WriteByte(path[i])
		case strings.IndexByte("*?|@[]()", path[i]) >= 0:
			return nil, false, fmt.Errorf("field %q: %q selects nothing here; write # for each element of a list, and a backslash before what belongs to a key", field, path[i:i+1])
		default:
			key.WriteByte(path[i])
		}
	}
	return steps, optional, nil
}
