package cipher

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
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

// A place is one value that a path matches, with the value's exact path.
type place struct {
	path  string
	value gjson.Result
}

// find lists the named values in the order of the text, without empty ones. A value that
// is named twice is an error.
func (fields Fields) find(data []byte) ([]place, error) {
	if !json.Valid(data) {
		return nil, errors.New("the text is not valid JSON")
	}
	root := gjson.ParseBytes(data)
	root.Index = bytes.Index(data, []byte(root.Raw))
	var places []place
	for _, field := range fields {
		keys, optional, err := parsePath(field)
		if err != nil {
			return nil, err
		}
		s := search{field: field, optional: optional}
		if err := s.walk(root, keys, ""); err != nil {
			return nil, err
		}
		places = append(places, s.found...)
	}
	slices.SortStableFunc(places, func(a, b place) int { return a.value.Index - b.value.Index })
	for i, p := range places {
		switch {
		case i > 0 && places[i-1].value.Index == p.value.Index:
			return nil, fmt.Errorf("field %q is named twice", p.path)
		case !bytes.HasPrefix(data[p.value.Index:], []byte(p.value.Raw)):
			return nil, fmt.Errorf("field %q could not be located", p.path)
		}
	}
	return slices.DeleteFunc(places, func(p place) bool { return p.value.Str == "" }), nil
}

// parsePath splits a path into its keys. The key of a list's elements is "#"; one that
// is meant literally is written with a backslash, and keeps it.
func parsePath(field string) (keys []string, optional bool, err error) {
	path, optional := strings.CutSuffix(field, "?")
	var key strings.Builder
	for i := 0; i <= len(path); i++ {
		switch {
		case i == len(path) || path[i] == '.':
			if key.Len() == 0 {
				return nil, false, fmt.Errorf("field %q: a key of the path is empty", field)
			}
			keys = append(keys, key.String())
			key.Reset()
		case path[i] == '\\' && i+1 < len(path):
			if i++; path[i] == '#' {
				key.WriteByte('\\')
			}
			key.WriteByte(path[i])
		case strings.IndexByte("*?|@[]()", path[i]) >= 0:
			return nil, false, fmt.Errorf("field %q: %q selects nothing here; write # for each element of a list, and a backslash before what belongs to a key", field, path[i:i+1])
		default:
			key.WriteByte(path[i])
		}
	}
	return keys, optional, nil
}

// A search follows one path through a text.
type search struct {
	field    string
	optional bool
	found    []place
}

func (s *search) walk(at gjson.Result, keys []string, way string) error {
	switch {
	case len(keys) == 0 && at.Type != gjson.String:
		return s.mismatch(at, way, "a string")
	case len(keys) == 0:
		s.found = append(s.found, place{way, at})
		return nil
	case keys[0] == "#" && !at.IsArray():
		return s.mismatch(at, way, "a list")
	case keys[0] == "#":
		return s.walkList(at, keys[1:], way)
	case !at.IsObject():
		return s.mismatch(at, way, "an object")
	}
	key := strings.TrimPrefix(keys[0], `\`)
	way = strings.TrimPrefix(way+"."+key, ".")
	var member gjson.Result
	count := 0
	at.ForEach(func(name, value gjson.Result) bool {
		if name.Str == key {
			member = value
			count++
		}
		return true
	})
	switch {
	case count > 1: // only one of them would be encrypted
		return fmt.Errorf("field %q: %q occurs %d times in its object", s.field, way, count)
	case count == 0 && s.optional:
		return nil
	case count == 0:
		return fmt.Errorf("field %q: %w: there is no %q", s.field, ErrNoField, way)
	}
	return s.walk(member, keys[1:], way)
}

func (s *search) walkList(list gjson.Result, keys []string, way string) (err error) {
	i := 0
	list.ForEach(func(_, element gjson.Result) bool {
		err = s.walk(element, keys, strings.TrimPrefix(way+"."+strconv.Itoa(i), "."))
		i++
		return err == nil
	})
	return err
}

// mismatch returns an error with the expected and the actual type.
func (s *search) mismatch(at gjson.Result, way, wanted string) error {
	found := "a " + strings.ToLower(at.Type.String())
	switch {
	case at.Type == gjson.Null:
		found = "null"
	case at.IsArray():
		found = "a list"
	case at.IsObject():
		found = "an object"
	}
	return fmt.Errorf("field %q: %q is %s, not %s", s.field, way, found, wanted)
}
