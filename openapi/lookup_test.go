package openapi_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

func TestLookup(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, method, path, want string }{
		{"template", "GET", "/v3/pay/transactions/id/{transaction_id}", "微信支付订单号查询"},
		{"without a slash", "get", "v3/pay/transactions/id/{transaction_id}", "微信支付订单号查询"},
		{"filled", "GET", "v3/pay/transactions/id/1217%2F中", "微信支付订单号查询"},
		{"another name of the variable", "GET", "v3/pay/transactions/id/{id}", "微信支付订单号查询"},
		{"v2", "POST", "v2/pay/unifiedorder", "统一下单"},
		{"v2, with a slash", "post", "/v2/secapi/mch/addInstitutionsub", "进件子商户"},
		{"slash at the end", "POST", "v3/ecommerce/applyments/", "二级商户进件"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			e, ok := openapi.Lookup(row.method, row.path)
			assert.True(t, ok)
			assert.Contains(t, e.Title, row.want)
		})
	}
}

func TestLookupFindsNothing(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, method, path string }{
		{"empty", "GET", ""},
		{"a slash", "GET", "/"},
		{"the beginning of paths", "GET", "v3"},
		{"an empty variable", "GET", "v3/pay/transactions/id/"},
		{"a segment too many", "GET", "v3/pay/transactions/id/1/2"},
		{"a URL", "GET", "https://api.mch.weixin.qq.com/v3/certificates"},
		{"another method", "DELETE", "v3/certificates"},
		{"v2, without its version", "POST", "pay/unifiedorder"},
		{"v2, in another case", "POST", "v2/secapi/mch/addinstitutionsub"},
		{"v3 below v2", "GET", "v2/v3/certificates"},
		{"v2 alone", "POST", "v2"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			e, ok := openapi.Lookup(row.method, row.path)
			assert.False(t, ok)
			assert.Zero(t, e)
		})
	}
}

// TestLookupOfAll: every endpoint is found by its template, and by its path filled.
func TestLookupOfAll(t *testing.T) {
	t.Parallel()
	for _, e := range catalogue.All() {
		found, ok := openapi.Lookup(e.Method, e.Route())
		assert.True(t, ok, e.Path)
		assert.Equal(t, e.Path, found.Path)
		filled := strings.NewReplacer("{", "1", "}", "1").Replace(e.Route())
		found, ok = openapi.Lookup(e.Method, filled)
		assert.True(t, ok, filled)
		if found.Path != e.Path {
			assert.Contains(t, e.Path, "/v3/apply4subject/applyment/{", "one of two that are alike")
		}
	}
}
