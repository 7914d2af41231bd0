package openapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/fieldcrypt"
	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
	"github.com/wechatpay-chain/wechatpay/internal/mediabody"
	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
	"github.com/wechatpay-chain/wechatpay/internal/target"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// bodyFields are those of the JSON body, or of the part meta of an upload.
func bodyFields(e catalogue.Endpoint) catalogue.Fields {
	fields := e.JSON
	for _, part := range e.Body {
		if part.Name == "meta" {
			fields = part.Fields
		}
	}
	return fields
}

// bodyOf marshals the body, or builds that of an upload.
func bodyOf(e catalogue.Endpoint, opts *wechatpay.Options) ([]byte, error) {
	switch {
	case opts.Body != nil:
		body, err := mediabody.Build(opts.Body, media.Target{Method: e.Method, Path: e.Path})
		if err != nil {
			return nil, fmt.Errorf("the body: %w", err)
		}
		return body.Signed, nil
	case opts.XML != nil:
		return nil, errors.New("is in Options.XML; API v3 takes Options.JSON")
	}
	return marshalled(opts.JSON)
}

// marshalled marshals an object, or nil.
func marshalled(object any) ([]byte, error) {
	if object == nil {
		return nil, nil
	}
	if document, ok := object.(wechatpay.Document); ok {
		return document.Bytes()
	}
	body, err := jsonx.Body(object)
	if err != nil {
		return nil, fmt.Errorf("the body %w", err)
	}
	return body, nil
}

// queryOf joins the query in the path with Options.Query.
func queryOf(raw string, query any) (map[string]any, error) {
	literal, err := url.ParseQuery(raw)
	if err != nil {
		return nil, err
	}
	values, err := target.QueryOf(query)
	if err != nil {
		return nil, err
	}
	joined := listsOf(literal)
	maps.Copy(joined, values)
	return joined, nil
}

// listsOf are the values of a query, each a list of texts.
func listsOf(query url.Values) map[string]any {
	values := make(map[string]any, len(query))
	for name, list := range query {
		values[name] = list
	}
	return values
}

// guardOf returns what finds the encrypted fields that a call with the options would send
// in the clear.
func guardOf(e catalogue.Endpoint, opts *wechatpay.Options) fieldcrypt.Guard {
	upload, _ := opts.Body.(*media.Upload)
	if slices.Contains(opts.Encrypt, fieldcrypt.Auto) || endpoint.IsShape(opts.JSON) || endpoint.IsShape(opts.Query) || upload != nil && endpoint.IsShape(upload.Meta) {
		return fieldcrypt.Guard{} // they are encrypted
	}
	call := fieldcrypt.Call{Method: e.Method, Route: e.Path, Clear: slices.Concat(opts.Encrypt, opts.Unencrypted)}
	return call.Guard(call.Marks())
}

// textsOf are the values of a query as they are sent, without those that cannot be.
func textsOf(query map[string]any) url.Values {
	values := make(url.Values, len(query))
	for name, value := range query {
		for _, one := range texts(value) {
			if text, err := target.Scalar(one); err == nil {
				values.Add(name, text)
			}
		}
	}
	return values
}

// values checks values that are sent as text: of a query or a path.
func (v *validation) values(fields catalogue.Fields, values map[string]any) {
	for _, f := range fields {
		list := texts(values[f.Name])
		if len(list) == 0 && f.Required {
			v.problem(f.Name, "is missing")
		}
		for _, value := range list {
			text, err := target.Scalar(value)
			if err != nil {
				v.problem(f.Name, "%v", err)
				continue
			}
			v.text(f, text)
		}
	}
}

// texts are the values that a query repeats, without nil.
func texts(value any) (list []any) {
	if nilcheck.IsNil(value) {
		return nil
	}
	if v := reflect.ValueOf(value); v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8 {
		for i := range v.Len() {
			list = append(list, v.Index(i).Interface())
		}
		return list
	}
	return []any{value}
}

// text checks a value that is sent as text.
func (v *validation) text(f catalogue.Field, text string) {
	switch f.Type {
	case "integer", "number":
		if number := json.Number(text); !json.Valid([]byte(text)) || !is(number, f.Type) || strings.Trim(text, "+-.0123456789eE") != "" {
			v.problem(f.Name, "is not %s", withArticle(f.Type))
		}
	case "boolean":
		if text != "true" && text != "false" {
			v.problem(f.Name, "is neither true nor false")
		}
	case "string":
		v.value(f, f.Type, text, f.Name)
	}
}

// vars checks the values of the variables: those in the path, and those of vars.
func (v *validation) vars(e catalogue.Endpoint, path string, vars wechatpay.M) {
	documented := strings.Split(e.Path[1:], "/")
	given := strings.Split(rooted(path)[1:], "/")
	given = given[max(0, len(given)-len(documented)):] // below the prefix of a base URL
	if len(given) < len(documented) {
		return
	}
	values := wechatpay.M{}
	for i, name := range documented {
		if !strings.HasPrefix(name, "{") {
			continue
		}
		value, err := url.PathUnescape(given[i])
		if err != nil {
			value = given[i]
		}
		values[strings.Trim(name, "{}")] = value
		if strings.HasPrefix(given[i], "{") {
			values[strings.Trim(name, "{}")] = vars[strings.Trim(given[i], "{}")]
		}
	}
	for _, f := range e.Vars {
		f.Required = true
		v.values(catalogue.Fields{f}, values)
	}
}
