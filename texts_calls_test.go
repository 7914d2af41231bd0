package wechatpay_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

func TestTextsOfRefusedCalls(t *testing.T) {
	ctx := t.Context()
	c, w := sandboxClient(t, nil)
	keyless, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
		cfg.PrivateKey, cfg.Signer, cfg.PlatformKeys, cfg.Verifier = nil, noSigner, nil, noVerifier
	})
	x := c.Chain("v3/x")
	body := wechatpay.M{"a": "x", "n": 7}
	gone := func() (io.ReadCloser, error) { return nil, errors.New("file is gone") }
	nothing := func() (io.ReadCloser, error) { return nil, nil } //nolint:nilnil // that is the point
	post := func(ch wechatpay.Chain, opts *wechatpay.Options) error { return errorOf(ch.Post(ctx, opts)) }
	for _, row := range []pinned{
		{"a zero chain", func() error { return post(wechatpay.Chain{}, nil) },
			"wechatpay: POST : invalid call: zero Chain, such as a map returns for an unknown path; start one with Client.Chain or Client.At"},
		{"an empty path", func() error { return post(c.Chain(""), nil) },
			"wechatpay: POST : invalid call: Chain: the path is empty"},
		{"At with a value", func() error { return post(c.At("v3/pay/transactions", "outTradeNo/ORDER20260101ABC", "close"), nil) },
			`wechatpay: POST v3/pay/transactions: invalid call: At: the segment behind "outTradeNo" has two capitals in a row, a capital behind a sign, or a percent sign, as no name has; for a value write {variable}, and pass it in Options.Vars`},
		{"At with a value alone", func() error { return post(c.At("ORDER"), nil) },
			"wechatpay: POST : invalid call: At: the first segment has two capitals in a row, a capital behind a sign, or a percent sign, as no name has; for a value write {variable}, and pass it in Options.Vars"},
		{"no name", func() error { return post(c.At(), nil) },
			"wechatpay: POST : invalid call: At: no names; pass at least one"},
		{"an empty name", func() error { return post(c.At("v3", ""), nil) },
			"wechatpay: POST v3: invalid call: At: a name is empty"},
		{"a query in a name", func() error { return post(c.At("v3/x?a=1"), nil) },
			"wechatpay: POST : invalid call: At: takes names only; pass a URL to Chain, and a query in Options.Query"},
		{"a URL inside a chain", func() error { return post(c.Chain("v3").Chain("https://api.mch.weixin.qq.com/v3/x"), nil) },
			"wechatpay: POST v3: invalid call: Chain: an absolute URL can only be the start of a chain"},
		{"a path after a query", func() error { return post(c.Chain("v3/x?a=1").Chain("y"), nil) },
			"wechatpay: POST v3/x: invalid call: Chain: the path already has a query; nothing can be appended to it"},
		{"no context", func() error { return errorOf(x.Get(nil, nil)) }, //nolint:staticcheck // that is the point
			"wechatpay: GET v3/x: invalid call: the context is nil; use context.Background()"},
		{"no method", func() error { return errorOf(x.Do(ctx, "GE T", nil)) },
			`wechatpay: GE T v3/x: invalid call: invalid HTTP method "GE T"; use GET, POST, PUT, PATCH or DELETE`},
		{"a GET with a body", func() error { return errorOf(x.Get(ctx, &wechatpay.Options{JSON: 1})) },
			"wechatpay: GET v3/x: invalid call: Options: a GET request must not have a body; use Query"},
		{"two bodies", func() error { return post(x, &wechatpay.Options{JSON: 1, Body: &media.Body{}}) },
			"wechatpay: POST v3/x: invalid call: Options: JSON and Body are mutually exclusive; set one of them"},
		{"a stack that is told a name it has not", func() error {
			return post(x, &wechatpay.Options{Stack: func(s *middleware.Stack) error { return s.Remove("x") }})
		},
			`wechatpay: POST v3/x: invalid call: Options.Stack: middleware: the stack has no "x": verify → sign → transport`},
		{"only a slash", func() error { return post(c.Chain("/"), nil) },
			`wechatpay: POST /: invalid call: Chain: "/" has no path, or begins with an empty segment`},
		{"an empty segment in front", func() error { return post(c.Chain("//evil.example/v3/x"), nil) },
			`wechatpay: POST //evil.example/v3/x: invalid call: Chain: "//evil.example/v3/x" has no path, or begins with an empty segment`},
		{"a dot segment", func() error { return post(c.Chain("v3/../x"), nil) },
			`wechatpay: POST v3/../x: invalid call: Chain: the path has the segment "..", which servers resolve away`},
		{"an escaped dot segment", func() error { return post(c.Chain("v3/%2E%2e/x"), nil) },
			`wechatpay: POST v3/%2E%2e/x: invalid call: Chain: the path has the segment "%2E%2e", which servers resolve away`},
		{"a space", func() error { return post(c.Chain("v3/a b"), nil) },
			`wechatpay: POST v3/a b: invalid call: Chain: character " " cannot stand in a path or query; percent-encode it, or pass the value in Options.Vars or Options.Query`},
		{"Chinese", func() error { return post(c.Chain("v3/中"), nil) },
			`wechatpay: POST v3/中: invalid call: Chain: character "\xe4" cannot stand in a path or query; percent-encode it, or pass the value in Options.Vars or Options.Query`},
		{"a bad escape", func() error { return post(c.Chain("v3/%zz"), nil) },
			`wechatpay: POST v3/%zz: invalid call: Chain: character "%" cannot stand in a path or query; percent-encode it, or pass the value in Options.Vars or Options.Query`},
		{"a fragment", func() error { return post(c.Chain("v3/x#y"), nil) },
			`wechatpay: POST v3/x: invalid call: Chain: character "#" cannot stand in a path or query; percent-encode it, or pass the value in Options.Vars or Options.Query`},
		{"a space in the query", func() error { return post(c.Chain("v3/x?a=b c"), nil) },
			`wechatpay: POST v3/x: invalid call: Chain: character " " cannot stand in a path or query; percent-encode it, or pass the value in Options.Vars or Options.Query`},
		{"a brace that stays open", func() error { return post(c.Chain("v3/{id"), vars("id", "1")) },
			`wechatpay: POST v3/{id: invalid call: Chain: "v3/{id" is not an RFC 6570 template; write variables as {name}`},
		{"a brace in a URL", func() error { return post(c.Chain("https://api.mch.weixin.qq.com/v3/{id}"), nil) },
			"wechatpay: POST https://api.mch.weixin.qq.com/v3/{id}: invalid call: Chain: a brace is left in the path; placeholders are written {name}"},
		{"another scheme", func() error { return post(c.Chain("ftp://api.mch.weixin.qq.com/v3/x"), nil) },
			`wechatpay: POST ftp://api.mch.weixin.qq.com/v3/x: invalid call: host api.mch.weixin.qq.com has the scheme "ftp"; use https`},
		{"a foreign host", func() error { return post(c.Chain("https://evil.example/v3/x"), nil) },
			`wechatpay: POST https://evil.example/v3/x: invalid call: host "evil.example" is not trusted: signed requests are only sent to weixin.qq.com, wechatpay.cn and the base URL of the client`},
		{"a user name", func() error { return post(c.Chain("https://a@api.mch.weixin.qq.com/v3/x"), nil) },
			"wechatpay: POST https://api.mch.weixin.qq.com/v3/x: invalid call: Chain: an absolute URL needs a host and a path, and no user name"},
		{"WeChat Pay over plain http", func() error { return post(c.Chain("http://api.mch.weixin.qq.com/v3/x"), nil) },
			`wechatpay: POST http://api.mch.weixin.qq.com/v3/x: invalid call: host api.mch.weixin.qq.com has the scheme "http"; use https`},
		{"a URL without a path", func() error { return post(c.Chain("https://api.mch.weixin.qq.com"), nil) },
			"wechatpay: POST https://api.mch.weixin.qq.com: invalid call: Chain: an absolute URL needs a host and a path, and no user name"},
		{"a URL that is none", func() error { return post(c.Chain("https://[::1/v3"), nil) },
			"wechatpay: POST https://…: invalid call: Chain: the absolute URL is malformed"},
		{"a URL with Vars", func() error { return post(c.Chain("https://api.mch.weixin.qq.com/v3/x"), vars("id", "1")) },
			"wechatpay: POST https://api.mch.weixin.qq.com/v3/x: invalid call: Chain: an absolute URL is used verbatim; remove Vars, WithVar and WithBaseURL"},
		{"a base URL that is none", func() error { return post(x, &wechatpay.Options{BaseURL: "evil"}) },
			"wechatpay: POST v3/x: invalid call: Options.BaseURL: has no scheme; write https:// (or http:// for a sandbox) in front of the host"},
		{"a foreign base URL", func() error { return post(x, &wechatpay.Options{BaseURL: "https://evil.example"}) },
			`wechatpay: POST v3/x: invalid call: host "evil.example" is not trusted: signed requests are only sent to weixin.qq.com, wechatpay.cn and the base URL of the client`},
		{"a base URL of the chain that is none", func() error { return post(x.WithBaseURL("evil"), nil) },
			"wechatpay: POST v3/x: invalid call: Chain.WithBaseURL: has no scheme; write https:// (or http:// for a sandbox) in front of the host"},
		{"a variable that is missing", func() error { return post(c.Chain("v3/x/{id}"), nil) },
			`wechatpay: POST v3/x/{id}: invalid call: Options.Vars: "id" is missing, for "v3/x/{id}"`},
		{"a variable without a placeholder", func() error { return post(x, vars("id", "1")) },
			`wechatpay: POST v3/x: invalid call: Options.Vars: "id" is not a placeholder of "v3/x", which has no placeholders`},
		{"a variable that no placeholder is named by", func() error {
			return post(c.Chain("v3/x/{id}"), &wechatpay.Options{Vars: wechatpay.M{"id": "1", "it": "2"}})
		},
			`wechatpay: POST v3/x/{id}: invalid call: Options.Vars: "it" is not a placeholder of "v3/x/{id}"`},
		{"a variable that is filled twice", func() error { return post(c.Chain("v3/x/{id}").WithVar("id", "1"), vars("id", "2")) },
			`wechatpay: POST v3/x/{id}: invalid call: Options.Vars: "id" is already set by Chain.WithVar; remove it`},
		{"an empty variable", func() error { return post(c.Chain("v3/x/{id}"), vars("id", "")) },
			`wechatpay: POST v3/x/{id}: invalid call: Options.Vars: "id" is "", which would change the path`},
		{"a variable of dots", func() error { return post(c.Chain("v3/x/{id}"), vars("id", "..")) },
			`wechatpay: POST v3/x/{id}: invalid call: Options.Vars: "id" is "..", which would change the path`},
		{"a variable with a control character", func() error { return post(c.Chain("v3/x/{id}"), vars("id", "a\x00b")) },
			`wechatpay: POST v3/x/{id}: invalid call: Options.Vars: "id" holds a control character`},
		{"a variable that is not UTF-8", func() error { return post(c.Chain("v3/x/{id}"), vars("id", "\xff")) },
			`wechatpay: POST v3/x/{id}: invalid call: Options.Vars: "id" is not UTF-8; convert it (from GBK?) first`},
		{"a variable that lost digits", func() error { return post(c.Chain("v3/x/{id}"), vars("id", 1e30)) },
			`wechatpay: POST v3/x/{id}: invalid call: Options.Vars: "id" is a float that may have lost digits; pass it as a string`},
		{"a variable of an odd type", func() error { return post(c.Chain("v3/x/{id}"), vars("id", struct{}{})) },
			`wechatpay: POST v3/x/{id}: invalid call: Options.Vars: "id" is a struct {}; pass a string, a number or a bool`},
		{"a variable that is a nil pointer in a list", func() error { return post(c.Chain("v3{/id*}"), vars("id", []*string{nil})) },
			`wechatpay: POST v3{/id*}: invalid call: Options.Vars: "id" [0] is nil`},
		{"a variable that marshals badly", func() error { return post(c.Chain("v3/x/{id}"), vars("id", badText{})) },
			`wechatpay: POST v3/x/{id}: invalid call: Options.Vars: "id" cannot be written as text: MarshalText of wechatpay_test.badText failed`},
		{"a variable that is cut", func() error { return post(c.Chain("v3/{id:2}"), vars("id", "中文")) },
			`wechatpay: POST v3/{id:2}: invalid call: Options.Vars: "id" is not ASCII, and its template has a prefix modifier, which would cut it inside a character`},
		{"an empty list", func() error { return post(c.Chain("v3{/id*}"), vars("id", []string{})) },
			`wechatpay: POST v3{/id*}: invalid call: Options.Vars: "id" is an empty list`},
		{"an empty map", func() error { return post(c.Chain("v3{?id*}"), vars("id", map[string]string{})) },
			`wechatpay: POST v3{?id*}: invalid call: Options.Vars: "id" is an empty map`},
		{"dots in a list", func() error { return post(c.Chain("v3{/id*}"), vars("id", []string{"a", ".."})) },
			`wechatpay: POST v3{/id*}: invalid call: Options.Vars: "id" [1] is "..", which would change the path`},
		{"an empty value in a map", func() error { return post(c.Chain("v3{?id*}"), vars("id", map[string]string{"a": ""})) },
			`wechatpay: POST v3{?id*}: invalid call: Options.Vars: "id" entry 1 is "", which would change the path`},
		{"a query of an odd type", func() error { return post(x, &wechatpay.Options{Query: 7}) },
			"wechatpay: POST v3/x: invalid call: Options.Query: cannot use a int; pass an M or a struct with json tags"},
		{"a query of a map in a map", func() error { return post(x, &wechatpay.Options{Query: wechatpay.M{"q": wechatpay.M{}}}) },
			`wechatpay: POST v3/x: invalid call: Options.Query: "q" is a map[string]interface {}; pass a string, a number or a bool`},
		{"a query that is not UTF-8", func() error { return post(x, &wechatpay.Options{Query: wechatpay.M{"q": "\xff"}}) },
			`wechatpay: POST v3/x: invalid call: Options.Query: "q" is not UTF-8; convert it (from GBK?) first`},
		{"a query that lost digits", func() error { return post(x, &wechatpay.Options{Query: wechatpay.M{"q": 1e30}}) },
			`wechatpay: POST v3/x: invalid call: Options.Query: "q" is a float that may have lost digits; pass it as a string`},
		{"a query with an empty key", func() error { return post(x, &wechatpay.Options{Query: wechatpay.M{"": 1}}) },
			"wechatpay: POST v3/x: invalid call: Options.Query: a key is empty"},
		{"JSON of a channel", func() error { return post(x, &wechatpay.Options{JSON: make(chan int)}) },
			"wechatpay: POST v3/x: invalid call: Options.JSON cannot be marshalled: json: unsupported type: chan int"},
		{"JSON of a reader", func() error { return post(x, &wechatpay.Options{JSON: strings.NewReader("{}")}) },
			"wechatpay: POST v3/x: invalid call: Options.JSON is a *strings.Reader, which is a reader; a body is an object: pass an M or a struct, or what io.ReadAll returns"},
		{"JSON that holds an error", func() error { return post(x, &wechatpay.Options{JSON: wechatpay.M{"a": []error{io.EOF}}}) },
			`wechatpay: POST v3/x: invalid call: Options.JSON holds a *errors.errorString at "a.0", which is an error; pass its text, an M or a struct`},
		{"a Document of a list", func() error { return post(x, &wechatpay.Options{JSON: wechatpay.NewDocument([]int{1})}) },
			"wechatpay: POST v3/x: invalid call: Options.JSON: NewDocument: the value is a []int, in JSON a list; a body is an object: pass an M or a struct, or JSON text as a json.RawMessage"},
		{"JSON that marshals badly", func() error { return post(x, &wechatpay.Options{JSON: wechatpay.M{"a": badText{}}}) },
			"wechatpay: POST v3/x: invalid call: Options.JSON cannot be marshalled: json: error calling MarshalText for type wechatpay_test.badText: no text today"},
		{"JSON of a nil map", func() error { return post(x, &wechatpay.Options{JSON: wechatpay.M(nil)}) },
			"wechatpay: POST v3/x: invalid call: Options.JSON is a nil map[string]interface {}; leave it unset for an empty body"},
		{"JSON of a nil pointer", func() error { return post(x, &wechatpay.Options{JSON: (*struct{})(nil)}) },
			"wechatpay: POST v3/x: invalid call: Options.JSON is a nil *struct {}; leave it unset for an empty body"},
		{"JSON that is null", func() error { return post(x, &wechatpay.Options{JSON: json.RawMessage("null")}) },
			"wechatpay: POST v3/x: invalid call: Options.JSON is null, which WeChat Pay refuses; leave it unset for an empty body"},
		{"JSON that is cut off", func() error { return post(x, &wechatpay.Options{JSON: json.RawMessage("{")}) },
			"wechatpay: POST v3/x: invalid call: Options.JSON is not valid JSON"},
		{"JSON that is not UTF-8", func() error { return post(x, &wechatpay.Options{JSON: wechatpay.M{"a": "\xff"}}) },
			"wechatpay: POST v3/x: invalid call: Options.JSON holds a string that is not UTF-8; convert it (from GBK?) first"},
		{"a Document with a bad start", func() error { return post(x, &wechatpay.Options{JSON: wechatpay.NewDocument(json.RawMessage("{"))}) },
			"wechatpay: POST v3/x: invalid call: Options.JSON: NewDocument: the value is not valid JSON"},
		{"a Document with an empty path", func() error { return post(x, &wechatpay.Options{JSON: wechatpay.NewDocument(nil).Set("", 1)}) },
			`wechatpay: POST v3/x: invalid call: Options.JSON: Document.Set(""): a key is empty`},
		{"a Document with a nil value", func() error { return post(x, &wechatpay.Options{JSON: wechatpay.NewDocument(nil).Set("x", nil)}) },
			`wechatpay: POST v3/x: invalid call: Options.JSON: Document.Set("x"): the value is a nil <nil>; leave it unset for an empty body`},
		{"a Document with a wildcard", func() error { return post(x, &wechatpay.Options{JSON: wechatpay.NewDocument(nil).Set("a*", 1)}) },
			`wechatpay: POST v3/x: invalid call: Options.JSON: Document.Set("a*"): "a*" matches more than one value; escape "*" with a backslash if it belongs to the key`},
		{"a Document with an empty key", func() error { return post(x, &wechatpay.Options{JSON: wechatpay.NewDocument(nil).Set("a..b", 1)}) },
			`wechatpay: POST v3/x: invalid call: Options.JSON: Document.Set("a..b"): a key is empty`},
		{"a Document with a key in a number", func() error {
			return post(x, &wechatpay.Options{JSON: wechatpay.NewDocument(wechatpay.M{"a": 1}).Set("a.b", 1)})
		},
			`wechatpay: POST v3/x: invalid call: Options.JSON: Document.Set("a.b"): "b" would be set inside of a number`},
		{"a Document with a word for a list", func() error {
			return post(x, &wechatpay.Options{JSON: wechatpay.NewDocument(wechatpay.M{"a": []int{1}}).Set("a.x", 1)})
		},
			`wechatpay: POST v3/x: invalid call: Options.JSON: Document.Set("a.x"): "x" is not an index of a list of 1; -1 appends`},
		{"a Document with a gap in a new list", func() error { return post(x, &wechatpay.Options{JSON: wechatpay.NewDocument(nil).Set("list.2", 1)}) },
			`wechatpay: POST v3/x: invalid call: Options.JSON: Document.Set("list.2"): index 2 would leave a gap in a new list`},
		{"a nil Body", func() error { return post(x, &wechatpay.Options{Body: (*media.Body)(nil)}) },
			"wechatpay: POST v3/x: invalid call: Options.Body: a nil *media.Body"},
		{"a source without a Body", func() error { return post(x, &wechatpay.Options{Body: making{}}) },
			"wechatpay: POST v3/x: invalid call: Options.Body: media: the Body is nil"},
		{"a Body without Open", func() error { return post(x, &wechatpay.Options{Body: &media.Body{ContentType: "a/b", Size: 1}}) },
			"wechatpay: POST v3/x: invalid call: Options.Body: media: Body.Open is nil"},
		{"a Body without a type", func() error { return post(x, &wechatpay.Options{Body: &media.Body{Open: gone, Size: 1}}) },
			"wechatpay: POST v3/x: invalid call: Options.Body: media: Body.ContentType is empty"},
		{"a Body without a size", func() error { return post(x, &wechatpay.Options{Body: &media.Body{Open: gone, ContentType: "a/b"}}) },
			"wechatpay: POST v3/x: invalid call: Options.Body: media: Body.Size must be above 0: the number of bytes that Open returns"},
		{"a Body that fails to open", func() error {
			return post(x, &wechatpay.Options{Body: &media.Body{Open: gone, ContentType: "a/b", Size: 1}})
		},
			"wechatpay: POST v3/x: invalid call: Options.Body: opening the body: file is gone"},
		{"a Body that opens as nothing", func() error {
			return post(x, &wechatpay.Options{Body: &media.Body{Open: nothing, ContentType: "a/b", Size: 1}})
		},
			"wechatpay: POST v3/x: invalid call: Options.Body: Open returned neither a reader nor an error"},
		{"a header with a line break", func() error { return post(x, &wechatpay.Options{Header: http.Header{"X-A": {"a\nb"}}}) },
			"wechatpay: POST v3/x: invalid call: Options.Header: the value of X-A contains a line break or another control character"},
		{"a header with an odd name", func() error { return post(x, &wechatpay.Options{Header: http.Header{"X A": {"a"}}}) },
			`wechatpay: POST v3/x: invalid call: Options.Header: "X A" is not a valid header name`},
		{"a header of the transport", func() error { return post(x, &wechatpay.Options{Header: http.Header{"content-length": {"3"}}}) },
			"wechatpay: POST v3/x: invalid call: Options.Header: content-length is set by the transport; remove it"},
		{"Auto where nothing is documented to encrypt", func() error { return post(x, &wechatpay.Options{JSON: body, Encrypt: wechatpay.Auto()}) },
			"wechatpay: POST v3/x: invalid call: Options.Encrypt: no encrypted fields are documented for POST v3/x; name the fields, or remove Auto"},
		{"Auto where nothing is documented to decrypt", func() error { return post(x, &wechatpay.Options{Decrypt: wechatpay.Auto()}) },
			"wechatpay: POST v3/x: invalid call: Options.Decrypt: no encrypted fields are documented for POST v3/x; name the fields, or remove Auto"},
		{"a field to encrypt that is in the query", func() error {
			return post(x, &wechatpay.Options{JSON: body, Query: wechatpay.M{"q": "1"}, Encrypt: []string{"q"}})
		},
			`wechatpay: POST v3/x: invalid call: Options.Encrypt: "q" is in Options.Query, but the call has a body, in which fields are encrypted; use Auto, or a separate call`},
		{"a field to encrypt that is in the path", func() error { return post(c.Chain("v3/x?q=1"), &wechatpay.Options{Encrypt: []string{"q"}}) },
			`wechatpay: POST v3/x: invalid call: Options.Encrypt: "q" is part of the path, where it stays in the clear; move it to Options.Query`},
		{"a field to encrypt that is not there", func() error { return post(x, &wechatpay.Options{JSON: body, Encrypt: []string{"b"}}) },
			`wechatpay: POST v3/x: invalid call: Options.Encrypt: field "b": no such field: there is no "b"`},
		{"a field to encrypt that is a number", func() error { return post(x, &wechatpay.Options{JSON: body, Encrypt: []string{"n"}}) },
			`wechatpay: POST v3/x: invalid call: Options.Encrypt: field "n": "n" is a number, not a string`},
		{"a field to encrypt that is named twice", func() error { return post(x, &wechatpay.Options{JSON: body, Encrypt: []string{"a", "a"}}) },
			`wechatpay: POST v3/x: invalid call: Options.Encrypt: field "a" is named twice`},
		{"a field to encrypt that is too long", func() error {
			return post(x, &wechatpay.Options{JSON: wechatpay.M{"a": strings.Repeat("x", 500)}, Encrypt: []string{"a"}})
		},
			`wechatpay: POST v3/x: invalid call: Options.Encrypt: field "a": cipher: too long to encrypt: it has 500 bytes of UTF-8, and 214 are allowed`},
		{"a field of the query that is not there", func() error { return post(x, &wechatpay.Options{Query: wechatpay.M{"a": "x"}, Encrypt: []string{"b"}}) },
			`wechatpay: POST v3/x: invalid call: Options.Encrypt: field "b" of Options.Query: no such field`},
		{"a field of the query that is a number", func() error { return post(x, &wechatpay.Options{Query: wechatpay.M{"a": 7}, Encrypt: []string{"a"}}) },
			`wechatpay: POST v3/x: invalid call: Options.Encrypt: field "a" of Options.Query: a int cannot be encrypted; pass a string`},
		{"a field of the query that is named twice", func() error {
			return post(x, &wechatpay.Options{Query: wechatpay.M{"a": "x"}, Encrypt: []string{"a", "a?"}})
		},
			`wechatpay: POST v3/x: invalid call: Options.Encrypt: field "a" of Options.Query: it is named twice`},
		{"a key to encrypt with that is unknown", func() error {
			return post(x, &wechatpay.Options{JSON: body, Encrypt: []string{"a"}, Header: http.Header{"Wechatpay-Serial": {"PUB_KEY_ID_0"}}})
		},
			`wechatpay: POST v3/x: Options.Encrypt: unknown key "PUB_KEY_ID_0", a public key of WeChat Pay: load pub_key.pem, from the merchant console, under this id (held: ` + gateway().Credentials().PlatformSerial + ", " + gateway().Credentials().PublicKeyID + ")"},
		{"a verifier in place of keys to encrypt with", func() error {
			return post(keyless.Chain("v3/x"), &wechatpay.Options{JSON: body, Encrypt: []string{"a"}})
		},
			"wechatpay: POST v3/x: Options.Encrypt: the client has no encryption key, because Config.Verifier replaces PlatformKeys; use a client with PlatformKeys"},
		{"no key to decrypt with", func() error { return post(keyless.Chain("v3/x"), &wechatpay.Options{Decrypt: []string{"a"}}) },
			"wechatpay: POST v3/x: invalid call: Options.Decrypt: the client has no Decrypter; set Config.Decrypter, or a PrivateKey that can decrypt"},
		{"a field to decrypt with an empty key", func() error { return post(x, &wechatpay.Options{Decrypt: []string{"a..b"}}) },
			`wechatpay: POST v3/x: invalid call: Options.Decrypt: field "a..b": a key of the path is empty`},
		{"a field to decrypt and a sink", func() error { return post(x, &wechatpay.Options{Decrypt: []string{"a"}, Sink: io.Discard}) },
			"wechatpay: POST v3/x: invalid call: Options: Decrypt requires a buffered reply; unset Sink"},
		{"progress without a sink", func() error { return post(x, &wechatpay.Options{Progress: func(int64, int64) {}}) },
			"wechatpay: POST v3/x: invalid call: Options: Progress reports on a Sink; set Sink, or use Chain.Download"},
		{"a download without a file", func() error { return errorOf(x.Download(ctx, "", nil)) },
			"wechatpay: GET v3/x: invalid call: Download: the path of the file is empty"},
		{"a download of a zero chain", func() error { return errorOf(wechatpay.Chain{}.Download(ctx, "bill", nil)) },
			"wechatpay: GET : invalid call: zero Chain, such as a map returns for an unknown path; start one with Client.Chain or Client.At"},
		{"a download in another algorithm", func() error {
			return errorOf(x.Download(ctx, "bill", &wechatpay.DownloadOptions{Query: wechatpay.M{"algorithm": "SM4_GCM"}}))
		},
			`wechatpay: GET v3/x: invalid call: Download: the algorithm of the Query is not supported; use AEAD_AES_256_GCM`},
	} {
		row.check(t)
	}
	assert.Zero(t, w.count(), "nothing was sent")
}
