package jsonx

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// deepest is how deep a body may be nested. What is deeper is a cycle.
const deepest = 500

// prepare returns a value whose times are written as WeChat Pay writes them: v itself if
// it holds none, or else a copy (changed is true).
func prepare(v any, depth int) (prepared any, changed bool, err error) {
	switch v := v.(type) {
	case nil, string, bool, int, int64, []byte:
		return v, false, nil
	case json.RawMessage:
		return v, false, checkKeys(v)
	case float64:
		if Inexact(v, 64) {
			return nil, false, unfit(reflect.TypeOf(v), isInexact)
		}
		return v, false, nil
	case json.Number:
		if v == "" {
			return nil, false, unfit(reflect.TypeOf(v), isNoDigit)
		}
		return v, false, nil
	case map[string]any:
		return prepareMap(v, depth)
	case []any:
		return prepareList(v, depth)
	}
	return prepareOther(v, depth)
}

// checkKeys refuses JSON text with a key twice. What is not JSON is left to encoding/json.
func checkKeys(text []byte) error {
	if !json.Valid(text) {
		return nil
	}
	if _, twice := DuplicateKey(string(text)); twice {
		return unfit(rawType, isTwice)
	}
	return nil
}

func prepareMap(m map[string]any, depth int) (any, bool, error) {
	if depth > deepest {
		return nil, false, errCycle
	}
	var copied map[string]any
	for key, value := range m {
		prepared, changed, err := prepare(value, depth+1)
		if err != nil {
			return nil, false, below(err, key)
		}
		if changed {
			if copied == nil {
				copied = maps.Clone(m)
			}
			copied[key] = prepared
		}
	}
	if copied == nil {
		return m, false, nil
	}
	return copied, true, nil
}

func prepareList(list []any, depth int) (any, bool, error) {
	if depth > deepest {
		return nil, false, errCycle
	}
	var copied []any
	for i, value := range list {
		prepared, changed, err := prepare(value, depth+1)
		if err != nil {
			return nil, false, below(err, strconv.Itoa(i))
		}
		if changed {
			if copied == nil {
				copied = slices.Clone(list)
			}
			copied[i] = prepared
		}
	}
	if copied == nil {
		return list, false, nil
	}
	return copied, true, nil
}

var errCycle = errors.New("cannot be marshalled: it is nested too deeply, or holds itself")

// prepareOther prepares a value of any type.
func prepareOther(v any, depth int) (any, bool, error) {
	info := infoOf(reflect.TypeOf(v))
	switch {
	case info.fault != nil: // of a nil pointer too
		return nil, false, unfit(reflect.TypeOf(v), info.fault)
	case !info.holds:
		return v, false, nil
	}
	prepared, changed, err := prepareValue(reflect.ValueOf(v), depth)
	if err != nil || !changed {
		return v, false, err
	}
	return prepared.Interface(), true, nil
}

// prepareValue prepares a value whose type holds something.
func prepareValue(v reflect.Value, depth int) (reflect.Value, bool, error) {
	switch {
	case depth > deepest:
		return v, false, errCycle
	case v.Type() == timeType:
		t, _ := v.Interface().(time.Time)
		return reflect.ValueOf(wireTime(t)), !t.IsZero(), nil // omitzero omits a zero time
	case v.Type() == rawType:
		return v, false, checkKeys(v.Bytes())
	}
	switch v.Kind() { //nolint:exhaustive // the other kinds hold nothing
	case reflect.Interface:
		if v.IsNil() {
			return v, false, nil
		}
		prepared, changed, err := prepare(v.Interface(), depth+1)
		if err != nil || !changed {
			return v, false, err
		}
		return reflect.ValueOf(prepared), true, nil
	case reflect.Pointer:
		if v.IsNil() {
			return v, false, nil
		}
		if f := infoOf(v.Type()).fault; f != nil {
			return v, false, unfit(v.Type(), f)
		}
		prepared, changed, err := prepareValue(v.Elem(), depth+1)
		if err != nil || !changed {
			return v, false, err
		}
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(prepared)
		return p, true, nil
	}
	return prepareParts(v, depth)
}

