package jsonx

import "github.com/tidwall/gjson"

// Text returns a string, a number or a boolean as text, and "" for an object or a list.
func Text(v gjson.Result) string {
	if v.IsObject() || v.IsArray() {
		return ""
	}
	return v.String()
}
