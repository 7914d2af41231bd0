// Package sample makes replies, and requests, from what is documented of an endpoint: every
// field in its type, with values that look like those of WeChat Pay. Package generic answers
// the endpoints with them that no part of the sandbox plays.
//
// A value of the request is repeated under the same name. All others follow from the endpoint
// and the request alone: the same request gets the same reply, but for the times in it.
package sample

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// Given is what a reply is made from.
type Given struct {
	Caller string // the mchid or brand_id that signed the request
	Vars   map[string]string
	Query  url.Values
	Body   play.Object
	// Known is more that is repeated where the request has no such field: what an earlier
	// request made.
	Known play.Object
	// Now is the time of the reply, Made of what it is about; Now where it is zero.
	Now, Made time.Time
	// BaseURL begins the URLs of downloads, without a slash at its end;
	// https://api.mch.weixin.qq.com where it is empty.
	BaseURL string
	// Seed decides the values that are made up; where it is empty, the endpoint and the request
	// do. An id that was made up once comes back under the same Seed.
	Seed string
	// Element is which element of a list the reply is about, as in "/transfer_detail_list/1", so
	// that what was made up for it in the list comes back; empty for none, and for the first.
	Element string
}

// Reply returns a reply with all documented fields. Those that are documented as encrypted
// are in the clear.
func Reply(e catalogue.Endpoint, given Given) play.Object {
	g := newGenerator(e, given)
	o := g.object(e.Reply, level{same: g.sources(), seed: given.Element})
	g.count(e.Reply, o)
	return o
}

// SeedOf returns the Seed of a request, for an empty [Given.Seed].
func SeedOf(e catalogue.Endpoint, given Given) string {
	text := e.Method + " " + e.Path + "\n" + given.Caller + "\n"
	for _, name := range slices.Sorted(maps.Keys(given.Vars)) {
		text += name + "=" + given.Vars[name] + "\n"
	}
	return digest(text + given.Query.Encode() + "\n" + given.Body.Canonical())
}

// A generator makes the values of one reply.
type generator struct {
	Given
	v2    string // the path of an endpoint of APIv2; "" for others
	verb  string // the last segment of the path: what the call does
	index index
	// discounted: the reply tells of discounts, so that users pay less than the total.
	discounted bool
	request    bool // a request is made, and not a reply
}

func newGenerator(e catalogue.Endpoint, given Given) *generator {
	if given.Seed == "" {
		given.Seed = SeedOf(e, given)
	}
	if given.Made.IsZero() {
		given.Made = given.Now
	}
	if given.BaseURL == "" {
		given.BaseURL = "https://api.mch.weixin.qq.com"
	}
	g := &generator{Given: given, verb: verb(e.Path), discounted: tellsDiscounts(e.Reply)}
	g.index = newIndex(g.sources())
	if e.Version == 2 {
		g.v2 = e.Path
	}
	return g
}

// sources are the objects that values are repeated from, the first first.
func (g *generator) sources() []play.Object {
	path, query := make(play.Object, len(g.Vars)), make(play.Object, len(g.Query))
	for name, value := range g.Vars {
		path[name] = value
	}
	for name := range g.Query {
		query[name] = g.Query.Get(name)
	}
	return []play.Object{path, query, g.Body, g.Known}
}

// A level is where the generator stands in the reply.
type level struct {
	path string        // of the object, with a dot at its end; "" at the top
	same []play.Object // what stands at the same place in the sources
	seed string        // of an element of a list, but the first
	sum  money
}

func (g *generator) object(fields catalogue.Fields, at level) play.Object {
	at.same = unwrapped(fields, at.same)
	at.sum = g.money(at)
	o := make(play.Object, len(fields))
	for _, f := range fields {
		if _, is := o[f.Name]; is {
			continue // documented in several forms: the first
		}
		name := f.Name
		f.Name = unnumbered.Replace(f.Name)
		o[name] = g.field(f, at)
	}
	g.hashed(o, at)
	return o
}

// unnumbered takes its numbers from a numbered field of APIv2, such as coupon_fee_$n, which has
// the value of one.
var unnumbered = strings.NewReplacer("_$n", "", "_$m", "")

func (g *generator) field(f catalogue.Field, at level) any {
	if kind, isList := cutList(f.Type); isList {
		f.Type = kind
		return g.list(f, at)
	}
	if held, ok := f.Held(); ok {
		return play.Canonical(g.field(held, at))
	}
	if f.Type == "object" {
		return g.nested(f, at)
	}
	if value, ok := g.repeated(f, at); ok {
		return value
	}
	return g.scalar(f, at)
}

// nested makes an object.
func (g *generator) nested(f catalogue.Field, at level) any {
	same := inside(at.same, f.Name)
	if len(same) == 0 {
		same = wrapped(f.Fields, at.same)
	}
	if len(f.Fields) == 0 {
		for _, o := range same {
			if o != nil {
				return o
			}
		}
		return play.Object{}
	}
	return g.object(f.Fields, level{path: at.path + f.Name + ".", same: same, seed: at.seed, sum: at.sum})
}

// list makes a list of one element, or of as many as the request has in its place.
func (g *generator) list(f catalogue.Field, at level) []any {
	if f.Type != "object" {
		return g.scalars(f, at)
	}
	path := at.path + f.Name + "[]."
	for _, o := range at.same {
		elements := asList(o[f.Name])
		list := make([]any, 0, len(elements))
		for i, element := range elements {
			inner := level{path: path, same: []play.Object{asObject(element)}, seed: at.seed + ElementAt(f.Name, i), sum: at.sum}
			list = append(list, g.object(f.Fields, inner))
		}
		if len(list) > 0 {
			return list
		}
	}
	return []any{g.object(f.Fields, level{path: path, seed: at.seed, sum: at.sum})}
}

// ElementAt returns the [Given.Element] of an element of a list.
func ElementAt(list string, i int) string {
	if i == 0 {
		return ""
	}
	return "/" + list + "/" + strconv.Itoa(i)
}

func (g *generator) scalars(f catalogue.Field, at level) []any {
	for _, o := range at.same {
		elements := asList(o[f.Name])
		list := make([]any, 0, len(elements))
		for _, element := range elements {
			if value, ok := fitted(f, element); ok {
				list = append(list, value)
			}
		}
		if len(list) > 0 {
			return list
		}
	}
	if !f.Required && failure.MatchString(f.Name) {
		return []any{} // nothing failed
	}
	return []any{g.scalar(f, at)}
}

func (g *generator) scalar(f catalogue.Field, at level) any {
	switch {
	case f.Type == "boolean":
		return !negative.MatchString(f.Name)
	case len(f.Enum) > 0:
		choice := g.choose(f.Name, f.Enum)
		if f.Type == "string" {
			return choice
		}
		if _, err := strconv.Atoi(choice); err == nil { // a few have names in place of numbers
			return json.Number(choice)
		}
		return json.Number("1")
	case f.Type == "string":
		return g.text(f, at)
	}
	return json.Number(strconv.FormatInt(g.integer(f, at), 10))
}

// Element returns one element of a list of objects in the reply of an endpoint.
func Element(e catalogue.Endpoint, list catalogue.Field, given Given) play.Object {
	g := newGenerator(e, given)
	return g.object(list.Fields, level{path: list.Name + "[].", same: g.sources(), seed: given.Element})
}

// Ends reports whether a call by its path ends something, or changes its state in another way
// that the reply shows.
func Ends(path string) bool { return ends[verb(path)] != nil }
