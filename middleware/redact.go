package middleware

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

func masked(length int) string { return "<" + strconv.Itoa(length) + " bytes>" }

// redact writes v with its values masked, unless they are harmless. Only values
// themselves are: an object below a harmless name is looked at anew.
func redact(b []byte, v gjson.Result, harmless bool) []byte {
	switch {
	case v.IsObject():
		b = append(b, '{')
		first := true
		v.ForEach(func(key, value gjson.Result) bool {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(append(b, key.Raw...), ':')
			b = redact(b, value, slices.Contains(harmlessFields, key.Str))
			return true
		})
		return append(b, '}')
	case v.IsArray():
		b = append(b, '[')
		first := true
		v.ForEach(func(_, value gjson.Result) bool {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = redact(b, value, harmless)
			return true
		})
		return append(b, ']')
	case harmless || v.Type == gjson.Null:
		return append(b, v.Raw...)
	case v.Type == gjson.String:
		return append(b, `"<`+strconv.Itoa(utf8.RuneCountInString(v.Str))+` characters>"`...)
	}
	return append(b, `"<masked>"`...)
}
