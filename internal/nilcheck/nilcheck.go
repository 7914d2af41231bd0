// Package nilcheck finds values that look set and panic when they are used.
package nilcheck

import "reflect"

// IsNil reports whether v is nil, or an interface that holds a nil pointer, function, map,
// slice or channel.
func IsNil(v any) bool {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Slice, reflect.Chan, reflect.UnsafePointer:
		return r.IsNil()
	default:
		return false
	}
}
