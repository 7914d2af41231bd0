package wechatpay_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/printtest"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

func TestNewNamesEveryWrongField(t *testing.T) {
	t.Parallel()
	_, err := wechatpay.New(wechatpay.Config{BaseURL: "ftp://x", MaxReply: -1})
	for _, field := range []string{"MchID", "Serial", "PrivateKey", "PlatformKeys", "BaseURL", "MaxReply"} {
		require.ErrorContains(t, err, "Config."+field, "all at once")
	}

	cred := gateway().Credentials()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	with := func(id string, key crypto.PublicKey) func(*wechatpay.Config) {
		return func(c *wechatpay.Config) { c.PlatformKeys = keys.Set{id: key} }
	}
	for _, tc := range []struct {
		name   string
		change func(*wechatpay.Config)
		want   string
	}{
		{"no mchid", func(c *wechatpay.Config) { c.MchID = "" }, "Config.MchID: is missing"},
		{"mchid with a quote", func(c *wechatpay.Config) { c.MchID = `19"0` }, "Config.MchID"},
		{"mchid with a line feed", func(c *wechatpay.Config) { c.MchID = "190\n" }, "Config.MchID"},
		{"no serial", func(c *wechatpay.Config) { c.Serial = "" }, "apiclient_cert.pem"},
		{"serial with colons", func(c *wechatpay.Config) { c.Serial = "37:75:B6" }, "without colons"},
		{"public key id as serial", func(c *wechatpay.Config) { c.Serial = cred.PublicKeyID }, "public key"},
		{"no key", func(c *wechatpay.Config) { c.PrivateKey = nil }, "apiclient_key.pem"},
		{"nil key", func(c *wechatpay.Config) { c.PrivateKey = (*rsa.PrivateKey)(nil) }, "nil"},
		{"elliptic key", func(c *wechatpay.Config) { c.PrivateKey = ec }, "not an RSA key"},
		{"key and signer", func(c *wechatpay.Config) { c.Signer = noSigner }, "set one of them"},
		{"no platform keys", func(c *wechatpay.Config) { c.PlatformKeys = nil }, "no reply can be trusted"},
		{"empty platform keys", func(c *wechatpay.Config) { c.PlatformKeys = keys.Set{} }, "is empty"},
		{"keys and verifier", func(c *wechatpay.Config) { c.Verifier = noVerifier }, "set one of them"},
		{"merchant serial among the platform keys", with("00"+cred.Serial, cred.PublicKey), "caller's own serial"},
		{"merchant public key among the platform keys", with("PUB_KEY_ID_1", cred.PrivateKey.Public()), "caller's own public key"},
		{"merchant certificate among the platform keys", with("0A", cred.Certificate), "caller's own public key"},
		{"private key among the platform keys", with("0A", cred.PrivateKey), "*rsa.PrivateKey"},
		{"elliptic platform key", with("0A", ec.Public()), "*ecdsa.PublicKey"},
		{"nil platform key", with("0A", nil), "<nil>"},
		{"typed nil platform key", with("0A", (*rsa.PublicKey)(nil)), "nil or empty"},
		{"empty platform key", with("0A", &rsa.PublicKey{}), "nil or empty"},
		{"empty private key", func(c *wechatpay.Config) { c.PrivateKey = &rsa.PrivateKey{} }, "nil or empty"},
		{"platform key without an id", with("", cred.PublicKey), "cannot be a key id of WeChat Pay"},
		{"platform key by its file", with("pub_key.pem", cred.PublicKey), "PUB_KEY_ID_"},
		{"the same in a set of the user's own", func(c *wechatpay.Config) {
			c.PlatformKeys = ownKeys{keys.Set{cred.Serial: cred.PublicKey}}
		}, "caller's own serial"},
		{"unknown platform key id", func(c *wechatpay.Config) { c.PlatformKeyID = "PUB_KEY_ID_9" }, "not among the PlatformKeys"},
		{"base URL is no URL", func(c *wechatpay.Config) { c.BaseURL = "http://[::1" }, "Config.BaseURL"},
		{"base URL without host", func(c *wechatpay.Config) { c.BaseURL = "https:///x" }, "https://host"},
		{"base URL with a query", func(c *wechatpay.Config) { c.BaseURL = "https://api.mch.weixin.qq.com/?a" }, "query"},
		{"base URL with a user", func(c *wechatpay.Config) { c.BaseURL = "https://u:secret@api.mch.weixin.qq.com" }, "user"},
		{"base URL over plain http", func(c *wechatpay.Config) { c.BaseURL = "http://api.mch.weixin.qq.com" }, "use https"},
		{"base URL with dots", func(c *wechatpay.Config) { c.BaseURL = "https://api.mch.weixin.qq.com/../x" }, "segment"},
		{"a stack that fails", func(c *wechatpay.Config) {
			c.Stack = func(s *middleware.Stack) error { return s.Push("sign", nil) }
		}, "Config.Stack"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg := config("")
			tc.change(&cfg)
			_, err := wechatpay.New(cfg)
			require.ErrorContains(t, err, tc.want)
			assert.NotContains(t, err.Error(), "secret")
		})
	}
}

