package main

import (
	"fmt"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// verbDoc is the whole of what is known of an endpoint, as the comment of its method.
func verbDoc(n *node, e catalogue.Endpoint) string {
	var b strings.Builder
	fmt.Fprintf(&b, "// %s is %s: %s %s\n", verb(e), e.Title, e.Method, e.Path)
	if len(e.Docs) > 0 {
		b.WriteString("//\n")
	}
	for _, page := range e.Docs {
		fmt.Fprintf(&b, "// %s\n", page)
	}
	for _, note := range notes(e) {
		b.WriteString("//\n" + comment(note))
	}
	pkg, name := n.family()
	writePlace(&b, "Vars", e.Vars)
	writePlace(&b, "Header", e.Header)
	writePlace(&b, "Body", e.Body)
	for _, s := range bodies(e) {
		place := map[string]string{"Query": "Query", "Request": "JSON", "Reply": "Reply"}[s.suffix]
		if place != "" {
			writePlace(&b, fmt.Sprintf("%s (%s.%s%s%s)", place, pkg, name, verb(e), s.suffix), s.fields)
		}
	}
	return b.String()
}

func notes(e catalogue.Endpoint) []string {
	var list []string
	if e.Base != "" {
		list = append(list, "It is at "+e.Base+" by default.")
	}
	if e.Features.WechatpaySerial {
		list = append(list, "The header Wechatpay-Serial names the key that encrypts.")
	}
	if e.Features.Sink || e.Kind == "plain-download" {
		list = append(list, "A file comes back.")
	}
	if e.Features.UnsignedReply || e.Kind == "plain-download" {
		list = append(list, "The reply carries no signature.")
	}
	for _, status := range e.Status {
		if status == "deprecated" {
			list = append(list, "Deprecated: by WeChat Pay.")
		}
	}
	return list
}

// writePlace lists the fields of one place, as a block that keeps its lines.
func writePlace(b *strings.Builder, name string, fields catalogue.Fields) {
	if len(fields) == 0 {
		return
	}
	fmt.Fprintf(b, "//\n// %s:\n//\n", name)
	for path, f := range fields.All() {
		fmt.Fprintf(b, "//\t%s %s%s\n", path, f.Type, signs(f))
	}
}

func signs(f catalogue.Field) string {
	var b strings.Builder
	if f.Required {
		b.WriteString(", required")
	}
	if f.Encrypted {
		b.WriteString(", encrypted")
	}
	if f.Text {
		b.WriteString(", JSON text")
	}
	if len(f.Enum) > 0 {
		b.WriteString(": " + strings.Join(f.Enum, " | "))
	}
	return b.String()
}
