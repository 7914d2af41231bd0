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
	var best *catalogue.Entry
	most := -1
	for _, candidate := range catalogue.Entries() {
		if candidate.Method != method || candidate.Version != version {
			continue
		}
		if candidate.Path == path {
			return candidate.Endpoint(), true
		}
		if same := endpoint.Match(path, candidate.Path); same > most {
			best, most = candidate, same
		}
	}
	return best.Endpoint(), best != nil
}

func rooted(path string) string { return "/" + strings.TrimPrefix(path, "/") }
