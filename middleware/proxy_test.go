package middleware_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

func TestReverseProxy(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, base, target, want string }{
		{"a path", "https://gateway.example/pay/", "https://api.mch.weixin.qq.com/v3/x?a=%2F", "https://gateway.example/pay/v3/x?a=%2F"},
		{"no path", "http://gateway.example:8080", "https://api.mch.weixin.qq.com/v3/x", "http://gateway.example:8080/v3/x"},
		{"another host of WeChat Pay", "https://gateway.example/pay", "https://pay.wechatpay.cn/v3/x?", "https://gateway.example/pay/v3/x?"},
		{"escapes", "https://gateway.example/a%2Fb", "https://api.mch.weixin.qq.com/v3/%E4%B8%AD%2F", "https://gateway.example/a%2Fb/v3/%E4%B8%AD%2F"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			base, err := url.Parse(row.base)
			require.NoError(t, err)
			var sent *http.Request
			wire := middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				sent = r
				resp := response(200, "")
				resp.Request = r
				return resp, nil
			})
			r := request(t, "POST", row.target, strings.NewReader("{}"))
			resp, err := middleware.ReverseProxy(base)(wire).RoundTrip(r)
			require.NoError(t, err)
			defer resp.Body.Close()
			assert.Equal(t, row.want, sent.URL.String())
			assert.Equal(t, base.Host, sent.Host)
			assert.Equal(t, row.target, r.URL.String())
			assert.Same(t, r, resp.Request)
		})
	}
}

// TestNothingInvalidIsHandedToTheTransport: net/http refuses an invalid header after it has
// the request. The outcome is known all the same.
func TestNothingInvalidIsHandedToTheTransport(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		change func(*http.Request)
		want   string
	}{
		{"line break in a key id", func(r *http.Request) { r.Header.Set("Wechatpay-Serial", "PUB_KEY_ID_01\n") },
			"the value of header Wechatpay-Serial contains a line break or another control character"},
		{"space in a name", func(r *http.Request) { r.Header["Wechatpay Serial"] = []string{"1"} },
			`header name "Wechatpay Serial" is empty or contains a character that a name cannot have`},
		{"empty name", func(r *http.Request) { r.Header[""] = []string{"1"} },
			`header name "" is empty or contains a character that a name cannot have`},
		{"separator in a name", func(r *http.Request) { r.Header["X(1)"] = []string{"1"} },
			`header name "X(1)" is empty or contains a character that a name cannot have`},
		{"line break in a trailer", func(r *http.Request) { r.Trailer = http.Header{"X": {"a\nb"}} },
			"the value of trailer X contains a line break or another control character"},
		{"space in a method", func(r *http.Request) { r.Method = "PO ST" }, `method "PO ST" is not a token`},
		{"no header", func(r *http.Request) { r.Header = nil }, "the request has no Header; make one"},
		{"line break in the host", func(r *http.Request) { r.Host = "a\r\nb" },
			`header Host "a\r\nb" contains a space or a control character`},
		{"no host", func(r *http.Request) { r.URL.Host = "" }, "the request has no URL with a host"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var s middleware.Stack
			require.NoError(t, s.Push("retry", middleware.Retry(middleware.RetryConfig{})))
			r := forCall(request(t, "POST", "https://api.mch.weixin.qq.com/v3/x", strings.NewReader("{}")), callstate.Info{})
			row.change(r)
			_, err := s.Around(&http.Transport{}).RoundTrip(r)
			require.ErrorIs(t, err, middleware.ErrNotSent)
			require.EqualError(t, err, middleware.ErrNotSent.Error()+": "+row.want)
			state := callstate.From(r.Context())
			unknown, started := state.Sends()
			attempts, _ := state.Attempts()
			assert.Equal(t, []any{0, false, 1}, []any{unknown, started, attempts})
		})
	}
}
