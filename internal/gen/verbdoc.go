package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// verbDoc is the comment of a verb: what it is, its pages, and the structs that say what it
// takes.
func (p *product) verbDoc(e catalogue.Endpoint) string {
	var b strings.Builder
	fmt.Fprintf(&b, "// %s is %s: %s %s\n", verb(e), e.Title, e.Method, e.Path)
	if list := pages(e.Docs); len(list) > 0 {
		b.WriteString("//\n// " + strings.Join(list, "\n// ") + "\n")
	}
	for _, note := range append(p.takes(e), notes(e)...) {
		b.WriteString("//\n" + comment(note))
	}
	return b.String()
}

// pages are the first page for merchants and the first for partners, or else the first.
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

// takes says which structs the options take.
func (p *product) takes(e catalogue.Endpoint) []string {
	var list []string
	for _, option := range []struct{ name, suffix string }{{"Query", "Query"}, {"JSON", "Request"}, {"Body", "Meta"}} {
		s := p.shapes.of(e, option.suffix)
		if s == nil {
			continue
		}
		text := fmt.Sprintf("%s: [%s]", option.name, s.name)
		if option.suffix == "Meta" {
			text = fmt.Sprintf("Body: the part meta is a [%s]", s.name)
		}
		list = append(list, text)
	}
	if len(list) == 0 {
		return nil
	}
	return []string{strings.Join(list, "; ") + "."}
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
