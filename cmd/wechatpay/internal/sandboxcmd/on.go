package sandboxcmd

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	paths "github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/complete"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/openapi"
)

// callOf is the call that --on names: a method, which may be missing, and a path without its
// slash. One that no client makes is refused: its fault would wait for ever.
func callOf(on string) (method, path string, err error) {
	switch words := strings.Fields(on); len(words) {
	case 1:
		path = strings.TrimPrefix(words[0], "/")
	case 2:
		method, path = strings.ToUpper(words[0]), strings.TrimPrefix(words[1], "/")
	default:
		return "", "", failure.Usagef("--on %q: write it as 'POST /v3/pay/transactions/native', or as a path alone", on)
	}
	if method != "" && !slices.Contains(paths.Methods, method) {
		return "", "", failure.Usagef("--on %q: %s is no method; write it as 'POST /v3/pay/transactions/native'", on, method)
	}
	for _, m := range paths.Methods {
		_, known := openapi.Lookup(m, path)
		_, knownV2 := openapi.Lookup(m, "v2/"+path) // as it is sent
		if (known || knownV2) && (method == "" || m == method) {
			return method, path, nil
		}
	}
	hint := cmp.Or(openapi.Suggest(cmp.Or(method, http.MethodGet), path), "look for it with: wechatpay search TEXT")
	return "", "", failure.Usagef("--on %q is no call that is documented; %s", on, hint)
}
