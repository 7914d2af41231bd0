package main

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A node is a place in the typed chain: a type, with a method for each step that leads
// on, and one for each verb that an endpoint has here. The rules:
//
//   - A segment of a path is a step, named by goName. Segments that differ only in their
//     hyphens are one step; each endpoint has its own path at the end of it.
//   - A variable is a step with an argument. Where nothing but one variable stands behind a
//     segment, and the segment is no endpoint itself, both are one step: ID(transactionID)
//     for id/{transaction_id}.
//   - A slash at the end of a path is no step.
type node struct {
	home     *product
	rel      []string // the steps that lead here from the package's root
	typeName string

	from  []string   // the steps that lead here from the root of all
	name  string     // the same, joined, for messages
	step  string     // the last of them
	depth int        // how many segments of a path lead here
	vars  []variable // that were filled on the way
	fills int        // how many of them by the last step: 0 or 1
	verbs []catalogue.Endpoint
	steps []*node
}

// A variable is a placeholder of a path, and its argument.
type variable struct {
	name, arg string
	number    bool // an int64; else a string
}

// buildChain makes the tree of all endpoints of v3. Its root has no type: the steps from
// there are functions.
func buildChain(endpoints []catalogue.Endpoint) (*node, error) {
	root := &node{}
	for _, e := range endpoints {
		if e.Version != 3 {
			continue
		}
		if err := root.add(e); err != nil {
			return nil, err
		}
	}
	for _, n := range root.steps {
		n.join()
		if err := n.finish(nil, nil); err != nil {
			return nil, err
		}
	}
	return root, nil
}

// add puts an endpoint where its path leads.
func (n *node) add(e catalogue.Endpoint) error {
	for segment := range strings.SplitSeq(strings.Trim(e.Path, "/"), "/") {
		name, isVar := strings.CutPrefix(segment, "{")
		name = strings.TrimSuffix(name, "}")
		next := n.find(goName(name), isVar)
		if next == nil {
			next = &node{step: goName(name), depth: n.depth + 1}
			if isVar {
				next.fills, next.vars = 1, []variable{{name: name, arg: argument(name), number: true}}
			}
			n.steps = append(n.steps, next)
		}
		if isVar {
			next.vars[0].number = next.vars[0].number && isNumber(e.Vars, name)
		}
		n = next
	}
	if i := slices.IndexFunc(n.verbs, func(other catalogue.Endpoint) bool { return other.Method == e.Method }); i >= 0 {
		return fmt.Errorf("%s %s and %s are the same chain; one of them needs a rule of its own", e.Method, e.Path, n.verbs[i].Path)
	}
	n.verbs = append(n.verbs, e)
	return nil
}

func (n *node) find(step string, isVar bool) *node {
	for _, next := range n.steps {
		if next.step == step && (next.fills > 0) == isVar {
			return next
		}
	}
	return nil
}

// join makes one step of a segment and the only variable behind it.
func (n *node) join() {
	if n.fills == 0 && len(n.verbs) == 0 && len(n.steps) == 1 && n.steps[0].fills > 0 {
		only := n.steps[0]
		only.step = n.step
		*n = *only
	}
	for _, next := range n.steps {
		next.join()
	}
}

// finish names the nodes, hands on the variables, and refuses what Go would.
func (n *node) finish(from []string, before []variable) error {
	n.from = append(slices.Clone(from), n.step)
	n.name = strings.Join(n.from, "")
	n.vars = append(slices.Clone(before), n.vars...)
	taken := map[string]bool{}
	for _, v := range n.vars {
		if taken[v.arg] {
			return fmt.Errorf("the variable %s is there twice in the path of %s", v.name, n.name)
		}
		taken[v.arg] = true
	}
	for _, e := range n.verbs {
		taken[verb(e)], taken[verb(e)+"Async"] = true, true
	}
	for _, next := range n.steps {
		if taken[next.step] {
			return fmt.Errorf("%s has two methods %s", n.name, next.step)
		}
		taken[next.step] = true
		if err := next.finish(n.from, n.vars); err != nil {
			return err
		}
	}
	return nil
}

// verb is the name of the method that calls an endpoint.
func verb(e catalogue.Endpoint) string { return e.Method[:1] + strings.ToLower(e.Method[1:]) }

func isNumber(vars catalogue.Fields, name string) bool {
	i := slices.IndexFunc(vars, func(f catalogue.Field) bool { return f.Name == name })
	return i >= 0 && (vars[i].Type == "integer" || vars[i].Type == "number")
}

// argument is the name of a variable in Go code: outTradeNo, openID.
func argument(name string) string {
	w := words(name)
	arg := strings.ToLower(w[0]) + goName(strings.Join(w[1:], "-"))
	if special, ok := lowered[w[0]]; ok {
		arg = special + goName(strings.Join(w[1:], "-"))
	}
	if token.IsKeyword(arg) {
		arg += "_"
	}
	return arg
}

// lowered are the special words at the beginning of an argument.
var lowered = map[string]string{"appid": "appID", "mchid": "mchID", "openid": "openID"}
