package openapi

import (
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// Lookup finds an endpoint by its method and its path: the template as it is documented, or
// a path with the placeholders filled. A slash at the start may be left out.
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

// Search finds the endpoints that have all the words of text in their title, path, method or
// pages, in the order of their paths, v3 before v2. Capitals make no difference. No words
// find all.
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
