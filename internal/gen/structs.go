package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// integers are the last words of the names of amounts and counts. Such a number is an
// int64, whether its documentation says "integer" or "number". Any other number is a
// json.Number, which loses no digits.
var integers = map[string]bool{
	"amount": true, "contribute": true, "count": true, "fee": true, "num": true, "price": true, "quantity": true,
	"refund": true, "seq": true, "total": true, "duration": true,
}

// pointer returns "*" for an optional field of a request whose zero value has a meaning.
func pointer(f catalogue.Field, request bool) string {
	if kind := typeOf(f); request && !f.Required && (kind == "int64" || kind == "bool") {
		return "*"
	}
	return ""
}

// tagOf returns the tag of a field. A required field of a request is sent even if it is
// zero, unless its zero is none. Every field of a reply is optional.
func tagOf(f catalogue.Field, request bool, mark string) string {
	tag := f.Name
	list := strings.HasSuffix(f.Type, "[]") || f.Type == "object" && len(f.Fields) == 0 // nil would be sent as null
	if !request || !f.Required || list {
		tag += ",omitzero"
	}
	tag = fmt.Sprintf("json:%q", tag)
	if f.Encrypted && mark != "" {
		tag += fmt.Sprintf(" wechatpay:%q", mark)
	}
	return tag
}

// typeOf returns the Go type of a field that is not an object with fields.
func typeOf(f catalogue.Field) string {
	kind := strings.TrimRight(f.Type, "[]")
	switch {
	case kind == "string":
		return lists(f) + "string"
	case kind == "boolean":
		return lists(f) + "bool"
	case kind == "integer" || kind == "number" && integers[lastWord(f.Name)]:
		return lists(f) + "int64"
	case kind == "number":
		return lists(f) + "json.Number"
	}
	return lists(f) + "json.RawMessage" // an object without documented fields
}

// lists returns a "[]" for each list level of a field.
func lists(f catalogue.Field) string { return strings.Repeat("[]", strings.Count(f.Type, "[]")) }

func lastWord(name string) string {
	w := words(name)
	return strings.ToLower(w[len(w)-1])
}

// A naming resolves a name collision: of a field in a struct that also has the field
// Beside, or of a Value of an enum.
type naming struct {
	Where  string `json:"where"` // the folder of the package
	Field  string `json:"field"`
	Beside string `json:"beside"`
	Value  string `json:"value"`
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// fieldNames returns the Go names of the fields of one struct. If two are the same (mchid
// and mch_id), names.jsonl names the later one.
func fieldNames(fields catalogue.Fields, table []naming) ([]string, error) {
	names := make([]string, len(fields))
	taken := map[string]string{}
	for i, f := range fields {
		names[i] = goName(f.Name)
		if beside, ok := taken[names[i]]; ok {
			n := slices.IndexFunc(table, func(n naming) bool { return n.Field == f.Name && n.Beside == beside })
			if n < 0 {
				return nil, fmt.Errorf("the fields %s and %s would both be %s; name one in names.jsonl", beside, f.Name, names[i])
			}
			names[i] = table[n].Name
		}
		taken[names[i]] = f.Name
	}
	return names, nil
}
