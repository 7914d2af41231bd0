package explore

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/call"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/complete"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// oneEndpoint checks the arguments [METHOD] PATH.
func oneEndpoint(cmd *cobra.Command, args []string) error {
	if len(args) != 1 && len(args) != 2 {
		return failure.Usagef("%s: give a method and a path, such as: wechatpay %[1]s POST v3/pay/transactions/jsapi", cmd.Name())
	}
	return nil
}

// endpointOf returns the endpoint of the arguments [METHOD] PATH.
func endpointOf(cmd *cobra.Command, args []string) (catalogue.Endpoint, error) {
	method, path := "", args[len(args)-1]
	if len(args) == 1 && slices.Contains(complete.Methods, strings.ToUpper(path)) {
		return catalogue.Endpoint{}, failure.Usagef("%s: the path is missing behind %s, such as: wechatpay %[1]s POST v3/pay/transactions/jsapi", cmd.Name(), path)
	}
	if len(args) == 2 {
		method = strings.ToUpper(args[0])
	}
	path, _, _ = strings.Cut(path, "?")
	if method != "" && !slices.Contains(complete.Methods, method) {
		return catalogue.Endpoint{}, failure.Usagef("%s: %s is no method; write one of %s, and then the path", cmd.Name(), errtext.Printable(args[0]), strings.Join(complete.Methods, ", "))
	}
	if err := call.CheckPath(path); err != nil {
		return catalogue.Endpoint{}, err
	}
	if method == "" {
		return byPath(cmd, path)
	}
	e, ok := openapi.Lookup(method, path)
	if !ok {
		return e, unknown(method, path)
	}
	return e, nil
}

// byPath returns the endpoint of a path that has one method.
func byPath(cmd *cobra.Command, path string) (catalogue.Endpoint, error) {
	var found []catalogue.Endpoint
	var methods []string
	for _, method := range complete.Methods {
		if e, ok := openapi.Lookup(method, path); ok {
			found, methods = append(found, e), append(methods, method)
		}
	}
	switch len(found) {
	case 0:
		return catalogue.Endpoint{}, unknown("", path)
	case 1:
		return found[0], nil
	}
	return catalogue.Endpoint{}, failure.Usagef("%s has %s; name one: wechatpay %s %s %[1]s", path, strings.Join(methods, " and "), cmd.Name(), methods[0])
}

func unknown(method, path string) error {
	hint := openapi.Suggest(cmp.Or(method, http.MethodGet), path)
	if hint == "" {
		hint = "look for it with: wechatpay search TEXT"
	}
	return failure.Usagef("no endpoint %s is documented; %s", strings.TrimSpace(method+" "+errtext.Printable(path)), hint)
}
