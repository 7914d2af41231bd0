package generic_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/check"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/generic"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sample"
)

const caller = "1900000109"

var now = time.Date(2026, 6, 8, 10, 34, 56, 0, time.UTC)

// endpoints are those of API v3 and of the brand API, those that make things first, those that
// delete them last.
func endpoints() []catalogue.Endpoint {
	all := slices.DeleteFunc(slices.Clone(catalogue.All()), func(e catalogue.Endpoint) bool { return e.Version != 3 })
	order := func(e catalogue.Endpoint) int {
		n := slices.Index([]string{"POST", "PUT", "PATCH", "GET", "DELETE"}, e.Method) * 10
		if e.Method == "POST" {
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

// A walk calls endpoints one after the other, with the ids that earlier replies gave out.
type walk struct {
	book *generic.Book
	made []record
}

// A record has the ids that a POST used and gave out.
type record struct {
	path []string
	ids  map[string]string
}

// idsFor returns the ids that an endpoint is to use: of several, the first of the nearest path.
func (w *walk) idsFor(e catalogue.Endpoint) map[string]string {
	path, ids := strings.Split(e.Path, "/"), map[string]string{}
	for n := 3; n <= len(path); n++ {
		for _, r := range slices.Backward(w.made) {
			if len(r.path) >= n && slices.Equal(r.path[:n], path[:n]) {
				maps.Copy(ids, r.ids)
			}
		}
	}
	return ids
}

func (w *walk) request(t *testing.T, e catalogue.Endpoint) *play.Call {
	t.Helper()
	vars, query, body := sample.Request(e, caller)
	for name, id := range w.idsFor(e) {
		if vars[name] != "" {
			vars[name] = id
		}
		if query.Has(name) {
			query.Set(name, id)
		}
		replace(e.JSON, body, name, id)
	}
	if body != nil {
		var err error
		body, err = play.ParseObject([]byte(body.Canonical()))
		require.NoError(t, err)
	}
	return &play.Call{Caller: caller, Vars: vars, Query: query, Body: body, Now: now, Emit: func(play.Event) {}}
}

// replace sets an id wherever it stands in a body, but in lists and where only some values are known.
func replace(fields catalogue.Fields, o play.Object, name, id string) {
	for _, f := range fields {
		switch old := o[f.Name].(type) {
		case play.Object:
			replace(f.Fields, old, name, id)
		case string:
			if f.Name == name && len(f.Enum) == 0 {
				o[name] = id
			}
		case json.Number:
			if f.Name == name && len(f.Enum) == 0 {
				o[name] = json.Number(id)
			}
		}
	}
}

// learn keeps the ids of a POST, and those that a GET shows.
func (w *walk) learn(e catalogue.Endpoint, c *play.Call, reply any) {
	if e.Method != "POST" && e.Method != "GET" || sample.Ends(e.Path) {
		return
	}
	r := record{strings.Split(e.Path, "/"), map[string]string{}}
	o, _ := reply.(play.Object)
	r.add(o)
	r.add(c.Body)
	for name, value := range c.Vars {
		r.add(play.Object{name: value})
	}
	w.made = append(w.made, r)
}

func (r record) add(o play.Object) {
	for name, value := range o {
		switch inner := value.(type) {
		case play.Object:
			r.add(inner)
		case map[string]any:
			r.add(inner)
		case []any:
			if len(inner) > 0 {
				element, _ := inner[0].(play.Object)
				r.add(element)
			}
		case string, json.Number:
			if isID.MatchString(name) {
				r.ids[name] = fmt.Sprint(inner)
			}
		}
	}
}

var isID = regexp.MustCompile(`(_id|_no|_code|^code|openid)$`)

// checked is what the gateway checks before it calls a Handler.
func checked(e catalogue.Endpoint, c *play.Call) *play.Refusal {
	if refusal := check.Vars(e.Vars, c.Vars); refusal != nil {
		return refusal
	}
	if refusal := check.Query(e.Query, c.Query); refusal != nil {
		return refusal
	}
	if c.Body != nil && len(e.JSON) == 0 {
		_, refusal := check.Meta(e, []byte(c.Body.Canonical()))
		return refusal
	}
	if refusal := check.Body(e.JSON, c.Body); refusal != nil {
		return refusal
	}
	return check.Caller(e, c.Caller, c.Body, c.Query)
}

func TestAllEndpointsAnswerAsDocumented(t *testing.T) {
	t.Parallel()
	w := &walk{book: generic.New()}
	all := endpoints()
	handlers := make([]play.Handler, len(all))
	for i, e := range all {
		handlers[i] = w.book.Handler(e)
	}
	answered, fields, v3 := 0, 0, 0
	for i, e := range all {
		c := w.request(t, e)
		require.Nil(t, checked(e, c), "%s %s", e.Method, e.Path)
		reply, err := handlers[i](c)
		require.NoError(t, err, "%s %s %v %v", e.Method, e.Path, c.Vars, c.Query)
		if len(e.Reply) == 0 {
			assert.Nil(t, reply, "204")
		} else {
			assert.Empty(t, check.Reply(e.Reply, reply), "%s %s", e.Method, e.Path)
		}
		for range e.Reply.All() {
			fields++
		}
		w.learn(e, c, reply)
		answered++
		if !strings.HasPrefix(e.Path, "/brand/") {
			v3++
		}
	}
	assert.Equal(t, len(all), answered)
	assert.GreaterOrEqual(t, v3, 1018)
	t.Logf("%d endpoints answered (%d of API v3), with %d documented fields", answered, v3, fields)
}
