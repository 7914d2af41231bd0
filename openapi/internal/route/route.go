// Package route is what the generated nodes of all products have in common: a client, and
// the values of the variables that were filled on the way.
package route

import (
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay"
)

// Most is how many variables a path can have. The generator refuses a path with more.
const Most = 3

// An At is a place in a typed chain. It is a value with room for all variables, so that no
// step allocates.
type At struct {
	client *wechatpay.Client
	values [Most]string
	filled int
}

// Start is the place where the chains of a client begin.
func Start(c *wechatpay.Client) At { return At{client: c} }

// Client is the client that the chain began with, for the packages below another.
func (a At) Client() *wechatpay.Client { return a.client }

// Fill gives the next variable of the path its value.
func (a At) Fill(value string) At {
	a.values[a.filled] = value
	a.filled++
	return a
}

// FillNumber is Fill for a variable that is a number.
func (a At) FillNumber(value int64) At { return a.Fill(strconv.FormatInt(value, 10)) }

// Chain is the dynamic chain of a template, with its variables filled in order.
func (a At) Chain(template string) wechatpay.Chain {
	chain := a.client.Chain(template)
	for _, value := range a.values[:a.filled] {
		_, rest, _ := strings.Cut(template, "{")
		name, rest, _ := strings.Cut(rest, "}")
		chain, template = chain.WithVar(name, value), rest
	}
	return chain
}

// ChainOn is Chain for a template that has another base URL than the client's.
func (a At) ChainOn(base, template string) wechatpay.Chain {
	return a.Chain(template).WithBaseURL(base)
}
