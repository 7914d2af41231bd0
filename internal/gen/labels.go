package main

import (
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A label has the Chinese names of the fields of an endpoint, in the notation of the
// catalogue with the name in place of the enum values: amount=订单金额{total=总金额}.
type label struct {
	Endpoint string           `json:"endpoint"` // "GET /v3/…"
	Query    catalogue.Fields `json:"query"`
	JSON     catalogue.Fields `json:"json"`
	XML      catalogue.Fields `json:"xml"`
	Body     catalogue.Fields `json:"body"`
	Reply    catalogue.Fields `json:"reply"`
}

// of returns the labels of a body.
func (l label) of(suffix string) catalogue.Fields {
	switch suffix {
	case "Query":
		return l.Query
	case "Request":
		return slices.Concat(l.JSON, l.XML) // it has but one of them
	case "Reply":
		return l.Reply
	}
	_, fields := labelOf(l.Body, "meta")
	return fields
}

// labelOf returns the label of a field, and the labels of the fields in it.
func labelOf(labels catalogue.Fields, name string) (text string, inner catalogue.Fields) {
	for _, l := range labels {
		if l.Name == name {
			return strings.Join(l.Enum, ""), l.Fields
		}
	}
	return "", nil
}

// labels are the labels of all endpoints.
type labels struct {
	byOperation map[string]label
	common      map[bool]map[string]string // of APIv2, and of the others
}

// commonOf returns, by the name of a field, the label that at least three endpoints of the
// same API have for it, and more than half of those that label it. It is for fields without
// a label.
func (l labels) commonOf(path string) map[string]string { return l.common[isV2(path)] }

// isV2 reports whether a path, or the folder of a package, belongs to APIv2.
func isV2(path string) bool { return strings.Contains(path, "/v2/") }

func readLabels() (labels, error) {
	list, err := readLines[label]("labels.jsonl")
	all := labels{byOperation: map[string]label{}}
	counts := map[bool]labelCount{false: {}, true: {}}
	for _, l := range list {
		all.byOperation[l.Endpoint] = l
		if !strings.Contains(l.Endpoint, " /brand/") { // they repeat those of the same endpoints for partners
			counts[isV2(l.Endpoint)].add(l)
		}
	}
	all.common = map[bool]map[string]string{false: counts[false].common(), true: counts[true].common()}
	return all, err
}

// A labelCount is how many endpoints have a label for a field of a name.
type labelCount map[string]map[string]int

func (c labelCount) add(l label) {
	for name, texts := range l.texts() {
		if c[name] == nil {
			c[name] = map[string]int{}
		}
		for text := range texts {
			c[name][text]++
		}
	}
}

func (c labelCount) common() map[string]string {
	common := map[string]string{}
	for name, texts := range c {
		total := 0
		for _, n := range texts {
			total += n
		}
		for text, n := range texts {
			if n >= 3 && 2*n > total {
				common[name] = text
			}
		}
	}
	return common
}

// texts returns the labels of one endpoint, by the names of fields.
func (l label) texts() map[string]map[string]bool {
	texts := map[string]map[string]bool{}
	for _, place := range []catalogue.Fields{l.Query, l.JSON, l.XML, l.Body, l.Reply} {
		for _, f := range place.All() {
			if len(f.Enum) == 0 {
				continue
			}
			if texts[f.Name] == nil {
				texts[f.Name] = map[string]bool{}
			}
			texts[f.Name][f.Enum[0]] = true
		}
	}
	return texts
}
