package main

import (
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A label is what WeChat Pay calls the fields of an endpoint. They are written as in the
// catalogue, the label in the place of the values: amount=订单金额{total=总金额}.
type label struct {
	Endpoint string           `json:"endpoint"` // "GET /v3/…"
	Query    catalogue.Fields `json:"query"`
	JSON     catalogue.Fields `json:"json"`
	Body     catalogue.Fields `json:"body"`
	Reply    catalogue.Fields `json:"reply"`
}

// of are the labels of one place.
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

// labelOf is the label of a field, and those of the fields in it.
func labelOf(labels catalogue.Fields, name string) (text string, inner catalogue.Fields) {
	for _, l := range labels {
		if l.Name == name {
			return strings.Join(l.Enum, ""), l.Fields
		}
	}
	return "", nil
}

// labels are those of all endpoints.
type labels struct {
	byOperation map[string]label
	// common are, by the name of a field, what at least three endpoints call it, and more
	// than half of those that have it: for the fields of other endpoints that have no label.
	common map[string]string
}

func readLabels() (labels, error) {
	list, err := readLines[label]("labels.jsonl")
	all := labels{map[string]label{}, map[string]string{}}
	count := map[string]map[string]int{}
	for _, l := range list {
		all.byOperation[l.Endpoint] = l
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

// texts are the labels of one endpoint, by the names of fields.
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
