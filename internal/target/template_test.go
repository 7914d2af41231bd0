package target

import (
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
)

// TestRFC6570 runs the examples of RFC 6570, sections 1.2 and 3.2, levels 1 to 4.
// They differ from ours in two ways, both wanted: a variable that is undefined or
// empty is refused, and the keys of a map go in order.
func TestRFC6570(t *testing.T) {
	t.Parallel()
	vars := map[string]any{
		"count": []string{"one", "two", "three"}, "dom": []string{"example", "com"}, "dub": "me/too",
		"hello": "Hello World!", "half": "50%", "var": "value", "who": "fred", "base": "http://example.com/home/",
		"path": "/foo/bar", "list": []string{"red", "green", "blue"}, "v": "6", "x": "1024", "y": "768",
		"keys":  map[string]string{"comma": ",", "hyphen": "-", "semi": ";"},
		"empty": "", "empty_keys": []string{},
	}
	for _, tc := range []struct {
		name string // the template
		want string
	}{
		// level 1
		{"{var}", "value"}, {"{hello}", "Hello%20World%21"},
		// level 2
		{"{+var}", "value"}, {"{+hello}", "Hello%20World!"}, {"{+path}/here", "/foo/bar/here"}, {"here?ref={+path}", "here?ref=/foo/bar"},
		{"{#var}", "#value"}, {"{#hello}", "#Hello%20World!"}, {"X{#var}", "X#value"},
		// level 3
		{"map?{x,y}", "map?1024,768"}, {"{x,hello,y}", "1024,Hello%20World%21,768"}, {"{+x,hello,y}", "1024,Hello%20World!,768"},
		{"{+path,x}/here", "/foo/bar,1024/here"}, {"{#x,hello,y}", "#1024,Hello%20World!,768"}, {"{#path,x}/here", "#/foo/bar,1024/here"},
		{"X{.var}", "X.value"}, {"X{.x,y}", "X.1024.768"}, {"{/var}", "/value"}, {"{/var,x}/here", "/value/1024/here"},
		{"{;x,y}", ";x=1024;y=768"}, {"{?x,y}", "?x=1024&y=768"}, {"?fixed=yes{&x}", "?fixed=yes&x=1024"}, {"{&x,y}", "&x=1024&y=768"},
		// level 4
		{"{var:3}", "val"}, {"{var:30}", "value"}, {"{list}", "red,green,blue"}, {"{list*}", "red,green,blue"},
		{"{keys}", "comma,%2C,hyphen,-,semi,%3B"}, {"{keys*}", "comma=%2C,hyphen=-,semi=%3B"},
		{"{+path:6}/here", "/foo/b/here"}, {"{+list}", "red,green,blue"}, {"{+list*}", "red,green,blue"},
		{"{+keys}", "comma,,,hyphen,-,semi,;"}, {"{+keys*}", "comma=,,hyphen=-,semi=;"},
		{"{#path:6}/here", "#/foo/b/here"}, {"{#list}", "#red,green,blue"}, {"{#keys*}", "#comma=,,hyphen=-,semi=;"},
		{"X{.var:3}", "X.val"}, {"X{.list}", "X.red,green,blue"}, {"X{.list*}", "X.red.green.blue"},
		{"X{.keys}", "X.comma,%2C,hyphen,-,semi,%3B"}, {"X{.keys*}", "X.comma=%2C.hyphen=-.semi=%3B"},
		{"{/var:1,var}", "/v/value"}, {"{/list}", "/red,green,blue"}, {"{/list*}", "/red/green/blue"}, {"{/list*,path:4}", "/red/green/blue/%2Ffoo"},
		{"{/keys}", "/comma,%2C,hyphen,-,semi,%3B"}, {"{/keys*}", "/comma=%2C/hyphen=-/semi=%3B"},
		{"{;hello:5}", ";hello=Hello"}, {"{;list}", ";list=red,green,blue"}, {"{;list*}", ";list=red;list=green;list=blue"},
		{"{;keys}", ";keys=comma,%2C,hyphen,-,semi,%3B"}, {"{;keys*}", ";comma=%2C;hyphen=-;semi=%3B"},
		{"{?var:3}", "?var=val"}, {"{?list}", "?list=red,green,blue"}, {"{?list*}", "?list=red&list=green&list=blue"},
		{"{?keys}", "?keys=comma,%2C,hyphen,-,semi,%3B"}, {"{?keys*}", "?comma=%2C&hyphen=-&semi=%3B"},
		{"{&var:3}", "&var=val"}, {"{&list}", "&list=red,green,blue"}, {"{&list*}", "&list=red&list=green&list=blue"},
		{"{&keys}", "&keys=comma,%2C,hyphen,-,semi,%3B"}, {"{&keys*}", "&comma=%2C&hyphen=-&semi=%3B"},
		// section 3.2
		{"{count}", "one,two,three"}, {"{count*}", "one,two,three"}, {"{/count}", "/one,two,three"}, {"{/count*}", "/one/two/three"},
		{"{;count*}", ";count=one;count=two;count=three"}, {"{?count*}", "?count=one&count=two&count=three"}, {"{&count*}", "&count=one&count=two&count=three"},
		{"{half}", "50%25"}, {"{+half}", "50%25"}, {"{base}index", "http%3A%2F%2Fexample.com%2Fhome%2Findex"}, {"{+base}index", "http://example.com/home/index"},
		{"up{+path}{var}/here", "up/foo/barvalue/here"}, {"{.dom*}", ".example.com"}, {"{.half,who}", ".50%25.fred"}, {"{/half,who}", "/50%25/fred"},
		{"{/var,dub}", "/value/me%2Ftoo"}, {"{;half}", ";half=50%25"}, {"{?who}", "?who=fred"}, {"{&half}", "&half=50%25"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := expand(tc.name, used(tc.name, vars))
			require.NoError(t, err)
			assert.Equal(t, tc.want, got)
		})
	}
}

