// Package apiv2 turns the body of a call of APIv2 into what is signed, and a reply into JSON.
package apiv2

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/flatxml"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// Params returns the values of a JSON object in the order in which they stand there. A null is
// left out. An object or a list is the text of its JSON, where the endpoint documents one.
func Params(object []byte, facts *endpoint.V2) ([]signer.Param, error) {
	parsed := gjson.ParseBytes(object)
	params := make([]signer.Param, 0, strings.Count(parsed.Raw, `":`)+4)
	var problem error
	parsed.ForEach(func(key, value gjson.Result) bool {
		text, err := textOf(key.Str, value, facts)
		switch {
		case err != nil:
			problem = fmt.Errorf("%q %w", key.Str, err)
		case !flatxml.IsName(key.Str):
			problem = fmt.Errorf("%.60q cannot be the name of an element; names begin with a letter", key.Str)
		case value.Type != gjson.Null:
			params = append(params, signer.Param{Name: key.Str, Value: text})
		}
		return problem == nil
	})
	return params, problem
}

func textOf(name string, value gjson.Result, facts *endpoint.V2) (string, error) {
	switch value.Type {
	case gjson.String:
		if strings.Contains(value.Str, "\ufffd") && strings.Contains(strings.ToLower(value.Raw), `\ud`) {
			return "", errors.New("has half of a surrogate pair, which would be sent as another character")
		}
		return value.Str, checkText(value.Str)
	case gjson.Number:
		if strings.Trim(value.Raw, "-0123456789") != "" {
			return "", errors.New("is a number with a fraction or an exponent; amounts are whole numbers of fen, and anything else is text")
		}
		return value.Raw, nil
	case gjson.True, gjson.False:
		return "", errors.New(`is a boolean, which APIv2 has not; write the documented text, such as "Y"`)
	case gjson.JSON:
		return encoded(name, value, facts)
	}
	return "", nil
}

// encoded returns the text of an object or a list, in the form that the endpoint documents.
func encoded(name string, value gjson.Result, facts *endpoint.V2) (string, error) {
	isText, isList, isForm := slices.Contains(facts.Text, name), slices.Contains(facts.List, name), slices.Contains(facts.Form, name)
	switch {
	case isText && value.IsObject(), isList && value.IsArray():
		return value.Raw, checkText(value.Raw)
	case isForm && value.IsObject():
		return form(value)
	case isText || isForm:
		return "", errors.New("is a list, and the documentation has an object there; pass an M, a struct, or text")
	case isList:
		return "", errors.New("is an object, and the documentation has a list there; pass a list, such as []M, or text")
	}
	return "", errors.New("is an object or a list, and the documentation has text there; pass text")
}

// form returns key=value pairs of an object, joined by & and URL-encoded as one.
func form(object gjson.Result) (string, error) {
	var pairs []string
	var err error
	object.ForEach(func(key, value gjson.Result) bool {
		if value.IsObject() || value.IsArray() {
			err = fmt.Errorf("holds %q, which is an object or a list; it takes texts", key.Str)
		}
		pairs = append(pairs, key.Str+"="+value.String())
		return err == nil
	})
	return url.QueryEscape(strings.Join(pairs, "&")), err
}

// checkText refuses what XML cannot hold.
func checkText(text string) error {
	if !flatxml.IsClean(strings.ReplaceAll(text, "\r", "")) {
		return errors.New("has a control character, which XML cannot hold; remove it")
	}
	return nil
}

// Get returns the value of a param, or "".
func Get(params []signer.Param, name string) string {
	if i := Index(params, name); i >= 0 {
		return params[i].Value
	}
	return ""
}

// Index returns the index of a param, or -1.
func Index(params []signer.Param, name string) int {
	return slices.IndexFunc(params, func(p signer.Param) bool { return p.Name == name })
}

// Fill adds what an endpoint documents and the caller left out: the merchant id, the app id and
// the sign_type. It refuses a merchant id that is not the client's, unless any is let through, and a
// sign_type that the endpoint does not take.
func Fill(params []signer.Param, facts *endpoint.V2, caller Caller) ([]signer.Param, error) {
	named := false
	for _, p := range params {
		if p.Value == "" || p.Name != "mch_id" && p.Name != "mchid" && p.Name != "combine_mch_id" {
			continue
		}
		if named = true; p.Value != caller.MchID && !caller.Any {
			return nil, fmt.Errorf("%q is %.40q, and the client is that of merchant %s; a sub-merchant belongs in sub_mch_id", p.Name, p.Value, caller.MchID)
		}
	}
	if !named && facts.MchID != "" {
		params = set(params, facts.MchID, caller.MchID)
	}
	if caller.AppID != "" && facts.AppID != "" && Get(params, facts.AppID) == "" {
		params = set(params, facts.AppID, caller.AppID)
	}
	return fillSignType(params, facts, caller.Digest)
}

// fillSignType sets facts.Digest to the digest of the request. One that the caller chose is not
// added, and not compared with the documentation.
func fillSignType(params []signer.Param, facts *endpoint.V2, chosen signer.Digest) ([]signer.Param, error) {
	given := signer.Digest(Get(params, "sign_type"))
	digest := signer.Digest(facts.Digest)
	switch {
	case given == "" && Index(params, "sign_type") >= 0:
		return nil, errors.New(`"sign_type" is empty; leave it out, or set "MD5" or "HMAC-SHA256"`)
	case given != "":
		if err := given.Check(); err != nil {
			return nil, err
		}
	}
	switch {
	case chosen != "" && given != "" && given != chosen:
		return nil, fmt.Errorf(`"sign_type" is %s, and Options.V2.Digest %s; remove one of them`, given, chosen)
	case chosen != "":
		facts.Digest = string(chosen)
	case given != "" && facts.Unnamed:
		return nil, errors.New(`"sign_type" is not documented for this endpoint, which knows MD5 only; remove it`)
	case given != "" && digest != "" && given != digest:
		return nil, fmt.Errorf(`"sign_type" is %s, and the documentation has %s only; remove it`, given, digest)
	case given != "":
		facts.Digest = string(given)
	case digest != "":
		params = set(params, "sign_type", string(digest))
	case facts.Usual != "":
		facts.Digest = facts.Usual
		params = set(params, "sign_type", facts.Usual)
	default:
		facts.Digest = string(signer.MD5)
	}
	return params, nil
}

func set(params []signer.Param, name, value string) []signer.Param {
	if i := Index(params, name); i >= 0 {
		params[i].Value = value
		return params
	}
	return append(params, signer.Param{Name: name, Value: value})
}

// XML returns params as a document.
func XML(params []signer.Param) []byte {
	size := len(flatxml.Begin) + len(flatxml.End)
	for _, p := range params {
		size += 2*len(p.Name) + len(p.Value) + len("<></><![CDATA[]]>")
	}
	data := append(make([]byte, 0, size), flatxml.Begin...)
	for _, p := range params {
		data = flatxml.Append(data, p.Name, p.Value)
	}
	return append(data, flatxml.End...)
}
