package walk

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sample"
)

// Known is what calls said and what they were answered.
type Known []record

// A record has the values of one call by their names.
type record struct {
	path        []string
	values, ids map[string]string
}

// For returns the ids that an endpoint is to use: of several, the first of the nearest path.
func (k Known) For(e catalogue.Endpoint) map[string]string {
	path, ids := strings.Split(e.Path, "/"), map[string]string{}
	for _, r := range k {
		if r.path == nil {
			maps.Copy(ids, r.ids)
		}
	}
	for n := 3; n <= len(path); n++ {
		for _, r := range slices.Backward(k) {
			if len(r.path) >= n && slices.Equal(r.path[:n], path[:n]) {
				maps.Copy(ids, r.ids)
			}
		}
	}
	return ids
}

var isID = regexp.MustCompile(`(_id|_no|_code|^code|openid)$`)

// Learn keeps what a POST made, and what a GET shows, for the endpoints near by.
func (k *Known) Learn(r *Request, reply play.Object) {
	e := r.Endpoint
	if (e.Method == http.MethodPost || e.Method == http.MethodGet) && !sample.Ends(e.Path) {
		k.add(strings.Split(e.Path, "/"), r.values(reply)...)
	}
}

// LearnAll keeps what a request and its reply say, for all endpoints.
func (k *Known) LearnAll(r *Request, reply play.Object) { k.add(nil, r.values(reply)...) }

// Add keeps an object for all endpoints.
func (k *Known) Add(o play.Object) { k.add(nil, o) }

func (r *Request) values(reply play.Object) []play.Object {
	vars := play.Object{}
	for name, value := range r.Vars {
		vars[name] = value
	}
	return []play.Object{vars, r.Body, reply}
}

func (k *Known) add(path []string, objects ...play.Object) {
	made := record{path, map[string]string{}, map[string]string{}}
	for _, o := range objects {
		made.add(o)
	}
	*k = append(*k, made)
}

func (r record) add(o play.Object) {
	for name, value := range o {
		switch inner := value.(type) {
		case play.Object, map[string]any:
			r.add(object(inner))
		case []any:
			if len(inner) > 0 {
				r.add(object(inner[0]))
			}
		case string, json.Number:
			r.values[name] = fmt.Sprint(inner)
			if isID.MatchString(name) {
				r.ids[name] = fmt.Sprint(inner)
			}
		}
	}
}

// Value returns the last value of a name.
func (k Known) Value(name string) (value string, ok bool) {
	for _, r := range slices.Backward(k) {
		if value, ok = r.values[name]; ok {
			return value, true
		}
	}
	return "", false
}

func object(value any) play.Object {
	switch o := value.(type) {
	case play.Object:
		return o
	case map[string]any:
		return o
	}
	return nil
}

// setID sets an id wherever it stands.
func (r *Request) setID(name, id string) {
	if r.Vars[name] != "" {
		r.Vars[name] = id
	}
	if r.Query.Has(name) {
		r.Query.Set(name, id)
	}
	replace(r.Endpoint.JSON, r.Body, name, id)
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
