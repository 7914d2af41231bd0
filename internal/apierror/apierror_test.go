package apierror_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/internal/apierror"
)

func TestCode(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, body, want string }{
		{"an error", `{"code":"PARAM_ERROR","message":"…","detail":{}}`, "PARAM_ERROR"},
		{"an empty message", `{"code":"PARAM_ERROR","message":""}`, "PARAM_ERROR"},
		{"no message", `{"code":"PARAM_ERROR"}`, ""},
		{"no code", `{"message":"PARAM_ERROR"}`, ""},
		{"an empty code", `{"code":"","message":""}`, ""},
		{"a number as code", `{"code":0,"message":"ok"}`, ""},
		{"a number as message", `{"code":"PARAM_ERROR","message":1}`, ""},
		{"small letters", `{"code":"ok","message":""}`, ""},
		{"a long code", `{"code":"` + strings.Repeat("A", 65) + `","message":""}`, ""},
		{"in an object", `{"error":{"code":"PARAM_ERROR","message":""}}`, ""},
		{"a list", `[{"code":"PARAM_ERROR","message":""}]`, ""},
		{"not JSON", `{"code":"PARAM_ERROR","message":""`, ""},
		{"very deep", `{"code":` + strings.Repeat("[", 1<<20), ""},
		{"empty", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, apierror.Code([]byte(row.body)))
		})
	}
}

func TestRefusesAndContradicts(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, path, code      string
		refuses, contradicted bool
	}{
		{"documented", "/v3/refund/domestic/refunds", "NOT_ENOUGH", true, true},
		{"documented, below a prefix", "/proxy/v3/refund/domestic/refunds", "NOT_ENOUGH", true, true},
		{"documented, by its template", "/v3/pay/transactions/out-trade-no/1/close", "ORDER_CLOSED", true, true},
		{"not documented", "/v3/x", "NOT_ENOUGH", true, false},
		{"the reply has a code", "/v3/gov/subsidy/sncode/lock", "SUCCESS", false, false},
		{"the reply has a code, below a prefix", "/proxy/v3/gov/subsidy/sncode/lock", "SUCCESS", false, false},
		{"the reply has a code, and this is one of every endpoint", "/v3/gov/subsidy/sncode/lock", "SIGN_ERROR", true, false},
		{"the reply has a code, and this is a rate limit", "/v3/gov/subsidy/sncode/lock", "RATELIMIT_EXCEEDED", true, false},
		{"a failure of WeChat Pay", "/v3/refund/domestic/refunds", "SYSTEM_ERROR", false, true},
		{"a pending payment", "/v3/refund/domestic/refunds", "USERPAYING", false, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			body := []byte(`{"code":"` + row.code + `","message":""}`)
			assert.Equal(t, row.refuses, apierror.Refuses("POST", row.path, body))
			assert.Equal(t, row.contradicted, apierror.Contradicts("POST", row.path, body))
		})
	}
}
