package walk

import (
	"encoding/json"
	"maps"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A Mutant is a request with one field that is wrong.
type Mutant struct {
	Kind            string // dropped, type or enum
	Location, Field string // as a refusal names it
}

// Mutants makes one field of the request wrong after the other, and calls try for each. In the
// end the request is as it was. A path without a variable is another path, so there is none.
func (r *Request) Mutants(try func(Mutant)) {
	for _, f := range r.Endpoint.Vars {
		if kind, value := wrongText(f); kind != "" {
			old := r.Vars[f.Name]
			r.Vars[f.Name] = value
			try(Mutant{kind, "uri", f.Name})
			r.Vars[f.Name] = old
		}
	}
	query := r.Query
	for _, f := range r.Endpoint.Query {
		r.Query = maps.Clone(query)
		if kind, value := wrongText(f); kind != "" {
			r.Query.Set(f.Name, value)
			try(Mutant{kind, "query", f.Name})
		}
		if f.Required {
			r.Query.Del(f.Name)
			try(Mutant{"dropped", "query", f.Name})
		}
	}
	r.Query = query
	if r.Body != nil {
		mutateObject(r.Fields(), r.Body, "", func(kind, pointer string) { try(Mutant{kind, "body", pointer}) })
	}
}

const invented = "INVENTED_VALUE"

// wrongText returns a wrong value of the query or the path, and what is wrong; any text is a
// right string.
func wrongText(f catalogue.Field) (kind, value string) {
	switch element := strings.TrimRight(f.Type, "[]"); {
	case len(f.Enum) > 0:
		return "enum", invented
	case element != "string":
		return "type", "no " + element
	}
	return "", ""
}

func mutateObject(fields catalogue.Fields, o play.Object, at string, try func(kind, pointer string)) {
	for _, f := range fields {
		old, pointer := o[f.Name], at+"/"+f.Name
		set := func(kind, pointer string, value any) {
			o[f.Name] = value
			try(kind, pointer)
			o[f.Name] = old
		}
		if f.Required {
			delete(o, f.Name)
			try("dropped", pointer)
			o[f.Name] = old
		}
		mutateValue(f, old, pointer, set, try)
	}
}

func mutateValue(f catalogue.Field, old any, pointer string, set func(kind, pointer string, value any), try func(kind, pointer string)) {
	if kind, isList := strings.CutSuffix(f.Type, "[]"); isList {
		set("type", pointer, "no list")
		list := old.([]any) //nolint:forcetypeassert // package sample makes a list
		f.Type = kind
		first := list[0]
		mutateValue(f, first, pointer+"/0", func(kind, pointer string, value any) {
			list[0] = value
			try(kind, pointer)
			list[0] = first
		}, try)
		return
	}
	if held, ok := f.Held(); ok {
		mutateText(held, old, pointer, set)
		return
	}
	switch f.Type {
	case "string":
		set("type", pointer, []any{"a list"})
	default:
		set("type", pointer, "no "+f.Type)
	}
	switch {
	case len(f.Enum) == 0:
	case f.Type == "string":
		set("enum", pointer, invented)
	case strings.Trim(f.Enum[0], "0123456789") == "":
		set("enum", pointer, json.Number("987654321"))
	}
	switch inner := old.(type) {
	case play.Object:
		mutateObject(f.Fields, inner, pointer, try)
	case map[string]any:
		mutateObject(f.Fields, inner, pointer, try)
	}
}

// mutateText makes wrong values of what a text holds, and writes them as a text again.
func mutateText(held catalogue.Field, old any, pointer string, set func(kind, pointer string, value any)) {
	set("type", pointer, []any{"a list"})
	inner, err := play.ParseValue(old.(string)) //nolint:forcetypeassert // package sample makes a text
	if err != nil {
		panic("walk: " + err.Error())
	}
	mutateValue(held, inner, pointer,
		func(kind, at string, value any) { set(kind, at, play.Canonical(value)) },
		func(kind, at string) { set(kind, at, play.Canonical(inner)) })
}
