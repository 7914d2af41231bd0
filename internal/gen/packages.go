package main

import (
	"fmt"
	"slices"
	"strings"
)

// maxName is how long an exported name may be.
const maxName = 60

// A packageRule says what the name of a product is, where the first segment of its paths
// is not a good one, or that each of its next segments has a package.
type packageRule struct {
	Path    string `json:"path"`
	Name    string `json:"name"`    // of the step and, in small letters, the package
	Package string `json:"package"` // where the step keeps its name
	Split   bool   `json:"split"`
	Reason  string `json:"reason"`
}

// A product is a package of the typed chain, with the nodes behind one of them.
type product struct {
	path  string // below the module's root: openapi/pay
	name  string // of the package
	root  *node
	taken map[string]bool // exported names
	// names are those that collide; see fieldNames.
	names  []naming
	labels labels
	shapes shapes
	enums  enums
}

// products divides the chain into packages, and names all nodes in them. The first is
// package openapi itself.
func products(root *node, rules []packageRule, names []naming, all labels) ([]*product, error) {
	d := division{rules: map[string]packageRule{}, names: names, labels: all}
	for _, rule := range rules {
		if rule.Reason == "" {
			return nil, fmt.Errorf("packages.jsonl: %s has no reason", rule.Path)
		}
		d.rules[rule.Path] = rule
	}
	doors := d.product("openapi", "openapi", root)
	for _, n := range root.steps {
		if n.step != "V3" {
			d.divide("openapi", n)
			continue
		}
		n.home, n.typeName = doors, "V3Node"
		for _, next := range n.steps {
			d.divide("openapi", next)
		}
	}
	paths := map[string]bool{}
	for _, p := range d.list[1:] {
		if p.root.fills > 0 || paths[p.path] {
			return nil, fmt.Errorf("%s begins with a variable, or is there twice; name it in packages.jsonl", p.path)
		}
		paths[p.path] = true
		if err := p.nameNodes(p.root, nil); err != nil {
			return nil, fmt.Errorf("%s: %w", p.path, err)
		}
	}
	return d.list, nil
}

type division struct {
	rules  map[string]packageRule
	names  []naming
	labels labels
	list   []*product
}

func (d *division) product(path, name string, root *node) *product {
	p := &product{path: path, name: name, root: root, taken: map[string]bool{}, labels: d.labels}
	for _, n := range d.names {
		if n.Where == path {
			p.names = append(p.names, n)
		}
	}
	d.list = append(d.list, p)
	return p
}

// divide makes a package of a node, or of each behind it.
func (d *division) divide(dir string, n *node) {
	rule := d.rules[n.way()]
	if rule.Name != "" {
		n.step = rule.Name
	}
	pkg := strings.ToLower(n.step)
	if rule.Package != "" {
		pkg = rule.Package
	}
	p := d.product(dir+"/"+pkg, pkg, n)
	n.home = p
	if rule.Split {
		for _, next := range n.steps {
			d.divide(p.path, next)
		}
	}
}

// nameNodes names a node by the steps that lead to it in its package: the root is Node,
// those behind it are TransactionsNode, TransactionsIDNode.
func (p *product) nameNodes(n *node, steps []string) error {
	n.home, n.rel = p, steps
	for left := range max(1, len(steps)) { // too long a name loses steps from the left
		name := strings.Join(steps[left:], "") + "Node"
		if len(name) <= maxName && !p.taken[name] {
			n.typeName = name
			break
		}
	}
	if n.typeName == "" {
		return fmt.Errorf("no name is left for the node of %s", n.way())
	}
	p.taken[n.typeName] = true
	for _, next := range n.steps {
		if next.home != nil { // a package below this one
			continue
		}
		if err := p.nameNodes(next, append(slices.Clone(steps), next.step)); err != nil {
			return err
		}
	}
	return nil
}

// segment is the file that a node belongs to: the first step in the package, v3 apart.
func (n *node) segment() string {
	steps := n.rel
	if len(steps) > 1 && steps[0] == "V3" {
		steps = steps[1:]
	}
	if len(steps) == 0 {
		return "doc"
	}
	return snake(steps[0])
}

// own are the nodes of a package, each before those behind it.
func (p *product) own() []*node {
	var list []*node
	var visit func(*node)
	visit = func(n *node) {
		list = append(list, n)
		for _, next := range n.steps {
			if next.home == p {
				visit(next)
			}
		}
	}
	visit(p.root)
	return list
}
