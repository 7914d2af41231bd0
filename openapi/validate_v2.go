package openapi

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"strings"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// optionsV2 checks the options of a call of APIv2.
func (v *validation) optionsV2(e catalogue.Endpoint, rawQuery string, opts *wechatpay.Options) {
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
	if err != nil {
		v.problem("", "%v", err)
	} else {
		v.elements(e.XML, object)
	}
	v.in = "Query"
	query, err := queryOf(rawQuery, opts.Query)
	if err != nil {
		v.problem("", "%v", err)
		return
	}
	v.values(withoutFilled(e.Query), query)
}

// requestV2 checks a request of APIv2, with its body of XML.
func (v *validation) requestV2(e catalogue.Endpoint, body []byte, query url.Values) {
	object, err := elementsOf(body)
	if err != nil {
		v.problem("", "the body is not XML")
		return
	}
	v.elements(e.XML, object)
	v.in = "Query"
	v.values(withoutFilled(e.Query), listsOf(query))
}

// withoutFilled returns the fields of a request, without those that the client fills in.
func withoutFilled(fields catalogue.Fields) catalogue.Fields {
	var list catalogue.Fields
	for _, f := range fields {
		if !catalogue.Filled(f.Name) {
			list = append(list, f)
		}
	}
	return list
}

// elements checks the values of the elements of a body: texts and whole numbers. Null and ""
// are not sent.
func (v *validation) elements(fields catalogue.Fields, values map[string]any) {
	for _, f := range fields {
		value := values[f.Name]
		switch text, isText := elementText(value); {
		case value == nil || isText && text == "":
			if f.Required && !catalogue.Filled(f.Name) {
				v.problem(f.Name, "is missing")
			}
		case f.Text && len(f.Fields) > 0:
			v.textOf(f, value)
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

// textOf checks the object whose JSON an element holds: as an object, or as its text. Any
// other text passes: risk_info is no JSON, and detail need not be.
func (v *validation) textOf(f catalogue.Field, value any) {
	if text, isText := value.(string); isText {
		if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
			return
		}
		var valid bool
		if value, valid = decodeJSON([]byte(text)); !valid {
			v.problem(f.Name, "is not valid JSON")
			return
		}
	}
	object, ok := value.(map[string]any)
	if !ok {
		v.problem(f.Name, "is %s; it must be an object, or the JSON text of one", kindOf(value))
		return
	}
	v.object(f.Fields, object, f.Name+".")
}

// elementsOf returns the texts of the elements of a body that the client wrote.
func elementsOf(body []byte) (map[string]any, error) {
	values := map[string]any{}
	decoder := xml.NewDecoder(bytes.NewReader(body))
	var name string // of the element
	for depth := 0; ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return values, nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++
			name = token.Name.Local
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth == 2 { // in an element of the root
				before, _ := values[name].(string)
				values[name] = before + string(token)
			}
		}
	}
}
