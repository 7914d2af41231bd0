package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// verbDoc returns the comment of a verb: the endpoint, its official pages, and the structs
// of its options.
func (p *product) verbDoc(e catalogue.Endpoint) string {
	var b strings.Builder
	what := verb(e) + " sends"
	if e.Version == 2 && e.Kind == "redirect-url" {
		what = browserURL + " returns the signed address to send a browser to,"
	}
	fmt.Fprintf(&b, "// %s %s %s: %s.\n", what, e.Method, e.Path, e.Title)
	if list := pages(e.Docs); len(list) > 0 {
		b.WriteString("//\n// " + strings.Join(list, "\n// ") + "\n")
	}
	for _, note := range append(p.optionsDoc(e), notes(e)...) {
		b.WriteString("//\n" + comment(note))
	}
	return b.String()
}

// pages returns the first page for merchants and the first for partners, or the first page
// if there is neither.
func pages(docs []string) []string {
	var list []string
	for _, side := range []string{"/merchant/", "/partner/"} {
		if i := slices.IndexFunc(docs, func(page string) bool { return strings.Contains(page, side) }); i >= 0 {
			list = append(list, docs[i])
		}
	}
	if list == nil && len(docs) > 0 {
		list = docs[:1]
	}
	return list
}

// optionsDoc names the structs of the options.
func (p *product) optionsDoc(e catalogue.Endpoint) []string {
	var list []string
	for _, option := range []struct{ name, suffix string }{{"Query", "Query"}, {bodyOption(e), "Request"}, {"Body", "Meta"}} {
		s := p.shapes.of(e, option.suffix)
		if s == nil {
			continue
		}
		text := fmt.Sprintf("Options.%s: [%s]", option.name, s.name)
		if option.suffix == "Meta" {
			text = fmt.Sprintf("Options.Body: the form part meta is a [%s]", s.name)
		}
		list = append(list, text)
	}
	if len(list) == 0 {
		return nil
	}
	return []string{strings.Join(list, "; ") + "."}
}

// bodyOption returns the option of the body.
func bodyOption(e catalogue.Endpoint) string {
	if e.Version == 2 {
		return "XML"
	}
	return "JSON"
}

func notes(e catalogue.Endpoint) []string {
	var list []string
	if e.Base != "" {
		list = append(list, "The default base URL is "+e.Base+".")
	}
	if e.Features.WechatpaySerial {
		list = append(list, "The header Wechatpay-Serial is the id of the key that encrypts the fields.")
	}
	if e.Features.Sink || e.Kind == "plain-download" {
		list = append(list, "The reply is a file.")
	}
	if e.Features.UnsignedReply || e.Kind == "plain-download" {
		list = append(list, "The reply is not signed.")
	}
	if e.Version == 2 {
		list = append(list, notesV2(e)...)
	}
	for _, status := range e.Status {
		if status == "deprecated" {
			list = append(list, "Deprecated: WeChat Pay has deprecated it.")
		}
	}
	return list
}
