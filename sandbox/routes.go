package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A routeTable finds the handler of a path. Routes are grouped by their method and number of
// segments; of two that match, the one with more literal segments wins, then the later one.
type routeTable struct {
	mu      sync.RWMutex
	byShape map[shape][]route
}

type shape struct {
	method   string
	segments int
}

type route struct {
	segments []string
	handler  Handler
}

func (t *routeTable) add(method, path string, handler Handler) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byShape == nil {
		t.byShape = map[shape][]route{}
	}
	segments := strings.Split(path, "/")
	key := shape{method, len(segments)}
	t.byShape[key] = append(t.byShape[key], route{segments, handler})
}

// find returns nil if no route matches.
func (t *routeTable) find(method, path string) (Handler, map[string]string) {
	segments := strings.Split(path, "/")
	t.mu.RLock()
	defer t.mu.RUnlock()
	best, literal := -1, -1
	routes := t.byShape[shape{method, len(segments)}]
	for i := range routes {
		if n := routes[i].match(segments); n >= literal && n >= 0 {
			best, literal = i, n
		}
	}
	if best < 0 {
		return nil, nil
	}
	return routes[best].handler, routes[best].vars(segments)
}

// methods returns those that a path has, sorted.
func (t *routeTable) methods(path string) []string {
	segments := strings.Split(path, "/")
	t.mu.RLock()
	defer t.mu.RUnlock()
	var found []string
	for key, routes := range t.byShape {
		if key.segments == len(segments) && slices.ContainsFunc(routes, func(r route) bool { return r.match(segments) >= 0 }) {
			found = append(found, key.method)
		}
	}
	slices.Sort(found)
	return found
}

// match compares segment by segment, still escaped, so that an escaped slash in a value does
// not count as one. It returns the number of literal segments, or -1. A variable does not match
// an empty segment.
func (r *route) match(segments []string) (literal int) {
	for i, want := range r.segments {
		switch {
		case strings.HasPrefix(want, "{"):
			if segments[i] == "" {
				return -1
			}
		case segments[i] != want:
			return -1
		default:
			literal++
		}
	}
	return literal
}

func (r *route) vars(segments []string) map[string]string {
	vars := map[string]string{}
	for i, want := range r.segments {
		if name, ok := strings.CutPrefix(want, "{"); ok {
			value, err := url.PathUnescape(segments[i])
			if err != nil {
				value = segments[i] // net/http has refused it
			}
			vars[strings.TrimSuffix(name, "}")] = value
		}
	}
	return vars
}

// alike reports whether the paths of two endpoints differ in the names of variables alone. The
// catalogue has such endpoints one behind the other.
func alike(a, b catalogue.Endpoint) bool {
	return a.Method == b.Method && slices.EqualFunc(strings.Split(a.Path, "/"), strings.Split(b.Path, "/"), func(x, y string) bool {
		return x == y || strings.HasPrefix(x, "{") && strings.HasPrefix(y, "{")
	})
}

// either answers two endpoints that are alike: what is not there under the variables of the one
// may be under those of the other, by which the route is found.
func either(one, other catalogue.Endpoint, first, second Handler) Handler {
	return func(r *Request) *Reply {
		renamed := *r
		renamed.Vars = make(map[string]string, len(r.Vars))
		for i, f := range one.Vars {
			renamed.Vars[f.Name] = r.Vars[other.Vars[i].Name]
		}
		if reply := first(&renamed); reply.Status != http.StatusNotFound {
			return reply
		}
		return second(r)
	}
}