// ownKeys is a KeyFinder that can list its keys.
type ownKeys struct{ keys.Set }

func (k ownKeys) All() iter.Seq2[string, crypto.PublicKey] {
	return func(yield func(string, crypto.PublicKey) bool) {
		for id, key := range k.Set {
			if !yield(id, key) {
				return
			}
		}
	}
}

func TestBadInputIsRefusedBeforeAnythingIsSent(t *testing.T) {
	c, w := sandboxClient(t, nil)
	id := func(v any) *wechatpay.Options { return &wechatpay.Options{Vars: wechatpay.M{"id": v}} }
	body := func(v any) *wechatpay.Options { return &wechatpay.Options{JSON: v} }
	query := func(v any) *wechatpay.Options { return &wechatpay.Options{Query: wechatpay.M{"q": v}} }
	head := func(name, value string) *wechatpay.Options {
		return &wechatpay.Options{Header: http.Header{name: {value}}}
	}
	open := func() (io.ReadCloser, error) { return nil, errors.New("file is gone") }
	const template = "v3/x/{id}"
	for _, tc := range []struct {
		name  string
		chain wechatpay.Chain
		opts  *wechatpay.Options
		want  string
	}{
		{"zero chain", wechatpay.Chain{}, nil, "zero Chain"},
		{"zero chain, extended", wechatpay.Chain{}.Chain("v3/x"), nil, "zero Chain"},
		{"empty path", c.Chain(""), nil, "path is empty"},
		{"no name", c.At(), nil, "no name"},
		{"empty name", c.At("v3", "", "x"), nil, "a name is empty"},
		{"only a slash", c.Chain("/"), nil, "no path"},
		{"network path", c.Chain("//evil.example/v3/x"), nil, "empty segment"},
		{"only a query", c.Chain("?a=1"), nil, "no path"},
		{"behind a query", c.Chain("v3/x?a=1").Chain("y"), nil, "already has a query"},
		{"query in At", c.At("v3/x?a=1"), nil, "Options.Query"},
		{"query template in At", c.At("v3/list{?Limit,Offset}"), nil, "Options.Query"},
		{"URL in At", c.At("https://api.mch.weixin.qq.com/v3/x"), nil, "pass a URL to Chain"},
		{"URL inside", c.Chain("v3").Chain("https://api.mch.weixin.qq.com/v3/x"), nil, "start of a chain"},
		{"dot segment", c.Chain("v3/../x"), nil, `segment ".."`},
		{"escaped dot segment", c.Chain("v3/%2E%2e/x"), nil, `segment "%2E%2e"`},
		{"single dot", c.Chain("v3/./x"), nil, `segment "."`},
		{"space", c.Chain("v3/a b"), nil, `character " "`},
		{"line break", c.Chain("v3/a\r\nHost: evil"), nil, `character "\r"`},
		{"Chinese", c.Chain("v3/中"), nil, "percent-encode"},
		{"bad escape", c.Chain("v3/%zz"), nil, `character "%"`},
		{"escape cut off", c.Chain("v3/%2"), nil, `character "%"`},
		{"fragment", c.Chain("v3/x#y"), nil, `character "#"`},
		{"backslash", c.Chain(`v3\x`), nil, "percent-encode"},
		{"space in the query", c.Chain("v3/x?a=b c"), nil, `character " "`},
		{"template that is none", c.Chain("v3/{id"), id("1"), "RFC 6570"},
		{"brace alone", c.Chain("v3/id}"), id("1"), "RFC 6570"},
		{"fragment expansion", c.Chain("v3/x{#id}"), id("1"), `character "#"`},
		{"other scheme", c.Chain("ftp://api.mch.weixin.qq.com/v3/x"), nil, `scheme "ftp"`},
		{"foreign host", c.Chain("https://evil.example/v3/x"), nil, `"evil.example" is not trusted`},
		{"foreign by user name", c.Chain("https://api.mch.weixin.qq.com@evil.example/v3/x"), nil, "no user name"},
		{"WeChat over http", c.Chain("http://api.mch.weixin.qq.com/v3/x"), nil, "use https"},
		{"URL without path", c.Chain("https://api.mch.weixin.qq.com"), nil, "a host and a path"},
		{"URL without host", c.Chain("https:///v3"), nil, "a host and a path"},
		{"URL that is none", c.Chain("https://[::1/v3"), nil, "malformed"},
		{"URL with Vars", c.Chain("https://api.mch.weixin.qq.com/v3/{id}"), id("1"), "verbatim"},
		{"foreign base URL", c.Chain("v3/x"), &wechatpay.Options{BaseURL: "https://evil.example"}, "not trusted"},
		{"bad base URL", c.Chain("v3/x"), &wechatpay.Options{BaseURL: "evil"}, "Options.BaseURL"},
		{"variable missing", c.Chain(template), nil, `"id" is missing`},
		{"variable nil", c.Chain(template), id(nil), `"id" is missing`},
		{"variable nil pointer", c.Chain(template), id((*string)(nil)), `"id" is missing`},
		{"variable empty", c.Chain(template), id(""), "would change the path"},
		{"variable dot", c.Chain(template), id("."), "would change the path"},
		{"variable dots", c.Chain(template), id(".."), "would change the path"},
		{"variable dots in a path", c.Chain("v3/{+id}"), id("a/../b"), `segment ".."`},
		{"variable in a list", c.Chain("v3{/id*}"), id([]string{"a", ".."}), "would change the path"},
		{"variable empty list", c.Chain("v3{/id*}"), id([]string{}), "empty list"},
		{"variable empty map", c.Chain("v3{?id*}"), id(map[string]string{}), "empty map"},
		{"variable empty in a map", c.Chain("v3{?id*}"), id(map[string]string{"a": ""}), "would change the path"},
		{"variable without place", c.Chain(template), &wechatpay.Options{Vars: wechatpay.M{"id": "1", "it": "2"}}, `"it" is not a placeholder`},
		{"variable, literal path", c.Chain("v3/x"), id("1"), `"id" is not a placeholder`},
		{"variable not UTF-8", c.Chain(template), id("\xd6\xd0"), "not UTF-8"},
		{"variable with control", c.Chain(template), id("a\x00b"), "control character"},
		{"variable that lost digits", c.Chain(template), id(1217752501201407033233368018.0), "lost digits"},
		{"variable not a number", c.Chain(template), id(math.NaN()), "lost digits"},
		{"variable of odd type", c.Chain(template), id(struct{}{}), "struct {}"},
		{"variable of bytes", c.Chain(template), id([]byte("1")), "[]uint8"},
		{"variable cut by prefix", c.Chain("v3/{id:2}"), id("中文"), "prefix modifier"},
		{"variable marshals badly", c.Chain(template), id(badText{}), "MarshalText of wechatpay_test.badText failed"},
		{"variable, float32", c.Chain(template), id(float32(123456789)), "lost digits"},
		{"JSON of raw bytes", c.Chain("v3/x"), body(wechatpay.M{"a": json.RawMessage("\"\xff\"")}), "not UTF-8"},
		{"query of a map", c.Chain("v3/x"), query(wechatpay.M{}), `"q" is a map`},
		{"query not UTF-8", c.Chain("v3/x"), query("\xff"), "not UTF-8"},
		{"query that lost digits", c.Chain("v3/x"), query(float64(1 << 53)), "lost digits"},
		{"query with empty key", c.Chain("v3/x"), &wechatpay.Options{Query: wechatpay.M{"": 1}}, "key is empty"},
		{"JSON of a channel", c.Chain("v3/x"), body(make(chan int)), "cannot be marshalled"},
		{"JSON that marshals badly", c.Chain("v3/x"), body(wechatpay.M{"a": badText{}}), "no text today"},
		{"JSON of NaN", c.Chain("v3/x"), body(wechatpay.M{"a": math.Inf(1)}), "lost digits or is not a number"},
		{"JSON nil pointer", c.Chain("v3/x"), body((*struct{})(nil)), "nil *struct"},
		{"JSON nil map", c.Chain("v3/x"), body(wechatpay.M(nil)), "is a nil map"},
		{"JSON raw null", c.Chain("v3/x"), body(json.RawMessage(" null ")), "is null"},
		{"JSON raw, cut off", c.Chain("v3/x"), body(json.RawMessage(`{"a":`)), "not valid JSON"},
		{"JSON raw, empty", c.Chain("v3/x"), body([]byte{}), "not valid JSON"},
		{"JSON raw, not UTF-8", c.Chain("v3/x"), body([]byte("\"\xff\"")), "not UTF-8"},
		{"JSON not UTF-8", c.Chain("v3/x"), body(wechatpay.M{"a": "\xd6\xd0"}), "not UTF-8"},
		{"JSON and Body", c.Chain("v3/x"), &wechatpay.Options{JSON: 1, Body: &media.Body{}}, "mutually exclusive"},
		{"Body without Open", c.Chain("v3/x"), &wechatpay.Options{Body: &media.Body{ContentType: "a/b", Size: 1}}, "Open is nil"},
		{"Body without type", c.Chain("v3/x"), &wechatpay.Options{Body: &media.Body{Open: open, Size: 1}}, "ContentType"},
		{"Body without size", c.Chain("v3/x"), &wechatpay.Options{Body: &media.Body{Open: open, ContentType: "a/b"}}, "Size"},
		{"Body that opens as nothing", c.Chain("v3/x"), &wechatpay.Options{Body: &media.Body{Open: func() (io.ReadCloser, error) { return nil, nil }, ContentType: "a/b", Size: 1}}, "neither"}, //nolint:nilnil // that is the point
		{"Body that fails to open", c.Chain("v3/x"), &wechatpay.Options{Body: &media.Body{Open: open, ContentType: "a/b", Size: 1}}, "file is gone"},
		{"header with line break", c.Chain("v3/x"), head("X-A", "a\r\nX-B: b"), "line break"},
		{"header with odd name", c.Chain("v3/x"), head("X A", "a"), "not a valid header name"},
		{"header without name", c.Chain("v3/x"), head("", "a"), "not a valid header name"},
		{"header of the transport", c.Chain("v3/x"), head("content-length", "3"), "set by the transport"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := tc.chain.Post(t.Context(), tc.opts)
			require.ErrorIs(t, err, wechatpay.ErrInvalid)
			require.ErrorContains(t, err, tc.want)
			assert.False(t, wechatpay.OutcomeUnknown(err))
			var call *wechatpay.CallError
			require.ErrorAs(t, fmt.Errorf("wrapped: %w", err), &call)
			assert.Equal(t, "POST", call.Method)
		})
	}
	for _, secret := range []wechatpay.Chain{
		c.Chain("https://api.mch.weixin.qq.com/file?token=SECRET&x=a|b"),
		c.Chain("https://user:SECRET@api.mch.weixin.qq.com/x"),
		c.Chain("https://api.mch.weixin.qq.com/x#token=SECRET"),
		c.Chain("https://[::1/SECRET?SECRET"),
		c.Chain("v3/中/{id}"),
		c.Chain("v3/x#y/{id}"),
	} {
		opts := id("SECRET")
		if !strings.Contains(secret.String(), "{id}") && strings.HasPrefix(secret.String(), "http") {
			opts = nil
		}
		_, err := secret.Post(t.Context(), opts)
		require.ErrorIs(t, err, wechatpay.ErrInvalid)
		assert.NotContains(t, strings.ReplaceAll(err.Error(), "https://[::1/SECRET", ""), "SECRET")
	}
	opened := false
	leaky := head("X-A", "a\nb")
	leaky.Body = &media.Body{ContentType: "a/b", Size: 1, Open: func() (io.ReadCloser, error) { opened = true; return http.NoBody, nil }}
	_, err := c.Chain("v3/x").Post(t.Context(), leaky)
	require.ErrorIs(t, err, wechatpay.ErrInvalid)
	assert.False(t, opened, "a body is opened when all else is fine")

	_, err = c.Chain("v3/x").Get(t.Context(), body(wechatpay.M{}))
	require.ErrorContains(t, err, "a GET request must not have a body")
	_, err = c.Chain("v3/x").Do(t.Context(), "GE T", nil)
	require.ErrorContains(t, err, "invalid HTTP method")
	_, err = c.Chain("v3/x").Do(t.Context(), "", nil)
	require.ErrorContains(t, err, "invalid HTTP method")
	_, err = c.Chain("v3/x").Get(nil, nil) //nolint:staticcheck // that is the point
	require.ErrorIs(t, err, wechatpay.ErrInvalid)
	require.ErrorContains(t, err, "context.Background")

	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Chain("v3/x").Get(cancelled, nil)
	require.ErrorIs(t, err, context.Canceled)
	assert.False(t, wechatpay.OutcomeUnknown(err))
	assert.Zero(t, w.count(), "nothing was sent")
}

