package main

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// maxVars is route.MaxVars, which this program cannot import.
const maxVars = 3

// A node is a path of the typed chain: a type with a method for each next step and for
// each verb of an endpoint. The rules:
//
//   - A segment of a path is a step, named by goName. Segments that differ only in their
//     hyphens are one step; the verbs have the exact path of their endpoint.
//   - A variable is a step with an argument. If a variable is all that can follow a segment,
//     and the segment is not an endpoint, both are one step: ID(transactionID) for
//     id/{transaction_id}.
//   - A slash at the end of a path is ignored.
type node struct {
	home     *product
	rel      []string // the steps from the root of the package
	typeName string

	from  []string   // the steps from the root of the chain
	name  string     // the same, joined, for messages
	step  string     // the last of them
	depth int        // the number of segments of its path
	vars  []variable // of its path
	isVar bool       // the last step has an argument
	verbs []catalogue.Endpoint
	steps []*node
}

// A variable is a path variable and its argument.
type variable struct {
	name, arg string
	number    bool // an int64; else a string
}

// buildChain builds the tree of endpoints. Its root has no type: its steps are functions.
func buildChain(endpoints []catalogue.Endpoint) (*node, error) {
	root := &node{}
	for _, e := range endpoints {
		if err := root.add(e); err != nil {
			return nil, err
		}
	}
	for _, n := range root.steps {
		n.joinVariable()
		if err := n.finish(nil, nil); err != nil {
			return nil, err
		}
	}
	return root, nil
}

// add adds an endpoint and the nodes of its path.
func (n *node) add(e catalogue.Endpoint) error {
	for segment := range strings.SplitSeq(strings.Trim(e.Path, "/"), "/") {
		name, isVar := strings.CutPrefix(segment, "{")
		name = strings.TrimSuffix(name, "}")
		next := n.find(goName(name), isVar)
		if next == nil {
			next = &node{step: goName(name), depth: n.depth + 1}
			if isVar {
				next.isVar, next.vars = true, []variable{{name: name, arg: argument(name), number: true}}
			}
			n.steps = append(n.steps, next)
		}
		if isVar {
			next.vars[0].number = next.vars[0].number && isNumber(e.Vars, name)
		}
		n = next
	}
	if i := slices.IndexFunc(n.verbs, func(other catalogue.Endpoint) bool { return other.Method == e.Method }); i >= 0 {
		return fmt.Errorf("%s %s and %s have the same typed chain; add a naming rule for one of them", e.Method, e.Path, n.verbs[i].Path)
	}
	n.verbs = append(n.verbs, e)
	return nil
}

func (n *node) find(step string, isVar bool) *node {
	for _, next := range n.steps {
		if next.step == step && next.isVar == isVar {
			return next
		}
	}
	return nil
}

// joinVariable makes one step of a segment and a variable that is all that can follow it.
func (n *node) joinVariable() {
	if !n.isVar && len(n.verbs) == 0 && len(n.steps) == 1 && n.steps[0].isVar {
		only := n.steps[0]
		only.step = n.step
		*n = *only
	}
	for _, next := range n.steps {
		next.joinVariable()
	}
}

// finish names the nodes, inherits variables, and refuses duplicate methods, repeated
// variables and paths with too many variables.
func (n *node) finish(from []string, before []variable) error {
	n.from = append(slices.Clone(from), n.step)
	n.name = strings.Join(n.from, "")
	n.vars = append(slices.Clone(before), n.vars...)
	if len(n.vars) > maxVars {
		return fmt.Errorf("the path of %s has %d variables; route.MaxVars is %d, raise it and maxVars", n.name, len(n.vars), maxVars)
	}
	taken := map[string]bool{}
	for _, v := range n.vars {
		if taken[v.arg] {
			return fmt.Errorf("the path of %s has the variable %s twice", n.name, v.name)
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

// verb returns the name of the method that calls an endpoint.
func verb(e catalogue.Endpoint) string { return e.Method[:1] + strings.ToLower(e.Method[1:]) }

func isNumber(vars catalogue.Fields, name string) bool {
	i := slices.IndexFunc(vars, func(f catalogue.Field) bool { return f.Name == name })
	return i >= 0 && (vars[i].Type == "integer" || vars[i].Type == "number")
}

// argument returns the name of a variable in Go code: outTradeNo, openID.
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

// lowered are the special words as an argument begins with them.
var lowered = map[string]string{"appid": "appID", "mchid": "mchID", "openid": "openID"}
