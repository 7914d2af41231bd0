package play

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"strings"
)

// An Object is a JSON object. Its numbers are of the type json.Number, or of Go's own where
// the sandbox wrote them.
type Object map[string]any

// ParseObject reads a JSON object, and nothing behind it.
func ParseObject(data []byte) (Object, error) {
	var o Object
	if err := parse(data, &o); err != nil {
		return nil, err
	}
	if o == nil {
		return nil, errors.New("null is no object")
	}
	return o, nil
}

// ParseValue reads a JSON value, and nothing behind it.
func ParseValue(text string) (value any, err error) {
	err = parse([]byte(text), &value)
	return value, err
}

func parse(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something behind the JSON")
	}
	return nil
}

// Get returns the value at a path such as "amount.total", or nil.
func (o Object) Get(path string) any {
	for {
		name, rest, more := strings.Cut(path, ".")
		value := o[name]
		if !more {
			return value
		}
		o, path = object(value), rest
	}
}

// Text returns the string at a path, or "".
func (o Object) Text(path string) string {
	text, _ := o.Get(path).(string)
	return text
}

// Int returns the whole number at a path, or 0.
func (o Object) Int(path string) int64 {
	switch n := o.Get(path).(type) {
	case json.Number:
		i, _ := n.Int64()
		return i
	case int64:
		return n
	case int:
		return int64(n)
	}
	return 0
}

// Object returns the object at a path, or nil.
func (o Object) Object(path string) Object { return object(o.Get(path)) }

// List returns the objects of the list at a path.
func (o Object) List(path string) []Object {
	values, _ := o.Get(path).([]any)
	list := make([]Object, len(values))
	for i, value := range values {
		list[i] = object(value)
	}
	return list
}

// Has reports whether there is a value at a path, and it is not null.
func (o Object) Has(path string) bool { return o.Get(path) != nil }

// Only returns a new object with those of the names that o has.
func (o Object) Only(names ...string) Object {
	only := make(Object, len(names))
	for _, name := range names {
		if value, ok := o[name]; ok {
			only[name] = value
		}
	}
	return only
}

// With returns a copy of o with the values of others, of which the last wins.
func (o Object) With(others ...Object) Object {
	merged := maps.Clone(o)
	if merged == nil {
		merged = Object{}
	}
	for _, other := range others {
		maps.Copy(merged, other)
	}
	return merged
}

// Canonical returns the JSON of o, sorted by name: the same for the same values.
func (o Object) Canonical() string { return Canonical(o) }

// Canonical returns the JSON of a value, the names in its objects sorted.
func Canonical(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		panic("sandbox: " + err.Error()) // it was read from JSON, or is written by the sandbox
	}
	return string(data)
}

func object(value any) Object {
	switch o := value.(type) {
	case Object:
		return o
	case map[string]any:
		return o
	}
	return nil
}
