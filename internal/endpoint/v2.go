package endpoint

import (
	"slices"
	"strings"
)

// V2 are the facts about an endpoint of APIv2. Its zero value, with MchID set to "mch_id", is
// the rule: a POST of XML with a nonce, whose digest is MD5 unless sign_type says otherwise,
// and whose reply is signed. So is an endpoint that is not documented.
type V2 struct {
	Base      string   // base URL, where it is not the usual one
	MutualTLS bool     // the merchant's certificate is asked for
	Nonceless bool     // it takes no nonce_str
	Digest    string   // the only sign_type that it takes; "" for any
	Usual     string   // of several, the sign_type to send where the request has none; "" for none, which is MD5
	Unnamed   bool     // it knows no sign_type: the digest is MD5, and not named
	MchID     string   // the name of the merchant id in the request; "" for none
	AppID     string   // the name of the app id in the request; "" for none
	Text      []string // fields whose value is the JSON of an object
	List      []string // fields whose value is the JSON of a list
	Form      []string // fields whose value is key=value pairs, joined by & and URL-encoded as one
	Encrypted []string // fields that are encrypted with the key of risk/getpublickey
	Signed    []string // the only fields that are signed, of an upload; nil for all
	WorkWX    []string // the fields of workwx_sign, in their order; nil for none
	Browser   bool     // it is an address for a browser
	Unsigned  bool     // the reply has no sign
	Outcome   Outcome  // what in the reply tells success
	File      bool     // a file comes back, or XML with an error
	Query     bool     // it reads only, so that it may be repeated
	Again     bool     // it may be repeated with the same business number
	Ask       string   // the path that tells whether a call took effect; "" for none
}

// An Outcome says which fields of a reply of APIv2 tell success.
type Outcome int

// The known outcomes.
const (
	ReturnAndResult Outcome = iota // return_code and result_code
	ReturnOnly                     // return_code
	RetCode                        // retcode, of a reply in JSON
)

// LookupV2 returns the facts about a path of APIv2, without v2/; the leading slash is optional.
// known is false for a path that is not documented, which goes by the rule.
func LookupV2(method, path string) (facts V2, known bool) {
	path = strings.Trim(path, "/")
	i, found := slices.BinarySearchFunc(tableV2, rowV2{path: path, method: method}, compareV2)
	if !found {
		return V2{MchID: "mch_id", Outcome: ReturnOnly}, false
	}
	return tableV2[i].V2, true
}

// KeepsCapitals reports whether a segment of a path of APIv2 is written with capitals.
func KeepsCapitals(segment string) bool {
	return slices.ContainsFunc(tableV2, func(r rowV2) bool { return strings.HasSuffix(r.path, "/"+segment) })
}

// A rowV2 of the table, which is sorted by path and method.
type rowV2 struct {
	path, method string // without a slash at the start
	V2
}

func compareV2(r, wanted rowV2) int {
	if c := strings.Compare(r.path, wanted.path); c != 0 {
		return c
	}
	return strings.Compare(r.method, wanted.method)
}
