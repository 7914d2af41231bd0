package middleware_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func failingOver(t *testing.T, s http.RoundTripper) http.RoundTripper {
	t.Helper()
	m, err := middleware.Failover(middleware.FailoverConfig{Hosts: middleware.Mainland})
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
			r := middleware.WithCall(request(t, tc.method, "https://"+first+"/v3/x?a=1", body), middleware.Call{})
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
		{"a foreign host", "foreign", []string{"https://api.mch.weixin.qq.com", "https://evil.example"}},
		{"plain http", "use https", []string{"https://api.mch.weixin.qq.com", "http://api2.mch.weixin.qq.com"}},
		{"a path", "form https", []string{"https://api.mch.weixin.qq.com", "https://api2.mch.weixin.qq.com/v3"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := middleware.Failover(middleware.FailoverConfig{Hosts: tc.hosts})
			require.ErrorContains(t, err, tc.want)
		})
	}
	_, err := middleware.Failover(middleware.FailoverConfig{Hosts: middleware.Overseas})
	require.NoError(t, err)
}

func TestLimitKeepsItsRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rt := middleware.Limit(middleware.LimitConfig{PerSecond: 10})(middleware.RoundTripperFunc(
			func(*http.Request) (*http.Response, error) { return response(200, ""), nil }))
		send := func(ctx context.Context, merchant, route string) error {
			r := request(t, "GET", "https://x/", nil).WithContext(ctx)
			_, err := rt.RoundTrip(middleware.WithCall(r, middleware.Call{MchID: merchant, Route: route}))
			return err
		}
		began := time.Now()
		for range 21 {
			require.NoError(t, send(t.Context(), "1", "a"))
		}
		assert.Equal(t, 2*time.Second, time.Since(began))
		began = time.Now()
		require.NoError(t, send(t.Context(), "1", "b"))
		require.NoError(t, send(t.Context(), "2", "a"))
		assert.Zero(t, time.Since(began), "each merchant and route has a rate of its own")

		short, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		err := send(short, "1", "a")
		require.ErrorIs(t, err, middleware.ErrNotSent)
		ended, end := context.WithCancel(t.Context())
		end()
		require.ErrorIs(t, send(ended, "1", "a"), context.Canceled)
	})
}

func TestLimitCapsWhatIsInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		rt := middleware.Limit(middleware.LimitConfig{InFlight: 3})(middleware.RoundTripperFunc(
			func(*http.Request) (*http.Response, error) {
				most.Store(max(most.Load(), now.Add(1)))
				defer now.Add(-1)
				time.Sleep(time.Second)
				return response(200, ""), nil
			}))
		began := time.Now()
		done := make(chan error)
		r := request(t, "GET", "https://x/", nil)
		for range 9 {
			go func() {
				_, err := rt.RoundTrip(r)
				done <- err
			}()
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err := rt.RoundTrip(request(t, "GET", "https://x/", nil).WithContext(ctx))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		for range 9 {
			require.NoError(t, <-done)
		}
		assert.Equal(t, int32(3), most.Load())
		assert.Equal(t, 3*time.Second, time.Since(began))
	})
}

// secrets stand everywhere in the requests and replies of the tests below.
var secrets = []string{
	"oSECRETOPENID", "13800138000", "SECRETNAME", "WECHATPAY2-SHA256", "SECRETORDER", "SECRETSIGN", "SECRETCOOKIE",
}

func logged(t *testing.T, cfg middleware.LogConfig, next middleware.RoundTripperFunc) map[string]any {
	t.Helper()
	var out bytes.Buffer
	cfg.Logger = slog.New(slog.NewJSONHandler(&out, nil))
	body := `{"payer":{"openid":"oSECRETOPENID"},"phones":["13800138000"],"name":"SECRETNAME","amount":{"total":100,"currency":"CNY"},"id":42,"ok":true,"none":null}`
	r := request(t, "POST", "https://api.mch.weixin.qq.com/v3/orders/SECRETORDER?openid=oSECRETOPENID", strings.NewReader(body))
	r.Header.Set("Authorization", "WECHATPAY2-SHA256 SECRETSIGN")
	r.Header.Set("Cookie", "SECRETCOOKIE")
	r = middleware.WithCall(r, middleware.Call{Route: "v3/orders/{id}"})
	_, _ = middleware.Log(cfg)(next).RoundTrip(r)
	for _, secret := range secrets {
		assert.NotContains(t, out.String(), secret)
	}
	line := map[string]any{}
	require.NoError(t, json.Unmarshal(out.Bytes(), &line), "one line: %s", out.String())
	return line
}

