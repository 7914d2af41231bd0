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

// An event is one kind of webhook. OriginalType are the values that
// resource.original_type was seen to have.
type event struct {
	Type         string           `json:"event_type"`
	Title        string           `json:"title"`
	OriginalType []string         `json:"original_type"`
	Resource     catalogue.Fields `json:"resource"`
}

// A resource selects what goes into the struct of that name: the fields of all the
// events, in order of appearance and without those that Omit names by their paths; or
// those of the reply of an endpoint, "GET /v3/…", whose documentation is the better one.
type resource struct {
	Name   string   `json:"name"`
	Doc    string   `json:"doc"`
	Events []string `json:"events"`
	Omit   []string `json:"omit"`
	Reply  string   `json:"reply"`
}

// checkEndpoints finds what is easily got wrong in a new line: its place, and its
// variables.
func checkEndpoints(endpoints []catalogue.Endpoint) error {
	var before catalogue.Endpoint
	for _, e := range endpoints {
		if before.Version == e.Version && order(before) >= order(e) {
			return fmt.Errorf("v%d.jsonl: %s %s is there twice, or does not stand at the place of its path", e.Version, e.Method, e.Path)
		}
		before = e
		vars := 0
		for _, f := range e.Vars {
			vars += strings.Count(e.Path, "{"+f.Name+"}")
		}
		if vars != strings.Count(e.Path, "{") || vars != len(e.Vars) {
			return fmt.Errorf("v%d.jsonl: %s %s: its vars are not those of its path", e.Version, e.Method, e.Path)
		}
	}
	return nil
}

func order(e catalogue.Endpoint) string { return e.Path + "\x00" + e.Method }

// readLines reads a file of the folder data, one JSON object a line.
func readLines[T any](name string) ([]T, error) {
	content, err := data.ReadFile("data/" + name)
	if err != nil {
		return nil, err
	}
	var list []T
	number := 0
	for line := range bytes.Lines(content) {
		number++
		var one T
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields() // a misspelled key would be lost
		if err := decoder.Decode(&one); err != nil {
			return nil, fmt.Errorf("data/%s:%d: %w", name, number, err)
		}
		list = append(list, one)
	}
	return list, nil
}
