// Package route holds what all nodes of the typed chain share: a client and the values of
// the path variables.
package route

import (
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay"
)

// MaxVars is the maximum number of variables in a path. The generator refuses a path with
// more.
const MaxVars = 3

// A Path is a client and the values of the path variables so far. It holds them in an
// array, so that no step of a chain allocates.
type Path struct {
	client *wechatpay.Client
	values [MaxVars]string
	count  int
}

// Start returns a Path without values.
func Start(c *wechatpay.Client) Path { return Path{client: c} }

// Client returns the client, to start a chain in another package.
func (p Path) Client() *wechatpay.Client { return p.client }

// WithVar returns a copy with the value of the next variable.
func (p Path) WithVar(value string) Path {
	p.values[p.count] = value
	p.count++
	return p
}

// WithNumber is WithVar for a number.
func (p Path) WithNumber(value int64) Path { return p.WithVar(strconv.FormatInt(value, 10)) }

// Chain returns the dynamic chain of a template with the values of its variables.
func (p Path) Chain(template string) wechatpay.Chain {
	chain := p.client.Chain(template)
	for _, value := range p.values[:p.count] {
		_, rest, _ := strings.Cut(template, "{")
		name, rest, _ := strings.Cut(rest, "}")
		chain, template = chain.WithVar(name, value), rest
	}
	return chain
}

// ChainOn is Chain for an endpoint with its own base URL.
func (p Path) ChainOn(base, template string) wechatpay.Chain {
	return p.Chain(template).WithBaseURL(base)
}
