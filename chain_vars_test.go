package wechatpay_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// urls is a client that sends nothing, and where its last request would have gone.
func urls(t *testing.T, change func(*wechatpay.Config)) (*wechatpay.Client, *string) {
	t.Helper()
	last := new(string)
	return answering(t, change, func(r *http.Request) (*http.Response, error) {
		*last = r.URL.Scheme + "://" + r.Host + r.URL.RequestURI()
		return nil, errors.New("not sent")
	}), last
}

func TestWithVar(t *testing.T) {
	t.Parallel()
	c, last := urls(t, nil)
	template := c.Chain("v3/refund/{a}/{b}")
	half := template.WithVar("a", "中 a/b%")
	const want = "https://api.mch.weixin.qq.com/v3/refund/%E4%B8%AD%20a%2Fb%25/1"
	for _, tc := range []struct {
		name string
		call func() (*wechatpay.Response, error)
	}{
		{"all bound", func() (*wechatpay.Response, error) { return half.WithVar("b", "1").Get(t.Context(), nil) }},
		{"one bound, one in Vars", func() (*wechatpay.Response, error) { return half.Get(t.Context(), vars("b", 1)) }},
		{"bound earlier", func() (*wechatpay.Response, error) {
			return c.Chain("v3/refund").WithVar("a", "中 a/b%").Chain("{a}/{b}").Get(t.Context(), vars("b", "1"))
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			*last = ""
			_, err := tc.call()
			require.ErrorContains(t, err, "not sent", tc.name)
			assert.Equal(t, want, *last, tc.name)
		})
	}
	for _, tc := range []struct {
		name  string
		chain wechatpay.Chain
		opts  *wechatpay.Options
		want  string
	}{
		{"twice", half.WithVar("a", "x"), vars("b", "1"), `"a" is already set`},
		{"in Vars too", half, vars("a", "x"), `"a" is already set`},
		{"no such", half.WithVar("c", "x"), vars("b", "1"), `"c" is not a placeholder`},
		{"not all", half, nil, `"b" is missing`},
		{"empty", half.WithVar("b", ""), nil, `"b" is ""`},
		{"dot", half.WithVar("b", "."), nil, `"b" is "."`},
		{"dots", half.WithVar("b", ".."), nil, `"b" is ".."`},
		{"control", half.WithVar("b", "a\nb"), nil, "control character"},
		{"not UTF-8", half.WithVar("b", "\xff"), nil, "not UTF-8"},
		{"zero chain", wechatpay.Chain{}.WithVar("b", "1"), nil, "zero Chain"},
		{"an absolute URL", c.Chain("https://api.mch.weixin.qq.com/v3/x").WithVar("b", "1"), nil, "verbatim"},
		{"no placeholder", c.Chain("v3/x").WithVar("b", "1"), nil, "has no placeholders"},
		{"placeholder filled", template, vars("a", "x"), `"b" is missing`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			*last = ""
			_, err := tc.chain.Get(t.Context(), tc.opts)
			require.ErrorIs(t, err, wechatpay.ErrInvalid, tc.name)
			require.ErrorContains(t, err, tc.want, tc.name)
			assert.Empty(t, *last, tc.name)
		})
	}
	assert.Equal(t, "v3/refund/{a}/{b}", half.String(), "values are not shown")
}

func vars(name string, value any) *wechatpay.Options {
	return &wechatpay.Options{Vars: wechatpay.M{name: value}}
}

