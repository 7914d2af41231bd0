package wechatpay_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// seedRequest is every field that WeChat Pay documents for jsapi-with-contract.
func seedRequest(t *testing.T) wechatpay.M {
	t.Helper()
	data, err := os.ReadFile("testdata/jsapi-with-contract.json")
	require.NoError(t, err)
	var body wechatpay.M
	require.NoError(t, json.Unmarshal(data, &body))
	return body
}

func TestTheSeedRequestHoldsEveryDocumentedField(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile("testdata/jsapi-with-contract.json")
	require.NoError(t, err)
	i := slices.IndexFunc(catalogue.All(), func(e catalogue.Endpoint) bool {
		return e.Path == "/v3/pay/transactions/jsapi-with-contract"
	})
	count := 0
	for path := range catalogue.All()[i].JSON.All() {
		count++
		assert.True(t, gjson.GetBytes(body, strings.ReplaceAll(path, "[]", ".0")).Exists(), path)
	}
	assert.Equal(t, 43, count)
}

func TestAllSpellingsSendTheSameBytes(t *testing.T) {
	c, w := sandboxClient(t, nil)
	body := seedRequest(t)
	for _, tc := range []struct {
		name  string
		chain wechatpay.Chain
	}{
		{"declarative", c.Chain("v3/pay/transactions/jsapi-with-contract")},
		{"declarative, with a slash", c.Chain("/v3/pay/transactions/jsapi-with-contract")},
		{"declarative, in steps", c.Chain("v3/pay").Chain("transactions").Chain("jsapi-with-contract")},
		{"map", c.At("v3/pay/transactions/jsapi-with-contract")},
		{"map, by names", c.At("v3/pay/transactions/jsapiWithContract")},
		{"chain", c.At("v3", "pay", "transactions", "jsapiWithContract")},
		{"chain, in capitals", c.At("V3", "Pay", "Transactions", "JsapiWithContract")},
		{"chain, in steps", c.At("v3").At("pay").At("transactions").At("jsapiWithContract")},
		{"both", c.Chain("v3/pay").At("transactions", "jsapiWithContract")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := w.count()
			resp, err := tc.chain.Post(t.Context(), &wechatpay.Options{JSON: body})
			require.NoError(t, err)
			assert.NotEmpty(t, resp.Get("prepay_id").String())
			assert.True(t, resp.Verified)
			assert.Equal(t, 1, w.count()-before)
		})
	}
	require.NotEmpty(t, w.sent)
	first := w.sent[0]
	for _, s := range w.sent {
		assert.Equal(t, http.MethodPost, s.Method)
		assert.Equal(t, "/v3/pay/transactions/jsapi-with-contract", s.URL.RequestURI())
		assert.Equal(t, first.body, s.body)
		assert.Equal(t, withoutAuthorization(first.Header), withoutAuthorization(s.Header))
		assert.Contains(t, s.Header.Get("Authorization"), "WECHATPAY2-SHA256-RSA2048 mchid=")
	}
	assert.Contains(t, first.body, `自定义数据说明 <a&b> \"引号\"`, "text goes out as it is, HTML characters included")
}

func withoutAuthorization(h http.Header) http.Header {
	h = maps.Clone(h)
	delete(h, "Authorization")
	return h
}

func TestNamesAreSpelledAsInThePHPSDK(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	for _, v := range vectors.Load(t).Names {
		assert.Equal(t, v.Segment, c.At(v.Name).String(), v.Name)
		assert.Equal(t, "v3/"+v.Segment+"/x", c.At("v3/"+v.Name+"/x").String(), v.Name)
	}
	for _, tc := range []struct {
		name    string
		spelled string
		want    string
	}{
		{"a placeholder", "v3/pay/transactions/id/{transaction_id}", "v3/pay/transactions/id/{transaction_id}"},
		{"capitals after a placeholder", "v3/{Kept}/AsIs", "v3/{Kept}/as-is"},
		{"a placeholder as PHP has it", "_subMchid_", "{subMchid}"},
		{"one underscore", "_", "_"},
		{"two underscores", "__", "__"},
		{"an underscore in front", "_x", "_x"},
		{"a placeholder with an operator", "v3{/A}/B", "v3{/A}/b"},
		{"a slash at the end", "ends/In/", "ends/in/"},
		{"a slash at the start", "/Begins", "/begins"},
		{"a brace that stays open", "a/{b", "a/{b"},
		{"Chinese", "微信Pay", "微信-pay"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, c.At(tc.spelled).String(), tc.spelled)
		})
	}
}

