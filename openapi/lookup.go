package openapi

import (
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// Lookup returns the endpoint of a method and a path: the documented template, or a path
// with its variables filled. A path of APIv2 begins with v2/. The leading slash is optional.
func Lookup(method, path string) (e catalogue.Endpoint, ok bool) {
	method, path = strings.ToUpper(method), rooted(path)
	version := 3
	if below, isV2 := strings.CutPrefix(path, "/v2/"); isV2 {
		path, version = "/"+below, 2
	}
	best := -1
	for _, candidate := range catalogue.All() {
		if candidate.Method != method || candidate.Version != version {
			continue
		}
		if candidate.Path == path {
			return candidate, true
		}
		if same := endpoint.Match(path, candidate.Path); same > best {
			e, best = candidate, same
		}
	}
	return e, best >= 0
}

func rooted(path string) string { return "/" + strings.TrimPrefix(path, "/") }
