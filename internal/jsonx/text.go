package jsonx

import "github.com/tidwall/gjson"

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
