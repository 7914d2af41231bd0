package openapi

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/flatxml"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// optionsV2 checks the options of a call of APIv2. The client may fill in the app id, too:
// see [wechatpay.Config].AppID.
func (v *validation) optionsV2(e catalogue.Endpoint, rawQuery string, opts *wechatpay.Options) {
	facts, _ := endpoint.LookupV2(e.Method, e.Path)
	body, err := marshalled(opts.XML)
	if opts.JSON != nil {
		err = errors.New("is in Options.JSON; APIv2 takes Options.XML")
	}
	object := map[string]any{}
	if err == nil && body != nil {
		var ok bool
		if object, ok = v.decode(body); !ok {
			return
		}
	}
	switch {
	case err != nil:
		v.problem("", "%v", err)
	case e.Features.Multipart != nil && opts.Body == nil:
		v.problem("", "the file is missing; set Options.Body")
	default:
		v.elements(fromCaller(e.XML, facts.AppID), object)
	}
	v.in = "Query"
	query, err := queryOf(rawQuery, opts.Query)
	if err != nil {
		v.problem("", "%v", err)
		return
	}
	v.values(fromCaller(e.Query, facts.AppID), query)
}

// requestV2 checks a request of APIv2, with its body of XML, before it is signed.
func (v *validation) requestV2(e catalogue.Endpoint, body []byte, query url.Values) {
	object := map[string]any{}
	if e.XML != nil && len(body) > 0 {
		elements, err := flatxml.Parse(body)
		if err != nil {
			v.problem("", "the body: %v", err)
			return
		}
		for _, element := range elements {
			object[element.Name] = element.Text
		}
	}
	v.elements(fromCaller(e.XML, ""), object)
	v.in = "Query"
	v.values(fromCaller(e.Query, ""), listsOf(query))
}

// fromCaller returns the fields of a request, of which those that the client fills in, and
// one more, are not required.
func fromCaller(fields catalogue.Fields, oneMore string) catalogue.Fields {
	fields = slices.Clone(fields)
	for i, f := range fields {
		fields[i].Required = f.Required && !catalogue.Filled(f.Name) && f.Name != oneMore
	}
	return fields
}

// elements checks the values of the elements of a body: texts and whole numbers. Null and ""
// are not sent.
func (v *validation) elements(fields catalogue.Fields, values map[string]any) {
	for _, f := range fields {
		value := values[f.Name]
		held, holds := f.Held()
		switch text, isText := elementText(value); {
		case value == nil || isText && text == "":
			if f.Required {
				v.problem(f.Name, "is missing")
			}
		case holds:
			v.textOf(held, value)
		case !isText:
			v.problem(f.Name, "is %s; it must be text or a whole number", kindOf(value))
		default:
			v.text(f, text)
		}
	}
}

func elementText(value any) (text string, ok bool) {
	switch value := value.(type) {
	case string:
		return value, true
	case json.Number:
		return value.String(), is(value, "integer")
	}
	return "", false
}

// textOf checks the object or list whose JSON an element holds: as such, or as its text. Any
// other text passes: risk_info is no JSON, and detail need not be.
func (v *validation) textOf(held catalogue.Field, value any) {
	if text, isText := value.(string); isText {
		if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
			return
		}
		var valid bool
		if value, valid = decodeJSON([]byte(text)); !valid {
			v.problem(held.Name, "is not valid JSON")
			return
		}
	}
	want, fits := "an object", is(value, held.Type)
	if strings.HasSuffix(held.Type, "[]") {
		want = "a list"
		_, fits = value.([]any)
	}
	if !fits {
		v.problem(held.Name, "is %s; it must be %s, or the JSON text of one", kindOf(value), want)
		return
	}
	v.value(held, held.Type, value, held.Name)
}
