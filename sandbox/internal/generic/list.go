package generic

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sample"
)

// The sizes of a page are seldom documented: what is asked for is taken up to mostPerPage.
const (
	usualPerPage = 20
	mostPerPage  = 100
)

// listed answers a GET of a list: with what was made where endpoints of this Book make such
// things, else with one that is made up.
func (b *Book) listed(f *facts, c *play.Call) (any, error) {
	b.mu.Lock()
	routes := b.listRoutes(f)
	b.mu.Unlock()
	if len(routes) == 0 {
		return b.read(f, c)
	}
	page, err := askedPage(c)
	if err != nil {
		return nil, err
	}
	filters := map[string]string{}
	for name := range c.Query {
		if value := c.Query.Get(name); value != "" {
			filters[name] = value
		}
	}
	for name, value := range c.Vars {
		filters[name] = value
	}
	if !b.parents(f, c) {
		return nil, errNotFound
	}
	things, total := b.pageOf(c.Caller, routes, filters, &page)
	elements := make([]any, len(things))
	for i := range things {
		elements[i] = sample.Element(f.Endpoint, f.list, b.given(&play.Call{Caller: c.Caller, Now: c.Now}, &things[i]))
	}
	o := reply(f, b.given(c, nil))
	o[f.list.Name] = elements
	for name, value := range map[string]int{"total_count": total, "total_num": total, "count": len(elements), "current_total_num": len(elements), "offset": page.offset} {
		if o[name] != nil {
			o[name] = json.Number(strconv.Itoa(value))
		}
	}
	if _, is := o["next_page_token"]; is {
		o["next_page_token"] = page.next
	}
	return o, nil
}

// listRoutes returns the paths of the endpoints that make what a list has: they give it a number
// or an id that the list shows, and their paths are the nearest to the list's.
func (b *Book) listRoutes(f *facts) []string {
	shown := namesOf(f.list.Fields)
	var routes []string
	best := max(len(f.segments)-1, 1)
	for _, creator := range b.makers(f.product) {
		n := inCommon(f.segments, creator.segments)
		if n < best || !anyOf(shown, creator.numbers) && !anyOf(shown, creator.ids) {
			continue
		}
		if n > best {
			routes, best = nil, n
		}
		routes = append(routes, creator.Path)
	}
	return routes
}

func anyOf(set map[string]bool, names []string) bool {
	for _, name := range names {
		if set[name] {
			return true
		}
	}
	return false
}

// parents reports whether what the path of a list names is there, where it should be.
func (b *Book) parents(f *facts, c *play.Call) bool {
	above := &play.Call{Caller: c.Caller, Vars: c.Vars, Now: c.Now}
	_, refusal := b.find(f, above)
	return refusal == nil
}

// pageOf returns copies of the things of a page, and how many there are on all.
func (b *Book) pageOf(caller string, routes []string, filters map[string]string, p *page) (things []thing, total int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, route := range routes {
		for _, t := range b.byRoute[key(caller, "", route)] {
			if !t.matches(filters) {
				continue
			}
			total++
			switch {
			case total <= p.offset || t.Seq <= p.after:
			case len(things) < p.size:
				things = append(things, *t)
			default:
				p.next = nextToken(things[len(things)-1].Seq)
			}
		}
	}
	return things, total
}

// A page is what of a list is asked for.
type page struct {
	offset, size int
	after        int64  // the last that was seen
	next         string // the token of the next page; "" for none
}

func askedPage(c *play.Call) (page, error) {
	p := page{size: usualPerPage}
	for _, name := range []string{"limit", "page_size"} {
		if text := c.Query.Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 || n > mostPerPage {
				return p, play.WrongField("query", name, "取值应为 1 到 "+strconv.Itoa(mostPerPage))
			}
			p.size = n
		}
	}
	if text := c.Query.Get("offset"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return p, play.WrongField("query", "offset", "应不小于 0")
		}
		p.offset = n
	}
	if n, err := strconv.Atoi(c.Query.Get("page_index")); err == nil && n > 1 {
		p.offset = (n - 1) * p.size
	}
	if text := c.Query.Get("page_token"); text != "" {
		data, err := base64.RawURLEncoding.DecodeString(text)
		seq, ok := strings.CutPrefix(string(data), "after:")
		if p.after, _ = strconv.ParseInt(seq, 10, 64); err != nil || !ok || p.after < 1 {
			return p, play.WrongField("query", "page_token", "分页凭证无效")
		}
	}
	return p, nil
}

func nextToken(seq int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte("after:" + itoa(seq)))
}
