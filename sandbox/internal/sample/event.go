package sample

import (
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// Event returns the decrypted resource of a notification of its type, to a merchant or brand
// that is no partner. What is in Known is repeated under its name.
func Event(e catalogue.Event, given Given) play.Object {
	fields := e.Resource
	if like := endpointLike(e); like != nil {
		fields = like.Reply
	}
	known := make(play.Object, len(given.Known)+len(e.Values))
	for name, value := range e.Values {
		known[name] = value
	}
	for name, value := range given.Known {
		known[name] = value
	}
	given.Known = known
	if given.Seed == "" {
		given.Seed = e.Type + "\n" + known.Canonical()
	}
	g := newGenerator(catalogue.Endpoint{Reply: fields}, given)
	o := g.object(ofMerchant(fields, known), level{same: g.sources()})
	g.count(fields, o)
	return o
}

func endpointLike(e catalogue.Event) *catalogue.Endpoint {
	if e.Like == "" {
		return nil
	}
	all := catalogue.All()
	i := slices.IndexFunc(all, func(to catalogue.Endpoint) bool { return to.Method+" "+to.Path == e.Like })
	if i < 0 {
		return nil // a test reads the data
	}
	return &all[i]
}

// ofMerchant returns the fields without those of partners, unless they are known. A type whose
// resource has a mchid, too, is documented for both.
func ofMerchant(fields catalogue.Fields, known play.Object) catalogue.Fields {
	if !slices.ContainsFunc(fields, func(f catalogue.Field) bool { return f.Name == "mchid" }) {
		return fields
	}
	return slices.DeleteFunc(slices.Clone(fields), func(f catalogue.Field) bool {
		partner := strings.HasPrefix(f.Name, "sp_") || strings.HasPrefix(f.Name, "sub_")
		return partner && known[f.Name] == nil
	})
}