// TestChainIsLiteral: the PHP SDK's chain() folds capitals, and so corrupts
// openids and order numbers.
func TestChainIsLiteral(t *testing.T) {
	c, w := sandboxClient(t, nil)
	for _, tc := range []struct {
		name   string
		path   string
		target string
	}{
		{"an openid", "v3/marketing/favor/users/oUpF8uMuAJO_M2pxb1Q9zNjWeS6o/coupons", "/v3/marketing/favor/users/oUpF8uMuAJO_M2pxb1Q9zNjWeS6o/coupons"},
		{"a slash at the end", "v3/a/", "/v3/a/"},
		{"underscores", "v3/_x_", "/v3/_x_"},
		{"two slashes", "v3/a//b", "/v3/a//b"},
		{"escapes", "v3/a%2Fb%2fc", "/v3/a%2Fb%2fc"},
		{"every character of a segment", "v3/!$&'()*+,;=:@-._~[]", "/v3/!$&'()*+,;=:@-._~[]"},
		{"a query", "v3/certs?algorithm_type=RSA", "/v3/certs?algorithm_type=RSA"},
		{"a query with escapes", "v3/certs?a=%2B+b&a=1&", "/v3/certs?a=%2B+b&a=1&"},
		{"an empty query", "v3/certs?", "/v3/certs?"},
		{"a URL in the query", "v3/certs?u=http://x/../y?z", "/v3/certs?u=http://x/../y?z"},
		{"three dots", "v3/...", "/v3/..."},
		{"a hidden name", "v3/.hidden", "/v3/.hidden"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			resp, err := c.Chain(tc.path).Get(t.Context(), nil)
			require.NoError(t, err)
			assert.Equal(t, tc.target, resp.Get("target").String(), "as the gateway saw it")
			assert.Equal(t, tc.target, w.last(t).URL.RequestURI())
		})
	}
}

func TestVerbs(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	ch := c.Chain("v3/anything")
	for _, tc := range []struct {
		name string
		call func() (*wechatpay.Response, error)
	}{
		{"GET", func() (*wechatpay.Response, error) { return ch.Get(t.Context(), nil) }},
		{"POST", func() (*wechatpay.Response, error) { return ch.Post(t.Context(), nil) }},
		{"PUT", func() (*wechatpay.Response, error) { return ch.Put(t.Context(), nil) }},
		{"PATCH", func() (*wechatpay.Response, error) { return ch.Patch(t.Context(), nil) }},
		{"DELETE", func() (*wechatpay.Response, error) { return ch.Delete(t.Context(), nil) }},
		{"REPORT", func() (*wechatpay.Response, error) { return ch.Do(t.Context(), "report", nil) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			resp, err := tc.call()
			require.NoError(t, err, tc.name)
			assert.Equal(t, tc.name, resp.Get("method").String())
		})
	}
}

// TestAChainIsPrintedWithoutValues: a query may hold an openid or a token.
func TestAChainIsPrintedWithoutValues(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	for _, tc := range []struct {
		name string
		path string
		want string
	}{
		{"a query after a placeholder", "v3/pay/{id}?openid=oSECRET", "v3/pay/{id}"},
		{"a query expansion", "v3/list{?a,b}", "v3/list{?a,b}"},
		{"a fragment expansion", "v3/x{#f}?token=SECRET", "v3/x{#f}"},
		{"a fragment", "v3/x#SECRET", "v3/x"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, c.Chain(tc.path).String())
		})
	}
}

// gatewayURL is where the client's gateway listens.
func gatewayURL(t *testing.T, w *wire, c *wechatpay.Client) string {
	t.Helper()
	_, err := c.Chain("v3/where").Get(t.Context(), nil)
	require.NoError(t, err)
	u := w.last(t).URL
	return (&url.URL{Scheme: u.Scheme, Host: u.Host}).String()
}

func TestAChainIsAValue(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	base := c.Chain("v3/pay")
	a, b := base.Chain("a"), base.Chain("b")
	assert.Equal(t, []string{"v3/pay", "v3/pay/a", "v3/pay/b"}, []string{base.String(), a.String(), b.String()})
	assert.Equal(t, "v3/pay/a", c.Chain("v3/pay/").Chain("/a").String())

	done := make(chan error)
	for i := range 8 {
		go func() {
			_, err := base.Chain("x").Get(t.Context(), &wechatpay.Options{Query: wechatpay.M{"i": i}})
			done <- err
		}()
	}
	for range 8 {
		require.NoError(t, <-done)
	}
	assert.True(t, slices.Equal([]string{"v3/pay"}, []string{base.String()}))
}
