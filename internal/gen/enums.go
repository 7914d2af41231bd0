package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// enums are the typed strings of one package. Fields of the same name share a type,
// whatever endpoint they belong to, with a constant for each value that any of them has.
type enums struct {
	names  []string // of types, in order of appearance
	values map[string][]string
	fields map[string]string // the type's field
}

// add takes in all the values that the fields have.
func (e *enums) add(fields catalogue.Fields) {
	for _, f := range fields.All() {
		if len(f.Enum) == 0 || strings.TrimRight(f.Type, "[]") != "string" {
			continue
		}
		name := enumName(f)
		if e.values[name] == nil {
			if e.values == nil {
				e.values, e.fields = map[string][]string{}, map[string]string{}
			}
			e.names = append(e.names, name)
			e.fields[name] = f.Name
		}
		for _, value := range f.Enum {
			if !slices.Contains(e.values[name], value) {
				e.values[name] = append(e.values[name], value)
			}
		}
	}
}

func enumName(f catalogue.Field) string { return goName(f.Name) }

// parts are the types with their constants: TradeTypeJsapi is a TradeType. Where two
// constants of a type would be the same (for no_credit and NO_CREDIT), the later one ends
// in 2.
func (e *enums) parts(taken map[string]bool) ([]string, error) {
	var parts []string
	for _, name := range e.names {
		if taken[name] {
			return nil, fmt.Errorf("a struct and an enum would be named %s", name)
		}
		taken[name] = true
	}
	for _, name := range e.names {
		var b strings.Builder
		fmt.Fprintf(&b, "%stype %s string\n\n", comment(fmt.Sprintf("%s is a value of %s. Others than these may come.", name, e.fields[name])), name)
		fmt.Fprintf(&b, "// The values of a [%s]; which of them an endpoint takes, its own documentation tells.\nconst (\n", name)
		for _, value := range e.values[name] {
			constant := unique(name+goName(lowerCapitals(value)), taken)
			fmt.Fprintf(&b, "%s %s = %q\n", constant, name, value)
		}
		b.WriteString(")\n\n")
		parts = append(parts, b.String())
	}
	return parts, nil
}

// unique adds a number to a name that is taken.
func unique(name string, taken map[string]bool) string {
	free := name
	for i := 2; taken[free]; i++ {
		free = name + strconv.Itoa(i)
	}
	taken[free] = true
	return free
}

// lowerCapitals lowers a value that is all capitals, so that goName sees its words.
func lowerCapitals(value string) string {
	if value == strings.ToUpper(value) {
		return strings.ToLower(value)
	}
	return value
}
