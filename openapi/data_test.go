package openapi_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

func TestMap(t *testing.T) {
	c, m := client(t, nil)
	chains := openapi.Map(c)
	paths := map[string]bool{}
	for _, e := range catalogue.All() {
		paths[strings.TrimPrefix(e.Path, "/")] = true
		assert.NotZero(t, chains[strings.TrimPrefix(e.Path, "/")], e.Path)
	}
	assert.Len(t, chains, len(paths), "and no others")

	_, err := chains["pay/unifiedorder"].Post(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, "POST https://api.mch.weixin.qq.com/pay/unifiedorder", m.last, "of v2")

	m.last = ""
	for _, key := range []string{"v3/pay/transactions/nonsense", "/v3/certificates", ""} {
		_, err = chains[key].Get(t.Context(), nil)
		require.ErrorIs(t, err, wechatpay.ErrInvalid, key)
		require.ErrorContains(t, err, "a map of chains returns it for an unknown path", key)
	}
	assert.Empty(t, m.last)
}

func TestLookup(t *testing.T) {
	for name, c := range map[string]struct{ method, path, want string }{
		"template":         {"GET", "/v3/pay/transactions/id/{transaction_id}", "微信支付订单号查询"},
		"without a slash":  {"get", "v3/pay/transactions/id/{transaction_id}", "微信支付订单号查询"},
		"filled":           {"GET", "v3/pay/transactions/id/1217%2F中", "微信支付订单号查询"},
		"another name":     {"GET", "v3/pay/transactions/id/{id}", "微信支付订单号查询"},
		"v2":               {"POST", "pay/unifiedorder", "统一下单"},
		"slash at the end": {"POST", "v3/ecommerce/applyments/", "二级商户进件"},
	} {
		e, ok := openapi.Lookup(c.method, c.path)
		assert.True(t, ok, name)
		assert.Contains(t, e.Title, c.want, name)
	}
	for _, path := range []string{"", "/", "v3", "v3/pay/transactions/id/", "v3/pay/transactions/id/1/2", "https://api.mch.weixin.qq.com/v3/certificates"} {
		_, ok := openapi.Lookup("GET", path)
		assert.False(t, ok, path)
	}
	_, ok := openapi.Lookup("DELETE", "v3/certificates")
	assert.False(t, ok, "another method")

	// every endpoint is found by its template and by a path that was filled
	for _, e := range catalogue.All() {
		found, ok := openapi.Lookup(e.Method, e.Path)
		assert.True(t, ok)
		assert.Equal(t, e.Path, found.Path)
		filled := strings.NewReplacer("{", "1", "}", "1").Replace(e.Path)
		found, ok = openapi.Lookup(e.Method, filled)
		assert.True(t, ok, filled)
		if found.Path != e.Path {
			assert.Contains(t, e.Path, "/v3/apply4subject/applyment/{", "one of two that are alike")
		}
	}
}

func TestSearch(t *testing.T) {
	found := openapi.Search("退款 refund GET")
	require.NotEmpty(t, found)
	for _, e := range found {
		assert.Contains(t, e.Title, "退款")
		assert.Equal(t, "GET", e.Method)
	}
	assert.Contains(t, titles(openapi.Search("V3/Certificates")), "获取平台证书列表")
	assert.Equal(t, catalogue.All(), openapi.Search(" "))
	assert.Empty(t, openapi.Search("退款 nonsense"))
}

func titles(list []catalogue.Endpoint) (titles []string) {
	for _, e := range list {
		titles = append(titles, e.Title)
	}
	return titles
}

func TestSuggest(t *testing.T) {
	for _, c := range []struct{ method, path, want string }{
		{"POST", "v3/pay/transaction/jsapi", "did you mean POST v3/pay/transactions/jsapi?"},
		{"GET", "/v3/pay/transactions/jsapi", "did you mean POST v3/pay/transactions/jsapi?"},
		{"GET", "v3/pay/transactions/out-trade-nr/123", "did you mean GET v3/pay/transactions/out-trade-no/{out_trade_no}?"},
		{"get", "v3/pay/transactions/ids/{id}", "did you mean GET v3/pay/transactions/id/{transaction_id}?"},
		{"POST", "v3/applyment4sub/applyment", "did you mean POST v3/applyment4sub/applyment/?"},
		{"GET", "v3/pay/transactions/id/123", ""}, // no such order
		{"GET", "v3/quite/another/thing", ""},
		{"GET", "", ""},
		{"GET", "v3/certificates" + strings.Repeat("/", 1<<20), ""},
	} {
		assert.Equal(t, c.want, openapi.Suggest(c.method, c.path), c)
	}
}

