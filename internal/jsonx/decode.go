// Package jsonx decodes the JSON of replies leniently where no value is lost, and encodes
// the JSON of bodies exactly.
package jsonx

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// A DecodeError lists the values that do not fit their Go fields. All other fields are set.
// It contains paths and types, never a value.
type DecodeError struct {
	Mismatches []Mismatch
}

// A Mismatch is a value that was not decoded. Its field has the zero value.
type Mismatch struct {
	Path string // in the JSON, such as "amount.total" or "goods.0.id"; "" is the whole text
	JSON string // the JSON type: "a string", "a number", "an object", "a list", "a boolean"; or "two values" of one key
	Go   string // the type of the field
}

// Error lists every mismatch.
func (e *DecodeError) Error() string {
	texts := make([]string, len(e.Mismatches))
	for i, m := range e.Mismatches {
		texts[i] = fmt.Sprintf("%q: cannot decode %s into %s without loss", m.Path, m.JSON, m.Go)
	}
	return strings.Join(texts, "; ")
}

// ErrSyntax means that the text is not JSON.
var ErrSyntax = errors.New("not valid JSON")

// Decode decodes data into the value that v points to. A value of another type than its
// field is converted if nothing is lost: "600" and 600.0 to an integer; a number to a
// string; an object to a string of its JSON, or to a list of one; a string of the JSON of an
// object or a list to that; [] and "" to an absent object or list. Other values are listed in a [*DecodeError], and all other fields are
// set. Names match exactly; unknown ones are ignored.
func Decode(data []byte, v any) error {
	if !json.Valid(data) { // gjson's own check recurses without bound
		return ErrSyntax
	}
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return fmt.Errorf("decode into a non-nil pointer, not %T", v)
	}
	text := string(data)
	if target.Elem().IsZero() {
		if read(target.Elem(), text) {
			return nil
		}
		target.Elem().SetZero()
	}
	return decode(target.Elem(), text)
}

// decode decodes a valid text and lists what does not fit.
func decode(into reflect.Value, text string) error {
	var d decoder
	d.value(into, gjson.Parse(text), "")
	if d.mismatches != nil {
		return &DecodeError{d.mismatches}
	}
	return nil
}

type decoder struct {
	mismatches []Mismatch
	conflicts  map[string]bool // the paths of keys with two values
}

func (d *decoder) mismatch(path string, v gjson.Result, into reflect.Value) {
	d.mismatches = append(d.mismatches, Mismatch{path, kindOf(v), into.Type().String()})
}

func (d *decoder) value(into reflect.Value, v gjson.Result, path string) {
	if d.conflicts[path] {
		d.mismatches = append(d.mismatches, Mismatch{path, "two values", into.Type().String()})
		return
	}
	if v.Type == gjson.Null {
		return
	}
	if planOf(into.Type()).readsItself {
		if json.Unmarshal([]byte(v.Raw), into.Addr().Interface()) != nil {
			d.mismatch(path, v, into)
		}
		return
	}
	if holdsOthers(into.Type()) {
		v = unquoted(v)
	}
	switch into.Kind() { //nolint:exhaustive // the other kinds are scalars, or cannot be decoded
	case reflect.Pointer:
		d.pointer(into, v, path)
	case reflect.Slice:
		d.list(into, v, path)
	case reflect.Map:
		d.mapping(into, v, path)
	case reflect.Struct:
		if v.IsObject() {
			d.object(into, d.members(v, path), path)
		} else if !absent(v) {
			d.mismatch(path, v, into)
		}
	case reflect.Interface:
		if !setAny(into, v) {
			d.mismatch(path, v, into)
		}
	default:
		if !setScalar(into, v) {
			d.mismatch(path, v, into)
		}
	}
}

// absent reports whether WeChat Pay sends the value in place of an absent object or list.
func absent(v gjson.Result) bool {
	return v.Type == gjson.String && v.Str == "" || v.IsArray() && len(v.Array()) == 0
}

