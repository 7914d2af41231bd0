package jsonx

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
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
	holds   bool    // a value may have something to prepare or to refuse inside
	fault   *fault  // why a value cannot be sent, or nil
	fields  []field // of a struct
	holding []field // those of the fields that hold something
}

// types has the typeInfo of each reflect.Type.
var types sync.Map

func infoOf(t reflect.Type) typeInfo {
	if known, ok := types.Load(t); ok {
		return known.(typeInfo) //nolint:forcetypeassert // it holds nothing else
	}
	info := typeInfo{holds: holds(t, map[reflect.Type]bool{}), fault: faultOf(t)}
	if t.Kind() == reflect.Struct {
		info.fields = fieldsOf(t)
	}
	for _, f := range info.fields {
		if holds(f.typ, map[reflect.Type]bool{}) {
			info.holding = append(info.holding, f)
		}
	}
	types.Store(t, info)
	return info
}

func writesItself(t reflect.Type) bool { return t.Implements(jsonType) || t.Implements(textType) }

// holds reports whether a value of a type may have inside: a time, which is written in
// another way; an interface, whose value may be anything; or what may be refused.
func holds(t reflect.Type, seen map[reflect.Type]bool) bool {
	switch {
	case t == timeType || t == rawType || faultOf(t) != nil:
		return true
	case t.Kind() == reflect.Pointer && (t.Elem() == timeType || t.Elem() == rawType):
		return true
	case seen[t] || writesItself(t):
		return false
	}
	seen[t] = true
	switch t.Kind() { //nolint:exhaustive // the other kinds hold nothing
	case reflect.Interface, reflect.Float32, reflect.Float64:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return holds(t.Elem(), seen)
	case reflect.Struct:
		return slices.ContainsFunc(fieldsOf(t), func(f field) bool { return holds(f.typ, seen) })
	}
	return false
}
