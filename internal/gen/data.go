package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

//go:embed data
var data embed.FS

// A resource selects the fields of the struct Name: those of all Events, in order of
// appearance and without the paths in Omit; or those of the reply of an endpoint,
// "GET /v3/…", if it is documented better than the event.
type resource struct {
	Name   string   `json:"name"`
	Doc    string   `json:"doc"`
	Events []string `json:"events"`
	Omit   []string `json:"omit"`
	Reply  string   `json:"reply"`
}

// An answer says how the webhooks whose types begin with Events are answered: with data of
// the merchant.
type answer struct {
	Events        string `json:"events"`
	WithinSeconds int    `json:"within_seconds"`
	Signed        bool   `json:"signed"`
	Source        string `json:"source"`
}

// checkEndpoints checks the order and the variables of the endpoints, which are easily
// wrong in a new line.
func checkEndpoints(endpoints []catalogue.Endpoint) error {
	var before catalogue.Endpoint
	for _, e := range endpoints {
		if before.Version == e.Version && sortKey(before) >= sortKey(e) {
			return fmt.Errorf("catalogue: %s %s is a duplicate or not in order; sort the lines of its file by path and method", e.Method, e.Path)
		}
		before = e
		vars := 0
		for _, f := range e.Vars {
			vars += strings.Count(e.Path, "{"+f.Name+"}")
		}
		if vars != strings.Count(e.Path, "{") || vars != len(e.Vars) {
			return fmt.Errorf("catalogue: %s %s: its vars differ from those of its path", e.Method, e.Path)
		}
	}
	return nil
}

func sortKey(e catalogue.Endpoint) string { return e.Path + "\x00" + e.Method }

// readLines reads a file of the folder data, which has one JSON object a line.
func readLines[T any](name string) ([]T, error) {
	content, err := data.ReadFile("data/" + name)
	if err != nil {
		return nil, err
	}
	var list []T
	number := 0
	for line := range bytes.Lines(content) {
		number++
		var item T
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields() // a misspelled key would be ignored
		if err := decoder.Decode(&item); err != nil {
			return nil, fmt.Errorf("data/%s:%d: %w", name, number, err)
		}
		list = append(list, item)
	}
	return list, nil
}
