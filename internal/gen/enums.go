package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// enums are the string types of one package. Fields of the same name share a type, in all
// endpoints, with a constant for each value of any of them.
type enums struct {
	list []*enum // in order of appearance
}

type enum struct {
	name     string
	field    string // its JSON name
	values   []string
	segments []string // the files that use it
}

// add adds the values of fields that are used in the file of a segment.
func (e *enums) add(fields catalogue.Fields, segment string) {
	for _, f := range fields.All() {
		if !isEnum(f) {
			continue
		}
		known := e.find(enumName(f))
		if known == nil {
			known = &enum{name: enumName(f), field: unnumbered(f.Name)}
			e.list = append(e.list, known)
		}
		for _, value := range f.Enum {
			if !slices.Contains(known.values, value) {
				known.values = append(known.values, value)
			}
		}
		if !slices.Contains(known.segments, segment) {
			known.segments = append(known.segments, segment)
		}
	}
}

func (e *enums) find(name string) *enum {
	i := slices.IndexFunc(e.list, func(known *enum) bool { return known.name == name })
	if i < 0 {
		return nil
	}
	return e.list[i]
}

// isComplete reports whether a field may have all values of its type.
func (e *enums) isComplete(f catalogue.Field) bool {
	return len(e.find(enumName(f)).values) == len(f.Enum)
}

func isEnum(f catalogue.Field) bool {
	return len(f.Enum) > 0 && strings.TrimRight(f.Type, "[]") == "string"
}

// enumName returns the name of the type, which numbered fields share with one that is not.
func enumName(f catalogue.Field) string { return goName(unnumbered(f.Name)) }

// source returns the type and its constants, such as TradeTypeJsapi of TradeType. If two
// constants have the same name (for no_credit and NO_CREDIT), names.jsonl names one.
func (e *enum) source(taken map[string]bool, table []naming) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%stype %s string\n\n", comment(fmt.Sprintf("%s is a value of %s. WeChat Pay may send other values.", e.name, e.field)), e.name)
	fmt.Fprintf(&b, "// Values of [%s].\nconst (\n", e.name)
	for _, value := range e.values {
		constant := e.constant(value, taken)
		for _, n := range table {
			if n.Value == value && n.Field == e.field {
				constant = n.Name
			}
		}
		if constant == "" || taken[constant] {
			return "", fmt.Errorf("the value %s of %s has no unique name; name it in names.jsonl", value, e.field)
		}
		taken[constant] = true
		fmt.Fprintf(&b, "%s %s = %q\n", constant, e.name, value)
	}
	b.WriteString(")\n\n")
	return b.String(), nil
}

// constant returns the name of a value: the name of its type and the words of the value,
// without the first ones if it would be too long; or "" if all of them are taken.
func (e *enum) constant(value string, taken map[string]bool) string {
	if value == strings.ToUpper(value) {
		value = strings.ToLower(value) // goName finds words by their capitals
	}
	full := e.name + goName(value)
	if len(full) <= maxName {
		return full
	}
	list := words(value)
	for left := 1; left < len(list); left++ {
		name := e.name + goName(strings.Join(list[left:], "_"))
		if len(name) <= maxName && !taken[name] {
			return name
		}
	}
	return ""
}
