package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A family is a package of structs: what the endpoints with the same first segment take
// and give.
type family struct {
	segments []string // the first segments of its paths, "/v3/pay"
	structs  []string
	enums    enums
	taken    map[string]bool // names of types and constants
}

// writeBodies writes the structs, a package a family.
func writeBodies(out files, root *node) error {
	families := map[string]*family{}
	for n := range root.all() {
		pkg, name := n.family()
		if families[pkg] == nil {
			families[pkg] = &family{taken: map[string]bool{}}
		}
		for _, e := range n.verbs {
			if err := families[pkg].add(e, name+verb(e)); err != nil {
				return fmt.Errorf("openapi/%s: %s %s: %w", pkg, e.Method, e.Path, err)
			}
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(families)) {
		if f := families[pkg]; len(f.structs) > 0 {
			if err := f.write(out, pkg); err != nil {
				return fmt.Errorf("openapi/%s: %w", pkg, err)
			}
		}
	}
	return nil
}

// A body is a struct that an endpoint has.
type body struct {
	suffix, what string
	fields       catalogue.Fields
	request      bool
}

func bodies(e catalogue.Endpoint) []body {
	return []body{
		{"Query", "the query", e.Query, true},
		{"Request", "the JSON body", e.JSON, true},
		{"Meta", "the part meta of an upload", meta(e), true},
		{"Reply", "the reply", e.Reply, false},
	}
}

// add takes in an endpoint, whose structs have names that begin with name.
func (f *family) add(e catalogue.Endpoint, name string) error {
	segment := firstSegments(e.Path)
	if !slices.Contains(f.segments, segment) {
		f.segments = append(f.segments, segment)
	}
	for _, s := range bodies(e) {
		if len(s.fields) == 0 {
			continue
		}
		f.enums.add(s.fields)
		w := structWriter{request: s.request, tag: `wechatpay:"decrypt"`, enum: enumName}
		if s.request {
			w.tag = `wechatpay:"encrypt"`
		}
		w.write(fmt.Sprintf("%s is %s of %s %s, %s.", name+s.suffix, s.what, e.Method, e.Path, e.Title), name+s.suffix, s.fields)
		for _, typeName := range w.names {
			if f.taken[typeName] {
				return fmt.Errorf("two types would be named %s", typeName)
			}
			f.taken[typeName] = true
		}
		f.structs = append(f.structs, w.parts...)
		if s.suffix == "Query" {
			f.structs = append(f.structs, w.mapMethod(name+s.suffix, s.fields))
		}
	}
	return nil
}

func (f *family) write(out files, pkg string) error {
	enums, err := f.enums.parts(f.taken)
	if err != nil {
		return err
	}
	doc := fmt.Sprintf("Package %s has structs of what the endpoints under %s take and give. The endpoints themselves are in package openapi.",
		pkg, and(f.segments))
	out.addDoc("openapi/"+pkg+"/doc_gen.go", pkg, doc)
	if err := out.add("openapi/"+pkg+"/enums", pkg, enums...); err != nil {
		return err
	}
	return out.add("openapi/"+pkg+"/structs", pkg, f.structs...)
}

// firstSegments are those that a family is known by: /v3/pay, and /hk where v3 is not the
// first.
func firstSegments(path string) string {
	segments := strings.SplitN(path, "/", 4)
	if segments[1] == "v3" {
		return strings.Join(segments[:3], "/")
	}
	return "/" + segments[1]
}
