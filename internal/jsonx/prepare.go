package jsonx

import (
	"encoding/json"
	"errors"
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
	case nil, string, bool, int, int64, float64, json.Number, json.RawMessage, []byte:
		return v, false, nil
	case map[string]any:
		return prepareMap(v, depth)
	case []any:
		return prepareList(v, depth)
	}
	return prepareOther(v, depth)
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
	if err := unfit(v); err != nil {
		return nil, false, err
	}
	info := infoOf(reflect.TypeOf(v))
	switch {
	case info.opaque && !writesItself(reflect.TypeOf(v)):
		return nil, false, &unfitError{value: v, what: "whose fields are all unexported"}
	case !info.holds:
		return v, false, nil
	}
	prepared, changed, err := prepareValue(reflect.ValueOf(v), depth)
	if err != nil || !changed {
		return v, false, err
	}
	return prepared.Interface(), true, nil
}

// prepareValue prepares a value whose type may hold a time or an interface.
func prepareValue(v reflect.Value, depth int) (reflect.Value, bool, error) {
	switch {
	case depth > deepest:
		return v, false, errCycle
	case v.Type() == timeType:
		t, _ := v.Interface().(time.Time)
		return reflect.ValueOf(wireTime(t)), !t.IsZero(), nil // omitzero omits a zero time
	}
	switch v.Kind() {
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
		prepared, changed, err := prepareValue(v.Elem(), depth+1)
		if err != nil || !changed {
			return v, false, err
		}
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(prepared)
		return p, true, nil
	case reflect.Slice, reflect.Array:
		return prepareElements(v, depth)
	case reflect.Map:
		return preparePairs(v, depth)
	case reflect.Struct:
		return prepareFields(v, depth)
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
			return v, false, below(err, pairs.Key().String())
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

func prepareFields(v reflect.Value, depth int) (reflect.Value, bool, error) {
	copied := v
	changedAny := false
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() || field.Tag.Get("json") == "-" || !infoOf(field.Type).holds {
			continue
		}
		prepared, changed, err := prepareValue(v.Field(i), depth+1)
		if err != nil {
			return v, false, below(err, field.Name)
		}
		if !changed {
			continue
		}
		if !changedAny {
			changedAny = true
			copied = reflect.New(v.Type()).Elem()
			copied.Set(v)
		}
		copied.Field(i).Set(prepared)
	}
	return copied, changedAny, nil
}
