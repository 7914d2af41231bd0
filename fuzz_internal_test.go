package wechatpay

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// FuzzTarget: whatever is given, a call is refused or its target is exactly what
// will be signed, under /v3/x/ on our host, with the value in one segment.
func FuzzTarget(f *testing.F) {
	for _, value := range []string{"1", "..", "a/b", "中", "%2e", "?", "#", "\x00", "\xff", "{x}", " ", "a\nb"} {
		f.Add(value, "v3/x/{id}")
	}
	f.Add("x", "https://api.mch.weixin.qq.com/v3/x/y?z")
	f.Add("x", "//evil.example/v3")
	f.Add("x", "v3/{+id}/../y")
	client, err := New(Config{
		MchID: "1", Serial: "1",
		Signer:   signer.Func(func(context.Context, []byte) ([]byte, error) { return nil, nil }),
		Verifier: signer.VerifierFunc(func(context.Context, string, []byte, []byte) error { return nil }),
	})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, value, template string) {
		var u url.URL
		if err := client.Chain("v3/x/{id}").resolve(&Options{Vars: M{"id": value}}, nil, &u); err == nil {
			segment := strings.TrimPrefix(u.RequestURI(), "/v3/x/")
			decoded, err := url.PathUnescape(segment)
			require.NoError(t, err)
			require.Equal(t, value, decoded, "the value arrives as it was given")
			require.NotContains(t, segment, "/")
		}
		for _, ch := range []Chain{client.Chain(template), client.At(template), client.At(template, value)} {
			u = url.URL{}
			if ch.err != nil || ch.resolve(&Options{}, nil, &u) != nil {
				continue
			}
			again, err := url.Parse(u.String())
			require.NoError(t, err)
			require.Equal(t, u.RequestURI(), again.RequestURI())
			host := "." + strings.ToLower(u.Hostname())
			require.True(t, strings.HasSuffix(host, ".weixin.qq.com") || strings.HasSuffix(host, ".wechatpay.cn"), template)
			require.NotContains(t, u.Path+"/", "/../")
		}
	})
}

// FuzzAPIError: any body makes an error, with text of bounded length and no line break.
func FuzzAPIError(f *testing.F) {
	for _, body := range []string{
		"", "null", "[]", `{"code":1}`, `{"code":"X","message":"m","detail":{"field":"/a"}}`, `{"detail":"text"}`, "<html>",
		`{"message":"a\nb"}`, `{"code":{"a":1}}`, "{",
	} {
		f.Add([]byte(body), 400)
	}
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		r := &Response{Response: replyFor(status), data: body}
		err := newAPIError("v3/x", "GET", r)
		require.NotContains(t, err.Error(), "\n")
		require.Less(t, len(err.Error()), 4*1000)
		_ = err.Field()
		_ = r.Get("a.b").String()
		var v any
		_ = r.Decode(&v)
		require.True(t, gjson.ValidBytes(body) || err.Code == "")
	})
}

func replyFor(status int) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}}
}