// TestTemplatesThatAreRefused: a path never lacks a value, and is never guessed.
func TestTemplatesThatAreRefused(t *testing.T) {
	t.Parallel()
	vars := map[string]any{"x": "1024", "y": "768", "empty": "", "empty_keys": []string{}, "nothing": []net.IP{nil}, "secret": cipher.NewSecret("s3cr3t")}
	for _, tc := range []struct{ name, template, want string }{
		{"undefined", "{undef}", "Options.Vars"},
		{"empty", "O{empty}X", "Options.Vars"},
		{"one of a list in a query is empty", "{?x,y,empty}", "Options.Vars"},
		{"one of a list is empty", "{x,empty}", "Options.Vars"},
		{"an empty list", "{empty_keys}", "Options.Vars"},
		{"an empty list, exploded", "{.empty_keys*}", "Options.Vars"},
		{"one of a list is nil", "{nothing}", `Options.Vars: "nothing" [0] is nil`},
		{"a secret, which prints redacted", "{secret}", `Options.Vars: "secret" is a cipher.Secret, which would be sent as its redacted text; pass what its Reveal returns`},
		{"one of a query is undefined", "{?undef,y}", "Options.Vars"},
		{"an open brace", "{", ""},
		{"a closed brace", "}", ""},
		{"no name", "{}", ""},
		{"braces in braces", "{{x}}", ""},
		{"a brace is not closed", "{x", ""},
		{"an unknown operator", "{!x}", ""},
		{"a prefix without its length", "{x:}", ""},
		{"a prefix of nothing", "{x:0}", ""},
		{"a space in a name", "{x y}", ""},
		{"a hyphen in a name", "{x-y}", ""},
		{"a space outside", "a b{x}", ""},
		{"a broken escape", "%zz{x}", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := expand(tc.template, used(tc.template, vars))
			require.ErrorContains(t, err, tc.want)
			assert.Empty(t, got)
		})
	}
}

// used are the variables that a template names, since a superfluous one is refused.
func used(template string, vars map[string]any) map[string]any {
	part := map[string]any{}
	for name, v := range vars {
		for _, before := range "{,+#./;?&" {
			for _, after := range "},:*" {
				if strings.Contains(template, string(before)+name+string(after)) {
					part[name] = v
				}
			}
		}
	}
	return part
}

// FuzzKebab: names never panic, and a spelling is stable.
func FuzzKebab(f *testing.F) {
	for _, name := range []string{"v3", "jsapiWithContract", "_x_", "{x}/Y", "a{/B}/C", "}{", "___", "/", "中文Pay"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		once := Kebab(name, nil)
		require.Equal(t, strings.Count(name, "/"), strings.Count(once, "/"))
		if !strings.ContainsAny(name, "{}_") {
			require.Equal(t, once, Kebab(once, nil))
			require.False(t, strings.ContainsAny(once, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
		}
	})
}

func BenchmarkExpand(b *testing.B) {
	for _, bench := range []struct {
		name     string
		template string
		vars     map[string]any
	}{
		{"literal", "v3/pay/transactions/jsapi-with-contract", nil},
		{"template", "v3/pay/transactions/id/{transaction_id}", map[string]any{"transaction_id": "1217752501201407033233368018"}},
		{"chinese", "v3/pay/transactions/out-trade-no/{out_trade_no}", map[string]any{"out_trade_no": "订单 1/2"}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := expand(bench.template, bench.vars); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
