package jsonx

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/tidwall/gjson"
)

// Text returns a string, a number or a boolean as text, and "" for an object or a list.
func Text(v gjson.Result) string {
	switch {
	case v.IsObject() || v.IsArray():
		return ""
	case v.Type == gjson.Number:
		return v.Raw // String would round a fraction
	}
	return v.String()
}

// holdsOthers reports whether the values of a type are objects, or lists of objects. Any other
// list may have a string in place of a list of one.
func holdsOthers(t reflect.Type) bool {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct || t.Kind() == reflect.Map
}

// unquoted returns the object or list whose JSON a string holds, and any other value as it is.
func unquoted(v gjson.Result) gjson.Result {
	if v.Type != gjson.String {
		return v
	}
	if text := strings.TrimSpace(v.Str); text != "" && (text[0] == '{' || text[0] == '[') && json.Valid([]byte(text)) {
		return gjson.Parse(text)
	}
	return v
}
