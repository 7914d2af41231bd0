package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// source returns the Go code of a shape.
func (s *shape) source(labels map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%stype %s struct {\n", comment(s.doc()), s.name)
	for _, f := range s.fields {
		goType, notes := f.goType, []string{cmp.Or(f.label, labels[f.jsonName]), f.comment}
		switch {
		case f.child != nil && f.text:
			notes = append(notes, f.encoding+" ["+f.child.name+"]")
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
		fmt.Fprintf(&b, "// WechatpayEndpoints returns the endpoints that accept it.\nfunc (%s) WechatpayEndpoints() []string {\nreturn %#v\n}\n\n", s.name, operations)
	}
	return b.String()
}

// operations returns the endpoints that have the shape as a body.
func (s *shape) operations() []string {
	var list []string
	for _, u := range s.uses {
		if operation := u.operation(); len(u.inner) == 0 && !slices.Contains(list, operation) {
			list = append(list, operation)
		}
	}
	return list
}

// doc describes the first use of the shape and counts the others.
func (s *shape) doc() string {
	first := s.uses[0]
	if operations := s.operations(); len(operations) > 0 {
		i := slices.IndexFunc(s.uses, func(u use) bool { return len(u.inner) == 0 })
		first = s.uses[i]
		doc := fmt.Sprintf("%s is %s of %s, %s", s.name, first.body.doc, first.operation(), first.endpoint.Title)
		return doc + more("of", len(operations)-1, "endpoint") + "."
	}
	parents := map[*shape]bool{}
	for _, u := range s.uses {
		parents[u.parent] = true
	}
	return fmt.Sprintf("%s is %s in [%s]%s.", s.name, first.field, first.parent.name, more("in", len(parents)-1, "struct"))
}

func more(preposition string, count int, what string) string {
	switch count {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf(", and %s one more %s", preposition, what)
	}
	return fmt.Sprintf(", and %s %d more %ss", preposition, count, what)
}

// segments returns the files that use the shape.
func (s *shape) segments() []string {
	var list []string
	for _, u := range s.uses {
		if segment := u.node.segment(); !slices.Contains(list, segment) {
			list = append(list, segment)
		}
	}
	return list
}

// file returns the file of a type that these segments use: their own, or types if there
// are several.
func file(segments []string) string {
	if len(segments) == 1 {
		return segments[0]
	}
	return "types"
}

// inOrder returns the shapes, each before the shapes of its fields.
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
	for _, n := range p.nodes() {
		for _, e := range n.verbs {
			for _, b := range bodies(e) {
				visit(p.shapes.of(e, b.suffix))
			}
		}
	}
	for _, s := range p.shapes.list { // those that only a shared shape refers to
		visit(s)
	}
	return list
}
