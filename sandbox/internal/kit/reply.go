package kit

import (
	"sync"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A Part answers a call under the lock of its book, with all that is known of its subject.
type Part func(*Turn) (play.Object, error)

// Handlers returns handlers of parts, whose keys are methods and paths of the catalogue. Each
// refuses an mchid that is not the caller's, and replies with those fields that are documented
// of its endpoint; without any it is 204.
func Handlers(mu sync.Locker, parts map[string]Part) map[string]play.Handler {
	handlers := make(map[string]play.Handler, len(parts))
	for _, e := range catalogue.All() {
		part := parts[e.Method+" "+e.Path]
		if part == nil {
			continue
		}
		handlers[e.Method+" "+e.Path] = func(c *play.Call) (any, error) {
			if err := ownNumber(c); err != nil {
				return nil, err
			}
			o, err := Run(mu, c, part)
			if err != nil || len(e.Reply) == 0 {
				return nil, err
			}
			return Shape(e.Reply, o), nil
		}
	}
	if len(handlers) != len(parts) {
		panic("sandbox: a part is not in the catalogue")
	}
	return handlers
}

func ownNumber(c *play.Call) error {
	for _, name := range []string{"mchid", "sp_mchid"} {
		if c.Body.Has(name) && c.Body.Text(name) != c.Caller {
			return Wrong("/"+name, "商户号与发起请求的商户号不一致")
		}
		if c.Query.Has(name) && c.Query.Get(name) != c.Caller {
			return play.WrongField("query", name, "商户号与发起请求的商户号不一致")
		}
	}
	return nil
}

// Shape returns those of the values of o that are documented.
func Shape(fields catalogue.Fields, o play.Object) play.Object {
	shaped := make(play.Object, len(fields))
	for _, f := range fields {
		if o.Has(f.Name) {
			shaped[f.Name] = shapeOne(f, o[f.Name])
		}
	}
	return shaped
}

func shapeOne(f catalogue.Field, value any) any {
	if len(f.Fields) == 0 {
		return value
	}
	switch v := value.(type) {
	case play.Object:
		return Shape(f.Fields, v)
	case map[string]any:
		return Shape(f.Fields, v)
	case []any:
		list := make([]any, len(v))
		for i, element := range v {
			list[i] = shapeOne(f, element)
		}
		return list
	}
	return value
}
