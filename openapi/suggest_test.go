package openapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/openapi"
)

func TestSuggest(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, method, path, want string }{
		{"a letter is missing", "POST", "v3/pay/transaction/jsapi", "did you mean POST v3/pay/transactions/jsapi?"},
		{"another method", "GET", "/v3/pay/transactions/jsapi", "did you mean POST v3/pay/transactions/jsapi?"},
		{"a wrong letter, and a variable filled", "GET", "v3/pay/transactions/out-trade-nr/123", "did you mean GET v3/pay/transactions/out-trade-no/{out_trade_no}?"},
		{"a letter too many, and another variable", "get", "v3/pay/transactions/ids/{id}", "did you mean GET v3/pay/transactions/id/{transaction_id}?"},
		{"the slash at the end is missing", "POST", "v3/applyment4sub/applyment", "did you mean POST v3/applyment4sub/applyment/?"},
		{"the path is right", "GET", "v3/pay/transactions/id/123", ""},
		{"nothing is alike", "GET", "v3/quite/another/thing", ""},
		{"empty", "GET", "", ""},
		{"a million slashes", "GET", "v3/certificates" + strings.Repeat("/", 1<<20), ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, openapi.Suggest(row.method, row.path))
		})
	}
}

func TestSuggestAsHint(t *testing.T) {
	t.Parallel()
	c, _ := client(t, func(cfg *wechatpay.Config) {
		cfg.Hint = openapi.Suggest
		cfg.Transport = middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
		})
	})
	_, err := c.Chain("v3/pay/transaction/id/{transaction_id}").Get(t.Context(), &wechatpay.Options{Vars: wechatpay.M{"transaction_id": "1"}})
	require.ErrorContains(t, err, "404 Not Found (did you mean GET v3/pay/transactions/id/{transaction_id}?)")
}
