package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// writeEvents writes a constant for each event type.
func writeEvents(out files, events []event) error {
	var b strings.Builder
	b.WriteString("// The documented event types. WeChat Pay may send others.\nconst (\n")
	for _, e := range events {
		name := goName(strings.ToLower(e.Type))
		b.WriteString(comment(fmt.Sprintf("%s is %s.%s", name, e.Title, originalTypes(e.OriginalType))))
		fmt.Fprintf(&b, "%s = %q\n", name, e.Type)
	}
	b.WriteString(")\n")
	return out.add("notify/events", "notify", nil, b.String())
}

func originalTypes(types []string) string {
	switch len(types) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf(" Its original type is %q.", types[0])
	}
	return fmt.Sprintf(" Its original type is one of %q.", types)
}

// writeAnswers writes the table of the webhooks that WeChat Pay sends to query data.
func writeAnswers(out files, answers []answer) error {
	var b strings.Builder
	b.WriteString("var answers = []answer{\n")
	for _, a := range answers {
		if a.Source == "" || a.WithinSeconds <= 0 {
			return fmt.Errorf("data/answers.jsonl: %s: source or within_seconds is missing", a.Events)
		}
		fmt.Fprintf(&b, "{%q, Answer{Within: %d * time.Second, Query: true, Signed: %t}},\n", a.Events, a.WithinSeconds, a.Signed)
	}
	b.WriteString("}\n")
	return out.add("internal/endpoint/answers", "endpoint", nil, b.String())
}

// writeResources writes the structs of decrypted resources. All of their fields are
// optional, because several variants of an event share one struct.
func writeResources(out files, resources []resource, events []event, names []naming) error {
	var w resourceWriter
	for _, n := range names {
		if n.Where == "notify" {
			w.names = append(w.names, n)
		}
	}
	for _, r := range resources {
		fields, err := r.fields(events)
		if err != nil {
			return fmt.Errorf("resource %s: %w", r.Name, err)
		}
		doc := fmt.Sprintf("A %s is %s.", r.Name, r.Doc)
		if len(r.Events) > 0 {
			doc += fmt.Sprintf("\n\nIt is the resource of %s.", joinNames(r.Events))
		}
		if err := w.write(doc, r.Name, fields); err != nil {
			return fmt.Errorf("resource %s: %w", r.Name, err)
		}
	}
	return out.add("notify/resources", "notify", nil, w.parts...)
}

// A resourceWriter writes the structs of package notify.
type resourceWriter struct {
	names []naming
	parts []string
}

// write writes a struct, then those of the objects in it. Their names begin with its name.
func (w *resourceWriter) write(doc, name string, fields catalogue.Fields) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%stype %s struct {\n", comment(doc), name)
	names, err := fieldNames(fields, w.names)
	if err != nil {
		return err
	}
	for i, f := range fields {
		goType, note := typeOf(f), ""
		if len(f.Fields) > 0 {
			inner := name + names[i]
			if f.Text {
				note = fmt.Sprintf(" // %s [%s]", encodingOf(f), inner)
			} else {
				goType = lists(f) + inner
			}
		}
		fmt.Fprintf(&b, "\t%s %s `%s`%s\n", names[i], goType, tagOf(f, false, ""), note)
	}
	b.WriteString("}\n\n")
	w.parts = append(w.parts, b.String())
	for i, f := range fields {
		if len(f.Fields) > 0 {
			inner := name + names[i]
			if err := w.write(fmt.Sprintf("%s is %s in [%s].", inner, f.Name, name), inner, f.Fields); err != nil {
				return err
			}
		}
	}
	return nil
}

// fields returns the fields that the resource selects.
func (r resource) fields(events []event) (catalogue.Fields, error) {
	var list catalogue.Fields
	if r.Reply != "" {
		i := slices.IndexFunc(catalogue.All(), func(e catalogue.Endpoint) bool { return e.Method+" "+e.Path == r.Reply })
		if i < 0 {
			return nil, fmt.Errorf("unknown endpoint %q in reply", r.Reply)
		}
		list = catalogue.All()[i].Reply
	}
	for _, name := range r.Events {
		i := slices.IndexFunc(events, func(e event) bool { return e.Type == name })
		if i < 0 {
			return nil, fmt.Errorf("unknown event type %q in events", name)
		}
		list = merge(list, events[i].Resource)
	}
	return omit(list, "", r.Omit), nil
}

// merge returns the fields of both lists. Fields of the same name become one, which is
// required only if it is in both.
func merge(list, more catalogue.Fields) catalogue.Fields {
	list = slices.Clone(list)
	for _, f := range more {
		i := slices.IndexFunc(list, func(known catalogue.Field) bool { return known.Name == f.Name })
		if i < 0 {
			list = append(list, f)
			continue
		}
		list[i].Required = list[i].Required && f.Required
		list[i].Fields = merge(list[i].Fields, f.Fields)
	}
	return list
}

func omit(list catalogue.Fields, prefix string, paths []string) catalogue.Fields {
	var kept catalogue.Fields
	for _, f := range list {
		if path := prefix + f.Name; !slices.Contains(paths, path) {
			f.Fields = omit(f.Fields, path+".", paths)
			kept = append(kept, f)
		}
	}
	return kept
}

// joinNames returns "A, B and C".
func joinNames(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
