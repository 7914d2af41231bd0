package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// whole are the last words of names that count fen or things: such a number is an
// int64, whether its documentation says "integer" or "number". Any other number is a
// json.Number, which loses no digits.
var whole = map[string]bool{
	"amount": true, "contribute": true, "count": true, "fee": true, "num": true, "price": true, "quantity": true,
	"refund": true, "seq": true, "total": true, "duration": true,
}

// A structWriter writes the structs of one package.
type structWriter struct {
	parts []string // the structs
	names []string // theirs
	// request says that the structs are to be sent: what is required is sent even if it is
	// zero, and what may be left out is a pointer where its zero means something. What is
	// received may always be left out.
	request bool
	// tag is added to those of encrypted fields.
	tag string
	// enum gives the type of a field that has an enum; nil is string.
	enum func(catalogue.Field) string
}

// write writes the struct of that name and, behind it, those of the objects in it, which
// are named by the names of both.
func (w *structWriter) write(doc, name string, fields catalogue.Fields) {
	var b strings.Builder
	fmt.Fprintf(&b, "%stype %s struct {\n", comment(doc), name)
	names := fieldNames(fields)
	for i, f := range fields {
		goType, note := w.typeOf(f), ""
		if len(f.Fields) > 0 {
			inner := name + names[i]
			if f.Text {
				note = fmt.Sprintf(" // the JSON text of [%s]", inner)
			} else {
				goType = lists(f) + inner
			}
		}
		fmt.Fprintf(&b, "\t%s %s%s `%s`%s\n", names[i], w.pointer(f), goType, w.tags(f), note)
	}
	b.WriteString("}\n\n")
	w.parts, w.names = append(w.parts, b.String()), append(w.names, name)
	for i, f := range fields {
		if len(f.Fields) > 0 {
			inner := name + names[i]
			w.write(fmt.Sprintf("%s is %s in [%s].", inner, f.Name, name), inner, f.Fields)
		}
	}
}

// mapMethod is the method by which a struct of a query becomes what Options want.
func (w *structWriter) mapMethod(name string, fields catalogue.Fields) string {
	var b strings.Builder
	fmt.Fprintf(&b, "// M is the query as Options.Query takes it.\nfunc (q %s) M() map[string]any {\nm := make(map[string]any, %d)\n", name, len(fields))
	for i, goName := range fieldNames(fields) {
		f := fields[i]
		switch {
		case w.pointer(f) != "":
			fmt.Fprintf(&b, "if q.%s != nil {\nm[%q] = *q.%s\n}\n", goName, f.Name, goName)
		case strings.HasSuffix(f.Type, "[]"):
			fmt.Fprintf(&b, "if q.%s != nil {\nm[%q] = q.%s\n}\n", goName, f.Name, goName)
		case !f.Required:
			fmt.Fprintf(&b, "if q.%s != \"\" {\nm[%q] = q.%s\n}\n", goName, f.Name, goName)
		default:
			fmt.Fprintf(&b, "m[%q] = q.%s\n", f.Name, goName)
		}
	}
	b.WriteString("return m\n}\n\n")
	return b.String()
}

// pointer is the star of a field's type, if it has one.
func (w *structWriter) pointer(f catalogue.Field) string {
	if kind := w.typeOf(f); w.request && !f.Required && (kind == "int64" || kind == "bool") {
		return "*"
	}
	return ""
}

func (w *structWriter) tags(f catalogue.Field) string {
	tag := f.Name
	list := strings.HasSuffix(f.Type, "[]") || f.Type == "object" && len(f.Fields) == 0 // nil would be sent as null
	if !w.request || !f.Required || list {
		tag += ",omitzero"
	}
	tag = fmt.Sprintf("json:%q", tag)
	if f.Encrypted && w.tag != "" {
		tag += " " + w.tag
	}
	return tag
}

// typeOf is the Go type of a field, but of an object with fields.
func (w *structWriter) typeOf(f catalogue.Field) string {
	kind := strings.TrimRight(f.Type, "[]")
	switch {
	case kind == "string" && len(f.Enum) > 0 && w.enum != nil:
		return lists(f) + w.enum(f)
	case kind == "string":
		return lists(f) + "string"
	case kind == "boolean":
		return lists(f) + "bool"
	case kind == "integer" || kind == "number" && whole[lastWord(f.Name)]:
		return lists(f) + "int64"
	case kind == "number":
		return lists(f) + "json.Number"
	}
	return lists(f) + "json.RawMessage" // an object that is documented no further
}

// lists are the brackets in front of a Go type that the field's type has behind it.
func lists(f catalogue.Field) string { return strings.Repeat("[]", strings.Count(f.Type, "[]")) }

func lastWord(name string) string {
	w := words(name)
	return strings.ToLower(w[len(w)-1])
}

// fieldNames are the Go names of the fields of one struct. Where two would be the same
// (mchid and mch_id), the later one ends in 2.
func fieldNames(fields catalogue.Fields) []string {
	names := make([]string, len(fields))
	taken := map[string]int{}
	for i, f := range fields {
		names[i] = goName(f.Name)
		if taken[names[i]]++; taken[names[i]] > 1 {
			names[i] += strconv.Itoa(taken[names[i]])
		}
	}
	return names
}
