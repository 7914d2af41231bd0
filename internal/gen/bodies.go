package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A body is one group of fields of an endpoint that becomes a struct.
type body struct {
	suffix, doc string
	fields      catalogue.Fields
	request     bool
	elements    bool // of XML, or the query of v2: an empty one is none
}

func bodies(e catalogue.Endpoint) []body {
	list := []body{
		{"Query", "the query", e.Query, true, e.Version == 2},
		{"Request", "the JSON body", e.JSON, true, false},
		{"Request", "the XML body", e.XML, true, true},
		{"Meta", "the form part meta", meta(e), true, false},
		{"Reply", "the reply", e.Reply, false, false},
	}
	return slices.DeleteFunc(list, func(b body) bool { return len(b.fields) == 0 })
}

// A shape is a struct of a product. Structs with the same fields share one shape.
type shape struct {
	name    string
	fields  []shapeField
	request bool // of a request, not of a reply
	uses    []use
}

type shapeField struct {
	name, goType, tag string
	child             *shape // of an object or of a JSON-encoded string
	text              bool
	encoding          string // of a text: what comes before the name of the child
	jsonName          string
	label, comment    string
}

// A use is one place where a shape occurs.
type use struct {
	node     *node
	endpoint catalogue.Endpoint
	body     body
	inner    []string // the Go names of the fields on the way to it; empty for the body itself
	field    string   // the last of them, by its JSON name
	parent   *shape
}

func (u use) operation() string { return u.endpoint.Method + " " + u.endpoint.Path }

// shapes are the shapes of one product.
type shapes struct {
	list   []*shape // each after the shapes of its fields
	byKey  map[string]*shape
	bodies map[string]*shape // by operation and suffix
}

func (s *shapes) of(e catalogue.Endpoint, suffix string) *shape {
	return s.bodies[e.Method+" "+e.Path+" "+suffix]
}

// collect adds the enums and shapes of all endpoints of the product.
func (p *product) collect() error {
	p.shapes = shapes{byKey: map[string]*shape{}, bodies: map[string]*shape{}}
	for _, n := range p.nodes() {
		for _, e := range n.verbs {
			for _, b := range bodies(e) {
				p.enums.add(b.fields, n.segment())
			}
		}
	}
	for _, n := range p.nodes() {
		for _, e := range n.verbs {
			labels := p.labels.byOperation[e.Method+" "+e.Path]
			for _, b := range bodies(e) {
				u := use{node: n, endpoint: e, body: b}
				s, err := p.shape(u, b.fields, labels.of(b.suffix))
				if err != nil {
					return fmt.Errorf("%s: %w", u.operation(), err)
				}
				p.shapes.bodies[u.operation()+" "+b.suffix] = s
			}
		}
	}
	return nil
}

// shape returns the shape with these fields, a new one or a known one.
func (p *product) shape(u use, fields, labels catalogue.Fields) (*shape, error) {
	names, err := fieldNames(fields, p.names)
	if err != nil {
		return nil, err
	}
	made := &shape{request: u.body.request}
	key := fmt.Sprint(made.request)
	for i, f := range fields {
		text, inner := labelOf(labels, f.Name)
		field, err := p.shapeField(u, f, names[i], inner)
		if err != nil {
			return nil, err
		}
		field.label, field.comment = text, p.comment(f)
		made.fields = append(made.fields, field)
		key += fmt.Sprintf("\n%s %s %s", field.name, field.goType, field.tag)
		if field.child != nil && !field.text {
			key += fmt.Sprintf(" %p", field.child)
		}
	}
	s := p.shapes.byKey[key]
	if s == nil {
		s = made
		p.shapes.byKey[key] = s
		p.shapes.list = append(p.shapes.list, s)
	}
	for i, f := range made.fields {
		s.fields[i].label = cmp.Or(s.fields[i].label, f.label)
		if f.child != nil {
			f.child.setParent(s)
		}
	}
	s.uses = append(s.uses, u)
	return s, nil
}

// setParent sets the parent of the latest uses.
func (s *shape) setParent(parent *shape) {
	for i := len(s.uses) - 1; i >= 0 && s.uses[i].parent == nil && s.uses[i].inner != nil; i-- {
		s.uses[i].parent = parent
	}
}

func (p *product) shapeField(u use, f catalogue.Field, name string, labels catalogue.Fields) (shapeField, error) {
	mark := "decrypt"
	if u.body.request {
		mark = "encrypt"
	}
	isNone := u.body.elements && len(u.inner) == 0 && f.Type == "string" // if it is empty
	field := shapeField{
		name: name, jsonName: f.Name, goType: pointer(f, u.body.request) + typeOf(f),
		tag: tagOf(f, u.body.request && !isNone, mark), text: f.Text, encoding: encodingOf(f),
	}
	if isEnum(f) {
		field.goType = lists(f) + enumName(f)
	}
	if len(f.Fields) == 0 {
		return field, nil
	}
	u.inner, u.field = append(slices.Clone(u.inner), name), f.Name
	var err error
	field.child, err = p.shape(u, f.Fields, labels)
	if !f.Text {
		field.goType = lists(f)
	}
	return field, err
}

// encodingOf returns what a string that holds JSON text holds, without the name of its type.
func encodingOf(f catalogue.Field) string {
	element, isList := strings.CutSuffix(f.Holds, "[]")
	switch {
	case !isList:
		return "JSON-encoded"
	case len(f.Fields) > 0:
		return "JSON-encoded list of"
	}
	return "JSON-encoded list of " + element + "s"
}

// comment returns what the type of a field does not say.
func (p *product) comment(f catalogue.Field) string {
	var parts []string
	if f.Required {
		parts = append(parts, "required")
	}
	if f.Encrypted {
		parts = append(parts, "encrypted")
	}
	if f.Text && len(f.Fields) == 0 {
		parts = append(parts, encodingOf(f))
	}
	if len(f.Enum) > 0 && (!isEnum(f) || !p.enums.isComplete(f)) {
		parts = append(parts, "one of "+strings.Join(f.Enum, ", "))
	}
	return strings.Join(parts, "; ")
}