type badText struct{}

func (badText) MarshalText() ([]byte, error) { return nil, errors.New("no text today") }

func TestNothingSecretIsPrinted(t *testing.T) {
	t.Parallel()
	cfg := config("https://api.mch.weixin.qq.com/")
	c, err := wechatpay.New(cfg)
	require.NoError(t, err)
	cfg.APIv3Key = cipher.NewSecret("0123456789abcdef0123456789abcdef")
	secrets := append(printtest.PrivateNumbers(gateway().Credentials().PrivateKey), cfg.APIv3Key.Reveal())
	for _, tc := range []struct {
		name  string
		value any
	}{{"Config", cfg}, {"pointer to Config", &cfg}, {"Client", c}, {"Client by value", *c}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			printtest.Hides(t, tc.value, secrets...)
		})
	}
	assert.Equal(t, "wechatpay.Config(mchid 1900000109, serial "+cfg.Serial+", https://api.mch.weixin.qq.com)", fmt.Sprint(cfg))
	cfg.BaseURL = "https://u:SECRET@api.mch.weixin.qq.com/"
	assert.NotContains(t, fmt.Sprintf("%+v", cfg), "SECRET")
	data, err := json.Marshal(cfg)
	require.NoError(t, err)
	assert.NotContains(t, string(data), "Private")
	assert.Equal(t, "wechatpay.Client(https://api.mch.weixin.qq.com, verify → sign → transport)", fmt.Sprint(c))
}
