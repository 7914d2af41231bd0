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

// scalarType is the Go type of a field that no others stand in.
func scalarType(f catalogue.Field) string {
	list, kind := "", f.Type
	for strings.HasSuffix(kind, "[]") {
		kind = strings.TrimSuffix(kind, "[]")
		list += "[]"
	}
	switch kind {
	case "string":
		return list + "string"
	case "boolean":
		return list + "bool"
	case "integer":
		return list + "int64"
	case "number":
		w := words(f.Name)
		if whole[strings.ToLower(w[len(w)-1])] {
			return list + "int64"
		}
		return list + "json.Number"
	}
	return list + "json.RawMessage" // an object that is documented no further
}

// writeStruct writes the struct of that name and, behind it, those of the objects in
// it, which are named by the names of both.
func writeStruct(w *strings.Builder, doc, name string, fields catalogue.Fields) {
	fmt.Fprintf(w, "%stype %s struct {\n", comment(doc), name)
	names := fieldNames(fields)
	for i, f := range fields {
		goType := scalarType(f)
		if len(f.Fields) > 0 {
			goType = strings.Repeat("[]", strings.Count(f.Type, "[]")) + name + names[i]
		}
		fmt.Fprintf(w, "\t%s %s `json:%q`\n", names[i], goType, f.Name+",omitzero")
	}
	w.WriteString("}\n\n")
	for i, f := range fields {
		if len(f.Fields) > 0 {
			inner := name + names[i]
			writeStruct(w, fmt.Sprintf("%s is %s of a [%s].", inner, f.Name, name), inner, f.Fields)
		}
	}
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
