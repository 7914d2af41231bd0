package openapi

import (
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// Lookup returns the endpoint of a method and a path: the documented template, or a path
// with its variables filled. The leading slash is optional.
func Lookup(method, path string) (e catalogue.Endpoint, ok bool) {
	method, path = strings.ToUpper(method), rooted(path)
	best := -1
	for _, candidate := range catalogue.All() {
		if candidate.Method != method {
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

// Search returns the endpoints whose title, path, method or page URLs contain every word of
// text, in any case, sorted by path, v3 before v2. An empty text returns all of them.
func Search(text string) []catalogue.Endpoint {
	words := strings.Fields(strings.ToLower(text))
	var found []catalogue.Endpoint
	for _, e := range catalogue.All() {
		if hasAll(strings.ToLower(e.Title+" "+e.Method+" "+e.Path+" "+strings.Join(e.Docs, " ")), words) {
			found = append(found, e)
		}
	}
	return found
}

func hasAll(text string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

func rooted(path string) string { return "/" + strings.TrimPrefix(path, "/") }
