package call

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

var (
	wholeNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)
	anyNumber   = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)
)

// maxExact is the longest range of whole numbers that every JSON reader keeps.
const maxExact = 1 << 53

// documented returns the field at a path, and the type of what stands there: "string" for
// ids.0 where ids is a string[].
func documented(fields catalogue.Fields, path string) (f catalogue.Field, kind string, ok bool) {
	for name := range dotted(path) {
		if element, isList := strings.CutSuffix(kind, "[]"); isList {
			if _, err := strconv.Atoi(name); err != nil {
				return f, "", false
			}
			kind = element
			continue
		}
		if kind != "" && f.Fields == nil {
			return f, "", false // an object whose fields are not documented, or a scalar
		}
		found := false
		for _, candidate := range fields {
			if candidate.Name == name {
				f, kind, fields, found = candidate, candidate.Type, candidate.Fields, true
				break
			}
		}
		if !found {
			return f, "", false
		}
	}
	return f, kind, kind != ""
}

// dotted yields the names of a path, of which a backslash escapes a dot.
func dotted(path string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		var name strings.Builder
		for i := 0; i < len(path); i++ {
			switch {
			case path[i] == '\\' && i+1 < len(path):
				i++
				name.WriteByte(path[i])
			case path[i] == '.':
				if !yield(name.String()) {
					return
				}
				name.Reset()
			default:
				name.WriteByte(path[i])
			}
		}
		yield(name.String())
	}
}

// asDocumented returns a value of the documented type. text is the value as it was given.
func (s assignment) asDocumented(f catalogue.Field, kind, text string) (any, error) {
	switch {
	case kind == "string":
		return text, nil
	case kind == "integer" && wholeNumber.MatchString(text):
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			return nil, failure.Usagef("%s is an integer, and this one has more than 64 bits", s.flag())
		}
		return json.RawMessage(text), nil
	case kind == "integer":
		return nil, failure.Usagef("%s is an integer, such as 100; amounts are in fen, the smallest unit of the currency", s.flag())
	case kind == "number" && anyNumber.MatchString(text):
		return json.RawMessage(text), nil
	case kind == "number":
		return nil, failure.Usagef("%s is a number, such as 100", s.flag())
	case kind == "boolean" && (text == "true" || text == "false"):
		return text == "true", nil
	case kind == "boolean":
		return nil, failure.Usagef("%s is true or false", s.flag())
	case strings.HasSuffix(kind, "[]") && isJSON(text, '['), kind == "object" && isJSON(text, '{'):
		return json.RawMessage(text), nil
	case strings.HasSuffix(kind, "[]"):
		return nil, failure.Usagef("%s is a list; set its elements, %s.0=…, or give all of it as JSON: '[…]'", s.flag(), s.key)
	}
	inner := "…"
	if len(f.Fields) > 0 {
		inner = f.Fields[0].Name
	}
	return nil, failure.Usagef("%s is an object; set its fields, such as %s.%s=…, or give all of it as JSON: '{…}'", s.flag(), s.key, inner)
}

// isJSON reports whether text is JSON that begins with a bracket.
func isJSON(text string, bracket byte) bool {
	text = strings.TrimSpace(text)
	return text != "" && text[0] == bracket && json.Valid([]byte(text))
}

// guessed returns the value of a field that is not documented: text by -f, and by -F what it
// looks like.
func (s assignment) guessed(text string) (any, error) {
	if !s.typed || strings.HasPrefix(s.value, "@") {
		return text, nil
	}
	switch text {
	case "true", "false":
		return text == "true", nil
	case "null":
		return nil, failure.Usagef("%s: WeChat Pay refuses null; leave the field out", s.flag())
	}
	if !wholeNumber.MatchString(text) {
		return text, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n > maxExact || n < -maxExact {
		return nil, failure.Usagef("%s: a number above 2^53 loses digits in many JSON readers; -f sends it as text", s.flag())
	}
	return n, nil
}
