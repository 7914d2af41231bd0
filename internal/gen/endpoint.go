package main

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A trait is a fact about an endpoint that the catalogue does not have, with its source.
type trait struct {
	Method    string `json:"method"`
	Path      string `json:"path"`
	Signature string `json:"signature"` // a constant of package endpoint
	Reference bool   `json:"reference"`
	Upload    upload `json:"upload"`
	Source    string `json:"source"`
}

type upload struct {
	FilePart       string           `json:"file_part"`
	NameField      string           `json:"name_field"`
	DigestField    string           `json:"digest_field"`
	AlgorithmField string           `json:"algorithm_field"`
	Algorithm      string           `json:"algorithm"`
	Limits         map[string]int64 `json:"limits"`
}

// writeEndpoints writes the table of package endpoint: a row for each endpoint that differs
// from the default. It is a literal, so that a program does not build it at start.
func writeEndpoints(out files, endpoints []catalogue.Endpoint, traits []trait) error {
	rows := map[string]string{} // by path and method
	documented := map[string][]string{}
	for _, e := range endpoints {
		if e.Version != 3 { // v2 encrypts with other keys, and signs otherwise
			continue
		}
		documented[e.Method] = append(documented[e.Method], e.Path)
		if source := replyCodeSource(e) + encryptedSource(e); source != "" {
			rows[sortKey(e)] = source
		}
	}
	for _, t := range traits {
		if t.Source == "" {
			return fmt.Errorf("data/traits.jsonl: %s %s: source is missing", t.Method, t.Path)
		}
		key := sortKey(catalogue.Endpoint{Path: t.Path, Method: t.Method})
		rows[key] = t.source() + rows[key]
		for _, sibling := range siblings(t, documented) {
			key := sortKey(catalogue.Endpoint{Path: sibling, Method: t.Method})
			if _, ok := rows[key]; !ok {
				rows[key] = "" // the default traits
			}
		}
	}
	var b strings.Builder
	var templates []string
	b.WriteString("var table = []row{\n")
	for i, key := range slices.Sorted(maps.Keys(rows)) {
		at, method, _ := strings.Cut(key, "\x00")
		fmt.Fprintf(&b, "{%q, %q, Traits{\n%s}},\n", at, method, rows[key])
		if strings.Contains(at, "{") {
			templates = append(templates, fmt.Sprint(i))
		}
	}
	b.WriteString("}\n\n// templates are the indexes of the rows whose paths have variables.\n")
	fmt.Fprintf(&b, "var templates = []int{%s}\n", strings.Join(templates, ", "))
	if err := out.add("internal/endpoint/table", "endpoint", nil, b.String()); err != nil {
		return err
	}
	return writeDocumented(out, documented)
}

// writeDocumented writes the paths of all endpoints, by method.
func writeDocumented(out files, documented map[string][]string) error {
	var b strings.Builder
	b.WriteString("// documented are the paths of the catalogue by method, sorted.\nvar documented = map[string][]string{\n")
	for _, method := range slices.Sorted(maps.Keys(documented)) {
		paths := slices.Compact(slices.Sorted(slices.Values(documented[method])))
		fmt.Fprintf(&b, "%q: {\n", method)
		for _, p := range paths {
			fmt.Fprintf(&b, "%q,\n", p)
		}
		b.WriteString("},\n")
	}
	b.WriteString("}\n")
	return out.add("internal/endpoint/documented", "endpoint", nil, b.String())
}

// siblings returns the documented paths of other methods that the template of an unsigned
// download matches: GET /images/upload is not the download of /images/{media_id}.
func siblings(t trait, documented map[string][]string) []string {
	if t.Signature == "" || !strings.Contains(t.Path, "{") {
		return nil
	}
	var found []string
	pattern := placeholder.ReplaceAllString(t.Path, "*")
	for method, paths := range documented {
		for _, p := range paths {
			same, err := path.Match(pattern, p)
			if method != t.Method && !strings.Contains(p, "{") && err == nil && same {
				found = append(found, p)
			}
		}
	}
	return found
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// replyCodeSource returns the Go code for a reply with a field code, or "".
func replyCodeSource(e catalogue.Endpoint) string {
	if slices.ContainsFunc(e.Reply, func(f catalogue.Field) bool { return f.Name == "code" }) {
		return "ReplyCode: true,\n"
	}
	return ""
}

// source returns the Go code of a trait for its row.
func (t trait) source() string {
	var b strings.Builder
	if t.Signature != "" {
		fmt.Fprintf(&b, "Signature: %s,\n", t.Signature)
	}
	if t.Reference {
		b.WriteString("Reference: true,\n")
	}
	var form strings.Builder
	for _, f := range [][2]string{
		{"FilePart", t.Upload.FilePart}, {"NameField", t.Upload.NameField}, {"DigestField", t.Upload.DigestField},
		{"AlgorithmField", t.Upload.AlgorithmField}, {"Algorithm", t.Upload.Algorithm},
	} {
		if f[1] != "" {
			fmt.Fprintf(&form, "%s: %q, ", f[0], f[1])
		}
	}
	if len(t.Upload.Limits) > 0 {
		form.WriteString("Limits: []Limit{")
		for _, kind := range slices.Sorted(maps.Keys(t.Upload.Limits)) {
			fmt.Fprintf(&form, "{%q, %d}, ", kind, t.Upload.Limits[kind])
		}
		form.WriteString("}")
	}
	if form.Len() > 0 {
		fmt.Fprintf(&b, "Upload: Upload{%s},\n", form.String())
	}
	return b.String()
}

// encryptedSource returns the Go code of the encrypted fields of an endpoint, or "".
func encryptedSource(e catalogue.Endpoint) string {
	places := []struct {
		name   string
		fields catalogue.Fields
	}{{"JSON", e.JSON}, {"Query", e.Query}, {"Meta", meta(e)}, {"Reply", e.Reply}}
	var b strings.Builder
	for _, place := range places {
		if paths := encrypted(place.fields); len(paths) > 0 {
			fmt.Fprintf(&b, "%s: %#v,\n", place.name, paths)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "Encrypted: Encrypted{\n" + b.String() + "},\n"
}

// meta returns the fields of the form part "meta" of an upload.
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
