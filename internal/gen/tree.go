package main

import (
	"fmt"
	"strings"
)

// A node is a field with those that stand in it.
type node struct {
	field
	name     string // the last part of its path
	children []*node
}

// tree puts a flat list of fields into one another, in order of appearance. A field
// that is listed twice is one, the first, with the fields of both in it.
func tree(fields []field) ([]*node, error) {
	root := &node{}
	byPath := map[string]*node{"": root}
	for _, f := range fields {
		path := strings.ReplaceAll(f.Path, "[]", "")
		if known, ok := byPath[path]; ok {
			known.merge(f)
			continue
		}
		dot := strings.LastIndexByte(path, '.')
		parent, ok := byPath[path[:max(dot, 0)]]
		if !ok {
			return nil, fmt.Errorf("field %q stands in none that is listed before it", f.Path)
		}
		n := &node{field: f, name: path[dot+1:]}
		byPath[path] = n
		parent.children = append(parent.children, n)
	}
	return root.children, nil
}

// merge joins what two lines say of one field: it is required where both say so.
func (n *node) merge(f field) {
	n.Required = n.Required && f.Required
	if n.Encrypted == "" {
		n.Encrypted = f.Encrypted
	}
}

// under tells whether a path is parent or stands in it.
func under(path, parent string) bool {
	rest, ok := strings.CutPrefix(path, parent)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
