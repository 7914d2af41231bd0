package jsonx

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
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

// A field of a struct, as encoding/json knows it.
type field struct {
	index    []int // longer than one in an embedded struct
	name     string
	typ      reflect.Type
	omitZero bool
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
// another way; an interface, whose value may be anything; or what may have to be refused.
func holds(t reflect.Type, seen map[reflect.Type]bool) bool {
	switch {
	case t == timeType || t == reflect.PointerTo(timeType) || faultOf(t) != nil:
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

// fieldsOf lists the fields of a struct that encoding/json knows. Those of an embedded
// struct, exported or not, are among them, unless a field above them has their name.
func fieldsOf(t reflect.Type) (fields []field) {
	names := map[string]bool{}
	seen := map[reflect.Type]bool{}
	for structs := []field{{typ: t}}; len(structs) > 0; structs = structs[1:] {
		outer := structs[0]
		if seen[outer.typ] {
			continue
		}
		seen[outer.typ] = true
		for i := range outer.typ.NumField() {
			f := outer.typ.Field(i)
			inner := field{index: append(slices.Clip(outer.index), i), typ: f.Type}
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			inner.omitZero = slices.Contains(strings.Split(options, ","), "omitzero")
			embedded := f.Anonymous && isStruct(f.Type)
			switch {
			case f.Tag.Get("json") == "-":
				continue
			case embedded && (name == "" || !f.IsExported()):
				if inner.name = outer.name; name != "" {
					inner.name += name + "."
				}
				if inner.typ.Kind() == reflect.Pointer {
					inner.typ = inner.typ.Elem()
				}
				structs = append(structs, inner)
				continue
			case !f.IsExported():
				continue
			case name == "":
				name = f.Name
			}
			if inner.name = outer.name + name; !names[inner.name] {
				names[inner.name] = true
				fields = append(fields, inner)
			}
		}
	}
	return fields
}

func isStruct(t reflect.Type) bool {
	return t.Kind() == reflect.Struct || t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct
}