// pointer decodes into a new value. The pointer stays nil if the value does not fit.
func (d *decoder) pointer(into reflect.Value, v gjson.Result, path string) {
	if k := into.Type().Elem().Kind(); (k == reflect.Struct || k == reflect.Map) && absent(v) {
		return
	}
	element := reflect.New(into.Type().Elem())
	before := len(d.mismatches)
	d.value(element.Elem(), v, path)
	if len(d.mismatches) == before || element.Elem().Kind() == reflect.Struct && v.IsObject() {
		into.Set(element)
	}
}

func (d *decoder) list(into reflect.Value, v gjson.Result, path string) {
	switch {
	case v.IsArray():
	case absent(v):
		return
	case isOther(into.Type().Elem(), v):
		d.mismatch(path, v, into)
		return
	default: // one value in place of a list of one
		element := reflect.New(into.Type().Elem()).Elem()
		before := len(d.mismatches)
		d.value(element, v, path)
		if len(d.mismatches) == before || v.IsObject() && element.Kind() == reflect.Struct {
			into.Set(reflect.Append(into, element))
		}
		return
	}
	values := v.Array()
	into.Set(reflect.MakeSlice(into.Type(), len(values), len(values)))
	for i, value := range values {
		d.value(into.Index(i), value, join(path, strconv.Itoa(i)))
	}
}

// isOther reports whether an object has no field of a struct: it is no element of its list, but
// something around it, and would be an element without values.
func isOther(element reflect.Type, v gjson.Result) bool {
	if element.Kind() != reflect.Struct || !v.IsObject() {
		return false
	}
	other := false
	v.ForEach(func(name, _ gjson.Result) bool {
		other = !slices.ContainsFunc(infoOf(element).fields, func(f field) bool { return f.name == name.Str })
		return other
	})
	return other
}

func (d *decoder) mapping(into reflect.Value, v gjson.Result, path string) {
	switch {
	case absent(v):
		return
	case !v.IsObject() || into.Type().Key().Kind() != reflect.String:
		d.mismatch(path, v, into)
		return
	}
	into.Set(reflect.MakeMap(into.Type()))
	for name, value := range d.members(v, path) {
		element := reflect.New(into.Type().Elem()).Elem()
		d.value(element, value, join(path, name))
		into.SetMapIndex(reflect.ValueOf(name).Convert(into.Type().Key()), element)
	}
}

func (d *decoder) object(into reflect.Value, values map[string]gjson.Result, path string) {
	for _, f := range infoOf(into.Type()).fields {
		value, ok := values[f.name]
		if !ok {
			continue
		}
		name := join(path, f.name)
		if value.Type == gjson.Null && !d.conflicts[name] {
			continue // without making the structs on the way
		}
		if at, ok := fieldAt(into, f.index); ok {
			d.value(at, value, name)
		} else {
			d.mismatch(name, value, at)
		}
	}
}

// fieldAt returns a field to set. It fails below an embedded pointer to an unexported
// struct, which cannot be set.
func fieldAt(at reflect.Value, index []int) (reflect.Value, bool) {
	for i, x := range index {
		if i > 0 && at.Kind() == reflect.Pointer {
			switch {
			case !at.IsNil():
			case !at.CanSet():
				return at, false
			default:
				at.Set(reflect.New(at.Type().Elem()))
			}
			at = at.Elem()
		}
		at = at.Field(x)
	}
	return at, true
}

// members returns the members of an object, and notes the keys with two values: readers of
// JSON differ in which of them they take.
func (d *decoder) members(v gjson.Result, path string) map[string]gjson.Result {
	members := map[string]gjson.Result{}
	v.ForEach(func(name, value gjson.Result) bool {
		if before, twice := members[name.Str]; twice && before.Raw != value.Raw {
			if d.conflicts == nil {
				d.conflicts = map[string]bool{}
			}
			d.conflicts[join(path, name.Str)] = true
		}
		members[name.Str] = value
		return true
	})
	return members
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func kindOf(v gjson.Result) string {
	switch {
	case v.IsObject():
		return "an object"
	case v.IsArray():
		return "a list"
	case v.Type == gjson.True || v.Type == gjson.False:
		return "a boolean"
	case v.Type == gjson.String:
		return "a string"
	}
	return "a number"
}
