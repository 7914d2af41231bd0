package main

import (
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// ofChain returns the endpoints as the typed chain has them. The paths of APIv2 begin with
// v2, and their fields are as Go code has them: see givenV2 and readV2.
func ofChain(endpoints []catalogue.Endpoint) []catalogue.Endpoint {
	list := slices.Clone(endpoints)
	for i, e := range list {
		if e.Version == 2 {
			e.Path = "/" + e.Route()
			e.Query, e.XML, e.Reply = givenV2(e.Query), givenV2(e.XML), readV2(e.Reply)
			list[i] = e
		}
	}
	return list
}

// givenV2 returns the fields of a request that the caller gives. The client signs, and fills
// in what it knows. A JSON text is given as the object or list that it holds, and a boolean,
// which XML does not have, as its text.
func givenV2(fields catalogue.Fields) catalogue.Fields {
	var list catalogue.Fields
	for _, f := range fields {
		if f.Name == "sign" {
			continue
		}
		f.Required = f.Required && !catalogue.Filled(f.Name)
		if f.Type == "boolean" {
			f.Type, f.Enum = "string", []string{"true", "false"}
		}
		list = append(list, decoded(f))
	}
	return list
}

// readV2 returns the fields of a reply as they are decoded: JSON texts as what they hold,
// numbered fields as lists.
func readV2(fields catalogue.Fields) catalogue.Fields {
	list := slices.Clone(fields)
	for i, f := range list {
		f = decoded(f)
		f.Type += strings.Repeat("[]", strings.Count(f.Name, "_$"))
		list[i] = f
	}
	return list
}

// decoded returns the field of a JSON text as the object or list that it holds.
func decoded(f catalogue.Field) catalogue.Field {
	if held, ok := f.Held(); ok {
		return held
	}
	return f
}

// unnumbered returns the name of a numbered field, coupon_id_$n, without its numbers.
func unnumbered(name string) string {
	name, _, _ = strings.Cut(name, "_$")
	return name
}

// notesV2 returns what the comment of a verb of APIv2 says beyond its fields.
func notesV2(e catalogue.Endpoint) []string {
	var list []string
	if e.Features.Multipart != nil {
		list = append(list, "Options.Body is the file, such as media.File.")
	}
	if e.Features.MutualTLS {
		list = append(list, "It takes the merchant's certificate, Config.Certificate.")
	}
	if len(e.Reply) > 0 && !has(e.Reply, "sign") {
		list = append(list, "The reply is not signed.")
	}
	return list
}
