package sample

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// An index holds the scalars of the sources by name, those that stand higher first.
type index map[string][]entry

type entry struct {
	path  string
	value any
}

func newIndex(sources []play.Object) index {
	x := index{}
	for _, source := range sources {
		x.add("", source)
	}
	for name, entries := range x {
		slices.SortStableFunc(entries, func(a, b entry) int {
			return strings.Count(a.path, ".") - strings.Count(b.path, ".")
		})
		x[name] = entries
	}
	return x
}

func (x index) add(prefix string, o play.Object) {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		path := prefix + name
		switch v := o[name].(type) {
		case nil:
		case []any:
			for _, element := range v {
				x.add(path+"[].", asObject(element))
			}
		default:
			if inner := asObject(v); inner != nil {
				x.add(path+".", inner)
				continue
			}
			x[name] = append(x[name], entry{path, v})
		}
	}
}

// common are names that mean another thing in another place: they are repeated only where the
// object around them has the same name too.
var common = words(`account_type amount bank_type batch_name begin_time code content count currency
	current_total_num data date desc description end_time fee field file_id id image_url index key level limit_type
	media_id message msg name number openid_type operator order_type path price quantity rate reason refund remark
	result scope start_time state status sub_type text title total total_amount type unit url value`)

// otherNames are those that a request has for what stands in the same place of its reply.
var otherNames = map[string]string{"receiver_account": "account"}

// repeated returns the value of the request for a field: the one in the same place, else the
// one of the same name whose place has most in common.
func (g *generator) repeated(f catalogue.Field, at level) (any, bool) {
	if g.decides(f) || ofChange.MatchString(f.Name) {
		return nil, false
	}
	for _, o := range at.same {
		for _, name := range []string{f.Name, otherNames[f.Name]} {
			if value, ok := fitted(f, o[name]); ok {
				return value, true
			}
		}
	}
	least := 1
	if common[f.Name] {
		least = 2
	}
	var found any
	for _, e := range g.index[f.Name] {
		if n := alike(at.path+f.Name, e.path); n >= least {
			if value, ok := fitted(f, e.value); ok {
				found, least = value, n+1
			}
		}
	}
	return found, found != nil
}

// alike counts the segments at the end of two paths that are the same.
func alike(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	n := 0
	for n < len(as) && n < len(bs) && as[len(as)-1-n] == bs[len(bs)-1-n] {
		n++
	}
	return n
}

// fitted returns a value of a request in the type of a field, if it can have it.
func fitted(f catalogue.Field, value any) (any, bool) {
	var text string
	switch v := value.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	case bool:
		if f.Type == "boolean" {
			return v, true
		}
		return nil, false
	default:
		return nil, false
	}
	if text == "" || len(f.Enum) > 0 && !slices.Contains(f.Enum, text) {
		return nil, false
	}
	var err error
	ok := true
	switch strings.TrimRight(f.Type, "[]") {
	case "string":
		return text, true
	case "boolean":
		yes, err := strconv.ParseBool(text)
		return yes, err == nil
	case "integer":
		_, err = strconv.ParseInt(text, 10, 64)
	case "number":
		ok = json.Valid([]byte(text))
		_, err = strconv.ParseFloat(text, 64)
	default:
		return nil, false
	}
	return json.Number(text), ok && err == nil
}

// inside returns what stands under a name in objects; a JSON text counts as what it holds.
func inside(objects []play.Object, name string) []play.Object {
	inner := make([]play.Object, 0, len(objects))
	for _, o := range objects {
		value := asObject(o[name])
		if text, ok := o[name].(string); ok {
			value, _ = play.ParseObject([]byte(text))
		}
		if value != nil {
			inner = append(inner, value)
		}
	}
	return inner
}

// unwrapped adds the objects that stand in others under a name that is not documented here, and
// have the fields of this place: a request may say stock{remark}, and its reply remark.
func unwrapped(fields catalogue.Fields, objects []play.Object) []play.Object {
	all := objects
	for _, o := range objects {
		for _, name := range slices.Sorted(maps.Keys(o)) {
			inner := asObject(o[name])
			if inner == nil || slices.ContainsFunc(fields, func(f catalogue.Field) bool { return f.Name == name }) {
				continue
			}
			if alikeFields(fields, inner, len(inner)) {
				all = append(slices.Clone(all), inner)
			}
		}
	}
	return all
}

// wrapped returns those of the objects around that have the fields of an object of the reply,
// which stands in no request: a reply may say transfer_batch{batch_name}, and its request
// batch_name.
func wrapped(fields catalogue.Fields, objects []play.Object) []play.Object {
	return slices.DeleteFunc(slices.Clone(objects), func(o play.Object) bool { return !alikeFields(fields, o, len(fields)) })
}

// alikeFields reports whether an object has several of the fields, and those are half of n.
func alikeFields(fields catalogue.Fields, o play.Object, n int) bool {
	shared := 0
	for _, f := range fields {
		if o[f.Name] != nil {
			shared++
		}
	}
	return shared >= 2 && 2*shared >= n
}

func asObject(value any) play.Object {
	switch o := value.(type) {
	case play.Object:
		return o
	case map[string]any:
		return o
	}
	return nil
}

// asList returns a list; a JSON text counts as what it holds.
func asList(value any) []any {
	if text, ok := value.(string); ok {
		value, _ = play.ParseValue(text)
	}
	list, _ := value.([]any)
	return list
}

func cutList(kind string) (element string, isList bool) { return strings.CutSuffix(kind, "[]") }

func words(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}
