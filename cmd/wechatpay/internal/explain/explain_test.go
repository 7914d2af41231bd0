package explain_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/explain"
)

func TestFactsAreWhole(t *testing.T) {
	t.Parallel()
	number, code := regexp.MustCompile(`^[0-9]{9}$`), regexp.MustCompile(`^[A-Z][A-Z0-9_]+$`)
	seen := map[string]bool{}
	for _, f := range explain.All() {
		assert.NotEmpty(t, f.Cause)
		assert.NotEmpty(t, f.Fix, f.Cause)
		assert.Regexp(t, `\p{Han}`, f.CauseChinese)
		assert.Regexp(t, `\p{Han}`, f.FixChinese)
		assert.NotRegexp(t, `\p{Han}`, strings.ReplaceAll(f.Cause+f.Fix, "商家助手", ""))
		assert.Contains(t, f.Source, "wechatpay-skills")
		assert.NotEmpty(t, len(f.Codes)+len(f.Numbers)+len(f.Says), "it is found by something: %s", f.Cause)
		for _, n := range f.Numbers {
			assert.Regexp(t, number, n)
			assert.False(t, seen[n], "%s stands twice", n)
			seen[n] = true
		}
		for _, c := range f.Codes {
			assert.Regexp(t, code, c)
		}
		for _, p := range f.Paths {
			assert.Regexp(t, `^/|^product-coupon$`, p)
		}
	}
	assert.GreaterOrEqual(t, len(seen), 79)
}

func TestCauses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		problem explain.Problem
		first   string
		most    int
	}{
		{"the number goes first", explain.Problem{Code: "PARAM_ERROR", Number: "268501013"}, "payer.openid is missing", 1},
		{"then the message", explain.Problem{Code: "NO_AUTH", Message: "商户号与APPID: appid和mch_id不匹配"}, "the AppID is not bound", 1},
		{"then the code", explain.Problem{Code: "ORDER_PAID"}, "the order is paid already", 1},
		{"an unknown number leaves the code", explain.Problem{Code: "SYSTEM_ERROR", Number: "999999999", Path: "v3/x"}, "WeChat Pay failed for the moment", 1},
		{"the serial", explain.Problem{Code: "SIGN_ERROR", Message: "商户证书序列号有误"}, "serial_no is not the serial", 1},
		{"the endpoint", explain.Problem{Code: "NO_AUTH", Path: "v3/payscore/serviceorder"}, "the product is not opened", 2},
		{"another endpoint", explain.Problem{Code: "NO_AUTH", Path: "v3/pay/transactions/native"}, "the product is not opened", 1},
		{"the same text of v3", explain.Problem{Code: "SIGN_ERROR", Message: "签名错误"}, "the bytes that were signed", 9},
		{"of APIv2", explain.Problem{Code: "FAIL", Message: "签名错误"}, "APIv2: the digest is wrong", 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			causes := explain.Causes(row.problem)
			require.NotEmpty(t, causes)
			assert.Contains(t, causes[0].Cause, row.first)
			assert.LessOrEqual(t, len(causes), row.most)
		})
	}
	assert.Empty(t, explain.Causes(explain.Problem{Code: "NONSENSE", Message: "x"}))
	assert.Greater(t, len(explain.Causes(explain.Problem{Code: "SIGN_ERROR"})), 5)
}

func TestWhatIsRead(t *testing.T) {
	t.Parallel()
	const id = "08F78BB5AF0610D302189F8CD53120FF8D0228A8E903-268501013"
	for _, row := range []struct {
		name string
		got  explain.Problem
		want explain.Problem
	}{
		{"a reply", explain.Reply(400, http.Header{"Request-Id": {id}}, []byte(`{"code":"PARAM_ERROR","message":"m","detail":{"field":"/payer","issue":"i"}}`)),
			explain.Problem{Status: 400, Code: "PARAM_ERROR", Message: "m", Field: "/payer", Issue: "i", RequestID: id, Number: "268501013"}},
		{"a detail of another type", explain.Body([]byte(`{"code":"PARAM_ERROR","message":"m","detail":"text"}`)), explain.Problem{Code: "PARAM_ERROR", Message: "m"}},
		{"of APIv2", explain.Body([]byte(`<xml><return_code>SUCCESS</return_code><result_code>FAIL</result_code><err_code>ORDERPAID</err_code><err_code_des>d</err_code_des></xml>`)),
			explain.Problem{Code: "ORDERPAID", Message: "d"}},
		{"as --json-errors writes it", explain.Body([]byte(`{"error":"POST v3/a/b: 401 SIGN_ERROR: x","code":"SIGN_ERROR","status":401,"request_id":"` + id + `","message":"m"}`)),
			explain.Problem{Status: 401, Code: "SIGN_ERROR", Message: "m", RequestID: id, Number: "268501013", Path: "v3/a/b"}},
		{"in a log", explain.Body([]byte("t=1 wechatpay: POST v3/a/b: 403 NO_AUTH: m [request " + id + "]")),
			explain.Problem{Status: 403, Code: "NO_AUTH", Message: "t=1 wechatpay: POST v3/a/b: 403 NO_AUTH: m [request " + id + "]", RequestID: id, Number: "268501013", Path: "v3/a/b"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, row.got)
		})
	}
	for word, want := range map[string]explain.Problem{
		"SIGN_ERROR": {Code: "SIGN_ERROR"}, "USERPAYING": {Code: "USERPAYING"}, "268501013": {Number: "268501013"}, id: {RequestID: id, Number: "268501013"},
	} {
		got, ok := explain.Word(word)
		assert.True(t, ok, word)
		assert.Equal(t, want, got)
	}
	for _, word := range []string{"reply.txt", "it failed", "./a-1", ""} {
		_, ok := explain.Word(word)
		assert.False(t, ok, word)
	}
}

// FuzzBody: whatever is given, it is read without a panic, and explained.
func FuzzBody(f *testing.F) {
	f.Add(`{"code":"SIGN_ERROR","message":"m","detail":{"field":"f"}}`)
	f.Add(`<xml><return_code>FAIL</return_code></xml>`)
	f.Add("wechatpay: POST v3/a: 403 NO_AUTH: m [request 08F78BB5-268448010]")
	f.Fuzz(func(t *testing.T, text string) {
		p := explain.Body([]byte(text))
		if p.Number != "" {
			assert.Regexp(t, `^[0-9]{1,12}$`, p.Number)
		}
		_ = explain.Causes(p)
	})
}