// prepareParts refuses a value by its type, or prepares what is inside.
func prepareParts(v reflect.Value, depth int) (reflect.Value, bool, error) {
	info := infoOf(v.Type())
	switch {
	case info.fault == isPointed && v.CanAddr(): // as encoding/json will see it
		return v, false, nil
	case info.fault != nil:
		return v, false, unfit(v.Type(), info.fault)
	}
	switch v.Kind() { //nolint:exhaustive // the other kinds hold nothing
	case reflect.Float32, reflect.Float64:
		if Inexact(v.Float(), v.Type().Bits()) {
			return v, false, unfit(v.Type(), isInexact)
		}
	case reflect.Slice, reflect.Array:
		return prepareElements(v, depth)
	case reflect.Map:
		return preparePairs(v, depth)
	case reflect.Struct:
		return prepareFields(v, info.holding, depth)
	}
	return v, false, nil
}

func prepareElements(v reflect.Value, depth int) (reflect.Value, bool, error) {
	copied := v
	changedAny := false
	for i := range v.Len() {
		prepared, changed, err := prepareValue(v.Index(i), depth+1)
		if err != nil {
			return v, false, below(err, strconv.Itoa(i))
		}
		if !changed {
			continue
		}
		if !changedAny {
			changedAny = true
			copied = reflect.New(v.Type()).Elem()
			if v.Kind() == reflect.Slice {
				copied = reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			}
			reflect.Copy(copied, v)
		}
		copied.Index(i).Set(prepared)
	}
	return copied, changedAny, nil
}

func preparePairs(v reflect.Value, depth int) (reflect.Value, bool, error) {
	copied := v
	changedAny := false
	for pairs := v.MapRange(); pairs.Next(); {
		prepared, changed, err := prepareValue(pairs.Value(), depth+1)
		if err != nil {
			return v, false, below(err, keyOf(pairs.Key()))
		}
		if !changed {
			continue
		}
		if !changedAny {
			changedAny = true
			copied = reflect.MakeMapWithSize(v.Type(), v.Len())
			for all := v.MapRange(); all.Next(); {
				copied.SetMapIndex(all.Key(), all.Value())
			}
		}
		copied.SetMapIndex(pairs.Key(), prepared)
	}
	return copied, changedAny, nil
}

// keyOf is the key of a map as encoding/json writes it.
func keyOf(key reflect.Value) string {
	if key.Kind() == reflect.String {
		return key.String()
	}
	if text, ok := key.Interface().(encoding.TextMarshaler); ok {
		name, _ := text.MarshalText() // encoding/json reports the error
		return string(name)
	}
	return fmt.Sprint(key.Interface())
}

func prepareFields(v reflect.Value, fields []field, depth int) (reflect.Value, bool, error) {
	copied := v
	changedAny := false
	for _, f := range fields {
		value, err := v.FieldByIndexErr(f.index)
		if err != nil || f.omitZero && value.IsZero() {
			continue // it is in an embedded struct that is nil, or is omitted
		}
		prepared, changed, err := prepareValue(value, depth+1)
		if err != nil {
			return v, false, below(err, f.name)
		}
		if !changed {
			continue
		}
		if !changedAny {
			changedAny = true
			copied = reflect.New(v.Type()).Elem()
			copied.Set(v)
		}
		setField(copied, f.index, prepared)
	}
	return copied, changedAny, nil
}

// setField sets a field of a copy. A struct that is embedded by its pointer is still that
// of the caller, and is copied before.
func setField(at reflect.Value, index []int, value reflect.Value) {
	for i, x := range index {
		if i > 0 && at.Kind() == reflect.Pointer {
			at = reflect.NewAt(at.Type(), at.Addr().UnsafePointer()).Elem() // its type may be unexported
			own := reflect.New(at.Type().Elem())
			own.Elem().Set(at.Elem())
			at.Set(own)
			at = own.Elem()
		}
		at = at.Field(x)
	}
	at.Set(value)
}
