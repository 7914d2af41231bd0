package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// writeSensitive writes the table of encrypted fields, as data that needs no work when a
// program starts.
func writeSensitive(out files, endpoints []catalogue.Endpoint) error {
	var b strings.Builder
	b.WriteString("var table = []row{\n")
	for _, e := range endpoints {
		if e.Version != 3 { // v2 has keys of its own
			continue
		}
		places := []struct {
			name   string
			fields catalogue.Fields
		}{{"JSON", e.JSON}, {"Query", e.Query}, {"Meta", meta(e)}, {"Reply", e.Reply}}
		var entry strings.Builder
		for _, place := range places {
			if paths := encrypted(place.fields); len(paths) > 0 {
				fmt.Fprintf(&entry, "%s: %#v,\n", place.name, paths)
			}
		}
		if entry.Len() > 0 {
			fmt.Fprintf(&b, "{%q, %q, Entry{\n%s}},\n", e.Path, e.Method, entry.String())
		}
	}
	b.WriteString("}\n")
	return out.add("internal/sensitive/table", "sensitive", nil, b.String())
}

// meta are the fields of an upload's part "meta".
func meta(e catalogue.Endpoint) catalogue.Fields {
	i := slices.IndexFunc(e.Body, func(f catalogue.Field) bool { return f.Name == "meta" })
	if i < 0 {
		return nil
	}
	return e.Body[i].Fields
}

func encrypted(fields catalogue.Fields) []string {
	var paths []string
	for path, f := range fields.All() {
		if f.Encrypted {
			path += strings.Repeat("[]", strings.Count(f.Type, "[]"))
			paths = append(paths, strings.ReplaceAll(path, "[]", ".#"))
		}
	}
	return paths
}
