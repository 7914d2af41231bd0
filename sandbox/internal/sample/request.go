package sample

import (
	"net/url"
	"time"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// Request returns a request that an endpoint accepts, with all documented parameters but a
// page_token, which only a reply gives out: body is nil where there is no JSON, and of an upload
// its meta part. A business number has the same value in the requests of all endpoints, so that
// one asks for what another made.
func Request(e catalogue.Endpoint, caller string) (vars map[string]string, query url.Values, body play.Object) {
	g := newGenerator(e, Given{Caller: caller, Seed: "request", Now: time.Date(2018, 6, 8, 10, 34, 56, 0, shanghai)})
	g.request = true
	vars, query = map[string]string{}, url.Values{}
	for _, f := range required(e.Vars) {
		vars[f.Name] = plain(g.field(f, level{}))
	}
	for _, f := range required(e.Query) {
		if f.Name != "page_token" {
			query[f.Name] = plains(g.field(f, level{}))
		}
	}
	if len(e.JSON) > 0 {
		body = g.object(required(e.JSON), level{})
	}
	for _, part := range e.Body {
		if part.Name == "meta" {
			body = g.object(required(part.Fields), level{})
		}
	}
	return vars, query, body
}

// required returns the fields as if none of them might be left out, since an empty text is none.
func required(fields catalogue.Fields) catalogue.Fields {
	all := make(catalogue.Fields, len(fields))
	for i, f := range fields {
		f.Required, f.Fields = true, required(f.Fields)
		all[i] = f
	}
	return all
}

func plains(value any) []string {
	list, ok := value.([]any)
	if !ok {
		return []string{plain(value)}
	}
	all := make([]string, len(list))
	for i, element := range list {
		all[i] = plain(element)
	}
	return all
}

func plain(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool:
		if v {
			return "true"
		}
		return "false"
	case interface{ String() string }:
		return v.String() // a json.Number
	}
	return ""
}
