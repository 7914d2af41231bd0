package jsonx

import (
	"reflect"
	"slices"
	"strings"
)

// A field of a struct, as encoding/json knows it.
type field struct {
	index    []int // longer than one in an embedded struct
	name     string
	typ      reflect.Type
	tagged   bool // its name is of a tag
	omitZero bool
}

// fieldsOf lists the fields of a struct that encoding/json knows. Those of an embedded
// struct, exported or not, are among them, unless a field above them has their name. Of
// one depth, a tag wins.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	depths := map[string]int{}     // of the names
	seen := map[reflect.Type]int{} // the depths of the structs
	tagged := map[string]bool{}    // the names that a tag has
	for structs := []field{{typ: t}}; len(structs) > 0; structs = structs[1:] {
		outer := structs[0]
		depth := len(outer.index)
		if above, known := seen[outer.typ]; known && above < depth {
			continue
		}
		seen[outer.typ] = depth
		for i := range outer.typ.NumField() {
			f, embedded, ok := fieldOf(outer, i)
			if embedded {
				structs = append(structs, f)
				continue
			}
			if above, known := depths[f.name]; ok && (!known || above == depth) {
				depths[f.name] = depth
				tagged[f.name] = tagged[f.name] || f.tagged
				fields = append(fields, f)
			}
		}
	}
	return slices.DeleteFunc(fields, func(f field) bool { return tagged[f.name] && !f.tagged })
}

// fieldOf returns the field at i of an embedded or outermost struct. That of another
// struct that is embedded in it has the name that stands before those of its fields.
func fieldOf(outer field, i int) (f field, embedded, ok bool) {
	of := outer.typ.Field(i)
	tag := of.Tag.Get("json")
	name, options, _ := strings.Cut(tag, ",")
	f = field{
		index: append(slices.Clip(outer.index), i), name: outer.name + name, typ: of.Type, tagged: name != "",
		omitZero: slices.Contains(strings.Split(options, ","), "omitzero"),
	}
	isStruct := f.typ.Kind() == reflect.Struct || f.typ.Kind() == reflect.Pointer && f.typ.Elem().Kind() == reflect.Struct
	switch {
	case tag == "-":
		return f, false, false
	case of.Anonymous && isStruct && (name == "" || !of.IsExported()):
		if name != "" {
			f.name += "."
		}
		if f.typ.Kind() == reflect.Pointer {
			f.typ = f.typ.Elem()
		}
		return f, true, false
	case name == "":
		f.name = outer.name + of.Name
	}
	return f, false, of.IsExported()
}

// nameOfTwo returns a name that two fields have. encoding/json writes neither.
func nameOfTwo(fields []field) string {
	seen := map[string]bool{}
	for _, f := range fields {
		if seen[f.name] {
			return f.name
		}
		seen[f.name] = true
	}
	return ""
}
