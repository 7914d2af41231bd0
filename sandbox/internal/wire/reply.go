package wire

import (
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/flatxml"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// Failed is the reply to what is not taken up, which is not signed.
func Failed(message string) []byte {
	return Document("xml", []signer.Param{{Name: "return_code", Value: "FAIL"}, {Name: "return_msg", Value: message}})
}

// Succeeded writes the reply to a call that succeeded, with what its part answers.
func (r *Request) Succeeded(o play.Object, key string) []byte {
	return r.write(o.With(play.Object{"result_code": "SUCCESS"}), key)
}

// Refused writes the reply to a call that was refused.
func (r *Request) Refused(refusal *play.Refusal, key string) []byte {
	o := play.Object{"result_code": "FAIL", "err_code": refusal.Code, "err_code_des": refusal.Message}
	if named(r.Endpoint.Reply, "recall") {
		o["recall"] = "N"
		if refusal.Code == "SYSTEMERROR" { // of all errors, only this may be over the next time
			o["recall"] = "Y"
		}
	}
	return r.write(o, key)
}

// write writes a reply with what every reply has, as far as it is documented of the endpoint,
// in the order of the documentation.
func (r *Request) write(o play.Object, key string) []byte {
	fields := r.Endpoint.Reply
	signed := named(fields, "sign") || len(fields) == 0
	o["return_code"], o["return_msg"] = "SUCCESS", "OK"
	repeated := []string{"appid", "mch_id", "device_info", "mch_appid", "mchid", "wxappid", "combine_appid", "combine_mch_id"}
	for _, name := range repeated {
		if value := r.Get(name); value != "" && o[name] == nil && named(fields, name) {
			o[name] = value
		}
	}
	for _, name := range []string{"sub_appid", "sub_mch_id"} { // the pages for partners have them
		if value := r.Get(name); value != "" && o[name] == nil && signed {
			o[name] = value
		}
	}
	if named(fields, "nonce_str") || len(fields) == 0 {
		o["nonce_str"] = signer.Nonce()
	}
	if named(fields, "sign_type") {
		o["sign_type"] = string(r.Digest)
	}
	maps.DeleteFunc(o, func(name string, _ any) bool { return !documented(fields, name) })
	elements := inOrder(fields, o)
	if signed {
		elements = sign(elements, r.Digest, key)
	}
	return write("xml", elements)
}

// sign adds the sign of what elements hold.
func sign(elements []flatxml.Element, digest signer.Digest, key string) []flatxml.Element {
	params := make([]signer.Param, 0, len(elements))
	for _, e := range elements {
		if len(e.Children) == 0 {
			params = append(params, signer.Param{Name: e.Name, Value: e.Text})
		}
	}
	return append(elements, flatxml.Element{Name: "sign", Text: digest.Sign(params, key)})
}

// usual are the first elements of every reply, also where the pages leave them out.
var usual = catalogue.Fields{{Name: "return_code"}, {Name: "return_msg"}, {Name: "result_code"}, {Name: "err_code"}, {Name: "err_code_des"}}

// documented reports whether a reply may have an element. Those of sub-merchants stand on the
// pages for partners only.
func documented(fields catalogue.Fields, name string) bool {
	return len(fields) == 0 || named(usual, name) || strings.HasPrefix(name, "sub_") || slices.ContainsFunc(fields, func(f catalogue.Field) bool {
		return f.Name == name || strings.Contains(f.Name, "$") && digitless(f.Name) == digitless(name)
	})
}

// inOrder returns the values of an object as elements: the documented ones in their order, then
// the others by name.
func inOrder(fields catalogue.Fields, o play.Object) []flatxml.Element {
	var elements []flatxml.Element
	left := maps.Clone(o)
	take := func(name string, fields catalogue.Fields) {
		if value, is := left[name]; is {
			delete(left, name)
			elements = append(elements, elementsOf(name, value, fields)...)
		}
	}
	for _, f := range slices.Concat(fields, usual) {
		if !strings.Contains(f.Name, "$") {
			take(f.Name, f.Fields)
			continue
		}
		for _, name := range numbered(f.Name, left) {
			take(name, f.Fields)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		take(name, nil)
	}
	return elements
}

var digits = regexp.MustCompile(`[0-9]+`)

// numbered returns the names of a numbered field, such as coupon_id_$n, by their numbers.
func numbered(documented string, o play.Object) []string {
	var names []string
	for name := range o {
		if digitless(name) == digitless(documented) && strings.ContainsAny(name[len(name)-1:], "0123456789") {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	return names
}

func digitless(name string) string {
	name = strings.NewReplacer("$n", "#", "$m", "#").Replace(name)
	return digits.ReplaceAllString(name, "#")
}

// elementsOf writes a value: an object as an element with elements, a list as several.
func elementsOf(name string, value any, fields catalogue.Fields) []flatxml.Element {
	switch v := value.(type) {
	case nil:
		return nil
	case play.Object:
		return []flatxml.Element{{Name: name, Children: inOrder(fields, v)}}
	case map[string]any:
		return []flatxml.Element{{Name: name, Children: inOrder(fields, v)}}
	case []any:
		var list []flatxml.Element
		for _, one := range v {
			list = append(list, elementsOf(name, one, fields)...)
		}
		return list
	}
	return []flatxml.Element{{Name: name, Text: flatxml.Clean(Text(value))}}
}

// Text writes a value that is no object and no list.
func Text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case int64:
		return strconv.FormatInt(v, 10)
	case int:
		return strconv.Itoa(v)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// Document writes params as XML below a root.
func Document(root string, params []signer.Param) []byte {
	elements := make([]flatxml.Element, len(params))
	for i, p := range params {
		elements[i] = flatxml.Element{Name: p.Name, Text: flatxml.Clean(p.Value)}
	}
	return write(root, elements)
}

func write(root string, elements []flatxml.Element) []byte {
	var data []byte
	data = appendAll(append(append(append(data, '<'), root...), '>', '\n'), elements)
	return append(append(append(data, "</"...), root...), '>')
}

func appendAll(data []byte, elements []flatxml.Element) []byte {
	for _, e := range elements {
		data = append(append(append(data, '<'), e.Name...), '>')
		if len(e.Children) > 0 {
			data = appendAll(append(data, '\n'), e.Children)
		} else {
			data = appendText(data, e.Text)
		}
		data = append(append(append(data, "</"...), e.Name...), '>', '\n')
	}
	return data
}

// appendText writes whole numbers as they are, and all else as CDATA, as WeChat Pay does.
func appendText(data []byte, text string) []byte {
	if number.MatchString(text) {
		return append(data, text...)
	}
	data = append(data, "<![CDATA["...)
	data = append(data, strings.ReplaceAll(text, "]]>", "]]]]><![CDATA[>")...)
	return append(data, "]]>"...)
}
