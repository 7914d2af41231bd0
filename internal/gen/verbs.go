package main

import (
	"fmt"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// writeChain writes the typed chain into package openapi: a file for each family of v3, and
// one for each other beginning of a path.
func writeChain(out files, root *node) error {
	for _, n := range root.steps {
		own := []string{entrySource(n) + nodeSource(n)}
		for _, next := range n.steps {
			if n.step != "V3" {
				own = append(own, sources(next)...)
				continue
			}
			if err := out.add("openapi/v3_"+snake(next.step), "openapi", sources(next)...); err != nil {
				return err
			}
		}
		if err := out.add("openapi/"+snake(n.step), "openapi", own...); err != nil {
			return err
		}
	}
	return nil
}

// entrySource is the function that a chain begins with.
func entrySource(n *node) string {
	doc := comment(fmt.Sprintf("%s starts the chain of the endpoints under %s.", n.step, n.way()))
	return doc + fmt.Sprintf("func %s(c *wechatpay.Client) %sNode { return %sNode{client: c} }\n\n", n.step, n.name, n.name)
}

// sources are a node and all behind it, each by itself.
func sources(n *node) []string {
	parts := append(make([]string, 0, 1+len(n.steps)), nodeSource(n))
	for _, next := range n.steps {
		parts = append(parts, sources(next)...)
	}
	return parts
}

func nodeSource(n *node) string {
	var b strings.Builder
	fmt.Fprintf(&b, "// %sNode is the chain as far as %s.\ntype %sNode struct {\nclient *wechatpay.Client\n", n.name, n.way(), n.name)
	for _, v := range n.vars {
		fmt.Fprintf(&b, "%s string\n", v.arg)
	}
	b.WriteString("}\n\n")
	for _, next := range n.steps {
		writeStep(&b, n, next)
	}
	for _, e := range n.verbs {
		writeVerb(&b, n, e)
	}
	return b.String()
}

func writeStep(b *strings.Builder, n, next *node) {
	values := []string{"n.client"}
	for _, v := range n.vars {
		values = append(values, "n."+v.arg)
	}
	argument := ""
	if next.fills == 0 {
		fmt.Fprintf(b, "// %s goes on to %s.\n", next.step, next.way())
	} else {
		v := next.vars[len(next.vars)-1]
		argument = v.arg + " string"
		values = append(values, v.arg)
		if v.number {
			argument = v.arg + " int64"
			values[len(values)-1] = "strconv.FormatInt(" + v.arg + ", 10)"
		}
		fmt.Fprintf(b, "// %s goes on to %s, and fills {%s}.\n", next.step, next.way(), v.name)
	}
	fmt.Fprintf(b, "func (n %sNode) %s(%s) %sNode { return %sNode{%s} }\n\n",
		n.name, next.step, argument, next.name, next.name, strings.Join(values, ", "))
}

func writeVerb(b *strings.Builder, n *node, e catalogue.Endpoint) {
	chain := fmt.Sprintf("n.client.Chain(%q)", strings.TrimPrefix(e.Path, "/"))
	if e.Base != "" {
		chain += fmt.Sprintf(".WithBaseURL(%q)", e.Base)
	}
	for _, v := range n.vars {
		chain += fmt.Sprintf(".WithVar(%q, n.%s)", v.name, v.arg)
	}
	b.WriteString(verbDoc(n, e))
	fmt.Fprintf(b, "func (n %sNode) %s(ctx context.Context, opts *wechatpay.Options) (*wechatpay.Response, error) {\nreturn %s.%s(ctx, opts)\n}\n\n",
		n.name, verb(e), chain, verb(e))
	fmt.Fprintf(b, "// %sAsync is [%sNode.%s] in the background.\n", verb(e), n.name, verb(e))
	fmt.Fprintf(b, "func (n %sNode) %sAsync(ctx context.Context, opts *wechatpay.Options) *wechatpay.Future {\nreturn %s.%sAsync(ctx, opts)\n}\n\n",
		n.name, verb(e), chain, verb(e))
}

// way is a path that leads to the node, of the first endpoint at it or behind it.
func (n *node) way() string {
	first := n
	for len(first.verbs) == 0 {
		first = first.steps[0]
	}
	segments := strings.Split(strings.Trim(first.verbs[0].Path, "/"), "/")
	return "/" + strings.Join(segments[:n.depth], "/")
}

// snake is the name of a file.
func snake(step string) string {
	return strings.ToLower(strings.Join(words(step), "_"))
}
