// Package sensitive knows which fields WeChat Pay wants encrypted in a request, and
// which it sends encrypted in a reply. The table is generated from the catalogue.
package sensitive

import (
	"slices"
	"strings"
)

// An Entry are the encrypted fields of one endpoint, by place. A path is gjson's: a.b is b
// in the object a, list.#.c is c in each object of the list, and list.# each value of it.
type Entry struct {
	JSON  []string // in the JSON body
	Query []string // in the query
	Meta  []string // in the JSON text of an upload's part "meta"
	Reply []string // in the reply, for the merchant's private key
}

// Lookup finds the entry of an endpoint by its method, in capitals, and its path: the
// template as it is documented, or one whose placeholders are filled. A slash at the start
// may be left out.
func Lookup(method, path string) (Entry, bool) {
	path = "/" + strings.TrimPrefix(path, "/")
	i, found := slices.BinarySearchFunc(table, row{path: path, method: method}, compare)
	if !found {
		i = slices.IndexFunc(table, func(r row) bool { return r.method == method && matches(path, r.path) })
	}
	if i < 0 {
		return Entry{}, false
	}
	return table[i].Entry, true
}

// A row of the table, which is sorted by path and method.
type row struct {
	path, method string
	Entry
}

func compare(a, b row) int {
	if c := strings.Compare(a.path, b.path); c != 0 {
		return c
	}
	return strings.Compare(a.method, b.method)
}

// matches tells whether a path is the template with its placeholders filled.
func matches(path, template string) bool {
	for {
		segment, pathRest, more := strings.Cut(path, "/")
		pattern, templateRest, templateMore := strings.Cut(template, "/")
		if segment != pattern && (segment == "" || !strings.HasPrefix(pattern, "{")) || more != templateMore {
			return false
		}
		if !more {
			return true
		}
		path, template = pathRest, templateRest
	}
}
