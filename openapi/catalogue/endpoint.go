package catalogue

import (
	"iter"
	"strings"
)

// An Endpoint is one operation of WeChat Pay. Its slices are shared, and not to be
// changed.
type Endpoint struct {
	Version int    `json:"-"` // 3 or 2, the API's; the brand API is of version 3
	Method  string `json:"method"`
	Path    string `json:"path"`  // an RFC 6570 template, from the slash on
	Title   string `json:"title"` // as WeChat Pay calls it
	// Base is the base URL where it is not https://api.mch.weixin.qq.com/. A path that it
	// ends in is the beginning of Path too.
	Base   string   `json:"base,omitzero"`
	Docs   []string `json:"docs,omitzero"`   // the official pages
	Status []string `json:"status,omitzero"` // such as deprecated, need-accessment
	// Kind is empty for a call; redirect-url is an address to send a browser to, and
	// plain-download is neither signed nor verified.
	Kind     string   `json:"kind,omitzero"`
	Features Features `json:"features,omitzero"`

	Vars   Fields `json:"vars,omitzero"`   // in the path
	Query  Fields `json:"query,omitzero"`  // behind it
	Header Fields `json:"header,omitzero"` // beyond those of every request
	JSON   Fields `json:"json,omitzero"`   // of a JSON body
	XML    Fields `json:"xml,omitzero"`    // of an XML body, in v2
	Body   Fields `json:"body,omitzero"`   // the parts of a multipart body
	Reply  Fields `json:"reply,omitzero"`
}

// Route returns the path as a chain takes it, without a slash at the start:
// v3/pay/transactions/jsapi, or v2/pay/micropay, of which v2/ is not sent.
func (e Endpoint) Route() string { return route(e.Version, e.Path) }

func route(version int, path string) string {
	if version != 2 {
		return strings.TrimPrefix(path, "/")
	}
	return "v2" + path
}

// Filled reports whether the client fills in a field of a request of APIv2, if the caller does
// not: the merchant id, nonce_str, sign_type and sign.
func Filled(name string) bool {
	switch name {
	case "mch_id", "mchid", "combine_mch_id", "nonce_str", "sign_type", "sign":
		return true
	}
	return false
}

// Features are what an endpoint asks for beyond the rule.
type Features struct {
	WechatpaySerial bool     `json:"wechatpay_serial,omitzero"` // the request names the encrypting key
	IdempotencyKey  bool     `json:"idempotency_key,omitzero"`
	Multipart       []string `json:"multipart,omitzero"`      // the names of the parts, in order
	Sink            bool     `json:"sink,omitzero"`           // a file comes back
	UnsignedReply   bool     `json:"unsigned_reply,omitzero"` // the reply carries no signature

	MutualTLS bool   `json:"mutual_tls,omitzero"` // v2: the merchant's certificate is asked for
	Nonceless bool   `json:"nonceless,omitzero"`  // v2: there is no nonce_str
	SignType  string `json:"sign_type,omitzero"`  // v2: where there is but one
}

// A Field is one value of a request or a reply.
type Field struct {
	Name      string
	Type      string // string, integer, number, boolean, object; or a list of them: string[]
	Required  bool
	Enum      []string // the values that are known; empty for any
	Encrypted bool     // by RSA, to the platform's key in a request, to the merchant's in a reply
	Text      bool     // a string that holds the JSON text of Fields
	Fields    Fields   // what stands in an object
}

// Fields are the values in one place. They are written in the notation that the
// package's documentation has.
type Fields []Field

// All goes through the fields and all that stand in them, with their paths: b in the
// object a is a.b, c in the objects of a list is list[].c.
func (fs Fields) All() iter.Seq2[string, Field] {
	return func(yield func(string, Field) bool) { fs.walk("", yield) }
}

func (fs Fields) walk(prefix string, yield func(string, Field) bool) bool {
	for _, f := range fs {
		path := prefix + f.Name
		if !yield(path, f) {
			return false
		}
		path += f.Type[len(strings.TrimRight(f.Type, "[]")):]
		if !f.Fields.walk(path+".", yield) {
			return false
		}
	}
	return true
}
