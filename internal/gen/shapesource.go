package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// source is a shape as Go code.
func (s *shape) source(labels map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%stype %s struct {\n", comment(s.doc()), s.name)
	for _, f := range s.fields {
		goType, notes := f.goType, []string{cmp.Or(f.label, labels[f.jsonName]), f.comment}
		switch {
		case f.child != nil && f.text:
			notes = append(notes, "JSON text of ["+f.child.name+"]")
		case f.child != nil:
			goType += f.child.name
		}
		notes = slices.DeleteFunc(notes, func(note string) bool { return note == "" })
		note := ""
		if len(notes) > 0 {
			note = " // " + strings.Join(notes, "; ")
		}
		fmt.Fprintf(&b, "\t%s %s `%s`%s\n", f.name, goType, f.tag, note)
	}
	b.WriteString("}\n\n")
	if operations := s.operations(); s.request && len(operations) > 0 {
		fmt.Fprintf(&b, "// WechatpayEndpoints are the endpoints that it is for; others refuse it.\nfunc (%s) WechatpayEndpoints() []string {\nreturn %#v\n}\n\n", s.name, operations)
	}
	return b.String()
}

// operations are the endpoints that the shape is a body of.
func (s *shape) operations() []string {
	var list []string
	for _, u := range s.uses {
		if operation := u.operation(); len(u.inner) == 0 && !slices.Contains(list, operation) {
			list = append(list, operation)
		}
	}
	return list
}

// doc says what the shape is in the first of its places, and how many there are.
func (s *shape) doc() string {
	first := s.uses[0]
	if operations := s.operations(); len(operations) > 0 {
		i := slices.IndexFunc(s.uses, func(u use) bool { return len(u.inner) == 0 })
		first = s.uses[i]
		doc := fmt.Sprintf("%s is %s of %s, %s", s.name, first.body.what, first.operation(), first.endpoint.Title)
		return doc + more(len(operations)-1, "endpoint") + "."
	}
	parents := map[*shape]bool{}
	for _, u := range s.uses {
		parents[u.parent] = true
	}
	return fmt.Sprintf("%s is %s in [%s]%s.", s.name, first.field, first.parent.name, more(len(parents)-1, "struct"))
}

func more(count int, what string) string {
	switch count {
	case 0:
		return ""
	case 1:
		return ", and of one more " + what
	}
	return fmt.Sprintf(", and of %d more %ss", count, what)
}

// segments are the files that need the shape.
func (s *shape) segments() []string {
	var list []string
	for _, u := range s.uses {
		if segment := u.node.segment(); !slices.Contains(list, segment) {
			list = append(list, segment)
		}
	}
	return list
}

// file is where something is written that these segments need: theirs, or types.
func file(segments []string) string {
	if len(segments) == 1 {
		return segments[0]
	}
	return "types"
}

// inOrder are the shapes, each in front of those in it.
func (p *product) inOrder() []*shape {
	var list []*shape
	seen := map[*shape]bool{}
	var visit func(*shape)
	visit = func(s *shape) {
		if seen[s] {
			return
		}
		seen[s] = true
		list = append(list, s)
		for _, f := range s.fields {
			if f.child != nil {
				visit(f.child)
			}
		}
	}
	for _, n := range p.own() {
		for _, e := range n.verbs {
			for _, b := range bodies(e) {
				visit(p.shapes.of(e, b.suffix))
			}
		}
	}
	for _, s := range p.shapes.list { // of JSON texts in a struct that is another's too
		visit(s)
	}
	return list
}
