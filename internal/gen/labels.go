package main

import (
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A label has the Chinese names of the fields of an endpoint, in the notation of the
// catalogue with the name in place of the enum values: amount=订单金额{total=总金额}.
type label struct {
	Endpoint string           `json:"endpoint"` // "GET /v3/…"
	Query    catalogue.Fields `json:"query"`
	JSON     catalogue.Fields `json:"json"`
	Body     catalogue.Fields `json:"body"`
	Reply    catalogue.Fields `json:"reply"`
}

// of returns the labels of a body.
func (l label) of(suffix string) catalogue.Fields {
	switch suffix {
	case "Query":
		return l.Query
	case "Request":
		return l.JSON
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
	// common has, by the name of a field, the label that at least three endpoints have for
	// it, and more than half of those that label it. It is for fields without a label.
	common map[string]string
}

func readLabels() (labels, error) {
	list, err := readLines[label]("labels.jsonl")
	all := labels{map[string]label{}, map[string]string{}}
	count := map[string]map[string]int{}
	for _, l := range list {
		all.byOperation[l.Endpoint] = l
		if strings.Contains(l.Endpoint, " /brand/") {
			continue // they repeat those of the same endpoints for partners
		}
		for name, texts := range l.texts() {
			if count[name] == nil {
				count[name] = map[string]int{}
			}
			for text := range texts {
				count[name][text]++
			}
		}
	}
	for name, texts := range count {
		total := 0
		for _, n := range texts {
			total += n
		}
		for text, n := range texts {
			if n >= 3 && 2*n > total {
				all.common[name] = text
			}
		}
	}
	return all, err
}

// texts returns the labels of one endpoint, by the names of fields.
func (l label) texts() map[string]map[string]bool {
	texts := map[string]map[string]bool{}
	for _, place := range []catalogue.Fields{l.Query, l.JSON, l.Body, l.Reply} {
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