func TestValidate(t *testing.T) {
	const path = "v3/pay/transactions/jsapi"
	const good = `{"appid": "wxd678efh567hg6787", "mchid": "1900000109", "description": "x", "out_trade_no": "1", "notify_url": "https://x.example/",
		"amount": {"total": 100, "currency": "CNY"}, "payer": {"openid": "oUpF8"}, "limit_pay": ["no_balance"], "support_fapiao": false, "unknown": null}`
	require.NoError(t, openapi.Validate("POST", path, []byte(good)))

	for body, want := range map[string][]openapi.Problem{
		`{"appid": 1, "mchid": null, "description": true, "out_trade_no": [], "notify_url": {}, "amount": {"total": "100", "currency": 1.5},
		  "payer": [], "limit_pay": ["no_balance", "secret", 7], "detail": {"goods_detail": [{}, "x"]}, "support_fapiao": "false"}`: {
			{"appid", "is a number; it must be a string"},
			{"mchid", "is null, which WeChat Pay refuses; it must be a string"},
			{"description", "is a boolean; it must be a string"},
			{"out_trade_no", "is a list; it must be a string"},
			{"amount.total", "is a string; it must be an integer"},
			{"amount.currency", "is a number with a fraction; it must be a string"},
			{"notify_url", "is an object; it must be a string"},
			{"limit_pay.1", "is not one of no_balance, no_credit, no_debit, balance_only"},
			{"limit_pay.2", "is a number; it must be a string"},
			{"support_fapiao", "is a string; it must be a boolean"},
			{"detail.goods_detail.0.merchant_goods_id", "is missing"},
			{"detail.goods_detail.0.quantity", "is missing"},
			{"detail.goods_detail.0.unit_price", "is missing"},
			{"detail.goods_detail.1", "is a string; it must be an object"},
			{"payer", "is a list; it must be an object"},
		},
		strings.ReplaceAll(good, "100", "100.5"): {{"amount.total", "is a number with a fraction; it must be an integer"}},
		`[]`:                                     {{"", "the body is a list; it must be an object"}},
		`{"appid"`:                               {{"", "the body is not JSON"}},
		good + "{}":                              {{"", "the body is not JSON"}},
		``: {
			{"appid", "is missing"}, {"mchid", "is missing"}, {"description", "is missing"}, {"out_trade_no", "is missing"},
			{"amount", "is missing"}, {"notify_url", "is missing"}, {"payer", "is missing"},
		},
	} {
		err := openapi.Validate("POST", path, []byte(body))
		var invalid *openapi.ValidationError
		require.ErrorAs(t, err, &invalid, body)
		assert.ElementsMatch(t, want, invalid.Problems, body)
		assert.NotContains(t, err.Error(), "secret")
		require.ErrorIs(t, err, wechatpay.ErrInvalid)
	}
	require.ErrorIs(t, openapi.Validate("POST", "v3/quite/another/thing", nil), openapi.ErrUnknown)
	require.NoError(t, openapi.Validate("GET", "v3/certificates", nil))
	require.ErrorContains(t, openapi.Validate("POST", "v3/merchant/media/upload", []byte(`{"filename": "a.png"}`)), "upload: sha256 is missing")
}

func TestValidation(t *testing.T) {
	c, m := client(t, func(cfg *wechatpay.Config) {
		cfg.Stack = func(s *middleware.Stack) error {
			if err := s.Remove("verify"); err != nil {
				return err
			}
			return s.Unshift("validate", openapi.Validation())
		}
	})
	for name, call := range map[string]func(context.Context, *wechatpay.Options) (*wechatpay.Response, error){
		"typed": func(ctx context.Context, opts *wechatpay.Options) (*wechatpay.Response, error) {
			_, err := openapi.V3(c).Refund().Domestic().Refunds().Post(ctx, opts)
			return nil, err
		},
		"map":   openapi.Map(c)["v3/refund/domestic/refunds"].Post,
		"chain": c.Chain("/v3/refund/domestic/refunds").Post,
	} {
		_, err := call(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"transaction_id": "1", "amount": wechatpay.M{"total": "1"}}})
		var invalid *openapi.ValidationError
		require.ErrorAs(t, err, &invalid, name)
		assert.NotEmpty(t, invalid.Problems)
		require.ErrorIs(t, err, wechatpay.ErrInvalid)
		assert.False(t, wechatpay.OutcomeUnknown(err))
		assert.Empty(t, m.last, "nothing was sent")
	}

	upload := &media.Body{
		ContentType: "multipart/form-data; boundary=x", Size: 1, Signed: []byte(`{"filename": "a.png"}`),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("x")), nil },
	}
	_, err := openapi.V3(c).Merchant().Media().Upload().Post(t.Context(), &wechatpay.Options{Body: upload})
	require.ErrorContains(t, err, "sha256 is missing")

	_, err = c.Chain("v3/quite/another/thing").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"a": 1}})
	require.NoError(t, err, "what is not known passes")
	_, err = openapi.V3(c).Pay().Transactions().OutTradeNo("1").Close().Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"mchid": "1"}})
	require.NoError(t, err)
}

func TestSuggestAsHint(t *testing.T) {
	c, _ := client(t, func(cfg *wechatpay.Config) {
		cfg.Hint = openapi.Suggest
		cfg.Transport = middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
		})
	})
	_, err := c.Chain("v3/pay/transaction/id/{transaction_id}").Get(t.Context(), &wechatpay.Options{Vars: wechatpay.M{"transaction_id": "1"}})
	require.ErrorContains(t, err, "404 Not Found (did you mean GET v3/pay/transactions/id/{transaction_id}?)")
}
