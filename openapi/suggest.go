package openapi

import (
	"fmt"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// Suggest returns a hint for a path that WeChat Pay answered with 404, such as "did you mean
// GET v3/certificates?". Use it as [wechatpay.Config].Hint. It returns "" for a path of the
// catalogue, and for one that is similar to none.
func Suggest(method, path string) string {
	if _, ok := Lookup(method, path); ok || len(path) > 200 { // no path is as long
		return ""
	}
	method, path = strings.ToUpper(method), rooted(path)
	var best catalogue.Endpoint
	least := len(path)/4 + 1
	for _, e := range catalogue.All() {
		off := distance(filledLike(path, e.Path), e.Path)
		if e.Method != method {
			off++ // of two paths that are as near, that of the same method
		}
		if off < least {
			best, least = e, off
		}
	}
	if best.Path == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %s %s?", best.Method, strings.TrimPrefix(best.Path, "/"))
}

// filledLike replaces the values in a path by the variables of a template that has the same
// number of segments.
func filledLike(path, template string) string {
	values, names := strings.Split(path, "/"), strings.Split(template, "/")
	if len(values) != len(names) {
		return path
	}
	for i, name := range names {
		if strings.HasPrefix(name, "{") {
			values[i] = name
		}
	}
	return strings.Join(values, "/")
}

// distance is the Levenshtein distance of two strings, in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
