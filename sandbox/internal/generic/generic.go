// Package generic answers the endpoints that no part of the sandbox plays, in their documented
// shape, and remembers what callers made: what is posted comes back by its number or its id,
// can be listed, changed and deleted. It knows nothing of what a product means: no state
// changes by itself, and no money moves.
package generic

import (
	"net/http"
	"sync"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sample"
)

// A Book holds what all callers made. Its fields are set before its first use; its methods are
// safe for concurrent use.
type Book struct {
	// Limit is how many things are kept, 1,000,000 where it is 0. The oldest are dropped first.
	Limit int
	// BaseURL begins the URLs of downloads; see [sample.Given].
	BaseURL string

	mu        sync.Mutex
	seq       int64                           // of the last thing
	salt      int64                           // how many requests without a number there were
	things    []*thing                        // oldest first
	keys      map[string][]*thing             // by caller and a number, an id or a path; oldest first
	numbers   map[string]*thing               // by caller, endpoint and numbers
	byRoute   map[string][]*thing             // by caller and the path of the endpoint that made them
	endpoints map[string][]catalogue.Endpoint // by product: the endpoints here
	creators  map[string][]*facts             // and those of them that make things
}

// New returns an empty Book.
func New() *Book {
	b := &Book{endpoints: map[string][]catalogue.Endpoint{}, creators: map[string][]*facts{}}
	b.clear()
	return b
}

func (b *Book) clear() {
	b.seq, b.salt, b.things = 0, 0, nil
	b.keys, b.numbers, b.byRoute = map[string][]*thing{}, map[string]*thing{}, map[string][]*thing{}
}

// Handler returns the Handler of an endpoint. What is asked for and was never made is only
// missed (404) where an endpoint of this Book makes such things: what another part of the
// sandbox makes is not known here.
func (b *Book) Handler(e catalogue.Endpoint) play.Handler {
	b.mu.Lock()
	defer b.mu.Unlock()
	product := productOf(e.Path)
	b.endpoints[product] = append(b.endpoints[product], e)
	delete(b.creators, product)
	return func(c *play.Call) (any, error) { return b.answer(factsOf(e), c) }
}

// makers returns the endpoints of this Book that make the things of a product. They are found
// out at the first call: most programs call few products.
func (b *Book) makers(product string) []*facts {
	makers, known := b.creators[product]
	if !known {
		for _, e := range b.endpoints[product] {
			if f := factsOf(e); f.makes && !sample.Ends(f.Path) {
				makers = append(makers, f)
			}
		}
		b.creators[product] = makers
	}
	return makers
}

func (b *Book) answer(f *facts, c *play.Call) (any, error) {
	switch f.Method {
	case http.MethodGet:
		if f.list.Name != "" {
			return b.listed(f, c)
		}
		return b.read(f, c)
	case http.MethodDelete:
		return b.remove(f, c)
	case http.MethodPost:
		if f.reads {
			return b.read(f, c)
		}
		return b.post(f, c)
	}
	return b.change(f, c)
}

// given is what the reply to a call is made from; t may be nil.
func (b *Book) given(c *play.Call, t *thing) sample.Given {
	given := sample.Given{Caller: c.Caller, Vars: c.Vars, Query: c.Query, Body: c.Body, Now: c.Now, BaseURL: b.BaseURL}
	if t != nil {
		given.Known, given.Element = t.known(c.Vars)
		given.Seed, given.Made, given.Now = t.Seed, t.Made, t.Changed
	}
	return given
}

// reply makes a reply, nil where none is documented.
func reply(f *facts, given sample.Given) play.Object {
	if len(f.Reply) == 0 {
		return nil
	}
	return sample.Reply(f.Endpoint, given)
}

// sent returns a reply as a Handler does: nil for 204.
func sent(o play.Object) any {
	if o == nil {
		return nil
	}
	return o
}

// read answers with what was made, if it was.
func (b *Book) read(f *facts, c *play.Call) (any, error) {
	t, refusal := b.find(f, c)
	if refusal != nil {
		return nil, refusal
	}
	o := reply(f, b.given(c, t))
	if t != nil {
		b.learn(t.Seq, f, c, o)
	}
	return sent(o), nil
}

