package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

const module = "github.com/wechatpay-chain/wechatpay/"

// writeChain writes the typed chain: package openapi with its doors, and a package for
// each product.
func writeChain(out files, list []*product) error {
	if err := writeDoors(out, list[0]); err != nil {
		return err
	}
	for _, p := range list[1:] {
		if err := p.write(out); err != nil {
			return fmt.Errorf("%s: %w", p.path, err)
		}
	}
	return nil
}

// writeDoors writes V3 with a step for each product, and the roots that are products.
func writeDoors(out files, doors *product) error {
	var b strings.Builder
	var imports []string
	for _, n := range doors.root.steps {
		if n.home != doors {
			imports = append(imports, module+n.home.path)
			fmt.Fprintf(&b, "%sfunc %s(c *wechatpay.Client) %s.Node { return %s.New(c) }\n\n",
				comment(fmt.Sprintf("%s starts the chain of the endpoints under %s.", n.step, n.way())), n.step, n.home.name, n.home.name)
			continue
		}
		fmt.Fprintf(&b, "// V3 starts the chain of the endpoints under /v3.\nfunc V3(c *wechatpay.Client) V3Node { return V3Node{at: route.Start(c)} }\n\n")
		source, below := nodeSource(n)
		b.WriteString(source)
		imports = append(imports, below...)
	}
	return out.add("openapi/chain", "openapi", imports, b.String())
}

// write writes a package: a file for each next segment, and types for what several of
// them share.
func (p *product) write(out files) error {
	if err := p.collect(); err != nil {
		return err
	}
	parts := map[string][]string{}
	imports := map[string][]string{}
	for _, n := range p.own() {
		source, below := nodeSource(n)
		if n == p.root {
			source = fmt.Sprintf("// New starts the chain of the endpoints under %s.\nfunc New(c *wechatpay.Client) Node { return Node{at: route.Start(c)} }\n\n", n.way()) + source
		}
		parts[n.segment()] = append(parts[n.segment()], source)
		imports[n.segment()] = append(imports[n.segment()], below...)
	}
	for _, e := range p.enums.list {
		p.taken[e.name] = true
	}
	enums := map[*enum]string{}
	for _, e := range p.enums.list {
		var err error
		if enums[e], err = e.source(p.taken, p.names); err != nil {
			return err
		}
	}
	if err := p.nameShapes(); err != nil {
		return err
	}
	parts = p.fill(parts)
	for _, s := range p.inOrder() {
		parts[file(s.segments())] = append(parts[file(s.segments())], s.source(p.labels.common))
	}
	for _, e := range p.enums.list {
		parts[file(e.segments)] = append(parts[file(e.segments)], enums[e])
	}
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		if err := out.add(p.path+"/"+name, p.name, imports[name], parts[name]...); err != nil {
			return err
		}
	}
	return out.document(p.path+"/doc_gen.go", p.doc())
}

func (p *product) doc() string {
	return fmt.Sprintf("Package %s is the chain of the endpoints under %s, with what they take and give. [New] starts it.", p.name, p.root.way())
}

// nodeSource is a node with its methods, and the packages of those that are below its own.
func nodeSource(n *node) (source string, imports []string) {
	var b strings.Builder
	fmt.Fprintf(&b, "// %s is the chain as far as %s.\ntype %s struct{ at route.At }\n\n", n.typeName, n.way(), n.typeName)
	for _, next := range n.steps {
		writeStep(&b, n, next)
		if next.home != n.home {
			imports = append(imports, module+next.home.path)
		}
	}
	return b.String(), imports
}

func writeStep(b *strings.Builder, n, next *node) {
	if next.home != n.home {
		fmt.Fprintf(b, "// %s goes on to %s.\nfunc (n %s) %s() %s.Node { return %s.New(n.at.Client()) }\n\n",
			next.step, next.way(), n.typeName, next.step, next.home.name, next.home.name)
		return
	}
	if next.fills == 0 {
		fmt.Fprintf(b, "// %s goes on to %s.\nfunc (n %s) %s() %s { return %s(n) }\n\n",
			next.step, next.way(), n.typeName, next.step, next.typeName, next.typeName)
		return
	}
	v := next.vars[len(next.vars)-1]
	kind, fill := "string", "Fill"
	if v.number {
		kind, fill = "int64", "FillNumber"
	}
	fmt.Fprintf(b, "// %s goes on to %s, and fills {%s}.\nfunc (n %s) %s(%s %s) %s { return %s{n.at.%s(%s)} }\n\n",
		next.step, next.way(), v.name, n.typeName, next.step, v.arg, kind, next.typeName, next.typeName, fill, v.arg)
}

// fill adds the verbs to the parts, which need the names of the shapes.
func (p *product) fill(parts map[string][]string) map[string][]string {
	index := map[string]int{}
	for _, n := range p.own() {
		var b strings.Builder
		for _, e := range n.verbs {
			p.writeVerb(&b, n, e)
		}
		segment := n.segment()
		parts[segment][index[segment]] += b.String()
		index[segment]++
	}
	return parts
}

func (p *product) writeVerb(b *strings.Builder, n *node, e catalogue.Endpoint) {
	chain := fmt.Sprintf("n.at.Chain(%q)", strings.TrimPrefix(e.Path, "/"))
	if e.Base != "" {
		chain = fmt.Sprintf("n.at.ChainOn(%q, %q)", e.Base, strings.TrimPrefix(e.Path, "/"))
	}
	call, result, future := chain+".%s(ctx, opts)", "*wechatpay.Response", "*wechatpay.Future"
	async := call
	if reply := p.shapes.of(e, "Reply"); reply != nil {
		call, async = "wechatpay.As["+reply.name+"]("+call+")", "future.Then("+call+", wechatpay.Typed["+reply.name+"])"
		result = "*wechatpay.Reply[" + reply.name + "]"
		future = "*future.Future[" + result + "]"
	}
	b.WriteString(p.verbDoc(e))
	fmt.Fprintf(b, "func (n %s) %s(ctx context.Context, opts *wechatpay.Options) (%s, error) {\nreturn "+call+"\n}\n\n",
		n.typeName, verb(e), result, verb(e))
	fmt.Fprintf(b, "// %sAsync is [%s.%s] in the background.\n", verb(e), n.typeName, verb(e))
	fmt.Fprintf(b, "func (n %s) %sAsync(ctx context.Context, opts *wechatpay.Options) %s {\nreturn "+async+"\n}\n\n",
		n.typeName, verb(e), future, verb(e)+"Async")
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
