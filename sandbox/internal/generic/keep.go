package generic

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func (b *Book) limit() int {
	if b.Limit > 0 {
		return b.Limit
	}
	return 1_000_000
}

// earlier returns the thing that was made with the numbers of t first, or refuses another
// request with them.
func (b *Book) earlier(t *thing) (*thing, *play.Refusal) {
	first := b.numbers[t.Number]
	switch {
	case first == nil: // as without a number
		return nil, nil
	case first.Print != t.Print:
		return nil, errOther
	}
	return first, nil
}

// keep adds a new thing. It is found by its own numbers and by the ids that its reply gave out.
func (b *Book) keep(t *thing, f *facts) {
	if len(t.Keys) > 0 && len(b.keys[t.Keys[0]]) > 0 { // the former setting
		b.forget(func(other *thing) bool { return slices.Contains(other.Keys, t.Keys[0]) })
	}
	b.seq++
	t.Seq = b.seq
	t.index(t.Values, func(name string) bool { return slices.Contains(f.numbers, name) || slices.Contains(f.ids, name) })
	b.things = append(b.things, t)
	b.enter(t)
	if over := len(b.things) - b.limit(); over > 0 {
		last := b.things[over+b.limit()/10-1].Seq // a tenth at once: going through all costs little for each
		b.forget(func(other *thing) bool { return other.Seq <= last })
	}
}

// enter makes a thing findable.
func (b *Book) enter(t *thing) {
	for _, k := range t.Keys {
		b.keys[k] = append(b.keys[k], t)
	}
	if t.Number != "" {
		b.numbers[t.Number] = t
	}
	at := key(t.Caller, "", t.Route)
	b.byRoute[at] = append(b.byRoute[at], t)
}

// forget drops the things for which gone is true.
func (b *Book) forget(gone func(*thing) bool) {
	routes := map[string]bool{}
	for _, t := range b.things {
		if !gone(t) {
			continue
		}
		for _, k := range t.Keys {
			if b.keys[k] = slices.DeleteFunc(b.keys[k], gone); len(b.keys[k]) == 0 {
				delete(b.keys, k)
			}
		}
		delete(b.numbers, t.Number)
		routes[key(t.Caller, "", t.Route)] = true
	}
	for at := range routes {
		if b.byRoute[at] = slices.DeleteFunc(b.byRoute[at], gone); len(b.byRoute[at]) == 0 {
			delete(b.byRoute, at)
		}
	}
	b.things = slices.DeleteFunc(b.things, gone)
}

// find returns a copy of the thing that a call is about: nil where it names none, and a refusal
// where it names one that should be there.
func (b *Book) find(f *facts, c *play.Call) (*thing, *play.Refusal) {
	asked := parameters(f, c)
	keys := append(make([]string, 0, 1+len(asked)), key(c.Caller, "", pathOf(f, c)))
	for name, value := range asked {
		keys = append(keys, key(c.Caller, name, value))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var found *thing
	best := 0
	for _, k := range keys {
		for _, t := range b.keys[k] {
			n := inCommon(f.segments, strings.Split(strings.Trim(t.Route, "/"), "/"))
			if t.Product == f.product && t.matches(asked) && b.complete(t, f, c) && (found == nil || n > best || n == best && t.Seq > found.Seq) {
				found, best = t, n
			}
		}
	}
	if found != nil {
		snapshot := *found
		return &snapshot, nil
	}
	for name := range asked {
		if !f.reads && b.made(f, name) {
			return nil, errNotFound
		}
	}
	return nil, nil
}

// complete reports whether a thing has all that the path of a call names and that endpoints of
// this Book make: a card without a module is not what is asked for by the id of the module.
func (b *Book) complete(t *thing, f *facts, c *play.Call) bool {
	for name, value := range c.Vars {
		if !identifies(name) || !b.made(f, name) {
			continue
		}
		if _, is := contains(t.Values, name, value); !is {
			return false
		}
	}
	return true
}

// made reports whether an endpoint of this Book makes what has a number or an
// id of that name.
func (b *Book) made(f *facts, name string) bool {
	return slices.ContainsFunc(b.makers(f.product), func(creator *facts) bool {
		return slices.Contains(creator.numbers, name) || slices.Contains(creator.ids, name)
	})
}

// parameters are those that may tell what a call is about: of the path, of the query of a
// reading call, and of the body where there is nothing in the path: the numbers, else all.
func parameters(f *facts, c *play.Call) map[string]string {
	all := make(map[string]string, len(c.Vars)+len(c.Query))
	if f.Method == http.MethodGet || f.Method == http.MethodDelete {
		for _, q := range f.Query {
			if value := c.Query.Get(q.Name); value != "" && (q.Required || f.list.Name == "") { // else it filters
				all[q.Name] = value
			}
		}
	}
	if f.Method == http.MethodPost && len(c.Vars) == 0 {
		body := c.Body
		if len(f.numbers) > 0 {
			body = body.Only(f.numbers...)
		}
		for name, value := range body {
			if text := plain(value); text != "" {
				all[name] = text
			}
		}
	}
	for name, value := range c.Vars {
		all[name] = value
	}
	maps.DeleteFunc(all, func(name, _ string) bool { return !identifies(name) })
	return all
}

// pathOf returns the path of a call, its variables decoded.
func pathOf(f *facts, c *play.Call) string {
	path := f.Path
	for name, value := range c.Vars {
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	return path
}

// update changes a thing, unless it is gone.
func (b *Book) update(seq int64, now time.Time, objects ...play.Object) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.bySeq(seq); t != nil {
		t.Values = merged(append([]play.Object{t.Values}, objects...)...)
		t.Changed = now
	}
}

// learn keeps the ids that a reply gave out of a thing, so that it is found by them too, and
// those of the elements of its lists.
func (b *Book) learn(seq int64, f *facts, c *play.Call, o play.Object) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.bySeq(seq)
	if t == nil || !t.named(f, c) {
		return // it is about something that stands in the thing
	}
	asked := namesOf(f.Vars, f.Query)
	ids := newIDs(o, t.Values, asked)
	known := len(t.Keys)
	t.index(ids, isID)
	for _, k := range t.Keys[known:] {
		b.keys[k] = append(b.keys[k], t)
	}
	for name, value := range o {
		shown, _ := value.([]any)
		kept, _ := t.Values[name].([]any)
		if len(shown) != len(kept) || len(kept) == 0 {
			continue
		}
		list := make([]any, len(kept))
		for i := range kept {
			element := asObject(kept[i])
			list[i] = kept[i]
			if more := newIDs(asObject(shown[i]), element, asked); len(more) > 0 {
				list[i] = merged(more, element)
			}
		}
		ids[name] = list
	}
	if len(ids) > 0 {
		t.Values = t.Values.With(ids)
	}
}

// newIDs returns the ids of a reply that are not among the values, nor were asked for.
func newIDs(o, values play.Object, asked map[string]bool) play.Object {
	ids := play.Object{}
	for name, value := range o {
		if isID(name) && !asked[name] && values[name] == nil && plain(value) != "" {
			ids[name] = value
		}
	}
	return ids
}

func (b *Book) bySeq(seq int64) *thing {
	i, is := slices.BinarySearchFunc(b.things, seq, func(t *thing, seq int64) int { return int(t.Seq - seq) })
	if !is {
		return nil
	}
	return b.things[i]
}
