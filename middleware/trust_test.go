package middleware_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/middleware"
)

func TestSignRefusesForeignHosts(t *testing.T) {
	t.Parallel()
	const own = "http://127.0.0.1:8080"
	for _, tc := range []struct {
		name    string
		target  string
		trusted bool
	}{
		{"WeChat Pay", "https://api.mch.weixin.qq.com/v3/x", true},
		{"capitals", "https://API2.mch.Weixin.QQ.com/v3/x", true},
		{"a port", "https://api.mch.weixin.qq.com:8443/v3/x", true},
		{"pay.wechatpay.cn", "https://pay.wechatpay.cn/v3/x", true},
		{"wechatpay.cn", "https://wechatpay.cn/v3/x", true},
		{"an origin of the user's own", own + "/v3/x", true},
		{"the same in capitals", "HTTP://127.0.0.1:8080/v3/x", true},
		{"WeChat Pay over http", "http://api.mch.weixin.qq.com/v3/x", false},
		{"the origin over https", "https://127.0.0.1:8080/v3/x", false},
		{"the origin at another port", "http://127.0.0.1:8081/v3/x", false},
		{"a foreign host", "https://evil.example/v3/x", false},
		{"a name that ends alike", "https://evilweixin.qq.com/v3/x", false},
		{"a name that begins alike", "https://weixin.qq.com.evil.example/v3/x", false},
		{"WeChat Pay as a user name", "https://api.mch.weixin.qq.com@evil.example", false},
		{"a user", "https://u:p@api.mch.weixin.qq.com/v3/x", false},
		{"an address whose zone ends alike", "https://[::1%25.weixin.qq.com]/v3/x", false},
		{"an origin with the port of its scheme", "https://proxy.example:443/v3/x", true},
		{"another port of that origin", "https://proxy.example:444/v3/x", false},
		{"that origin in the zone of an address", "https://[::1%25proxy.example]/v3/x", false},
		{"another script", "https://微信.weixin.qq.com/v3/x", false},
		{"an empty label", "https://.weixin.qq.com/v3/x", false},
		{"a dot at the end", "https://api.mch.weixin.qq.com./v3/x", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sent, closed := false, false
			wire := middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				sent = true
				assert.NotEmpty(t, r.Header.Get("Authorization"))
				return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
			})
			sign := middleware.Sign(middleware.SignConfig{Credential: credential(t), Origins: []string{own, "https://proxy.example"}})
			r := request(t, "POST", tc.target, body{strings.NewReader("{}"), &closed})
			_, err := sign(wire).RoundTrip(r)
			assert.Equal(t, tc.trusted, sent)
			assert.True(t, closed, "the body is closed whatever happens")
			if tc.trusted {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, middleware.ErrNotSent)
			}
		})
	}
}
