package jsonx

import (
	"encoding"
	"encoding/json"
	"reflect"
	"sync"
	"time"
)

var (
	timeType = reflect.TypeFor[time.Time]()
	jsonType = reflect.TypeFor[json.Marshaler]()
	textType = reflect.TypeFor[encoding.TextMarshaler]()
)

// A typeInfo says what there is to prepare in the values of a type.
type typeInfo struct {
	holds  bool // a time or an interface may be inside
	opaque bool // a struct whose fields are all unexported, which encoding/json writes as {}
}

// types has the typeInfo of each reflect.Type.
var types sync.Map

func infoOf(t reflect.Type) typeInfo {
	if known, ok := types.Load(t); ok {
		return known.(typeInfo) //nolint:forcetypeassert // it holds nothing else
	}
	info := typeInfo{holds: holds(t, map[reflect.Type]bool{}), opaque: isOpaque(t)}
	types.Store(t, info)
	return info
}

func isOpaque(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t.NumField() == 0 {
		return false
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() || f.Anonymous {
			return false
		}
	}
	return true
}

func writesItself(t reflect.Type) bool { return t.Implements(jsonType) || t.Implements(textType) }

func holds(t reflect.Type, seen map[reflect.Type]bool) bool {
	switch {
	case t == timeType || t.Kind() == reflect.Interface:
		return true
	case seen[t] || t != reflect.PointerTo(timeType) && writesItself(t):
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return holds(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && f.Tag.Get("json") != "-" && holds(f.Type, seen) {
				return true
			}
		}
	}
	return false
}
