// Package kittest calls the parts of the sandbox in tests. Each request and each reply must be
// as the catalogue documents it.
package kittest

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/check"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A World is a part with a clock, and what it sent. Emit is safe for concurrent use.
type World struct {
	Handlers map[string]play.Handler
	Caller   string
	Now      time.Time
	// Lenient lets requests be other than documented.
	Lenient bool
	// Lacking are fields that a reply may lack although they are required.
	Lacking []string
	// Unlisted are paths of values that a reply may have although no page lists them.
	Unlisted []string

	endpoints []catalogue.Endpoint // of Handlers

	mu     sync.Mutex
	events []play.Event
}

// New returns a World of a merchant, on a Wednesday at noon.
func New(handlers map[string]play.Handler) *World {
	w := &World{Handlers: handlers, Caller: "1900000109", Now: time.Date(2026, 4, 1, 12, 0, 0, 0, kit.Shanghai)}
	for _, e := range catalogue.All() {
		if handlers[e.Method+" "+e.Path] != nil {
			w.endpoints = append(w.endpoints, e)
		}
	}
	return w
}

// Documented returns the methods and paths of the catalogue whose path begins so.
func Documented(begins ...string) (endpoints []string) {
	for _, e := range catalogue.All() {
		if slices.ContainsFunc(begins, func(begin string) bool { return strings.HasPrefix(e.Path, begin) }) {
			endpoints = append(endpoints, e.Method+" "+e.Path)
		}
	}
	return endpoints
}

// Alike has the replies of endpoints be as those of another are documented, where the
// catalogue is wrong of theirs.
func (w *World) Alike(as string, endpoints ...string) {
	named := func(name string) *catalogue.Endpoint {
		return &w.endpoints[slices.IndexFunc(w.endpoints, func(e catalogue.Endpoint) bool { return e.Method+" "+e.Path == name })]
	}
	for _, name := range endpoints {
		named(name).Reply = named(as).Reply
	}
}

// Emit takes a webhook.
func (w *World) Emit(e play.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

// Events returns the webhooks so far, and forgets them.
func (w *World) Events() []play.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	events := w.events
	w.events = nil
	return events
}

// Types returns the types of the webhooks so far, and forgets them.
func (w *World) Types() []string {
	events := w.Events()
	types := make([]string, 0, len(events))
	for _, e := range events {
		types = append(types, e.Type)
	}
	return types
}

// match returns the endpoint of a path that has the fewest variables, and their values.
func (w *World) match(method, path string) (found catalogue.Endpoint, vars map[string]string) {
	given := strings.Split(path, "/")
	for _, e := range w.endpoints {
		named := strings.Split(e.Path, "/")
		if e.Method != method || len(named) != len(given) {
			continue
		}
		values, same := map[string]string{}, true
		for i, segment := range named {
			if name, isVar := strings.CutPrefix(segment, "{"); isVar {
				values[strings.TrimSuffix(name, "}")] = given[i]
			} else if segment != given[i] {
				same = false
			}
		}
		if same && (vars == nil || len(values) < len(vars)) {
			found, vars = e, values
		}
	}
	if vars == nil {
		panic("no endpoint " + method + " " + path)
	}
	return found, vars
}

// Do calls an endpoint by its path and query.
func (w *World) Do(t *testing.T, method, target string, body play.Object) (play.Object, *play.Refusal) {
	t.Helper()
	u, err := url.Parse(target)
	require.NoError(t, err)
	e, vars := w.match(method, u.Path)
	c := &play.Call{Caller: w.Caller, Vars: vars, Query: u.Query(), Now: w.Now, Emit: w.Emit}
	if body != nil {
		c.Body = Wire(t, body)
		if !w.Lenient {
			require.Nil(t, check.Body(e.JSON, c.Body), "the request is not as documented")
		}
	}
	require.Nil(t, check.Query(e.Query, c.Query))
	require.Nil(t, check.Vars(e.Vars, c.Vars))
	reply, err := w.Handlers[e.Method+" "+e.Path](c)
	if err != nil {
		var refusal *play.Refusal
		require.ErrorAs(t, err, &refusal)
		return nil, refusal
	}
	if len(e.Reply) == 0 {
		require.Nil(t, reply, "%s: nothing is documented", e.Path)
		return nil, nil
	}
	o := Wire(t, reply)
	w.documented(t, e, o)
	return o, nil
}

