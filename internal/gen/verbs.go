package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

const module = "github.com/wechatpay-chain/wechatpay/"

// writeChain writes the typed chain: the root in package openapi, and a package for each
// product.
func writeChain(out files, list []*product) error {
	if err := writeTop(out, list[0]); err != nil {
		return err
	}
	for _, p := range list[1:] {
		if err := p.write(out); err != nil {
			return fmt.Errorf("%s: %w", p.path, err)
		}
	}
	return nil
}

// writeTop writes V3 and V2, which have a method for each product, and a function for each
// product outside of them.
func writeTop(out files, top *product) error {
	var b strings.Builder
	var imports []string
	for _, n := range top.root.steps {
		if n.home != top {
			imports = append(imports, module+n.home.path)
			fmt.Fprintf(&b, "%sfunc %s(c *wechatpay.Client) %s.Node { return %s.New(c) }\n\n",
				comment(fmt.Sprintf("%s is the path %s.", n.step, n.path())), n.step, n.home.name, n.home.name)
			continue
		}
		fmt.Fprintf(&b, "// %s is the path %s.\nfunc %s(c *wechatpay.Client) %s { return %s{path: route.Start(c)} }\n\n", n.step, n.path(), n.step, n.typeName, n.typeName)
		source, below := nodeSource(n)
		b.WriteString(source)
		imports = append(imports, below...)
	}
	return out.add("openapi/chain", "openapi", imports, b.String())
}

// write writes a package: a file for each next segment, and types_gen.go for the types
// that several of them use.
func (p *product) write(out files) error {
	if err := p.collect(); err != nil {
		return err
	}
	parts := map[string][]string{}
	imports := map[string][]string{}
	for _, n := range p.nodes() {
		source, below := nodeSource(n)
		if n == p.root {
			source = fmt.Sprintf("// New starts the typed chain at %s.\nfunc New(c *wechatpay.Client) Node { return Node{path: route.Start(c)} }\n\n", n.path()) + source
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
	parts = p.addVerbs(parts)
	for _, s := range p.inOrder() {
		parts[file(s.segments())] = append(parts[file(s.segments())], s.source(p.labels.commonOf(p.path)))
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
	return fmt.Sprintf("Package %s is the typed chain of the endpoints under %s, with the structs of their requests and replies. [New] starts it.", p.name, p.root.path())
}

// nodeSource returns the type of a node with its steps, and the packages that they import.
func nodeSource(n *node) (source string, imports []string) {
	var b strings.Builder
	fmt.Fprintf(&b, "// %s is the path %s.\ntype %s struct{ path route.Path }\n\n", n.typeName, n.path(), n.typeName)
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
		fmt.Fprintf(b, "// %s is the path %s.\nfunc (n %s) %s() %s.Node { return %s.New(n.path.Client()) }\n\n",
			next.step, next.path(), n.typeName, next.step, next.home.name, next.home.name)
		return
	}
	if !next.isVar {
		fmt.Fprintf(b, "// %s is the path %s.\nfunc (n %s) %s() %s { return %s(n) }\n\n",
			next.step, next.path(), n.typeName, next.step, next.typeName, next.typeName)
		return
	}
	v := next.vars[len(next.vars)-1]
	kind, with := "string", "WithVar"
	if v.number {
		kind, with = "int64", "WithNumber"
	}
	fmt.Fprintf(b, "// %s is the path %s. It sets {%s}.\nfunc (n %s) %s(%s %s) %s { return %s{n.path.%s(%s)} }\n\n",
		next.step, next.path(), v.name, n.typeName, next.step, v.arg, kind, next.typeName, next.typeName, with, v.arg)
}

// addVerbs adds the verbs to the parts. They need the names of the shapes.
func (p *product) addVerbs(parts map[string][]string) map[string][]string {
	index := map[string]int{}
	for _, n := range p.nodes() {
		var b strings.Builder
		for _, e := range n.verbs {
			if e.Version == 2 && e.Kind == "redirect-url" {
				p.writeBrowserURL(&b, n, e)
				continue
			}
			p.writeVerb(&b, n, e)
		}
		segment := n.segment()
		parts[segment][index[segment]] += b.String()
		index[segment]++
	}
	return parts
}

func (p *product) writeVerb(b *strings.Builder, n *node, e catalogue.Endpoint) {
	chain := dynamic(e)
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
	fmt.Fprintf(b, "// %sAsync calls [%s.%s] in the background.\n", verb(e), n.typeName, verb(e))
	fmt.Fprintf(b, "func (n %s) %sAsync(ctx context.Context, opts *wechatpay.Options) %s {\nreturn "+async+"\n}\n\n",
		n.typeName, verb(e), future, verb(e)+"Async")
}

// writeBrowserURL writes the method of an address for a browser.
func (p *product) writeBrowserURL(b *strings.Builder, n *node, e catalogue.Endpoint) {
	b.WriteString(p.verbDoc(e))
	fmt.Fprintf(b, "func (n %s) %s(ctx context.Context, opts *wechatpay.Options) (string, error) {\nreturn %s.%s(ctx, opts)\n}\n\n",
		n.typeName, browserURL, dynamic(e), browserURL)
}

// browserURL is the method of the dynamic chain, and of the typed one.
const browserURL = "BrowserURL"

// dynamic returns the dynamic chain of an endpoint.
func dynamic(e catalogue.Endpoint) string {
	if path := strings.TrimPrefix(e.Path, "/"); e.Base == "" {
		return fmt.Sprintf("n.path.Chain(%q)", path)
	}
	return fmt.Sprintf("n.path.ChainOn(%q, %q)", e.Base, strings.TrimPrefix(e.Path, "/"))
}

// path returns the path of the node, as its first endpoint spells it.
func (n *node) path() string {
	first := n
	for len(first.verbs) == 0 {
		first = first.steps[0]
	}
	segments := strings.Split(strings.Trim(first.verbs[0].Path, "/"), "/")
	return "/" + strings.Join(segments[:n.depth], "/")
}

// snake returns the name of the file for a step.
func snake(step string) string {
	return strings.ToLower(strings.Join(words(step), "_"))
}