func TestLogWritesWhatIsListedAndNothingElse(t *testing.T) {
	t.Parallel()
	answer := func(status int, body string) middleware.RoundTripperFunc {
		return func(*http.Request) (*http.Response, error) {
			r := response(status, body)
			r.Header = http.Header{"Request-Id": {"08F"}, "Wechatpay-Signature": {"SECRETSIGN"}, "Set-Cookie": {"SECRETCOOKIE"}}
			return r, nil
		}
	}
	line := logged(t, middleware.LogConfig{}, answer(200, `{"openid":"oSECRETOPENID"}`))
	delete(line, "time")
	assert.Positive(t, line["duration"])
	delete(line, "duration")
	assert.Equal(t, map[string]any{
		"level": "INFO", "msg": "wechatpay", "method": "POST", "route": "v3/orders/{id}", "host": "api.mch.weixin.qq.com", "attempt": 1.0,
		"status": 200.0, "request_id": "08F", "request_bytes": 151.0, "reply_bytes": 26.0,
	}, line)

	line = logged(t, middleware.LogConfig{Headers: true, Bodies: true}, answer(400, `{"code":"PARAM_ERROR","message":"SECRETNAME","detail":{"value":"13800138000"}}`))
	assert.Equal(t, "PARAM_ERROR", line["code"])
	assert.Equal(t, map[string]any{"Request-Id": []any{"08F"}}, line["reply_header"])
	assert.NotContains(t, line["request_header"], "Authorization")
	assert.JSONEq(t, `{"payer":{"openid":"<13 characters>"},"phones":["<11 characters>"],"name":"<10 characters>",
		"amount":{"total":100,"currency":"CNY"},"id":"<masked>","ok":"<masked>","none":null}`, line["request_body"].(string))
	assert.JSONEq(t, `{"code":"PARAM_ERROR","message":"<10 characters>","detail":{"value":"<11 characters>"}}`, line["reply_body"].(string))

	for _, tc := range []struct {
		name string
		err  error
	}{
		{"no connection", errDial}, {"time-out", context.DeadlineExceeded}, {"cancelled", context.Canceled}, {"connection lost", io.EOF}, {"not sent", middleware.ErrNotSent},
	} {
		t.Run(tc.name, func(t *testing.T) {
			line = logged(t, middleware.LogConfig{}, func(*http.Request) (*http.Response, error) { return nil, tc.err })
			assert.Equal(t, tc.name, line["error"])
			assert.Equal(t, "WARN", line["level"])
		})
	}
}

func TestLogAtWarnKeepsTheWarnings(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelWarn}))
	for _, outcome := range []any{response(200, ""), io.EOF} {
		s := &script{t: t, outcomes: []any{outcome}}
		_, _ = middleware.Log(middleware.LogConfig{Logger: logger})(s).RoundTrip(request(t, "GET", "https://x/", nil))
	}
	assert.Equal(t, 1, strings.Count(out.String(), "\n"))
	assert.Contains(t, out.String(), `error="connection lost"`)
}

func TestAnythingInThePlaceOfACodeIsNotLogged(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"code":{"openid":"oSECRETOPENID"}}`, `{"code":["13800138000"]}`, `{"code":"oSECRETOPENID x"}`, `{"code":` + strings.Repeat("[", 1<<20),
	} {
		line := logged(t, middleware.LogConfig{Bodies: true}, func(*http.Request) (*http.Response, error) { return response(502, body), nil })
		assert.Empty(t, line["code"])
	}
	deep := strings.Repeat(`{"a":`, 9000) + `"oSECRETOPENID"` + strings.Repeat("}", 9000)
	assert.Less(t, len(middleware.Redact([]byte(deep))), 1000, "what is deep is masked as a whole")
}

func TestLogLeavesTheReplyAsItWas(t *testing.T) {
	t.Parallel()
	rt := middleware.Log(middleware.LogConfig{Logger: slog.New(slog.DiscardHandler)})(middleware.RoundTripperFunc(
		func(*http.Request) (*http.Response, error) { return response(500, "abc"), nil }))
	resp, err := rt.RoundTrip(request(t, "GET", "https://x/", nil))
	require.NoError(t, err)
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, "abc", string(data))
}

func TestRedact(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		text string
		want string
	}{
		{"empty", "", ""},
		{"HTML", "<html>", "<6 bytes>"},
		{"a text", `"13800138000"`, `"<11 characters>"`},
		{"a list", `[1,"中文",{"code":"A"}]`, `["<masked>","<2 characters>",{"code":"A"}]`},
		{"a status that is an object", `{"status":{"inner":"secret"}}`, `{"status":{"inner":"<6 characters>"}}`},
		{"a status that is a list", `{"status":["A",{"x":1}]}`, `{"status":["<1 characters>",{"x":"<masked>"}]}`},
		{"a status of two words", `{"status":"two words"}`, `{"status":"<9 characters>"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, middleware.Redact([]byte(tc.text)))
		})
	}
}
