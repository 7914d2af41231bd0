// Package complete proposes the next word of a command line: paths segment by segment, the
// fields of an endpoint, the values of a field.
//
// Its functions are those that cobra takes: a command's ValidArgsFunction, and the function
// of RegisterFlagCompletionFunc. They use no network, and read one endpoint of the catalogue
// at most, so that a Tab takes a few milliseconds.
package complete

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// Methods are those that an endpoint can have.
var Methods = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}

const (
	noFiles = cobra.ShellCompDirectiveNoFileComp
	ordered = noFiles | cobra.ShellCompDirectiveKeepOrder
)

// A Call finds the method and the path of a command line in its arguments.
type Call func(args []string) (method, path string)

// Method returns the Call of a command whose first argument is the path.
func Method(method string) Call {
	return func(args []string) (string, string) {
		if len(args) == 0 {
			return method, ""
		}
		return method, args[0]
	}
}

// MethodAndPath is the Call of a command whose arguments are a method and a path.
func MethodAndPath(args []string) (method, path string) {
	if len(args) < 2 {
		return "", ""
	}
	return strings.ToUpper(args[0]), args[1]
}

// endpoint returns the endpoint of a command line.
func (c Call) endpoint(args []string) (catalogue.Endpoint, bool) {
	method, path := c(args)
	path, _, _ = strings.Cut(path, "?")
	if path == "" {
		return catalogue.Endpoint{}, false
	}
	return openapi.Lookup(method, path)
}
