// Package walk makes the requests of tests that go through all endpoints: right ones with the ids
// that earlier replies gave out, and those with one field that is wrong.
package walk

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sample"
)

// Endpoints are those of API v3 and of the brand API, those that make things first, those that
// delete them last.
func Endpoints() []catalogue.Endpoint {
	all := slices.DeleteFunc(slices.Clone(catalogue.All()), func(e catalogue.Endpoint) bool { return e.Version != 3 })
	order := func(e catalogue.Endpoint) int {
		n := slices.Index([]string{"POST", "PUT", "PATCH", "GET", "DELETE"}, e.Method) * 10
		if e.Method == http.MethodPost {
			n += min(len(e.Vars), 5)
		}
		if sample.Ends(e.Path) {
			n += 6
		}
		return n
	}
	slices.SortStableFunc(all, func(a, b catalogue.Endpoint) int { return cmp.Compare(order(a), order(b)) })
	return all
}

// A Request is one of an endpoint. Of an upload, Body is the meta part.
type Request struct {
	Endpoint catalogue.Endpoint
	Vars     map[string]string
	Query    url.Values
	Body     play.Object
}

// New returns a request that is as documented, with all fields, and the ids that are known.
func New(e catalogue.Endpoint, caller string, known Known) *Request {
	r := &Request{Endpoint: e}
	r.Vars, r.Query, r.Body = sample.Request(e, caller)
	for name, id := range known.For(e) {
		r.setID(name, id)
	}
	if r.Body != nil {
		body, err := play.ParseObject([]byte(r.Body.Canonical()))
		if err != nil {
			panic(fmt.Sprintf("walk: %s %s: %v", e.Method, e.Path, err))
		}
		r.Body = body
	}
	return r
}

// Fields are those of Body.
func (r *Request) Fields() catalogue.Fields {
	for _, part := range r.Endpoint.Body {
		if part.Name == "meta" {
			return part.Fields
		}
	}
	return r.Endpoint.JSON
}
