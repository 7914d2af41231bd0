package call

import (
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A pager says how the pages of an endpoint follow each other.
type pager struct {
	list     string // the name of the list in the reply
	position string // the name of the query's offset, page_index or page_token
	size     string // the name of the query's limit
	next     string // of page_token, the name in the reply
	total    string // the name of the number of all elements in the reply; "" for none
	// sure means that an offset counts elements, as it is documented. Where that is not clear,
	// it may count pages, which is seen from the replies.
	sure bool
}

// sizes are how the catalogue names the size of a page.
var sizes = []string{"limit", "page_size", "count"}

// newPager finds the fields that page.
func (r *request) newPager() (*pager, error) {
	refuse := func(why string) (*pager, error) {
		return nil, failure.Usagef("--paginate: %s %s %s; leave it out", r.method, r.path, why)
	}
	if !r.documented {
		return refuse("is not in the catalogue, so that it is not known how it pages")
	}
	p := &pager{}
	for _, f := range r.endpoint.Query {
		switch {
		case f.Name == "offset", f.Name == "page_index", f.Name == "page_token":
			p.position = f.Name
		case slices.Contains(sizes, f.Name):
			p.size = f.Name
		}
	}
	if p.position == "" || p.size == "" {
		return refuse("does not page")
	}
	p.next = "next_" + p.position
	p.sure = slices.Contains(positions, r.endpoint.Path)
	lists := slices.DeleteFunc(slices.Clone(r.endpoint.Reply), func(f catalogue.Field) bool { return !strings.HasSuffix(f.Type, "[]") })
	if len(lists) != 1 {
		return refuse("does not have one list in its reply")
	}
	p.list = lists[0].Name
	for _, f := range r.endpoint.Reply {
		if f.Name == "total_count" || f.Name == "total_num" {
			p.total = f.Name
		}
	}
	if _, ok := r.query[p.position]; !ok && p.position == "offset" {
		r.query[p.position] = "0"
	}
	return p, nil
}