func TestWithBaseURL(t *testing.T) {
	t.Parallel()
	const (
		overseas = "https://apihk.mch.weixin.qq.com/"
		global   = "https://apihk.mch.weixin.qq.com/global/"
		old      = "https://api.mch.weixin.qq.com/hk/"
	)
	for _, tc := range []struct{ name, client, base, path, options, want string }{
		{"another host", "", overseas, "v3/global/x", "", "https://apihk.mch.weixin.qq.com/v3/global/x"},
		{"a prefix that is in the path", "", global, "global/v3/x", "", "https://apihk.mch.weixin.qq.com/global/v3/x"},
		{"a prefix that is not", "", global, "v3/x", "", "https://apihk.mch.weixin.qq.com/global/v3/x"},
		{"an older prefix that is in the path", "", old, "hk/v3/x", "", "https://api.mch.weixin.qq.com/hk/v3/x"},
		{"the same, with a slash at the start", "", old, "/hk/v3/x", "", "https://api.mch.weixin.qq.com/hk/v3/x"},
		{"an older prefix that is not", "", old, "v3/x", "", "https://api.mch.weixin.qq.com/hk/v3/x"},
		{"the same, and the client's", old, old, "v3/x", "", "https://api.mch.weixin.qq.com/hk/v3/x"},
		{"a prefix alone is a path", "", old, "hk", "", "https://api.mch.weixin.qq.com/hk/hk"},
		// a client that is set up for the place already
		{"the client's, with the prefix in the path", old, old, "hk/v3/x", "", "https://api.mch.weixin.qq.com/hk/v3/x"},
		{"the client's host, and a prefix", overseas, global, "global/v3/x", "", "https://apihk.mch.weixin.qq.com/global/v3/x"},
		{"the client's mirror of the host", "https://apius.mch.weixin.qq.com/", overseas, "v3/global/x", "", "https://apius.mch.weixin.qq.com/v3/global/x"},
		{"the client's mirror, and a prefix", "https://api2.mch.weixin.qq.com/", old, "hk/v3/x", "", "https://api2.mch.weixin.qq.com/hk/v3/x"},
		// or for another
		{"a mirror of another host", "https://api2.mch.weixin.qq.com/", overseas, "v3/global/x", "", "https://apihk.mch.weixin.qq.com/v3/global/x"},
		{"from overseas to another host", overseas, "https://pay.wechatpay.cn/", "invoicing/x", "", "https://pay.wechatpay.cn/invoicing/x"},
		// a sandbox or a proxy, and the call's own word
		{"a sandbox", "http://127.0.0.1:8080/", overseas, "v3/global/x", "", "http://127.0.0.1:8080/v3/global/x"},
		{"a proxy with a prefix", "http://127.0.0.1:8080/wx/", global, "global/v3/x", "", "http://127.0.0.1:8080/wx/global/v3/x"},
		{"the call's own comes first", "", global, "global/v3/x", overseas, "https://apihk.mch.weixin.qq.com/global/v3/x"},
		{"the call's own, with a prefix", "", global, "global/v3/x", global, "https://apihk.mch.weixin.qq.com/global/v3/x"},
		{"the call's own mirror", "", overseas, "v3/x", "https://apieu.mch.weixin.qq.com/", "https://apieu.mch.weixin.qq.com/v3/x"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c, last := urls(t, func(cfg *wechatpay.Config) { cfg.BaseURL = tc.client })
			_, err := c.Chain(tc.path).WithBaseURL(tc.base).Get(t.Context(), &wechatpay.Options{BaseURL: tc.options})
			require.ErrorContains(t, err, "not sent")
			assert.Equal(t, tc.want, *last)
		})
	}
}

func TestWithBaseURLRefuses(t *testing.T) {
	t.Parallel()
	c, last := urls(t, nil)
	for _, tc := range []struct {
		name string
		base string
		want string
	}{
		{"no scheme", "apihk", "Chain.WithBaseURL: has no scheme"},
		{"a foreign host", "https://evil.example/", `host "evil.example" is not trusted`},
		{"a user", "https://a:b@qq.com/", "Chain.WithBaseURL: must be a scheme, a host and a path"},
		{"plain http", "http://api.wechatpay.cn/", "plain http"},
		{"dots", "https://api.mch.qq.com/..", `segment ".."`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := c.Chain("v3/x").WithBaseURL(tc.base).Get(t.Context(), nil)
			require.ErrorIs(t, err, wechatpay.ErrInvalid, tc.base)
			require.ErrorContains(t, err, tc.want, tc.base)
		})
	}
	assert.Empty(t, *last)
}

func TestHint(t *testing.T) {
	t.Parallel()
	status := http.StatusNotFound
	c := answering(t, func(cfg *wechatpay.Config) {
		cfg.Hint = func(method, path string) string { return "did you mean " + method + " " + path + "s?" }
		cfg.Stack = func(s *middleware.Stack) error { return s.Remove("verify") }
	}, func(r *http.Request) (*http.Response, error) {
		drain(r)
		return reply(status, ""), nil
	})
	_, err := c.Chain("v3/order/{id}").Get(t.Context(), vars("id", "secret"))
	var api *wechatpay.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, "did you mean GET v3/order/{id}s?", api.Hint)
	require.EqualError(t, err, "wechatpay: GET v3/order/{id}: 404 Not Found (did you mean GET v3/order/{id}s?)")

	status = http.StatusBadRequest
	_, err = c.Chain("v3/order/{id}").Get(t.Context(), vars("id", "secret"))
	require.ErrorAs(t, err, &api)
	assert.Empty(t, api.Hint)
}
