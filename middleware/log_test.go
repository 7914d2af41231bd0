package middleware_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

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
	r = forCall(r, callstate.Info{Route: "v3/orders/{id}"})
	_, _ = middleware.Log(cfg)(next).RoundTrip(r)
	for _, secret := range secrets {
		assert.NotContains(t, out.String(), secret)
	}
	line := map[string]any{}
	require.NoError(t, json.Unmarshal(out.Bytes(), &line), "one line: %s", out.String())
	return line
}

func TestLogWritesWhatIsListedAndNothingElse(t *testing.T) {
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
