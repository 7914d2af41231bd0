package jsonx

import (
	"encoding"
	"encoding/json"
	"reflect"
	"sync"
)

// A plan says how the values of a type are decoded as long as they have the documented JSON type.
type plan struct {
	kind        planKind
	readsItself bool   // see there
	element     *plan  // of a list or a pointer
	members     []step // of a struct
	places      map[string]int
}

// A step is a field of a struct.
type step struct {
	field
	*plan
}

type planKind uint8

// What has no kind of its own, such as a map, is left to the decoder that knows every type.
const (
	planOther planKind = iota
	planString
	planBool
	planInt
	planUint
	planNumber // a float, or a json.Number
	planStruct
	planList
	planPointer
)

// maxMembers is the size of the set of the members seen. A larger struct is planOther.
const maxMembers = 256

// plans has the plan of each reflect.Type.
var plans sync.Map

func planOf(t reflect.Type) *plan {
	if known, ok := plans.Load(t); ok {
		return known.(*plan) //nolint:forcetypeassert // it holds nothing else
	}
	made := map[reflect.Type]*plan{}
	p := makePlan(t, made)
	for of, p := range made { // complete by now, however they refer to each other
		plans.LoadOrStore(of, p)
	}
	return p
}

func makePlan(t reflect.Type, made map[reflect.Type]*plan) *plan {
	if p := made[t]; p != nil {
		return p
	}
	p := &plan{readsItself: readsItself(t)}
	made[t] = p
	if p.readsItself {
		return p
	}
	switch t.Kind() { //nolint:exhaustive // the other kinds are planOther
	case reflect.String:
		p.kind = planString
		if t == numberType {
			p.kind = planNumber
		}
	case reflect.Bool:
		p.kind = planBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		p.kind = planInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		p.kind = planUint
	case reflect.Float32, reflect.Float64:
		p.kind = planNumber
	case reflect.Slice:
		p.kind, p.element = planList, makePlan(t.Elem(), made)
	case reflect.Pointer:
		p.kind, p.element = planPointer, makePlan(t.Elem(), made)
	case reflect.Struct:
		p.addMembers(t, made)
	}
	return p
}

func (p *plan) addMembers(t reflect.Type, made map[reflect.Type]*plan) {
	fields := infoOf(t).fields
	if len(fields) > maxMembers || nameOfTwo(fields) != "" {
		return
	}
	p.kind, p.places = planStruct, make(map[string]int, len(fields))
	for i, f := range fields {
		p.places[f.name] = i
		p.members = append(p.members, step{f, makePlan(f.typ, made)})
	}
}

var (
	numberType = reflect.TypeFor[json.Number]()
	jsonReader = reflect.TypeFor[json.Unmarshaler]()
	textReader = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// readsItself reports whether a type implements json.Unmarshaler or the like: json.RawMessage,
// time.Time, a type of the user. The base64 of []byte is left to encoding/json too.
func readsItself(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		return false // its element decides
	}
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 {
		return true
	}
	pointer := reflect.PointerTo(t)
	return pointer.Implements(jsonReader) || pointer.Implements(textReader)
}

// takes reports whether a value that begins with c has the documented JSON type.
func (p *plan) takes(c byte) bool {
	switch p.kind {
	case planString:
		return c == '"'
	case planBool:
		return c == 't' || c == 'f'
	case planInt, planUint, planNumber:
		return c == '-' || '0' <= c && c <= '9'
	case planStruct:
		return c == '{'
	case planList:
		return c == '['
	case planPointer:
		return p.element.takes(c)
	case planOther:
	}
	return false
}
