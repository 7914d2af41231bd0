package main

import (
	"fmt"
	"slices"
	"strings"
)

// maxName is the maximum length of an exported name.
const maxName = 60

// A packageRule names a product whose first segment is not a good name, or gives each of
// its next segments a package.
type packageRule struct {
	Path    string `json:"path"`
	Name    string `json:"name"`    // of the step and, in lower case, of the package
	Package string `json:"package"` // of the package only
	Split   bool   `json:"split"`
	Reason  string `json:"reason"`
}

// A product is a package of the typed chain: a node and those below it.
type product struct {
	path   string // below the module's root: openapi/pay
	name   string // of the package
	root   *node
	taken  map[string]bool // exported names
	names  []naming
	labels labels
	shapes shapes
	enums  enums
}

// versions has the first segments that are no products, and the folders of those below them.
var versions = map[string]string{"V3": "openapi", "V2": "openapi/v2"}

// products divides the chain into packages and names their nodes. The first is package
// openapi.
func products(root *node, rules []packageRule, names []naming, all labels) ([]*product, error) {
	d := division{rules: map[string]packageRule{}, names: names, labels: all}
	for _, rule := range rules {
		if rule.Reason == "" {
			return nil, fmt.Errorf("packages.jsonl: %s has no reason", rule.Path)
		}
		d.rules[rule.Path] = rule
	}
	top := d.product("openapi", "openapi", root)
	for _, n := range root.steps {
		dir, isVersion := versions[n.step]
		if !isVersion {
			d.divide("openapi", n)
			continue
		}
		n.home, n.typeName = top, n.step+"Node"
		for _, next := range n.steps {
			d.divide(dir, next)
		}
	}
	taken := map[string]bool{}
	for _, p := range d.list[1:] {
		if p.root.isVar || taken[p.path] || strings.HasPrefix(p.path, versions["V2"]) && taken[p.name] {
			return nil, fmt.Errorf("package %s begins with a variable or exists already; name it in packages.jsonl", p.path)
		}
		taken[p.path], taken[p.name] = true, true
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

// divide makes a package of a node, and of each next node if its rule says so.
func (d *division) divide(dir string, n *node) {
	rule := d.rules[n.path()]
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

// nameNodes names a node and those below it by their steps in the package: Node for the
// root, then TransactionsNode, TransactionsIDNode.
func (p *product) nameNodes(n *node, steps []string) error {
	n.home, n.rel = p, steps
	for left := range max(1, len(steps)) { // a name that is too long loses steps from the left
		name := strings.Join(steps[left:], "") + "Node"
		if len(name) <= maxName && !p.taken[name] {
			n.typeName = name
			break
		}
	}
	if n.typeName == "" {
		return fmt.Errorf("no free name for the node of %s", n.path())
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

// segment returns the file of a node: its first step in the package, without v3.
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

// nodes returns the nodes of a package, each before those below it.
func (p *product) nodes() []*node {
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
