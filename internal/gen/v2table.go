package main

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A traitV2 is a fact about endpoints of APIv2 that the catalogue does not have, with its
// source.
type traitV2 struct {
	Paths     []string `json:"paths"`
	Signed    []string `json:"signed"`
	WorkWX    []string `json:"workwx"`
	Form      []string `json:"form"`
	Encrypted []string `json:"encrypted"`
	Unsigned  bool     `json:"unsigned"`
	Query     bool     `json:"query"`
	Again     bool     `json:"again"`
	Ask       string   `json:"ask"`
	Source    string   `json:"source"`
}

// factsV2 are those of endpoint.V2, by the same names. To import that package, this program
// would need the table that it writes.
type factsV2 struct {
	Base                 string
	MutualTLS, Nonceless bool
	Digest, Usual        string
	Unnamed              bool
	MchID, AppID         string
	Text, List, Form     []string
	Encrypted            []string
	Signed, WorkWX       []string
	Browser, Unsigned    bool
	Outcome              outcome
	File, Query, Again   bool
	Ask                  string
}

// An outcome is the name of a constant of package endpoint.
type outcome string

// A rowV2 is a row of the table of APIv2.
type rowV2 struct {
	path, method string // without a slash at the start
	factsV2
}

// writeV2 writes the table of APIv2: a row for each endpoint.
func writeV2(out files, endpoints []catalogue.Endpoint, traits []traitV2) error {
	var rows []*rowV2
	byPath := map[string]*rowV2{}
	for _, e := range endpoints {
		if e.Version == 2 {
			row := &rowV2{strings.TrimPrefix(e.Path, "/"), e.Method, factsOf(e)}
			rows = append(rows, row)
			byPath[e.Path] = row
		}
	}
	for _, t := range traits {
		if t.Source == "" {
			return fmt.Errorf("data/v2.jsonl: %s: source is missing", t.Paths)
		}
		if t.Ask != "" && byPath["/"+t.Ask] == nil {
			return fmt.Errorf("data/v2.jsonl: the catalogue has no /%s", t.Ask)
		}
		for _, path := range t.Paths {
			row := byPath[path]
			if row == nil {
				return fmt.Errorf("data/v2.jsonl: the catalogue has no %s", path)
			}
			t.apply(&row.factsV2)
		}
	}
	slices.SortFunc(rows, func(a, b *rowV2) int {
		return cmp.Or(strings.Compare(a.path, b.path), strings.Compare(a.method, b.method))
	})
	var b strings.Builder
	b.WriteString("var tableV2 = []rowV2{\n")
	for _, row := range rows {
		fmt.Fprintf(&b, "{%q, %q, V2{%s}},\n", row.path, row.method, row.source())
	}
	b.WriteString("}\n")
	return out.add("internal/endpoint/v2", "endpoint", nil, b.String())
}

// factsOf returns what the catalogue says about an endpoint.
func factsOf(e catalogue.Endpoint) factsV2 {
	fields := requestV2(e)
	facts := factsV2{
		Base: e.Base, MutualTLS: e.Features.MutualTLS, Nonceless: e.Features.Nonceless, File: e.Features.Sink,
		MchID: "mch_id", Browser: e.Kind == "redirect-url",
	}
	if len(fields) > 0 {
		facts.MchID = firstOf(fields, "mch_id", "mchid", "combine_mch_id")
		facts.AppID = firstOf(fields, "appid", "app_id", "mch_appid", "wxappid", "combine_appid")
		facts.Digest, facts.Usual, facts.Unnamed = digestOf(e, fields)
	}
	for _, f := range fields {
		switch {
		case strings.HasSuffix(f.Holds, "[]"):
			facts.List = append(facts.List, f.Name)
		case f.Text:
			facts.Text = append(facts.Text, f.Name)
		}
	}
	if len(e.Reply) > 0 {
		facts.Unsigned = !has(e.Reply, "sign")
		switch {
		case has(e.Reply, "retcode"):
			facts.Outcome = "RetCode"
		case !has(e.Reply, "result_code"):
			facts.Outcome = "ReturnOnly"
		}
	}
	return facts
}

// requestV2 returns the fields of a request, without the file of an upload.
func requestV2(e catalogue.Endpoint) catalogue.Fields {
	fields := slices.Concat(e.Query, e.XML, e.Body)
	return slices.DeleteFunc(fields, func(f catalogue.Field) bool { return f.Type == "object" })
}

// digestOf returns the only sign_type of a request, or the usual one of several, or that it
// knows none.
func digestOf(e catalogue.Endpoint, fields catalogue.Fields) (only, usual string, unnamed bool) {
	i := slices.IndexFunc(fields, func(f catalogue.Field) bool { return f.Name == "sign_type" })
	if i < 0 {
		return "", "", true
	}
	f := fields[i]
	if len(f.Enum) == 1 {
		return f.Enum[0], "", false
	}
	if e.Features.SignType != "MD5" || f.Required { // MD5 is what a request without sign_type has
		usual = e.Features.SignType
	}
	return "", usual, false
}

func firstOf(fields catalogue.Fields, names ...string) string {
	for _, name := range names {
		if has(fields, name) {
			return name
		}
	}
	return ""
}

func has(fields catalogue.Fields, name string) bool {
	return slices.ContainsFunc(fields, func(f catalogue.Field) bool { return f.Name == name })
}

// apply adds the fact to those of an endpoint.
func (t traitV2) apply(facts *factsV2) {
	if t.Signed != nil {
		facts.Signed = t.Signed
	}
	if t.WorkWX != nil {
		facts.WorkWX = t.WorkWX
	}
	if t.Encrypted != nil {
		facts.Encrypted = t.Encrypted
	}
	if t.Form != nil {
		facts.Form = t.Form
		facts.Text = slices.DeleteFunc(facts.Text, func(name string) bool { return slices.Contains(t.Form, name) }) // the catalogue marks both alike
	}
	facts.Unsigned = facts.Unsigned || t.Unsigned
	facts.Query = facts.Query || t.Query
	facts.Again = facts.Again || t.Again
	facts.Ask = cmp.Or(t.Ask, facts.Ask)
}

// source returns the Go code of the facts that are not zero.
func (facts factsV2) source() string {
	var list []string
	v := reflect.ValueOf(facts)
	for i := range v.NumField() {
		value := v.Field(i)
		text := fmt.Sprintf("%#v", value)
		if name, ok := value.Interface().(outcome); ok {
			text = string(name)
		}
		if !value.IsZero() && (value.Kind() != reflect.Slice || value.Len() > 0) {
			list = append(list, v.Type().Field(i).Name+": "+text)
		}
	}
	return strings.Join(list, ", ")
}
