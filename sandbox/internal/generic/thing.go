package generic

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/provoke"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sample"
)

// A thing is what a call made. Its Values are replaced, never changed.
type thing struct {
	Seq     int64       `json:"seq"`
	Caller  string      `json:"caller"`
	Product string      `json:"product"`
	Route   string      `json:"route"`  // the path of the endpoint that made it, with its variables
	Number  string      `json:"number"` // the business numbers that made it, with caller and endpoint; "" for none
	Print   string      `json:"print"`  // of the request
	Seed    string      `json:"seed"`
	Made    time.Time   `json:"made"`
	Changed time.Time   `json:"changed"`
	First   play.Object `json:"first"`  // the first reply; nil for 204
	Values  play.Object `json:"values"` // of the request and the reply, and of what changed since
	Keys    []string    `json:"keys"`   // by which it is found
}

func newThing(f *facts, c *play.Call) *thing {
	path := pathOf(f, c)
	t := &thing{Caller: c.Caller, Product: f.product, Route: f.Path, Made: c.Now, Changed: c.Now}
	sum := sha256.Sum256([]byte(c.Body.Canonical() + "\n" + c.Query.Encode()))
	t.Print = hex.EncodeToString(sum[:])
	for _, name := range f.numbers {
		if number := c.Body.Text(name); number != "" {
			t.Number += "\n" + name + "=" + number
		}
	}
	if t.Number != "" {
		t.Number = f.Method + " " + path + "\n" + c.Caller + t.Number
	}
	if !f.makes {
		t.Keys = []string{key(c.Caller, "", path)} // a setting, of which there is one
	}
	return t
}

// key is by what a thing is found; the name of a path is "".
func key(caller, name, value string) string { return caller + "\n" + name + "\n" + value }

// has reports whether a thing has the numbers of a body already.
func (t *thing) has(numbers []string, body play.Object) bool {
	for _, name := range numbers {
		if number := body.Text(name); number == "" || t.Values.Text(name) != number {
			return false
		}
	}
	return true
}

// named reports whether a thing is what the end of the path of a call names.
func (t *thing) named(f *facts, c *play.Call) bool {
	if len(f.Vars) > 0 {
		last := f.Vars[len(f.Vars)-1].Name
		return slices.Contains(t.Keys, key(t.Caller, last, c.Vars[last]))
	}
	return true
}

// matches reports whether nothing that is asked for contradicts a thing: of each name either
// one of its values is the one, or it has none.
func (t *thing) matches(asked map[string]string) bool {
	for name, value := range asked {
		if found, is := contains(t.Values, name, value); found && !is {
			return false
		}
	}
	return true
}

// contains looks for a name in a value and all that stands in it: found, whether it is there;
// is, whether it has the value once.
func contains(in any, name, value string) (found, is bool) {
	switch v := in.(type) {
	case []any:
		for _, element := range v {
			f, i := contains(element, name, value)
			if found = found || f; i {
				return true, true
			}
		}
	case play.Object:
		return contains(map[string]any(v), name, value)
	case map[string]any:
		if has := v[name]; has != nil {
			if found = true; plain(has) == value {
				return true, true
			}
		}
		for _, inner := range v {
			f, i := contains(inner, name, value)
			if found = found || f; i {
				return true, true
			}
		}
	}
	return found, false
}

// known returns the values of a thing. Where an element of its lists is asked for, those of the
// element are above them, and element tells which it is.
func (t *thing) known(vars map[string]string) (values play.Object, element string) {
	values = t.Values
	for name, value := range vars {
		if inner, at := elementWith(t.Values, name, value); inner != nil {
			values, element = values.With(inner), at
		}
	}
	return values, element
}

func elementWith(o map[string]any, name, value string) (element play.Object, at string) {
	if has := o[name]; has != nil && plain(has) == value {
		return nil, "" // the thing itself
	}
	for list, elements := range o {
		elements, _ := elements.([]any)
		for i, element := range elements {
			if inner := asObject(element); inner[name] != nil && plain(inner[name]) == value {
				return inner, sample.ElementAt(list, i)
			}
		}
	}
	return nil, ""
}

// merged returns a new object with the values of others, of which the last wins. Objects are
// merged too; lists are replaced.
func merged(objects ...play.Object) play.Object {
	all := play.Object{}
	for _, o := range objects {
		for name, value := range o {
			if inner := asObject(value); inner != nil {
				value = merged(asObject(all[name]), inner)
			}
			if value != nil {
				all[name] = value
			}
		}
	}
	return all
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

func plain(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case interface{ String() string }:
		return v.String() // a json.Number
	}
	return ""
}

// index adds keys for the numbers and ids of an object, but for those in lists.
func (t *thing) index(o play.Object, own func(name string) bool) {
	for name, value := range o {
		if inner := asObject(value); inner != nil {
			t.index(inner, own)
			continue
		}
		text := plain(value)
		if k := key(t.Caller, name, text); text != "" && own(name) && !slices.Contains(t.Keys, k) {
			t.Keys = append(t.Keys, k)
		}
	}
}

// identifies reports whether a parameter tells which thing is meant.
func identifies(name string) bool { return provoke.IsNumber(name) || isID(name) }
