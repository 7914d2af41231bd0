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
		{"another case", "GET", "V3/Certificates", "did you mean GET v3/certificates?"},
		{"camel case", "POST", "v3/pay/transactions/jsapiWithContract", "did you mean POST v3/pay/transactions/jsapi-with-contract?"},
		{"underscores", "GET", "v3/pay/transactions/out_trade_no/1", "did you mean GET v3/pay/transactions/out-trade-no/{out_trade_no}?"},
		{"the end of a path", "POST", "v3/mch-transfer/transfer-bills", "did you mean POST v3/fund-app/mch-transfer/transfer-bills?"},
		{"the end of a path, filled", "GET", "v3/mch-transfer/transfer-bills/out-bill-no/plfk2020042013", "did you mean GET v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}?"},
		{"without v3", "POST", "pay/transactions/jsapi", "did you mean POST v3/pay/transactions/jsapi?"},
		{"a segment is missing", "POST", "v3/refund/refunds", "did you mean POST v3/refund/domestic/refunds?"},
		{"APIv2, misspelled", "POST", "v2/pay/unifiedorde", "did you mean POST v2/pay/unifiedorder?"},
		{"APIv2, another method", "GET", "v2/pay/orderquery", "did you mean POST v2/pay/orderquery?"},
		{"APIv2, another case", "POST", "v2/secapi/mch/addinstitutionsub", "did you mean POST v2/secapi/mch/addInstitutionsub?"},
		{"APIv2, hyphens for capitals", "POST", "v2/secapi/mch/add-institutionsub", "did you mean POST v2/secapi/mch/addInstitutionsub?"},
		{"APIv2, a segment is missing", "POST", "v2/promotion/transfers", "did you mean POST v2/mmpaymkttransfers/promotion/transfers?"},
		{"APIv2, without v2", "POST", "pay/micropay", "did you mean POST v2/pay/micropay? it is of APIv2: Options.XML"},
		{"APIv2, without v2 and misspelled", "POST", "pay/unifiedorde", "did you mean POST v2/pay/unifiedorder? it is of APIv2: Options.XML"},
		{"APIv2 in v3", "POST", "v3/pay/unifiedorder", "did you mean POST v2/pay/unifiedorder? it is of APIv2: Options.XML"},
		{"APIv2 in v3, of a longer path", "POST", "v3/secapi/pay/refund", "did you mean POST v2/secapi/pay/refund? it is of APIv2: Options.XML"},
		{"APIv2 in v3, red packets", "POST", "v3/mmpaymkttransfers/sendredpack", "did you mean POST v2/mmpaymkttransfers/sendredpack? it is of APIv2: Options.XML"},
		{"v3 in APIv2", "POST", "v2/pay/transactions/jsapi", "did you mean POST v3/pay/transactions/jsapi? it is of API v3: Options.JSON"},
		{"v3 in APIv2, filled", "GET", "v2/pay/transactions/id/1217752501", "did you mean GET v3/pay/transactions/id/{transaction_id}? it is of API v3: Options.JSON"},
		{"APIv2 is right", "POST", "v2/pay/micropay", ""},
		{"APIv2, nothing is alike", "POST", "v2/quite/another/thing", ""},
		{"APIv2, another verb", "POST", "v2/pay/cancelorder", ""},
		{"another verb", "POST", "v3/combine-transactions/out-trade-no/1/reverse", ""},
		{"a verb that there is not", "POST", "v3/pay/transactions/out-trade-no/1/cancel", ""},
		{"the opposite", "POST", "v3/profitsharing/orders/freeze", ""},
		{"a brand's", "POST", "brand/marketing/product-coupon/users/o1/coupons/1/confrm", "did you mean POST brand/marketing/product-coupon/users/{openid}/coupons/{coupon_code}/confirm?"},
		{"a partner's, that a brand has too", "POST", "v3/marketing/partner/product-coupon/users/o1/coupons/1/confrm", "did you mean POST v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}/confirm?"},
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

// TestSuggestFoldsCase: for each path whose last segment has a capital, its own is suggested.
func TestSuggestFoldsCase(t *testing.T) {
	t.Parallel()
	for e := range ofV3() {
		path := strings.TrimSuffix(e.Path, "/")
		i := strings.LastIndexByte(path, '/') + 1
		if path[i] == '{' || strings.HasPrefix(path, "/v3/apply4subject/applyment/{") { // two of them are alike
			continue
		}
		spelled := path[:i] + strings.ToUpper(path[i:i+1]) + path[i+1:] + e.Path[len(path):]
		assert.Equal(t, "did you mean "+e.Method+" "+e.Path[1:]+"?", openapi.Suggest(e.Method, spelled))
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