// OK calls an endpoint that takes the request.
func (w *World) OK(t *testing.T, method, target string, body play.Object) play.Object {
	t.Helper()
	o, refusal := w.Do(t, method, target, body)
	require.Nil(t, refusal, "%s %s", method, target)
	return o
}

// Refused calls an endpoint that refuses the request, with a code and what stands at the end
// of Request-ID. Of PARAM_ERROR what is wrong is a field.
func (w *World) Refused(t *testing.T, method, target string, body play.Object, code string, number int, field string) {
	t.Helper()
	_, refusal := w.Do(t, method, target, body)
	require.NotNil(t, refusal, "%s %s is taken", method, target)
	Same(t, refusal, code, number, field)
}

// RefusedFor calls an endpoint that refuses the request, with a code and a message that has a
// text.
func (w *World) RefusedFor(t *testing.T, method, target string, body play.Object, code, text string) {
	t.Helper()
	_, refusal := w.Do(t, method, target, body)
	require.NotNil(t, refusal, "%s %s is taken", method, target)
	coded(t, refusal, code)
	require.Contains(t, refusal.Message, text)
}

// Same checks a refusal.
func Same(t *testing.T, err error, code string, number int, field string) {
	t.Helper()
	var refusal *play.Refusal
	if !errors.As(err, &refusal) {
		require.FailNow(t, "no refusal", "%v", err)
	}
	coded(t, refusal, code)
	require.Equal(t, number, refusal.Number, refusal.Message)
	got, _ := refusal.Detail["field"].(string)
	require.Equal(t, field, got, refusal.Message)
}

// coded checks the code of a refusal, and its status.
func coded(t *testing.T, refusal *play.Refusal, code string) {
	t.Helper()
	require.Equal(t, code, refusal.Code, refusal.Message)
	status := map[string]int{"NO_AUTH": 403, "NOT_ENOUGH": 403, "NOT_FOUND": 404, "ORDER_NOT_EXIST": 404, "RESOURCE_NOT_EXISTS": 404}[code]
	if status == 0 {
		status = 400
	}
	require.Equal(t, status, refusal.Status)
}

// Wire returns a value as it is after its way over the wire.
func Wire(t *testing.T, value any) play.Object {
	t.Helper()
	data, err := json.Marshal(value)
	require.NoError(t, err)
	o, err := play.ParseObject(data)
	require.NoError(t, err)
	return o
}

// documented checks that a reply has its required fields, of their types and values, and no
// others.
func (w *World) documented(t *testing.T, e catalogue.Endpoint, reply play.Object) {
	t.Helper()
	fields := slices.Clone(e.Reply)
	for i := range fields {
		fields[i].Required = fields[i].Required && !slices.Contains(w.Lacking, fields[i].Name)
	}
	require.Nil(t, check.Body(fields, reply), "%s %s: %s", e.Method, e.Path, reply.Canonical())
	w.noOthers(t, e.Reply, map[string]any(reply), "")
}

// noOthers checks a value at a path, which is "" or ends with a dot.
func (w *World) noOthers(t *testing.T, fields catalogue.Fields, value any, path string) {
	t.Helper()
	switch v := value.(type) {
	case []any:
		for _, element := range v {
			w.noOthers(t, fields, element, path)
		}
	case map[string]any:
		for name, inner := range v {
			i := slices.IndexFunc(fields, func(f catalogue.Field) bool { return f.Name == name })
			if i < 0 && slices.Contains(w.Unlisted, path+name) {
				continue
			}
			require.GreaterOrEqual(t, i, 0, "%s is not documented", path+name)
			if len(fields[i].Fields) > 0 {
				w.noOthers(t, fields[i].Fields, inner, path+name+".")
			}
		}
	}
}

// With returns a copy of o with the value at a path such as amount.total; nil takes it away.
func With(o play.Object, path string, value any) play.Object {
	o = o.With()
	name, rest, more := strings.Cut(path, ".")
	switch {
	case more:
		o[name] = With(o.Object(name), rest, value)
	case value == nil:
		delete(o, name)
	default:
		o[name] = value
	}
	return o
}
