package upload

import (
	"encoding/json"
	"strings"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/complete"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue/labels"
)

// typed returns the part meta with the documented types of its fields. A dotted name is a
// field in an object.
func typed(e catalogue.Endpoint, texts wechatpay.M) (any, error) {
	fields, _ := complete.Body(e, labels.Labels{})
	if e.Version == 2 {
		fields = e.Body
	}
	meta := wechatpay.NewDocument(nil)
	for name, text := range texts {
		f, known := fieldOf(fields, name)
		if !known {
			return nil, failure.Usagef("-f %s: the endpoint has no such field; wechatpay describe %s %s lists them", name, e.Method, e.Route())
		}
		value, err := valueOf(f, name, text.(string)) //nolint:forcetypeassert // assignments has texts alone
		if err != nil {
			return nil, err
		}
		meta = meta.Set(name, value)
	}
	data, err := meta.Bytes()
	return json.RawMessage(data), err
}

func fieldOf(fields catalogue.Fields, path string) (f catalogue.Field, known bool) {
	for name := range strings.SplitSeq(path, ".") {
		known = false
		for _, candidate := range fields {
			if candidate.Name == name {
				f, known = candidate, true
			}
		}
		fields = f.Fields
	}
	return f, known
}

func valueOf(f catalogue.Field, name, text string) (any, error) {
	switch f.Type {
	case "integer", "number", "boolean":
		var value any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(&value); err != nil {
			return nil, failure.Usagef("-f %s: it must be of the type %s", name, f.Type)
		}
		_, isBool := value.(bool)
		_, isNumber := value.(json.Number)
		if isBool != (f.Type == "boolean") || isNumber == (f.Type == "boolean") {
			return nil, failure.Usagef("-f %s: it must be of the type %s", name, f.Type)
		}
		return value, nil
	case "object":
		return nil, failure.Usagef("-f %s: it is an object; set the fields in it, such as %[1]s.%s", name, firstOf(f.Fields))
	}
	return text, nil
}

func firstOf(fields catalogue.Fields) string {
	if len(fields) == 0 {
		return "…"
	}
	return fields[0].Name
}
