package middleware_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func failingOver(t *testing.T, s http.RoundTripper) http.RoundTripper {
	t.Helper()
	m, err := middleware.Failover(middleware.FailoverConfig{Hosts: middleware.Mainland()})
	require.NoError(t, err)
	var stack middleware.Stack
	require.NoError(t, stack.Push("failover", m))
	return stack.Around(s)
}

func TestFailoverTurnsToTheNextHost(t *testing.T) {
	t.Parallel()
	const first, second = "api.mch.weixin.qq.com", "api2.mch.weixin.qq.com"
	probe := &middleware.VerifyError{Response: response(200, ""), Err: signer.ErrProbe}
	for _, tc := range []struct {
		name     string
		method   string
		outcomes []any
		hosts    []string
	}{
		{"a query, connection lost", "GET", []any{io.EOF, response(200, "")}, []string{first, second}},
		{"a query, no connection", "GET", []any{errDial, response(200, "")}, []string{first, second}},
		{"a query, 503", "GET", []any{response(503, ""), response(200, "")}, []string{first, second}},
		{"a safe method, 503", "OPTIONS", []any{response(503, ""), response(200, "")}, []string{first, second}},
		{"a query, 500", "GET", []any{response(500, "")}, []string{first}},
		{"a query, 404", "GET", []any{response(404, "")}, []string{first}},
		{"a query, not verified", "GET", []any{probe}, []string{first}},
		{"all hosts fail", "GET", []any{io.EOF, response(502, "")}, []string{first, second}},
		{"an order, no connection", "POST", []any{errDial, response(200, "")}, []string{first, second}},
		{"an order that may have been sent", "POST", []any{io.EOF}, []string{first}},
		{"an order, 503", "POST", []any{response(503, "")}, []string{first}},
		{"refused by a middleware", "GET", []any{middleware.ErrNotSent}, []string{first}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var hosts, bodies []string
			s := &script{t: t, outcomes: tc.outcomes}
			seen := middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				hosts = append(hosts, r.URL.Host)
				assert.Equal(t, r.URL.Host, r.Host)
				assert.Equal(t, "/v3/x?a=1", r.URL.RequestURI())
				return s.RoundTrip(r)
			})
			var body io.Reader
			if tc.method == "POST" {
				body = strings.NewReader("{}")
			}
			r := forCall(request(t, tc.method, "https://"+first+"/v3/x?a=1", body), callstate.Info{})
			_, _ = failingOver(t, seen).RoundTrip(r)
			assert.Equal(t, tc.hosts, hosts)
			assert.Empty(t, s.outcomes)
			bodies = s.bodies
			for _, b := range bodies {
				assert.Equal(t, bodies[0], b)
			}
			assert.Equal(t, first, r.URL.Host, "the caller's request is left as it was")
		})
	}
}

func TestFailoverReturnsAfterAWhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		down := true
		var hosts []string
		rt := failingOver(t, middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			hosts = append(hosts, strings.TrimSuffix(r.URL.Host, ".mch.weixin.qq.com"))
			if down && r.URL.Host == "api.mch.weixin.qq.com" {
				return nil, errDial
			}
			return response(200, ""), nil
		}))
		call := func(url string) {
			_, err := rt.RoundTrip(request(t, "GET", url, nil))
			require.NoError(t, err)
		}
		const own = "https://api.mch.weixin.qq.com/v3/x"
		call(own)
		call(own)
		call("https://pay.wechatpay.cn/download")
		time.Sleep(61 * time.Second)
		down = false
		call(own)
		assert.Equal(t, []string{"api", "api2", "api2", "pay.wechatpay.cn", "api"}, hosts)
	})
}

func TestFailoverRefusesForeignHosts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		want  string
		hosts []string
	}{
		{"one host", "two hosts", []string{"https://api.mch.weixin.qq.com"}},
		{"a foreign host", "not trusted", []string{"https://api.mch.weixin.qq.com", "https://evil.example"}},
		{"plain http", "use https", []string{"https://api.mch.weixin.qq.com", "http://api2.mch.weixin.qq.com"}},
		{"a path", "form https", []string{"https://api.mch.weixin.qq.com", "https://api2.mch.weixin.qq.com/v3"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := middleware.Failover(middleware.FailoverConfig{Hosts: tc.hosts})
			require.ErrorContains(t, err, tc.want)
		})
	}
	_, err := middleware.Failover(middleware.FailoverConfig{Hosts: middleware.Overseas()})
	require.NoError(t, err)
}

// TestFailoverErrorsShowNoSecret: a wrong host may contain a password or a token.
func TestFailoverErrorsShowNoSecret(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, host, want string }{
		{"a user", "https://me:secret@api2.mch.weixin.qq.com",
			"middleware: failover: FailoverConfig.Hosts[1]: the URL for host api2.mch.weixin.qq.com contains a user name; remove it"},
		{"a user and a path", "https://me:secret@api2.mch.weixin.qq.com/v3",
			"middleware: failover: FailoverConfig.Hosts[1], https://api2.mch.weixin.qq.com, is not of the form https://host"},
		{"a query", "https://api2.mch.weixin.qq.com?token=secret",
			"middleware: failover: FailoverConfig.Hosts[1], https://api2.mch.weixin.qq.com, is not of the form https://host"},
		{"a malformed URL", "https://me:sec ret@api2.mch.weixin.qq.com",
			"middleware: failover: FailoverConfig.Hosts[1], …, is not of the form https://host"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := middleware.Failover(middleware.FailoverConfig{Hosts: []string{middleware.Mainland()[0], row.host}})
			require.EqualError(t, err, row.want)
		})
	}
}