// change answers a call that changes what was made; what was not is made, if nothing else does.
func (b *Book) change(f *facts, c *play.Call) (any, error) {
	t, refusal := b.find(f, c)
	if refusal != nil {
		return nil, refusal
	}
	if t == nil {
		return b.create(f, c)
	}
	t.Changed = c.Now
	o := reply(f, b.given(c, t))
	b.update(t.Seq, c.Now, documented(f.JSON, c.Body), o)
	return sent(o), nil
}

// remove answers a DELETE: what the end of its path names is gone then. What stands above it
// in the path stays.
func (b *Book) remove(f *facts, c *play.Call) (any, error) {
	t, refusal := b.find(f, c)
	if refusal != nil {
		return nil, refusal
	}
	o := reply(f, b.given(c, t))
	if t != nil && t.named(f, c) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.forget(func(other *thing) bool { return other.Seq == t.Seq })
	}
	return sent(o), nil
}

// post answers a call that makes a thing, or changes one that its path or its number names.
func (b *Book) post(f *facts, c *play.Call) (any, error) {
	about := len(c.Vars) > 0 || sample.Ends(f.Path)
	if about && len(f.numbers) == 0 {
		return b.change(f, c)
	}
	if about {
		t, refusal := b.find(f, c)
		switch {
		case refusal != nil:
			return nil, refusal
		case t != nil && t.Route != f.Path && t.has(f.numbers, c.Body):
			return b.change(f, c)
		}
	}
	return b.create(f, c)
}

// create makes a thing. Its numbers make it repeatable: the same request gets the same reply.
func (b *Book) create(f *facts, c *play.Call) (any, error) {
	t := newThing(f, c)
	b.mu.Lock()
	first, refusal := b.earlier(t)
	b.salt++
	salt := b.salt
	b.mu.Unlock()
	if first == nil && refusal == nil {
		b.fill(t, f, c, salt)
		b.mu.Lock()
		if first, refusal = b.earlier(t); first == nil && refusal == nil { // in the meantime
			b.keep(t, f)
			first = t
		}
		b.mu.Unlock()
	}
	if refusal != nil {
		return nil, refusal
	}
	return sent(first.First), nil
}

// fill makes the first reply of a thing. Without a number, each request makes another one.
func (b *Book) fill(t *thing, f *facts, c *play.Call, salt int64) {
	given := b.given(c, nil)
	given.Seed = sample.SeedOf(f.Endpoint, given)
	if t.Number == "" && f.makes {
		given.Seed += itoa(salt)
	}
	t.First = reply(f, given)
	t.Seed, t.Values = given.Seed, merged(asValues(f, c), t.First)
}

// asValues are the parameters of a call as one object.
func asValues(f *facts, c *play.Call) play.Object {
	values := make(play.Object, len(c.Body)+len(c.Vars)+len(c.Query))
	for _, q := range f.Query {
		if value := c.Query.Get(q.Name); value != "" {
			values[q.Name] = value
		}
	}
	for name, value := range c.Vars {
		values[name] = value
	}
	fields := f.JSON
	if len(fields) == 0 { // an upload: its meta part
		fields = metaOf(f.Body)
	}
	return values.With(documented(fields, c.Body))
}

// documented returns what of an object is documented, so that a thing does not grow by what is
// not.
func documented(fields catalogue.Fields, o play.Object) play.Object {
	kept := make(play.Object, len(o))
	for _, f := range fields {
		switch value := o[f.Name].(type) {
		case nil:
		case map[string]any:
			if kept[f.Name] = value; len(f.Fields) > 0 {
				kept[f.Name] = documented(f.Fields, value)
			}
		case []any:
			list := make([]any, len(value))
			for i, element := range value {
				if list[i] = element; len(f.Fields) > 0 {
					list[i] = documented(f.Fields, asObject(element))
				}
			}
			kept[f.Name] = list
		default:
			kept[f.Name] = value
		}
	}
	return kept
}

var errNotFound = play.Refuse(http.StatusNotFound, "RESOURCE_NOT_EXISTS", "查询的资源不存在")

var errOther = play.Refuse(http.StatusBadRequest, "INVALID_REQUEST", "请求参数与原请求不一致")
