// Package endpoint is the one table of what an endpoint needs beyond its path: how its
// reply is signed, which fields are encrypted, the form of an upload, whether a business
// number makes it repeatable. The table is generated from the catalogue and from
// internal/gen/data/traits.jsonl. A new endpoint, or an exception, is one line there.
package endpoint

import (
	"slices"
	"sort"
	"strings"
	"sync"
)

// Traits are the facts about an endpoint. The zero value is the default: request and reply
// are signed, nothing is encrypted, a business number makes the request idempotent.
type Traits struct {
	Signature Signature
	// Reference means that the business number in the body refers to something else than
	// the request, so that it does not make the request idempotent.
	Reference bool
	// ReplyCode means that a success has a field named code too: the field alone does not
	// mean that the reply is an error.
	ReplyCode bool
	Upload    Upload
	Encrypted Encrypted
}

// A Signature says how a request and its successful reply are signed.
type Signature int

// The known kinds of signature.
const (
	Signed        Signature = iota // both are signed
	UnsignedReply                  // the reply is not signed
	DigestReply                    // the reply signs the digest {"sha1":"…"} of its body
	Unsigned                       // neither is signed
)

// Encrypted are the encrypted fields of an endpoint, by place. Paths have the syntax of
// gjson: a.b is b in the object a, list.#.c is c in each object of a list, list.# each value.
type Encrypted struct {
	JSON  []string // in the JSON body
	Query []string // in the query
	Meta  []string // in the form part "meta" of an upload
	Reply []string // in the reply, to the merchant's key
}

// An Upload is the form of a multipart body. An empty field means the default.
type Upload struct {
	FilePart       string // name of the file's part
	NameField      string // of meta, for the file name; "-" for none
	DigestField    string // of meta
	AlgorithmField string // of meta
	Algorithm      string // of the digest
	Limits         []Limit
}

// A Limit is the maximum size in bytes of an upload of a MIME type; "" is any type.
type Limit struct {
	Type  string
	Bytes int64
}

// Lookup returns the traits of an endpoint by its method, in upper case, and its path: the
// documented template or its expansion. The leading slash is optional. ok is false if the
// endpoint has the default traits.
func Lookup(method, path string) (t Traits, ok bool) {
	path = strings.TrimPrefix(path, "/") // the paths of the table have one
	if i, found := find(method, path); found {
		return table[i].Traits, true
	}
	for i, begin := range beginnings() {
		if !strings.HasPrefix(path, begin) {
			continue // as almost every template
		}
		if r := &table[templates[i]]; r.method == method && Match(path, r.path[1:]) >= 0 {
			return r.Traits, true
		}
	}
	return Traits{}, false
}

// beginnings are what stands before the first variable of each of the templates.
var beginnings = sync.OnceValue(func() []string {
	all := make([]string, len(templates))
	for n, i := range templates {
		all[n], _, _ = strings.Cut(table[i].path[1:], "{")
	}
	return all
})

// LookupBelow is Lookup for the path of a request with the prefix of a base URL.
func LookupBelow(method, path string) (Traits, bool) {
	if t, ok := Lookup(method, path); ok {
		return t, true
	}
	below := belowPrefix(path)
	if len(below) == len(strings.TrimPrefix(path, "/")) {
		return Traits{}, false // it has no prefix
	}
	return Lookup(method, below)
}

// LookupDocumented is LookupBelow for an endpoint of the catalogue. known is false for any
// other.
func LookupDocumented(method, path string) (t Traits, known bool) {
	path = "/" + strings.TrimPrefix(path, "/")
	if isDocumented(method, path) {
		t, _ = Lookup(method, path)
		return t, true
	}
	if path = "/" + belowPrefix(path); isDocumented(method, path) {
		t, _ = Lookup(method, path)
		return t, true
	}
	return Traits{}, false
}

func isDocumented(method, path string) bool {
	paths := documented[method]
	if _, literal := slices.BinarySearch(paths, path); literal {
		return true
	}
	return slices.ContainsFunc(paths, func(template string) bool { return Match(path, template) >= 0 })
}

// A row of the table, which is sorted by path and method.
type row struct {
	path, method string
	Traits
}

// find returns the index of the row of a path, which has no slash at the start. Rows are large, and
// so none is copied.
func find(method, path string) (i int, found bool) {
	return sort.Find(len(table), func(i int) int {
		if c := strings.Compare(path, table[i].path[1:]); c != 0 {
			return c
		}
		return strings.Compare(method, table[i].method)
	})
}

// Match compares a path with a template, segment by segment. A variable matches one segment
// that is not empty. It returns the number of literally equal segments, or -1 if the path
// does not match.
func Match(path, template string) int {
	equal := 0
	for {
		segment, pathRest, more := strings.Cut(path, "/")
		pattern, templateRest, templateMore := strings.Cut(template, "/")
		switch {
		case more != templateMore:
			return -1
		case segment == pattern:
			equal++
		case segment == "" || pattern == "" || pattern[0] != '{':
			return -1
		}
		if !more {
			return equal
		}
		path, template = pathRest, templateRest
	}
}

// HasEncrypted reports whether any field is encrypted.
func (t Traits) HasEncrypted() bool {
	e := t.Encrypted
	return len(e.JSON)+len(e.Query)+len(e.Meta)+len(e.Reply) > 0
}

// OfRequest returns the encrypted fields of a request, wherever they are documented.
func (e Encrypted) OfRequest() []string {
	switch {
	case len(e.Query)+len(e.Meta) == 0:
		return e.JSON
	case len(e.JSON)+len(e.Meta) == 0:
		return e.Query
	}
	return slices.Concat(e.JSON, e.Query, e.Meta)
}
