package wechatpay_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/media"
)

func TestVarsAreExpandedByRFC6570(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	type orderNo string
	number := int64(1217752501201407033)
	for _, tc := range []struct {
		name, template string
		vars           wechatpay.M
		want           string
	}{
		{"unreserved characters", "v3/a/{x}", wechatpay.M{"x": "plain-._~"}, "/v3/a/plain-._~"},
		{"reserved characters and Chinese", "v3/a/{x}", wechatpay.M{"x": "A/b c+中%~!"}, "/v3/a/A%2Fb%20c%2B%E4%B8%AD%25~%21"},
		{"an emoji", "v3/a/{x}", wechatpay.M{"x": "😀"}, "/v3/a/%F0%9F%98%80"},
		{"dots in a value", "v3/a/{x}", wechatpay.M{"x": "../../etc"}, "/v3/a/..%2F..%2Fetc"},
		{"a query in a value", "v3/a/{x}", wechatpay.M{"x": "?a=1#b"}, "/v3/a/%3Fa%3D1%23b"},
		{"braces in a value", "v3/a/{x}", wechatpay.M{"x": "{y}"}, "/v3/a/%7By%7D"},
		{"two, and a slash at the end", "v3/a/{x}/{y}/", wechatpay.M{"x": "1", "y": "2"}, "/v3/a/1/2/"},
		{"an int64", "v3/a/{x}", wechatpay.M{"x": number}, "/v3/a/1217752501201407033"},
		{"a pointer", "v3/a/{x}", wechatpay.M{"x": &number}, "/v3/a/1217752501201407033"},
		{"a json.Number", "v3/a/{x}", wechatpay.M{"x": json.Number("1217752501201407033233368018")}, "/v3/a/1217752501201407033233368018"},
		{"a string of another type", "v3/a/{x}", wechatpay.M{"x": orderNo("N1")}, "/v3/a/N1"},
		{"a whole float64", "v3/a/{x}", wechatpay.M{"x": 12.0}, "/v3/a/12"},
		{"a gjson.Result", "v3/a/{x}", wechatpay.M{"x": gjson.Parse(`{"id":"7"}`).Get("id")}, "/v3/a/7"},
		{"a bool", "v3/a/{x}", wechatpay.M{"x": true}, "/v3/a/true"},
		{"a reserved expansion", "v3/a/{+x}", wechatpay.M{"x": "b/c?d=中"}, "/v3/a/b/c?d=%E4%B8%AD"},
		{"a query expansion", "v3/a{?limit,offset}", wechatpay.M{"limit": 5, "offset": uint8(10)}, "/v3/a?limit=5&offset=10"},
		{"a list of segments", "v3/a{/x*}", wechatpay.M{"x": []string{"b", "c"}}, "/v3/a/b/c"},
		{"a map in a query", "v3/a{?x*}", wechatpay.M{"x": map[string]int{"b": 1, "c": 2}}, "/v3/a?b=1&c=2"},
		{"a prefix", "v3/a/{x:3}", wechatpay.M{"x": "abcdef"}, "/v3/a/abc"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			resp, err := c.Chain(tc.template).Get(t.Context(), &wechatpay.Options{Vars: tc.vars})
			require.NoError(t, err)
			assert.Equal(t, tc.want, resp.Get("target").String())
		})
	}
}

func TestVarsAreExpandedAsInThePHPSDK(t *testing.T) {
	t.Parallel()
	c, w := sandboxClient(t, nil)
	for _, v := range vectors.Load(t).Templates {
		_, err := c.Chain(v.Template).Get(t.Context(), &wechatpay.Options{Vars: v.Vars})
		require.NotErrorIs(t, err, wechatpay.ErrInvalid)
		assert.Equal(t, "/"+v.Expanded, w.last(t).URL.RequestURI())
	}
}

func TestAURLFromAReplyIsUsedVerbatim(t *testing.T) {
	t.Parallel()
	c, w := sandboxClient(t, nil)
	own := strings.TrimSuffix(gatewayURL(t, w, c), "/")
	for _, tc := range []struct{ name, target string }{
		{"a token", "/v3/billdownload/other?token=6XIv5TUPto7pByrTQKhd6kwvyKLG2uY2wMMR8cNXqaA_Cv_isgaUtBzp4QtiozLO%2B%2F%3D&x=a+b"},
		{"escapes in the path", "/v3/images/Ch%2Bsy%2F"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			resp, err := c.Chain(own+tc.target).Get(t.Context(), nil)
			require.NoError(t, err)
			assert.Equal(t, tc.target, resp.Get("target").String())
		})
	}
	_, err := c.Chain(own+"/v3/{braces}?").Get(t.Context(), nil)
	require.ErrorIs(t, err, wechatpay.ErrInvalid, "no placeholder is filled in a URL")

	ch := c.Chain(own + "/v3/download?token=secret-token")
	assert.Equal(t, own+"/v3/download", ch.String(), "a URL's token is not printed")
	resp, err := ch.Get(t.Context(), &wechatpay.Options{Query: wechatpay.M{"more": "1"}})
	require.NoError(t, err)
	assert.Equal(t, "/v3/download?token=secret-token&more=1", resp.Get("target").String())
}

// A closeOrder is a struct as the generated ones are, for one endpoint.
type closeOrder struct {
	MchID string `json:"mchid"`
}

func (closeOrder) WechatpayEndpoints() []string {
	return []string{"POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close"}
}

func TestStructsOfOtherEndpointsAreRefused(t *testing.T) {
	c := answering(t, nil, func(r *http.Request) (*http.Response, error) {
		t.Errorf("%s %s was sent", r.Method, r.URL)
		return nil, assert.AnError
	})
	const refusal = "a wechatpay_test.closeOrder is for POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close, not for "
	upload := media.Bytes("a.png", []byte("png"))
	upload.Meta = closeOrder{}
	for _, row := range []struct {
		name, method, path string
		opts               *wechatpay.Options
		want               string
	}{
		{"a body", "POST", "v3/pay/transactions/jsapi", &wechatpay.Options{JSON: closeOrder{}},
			"Options.JSON: " + refusal + "POST /v3/pay/transactions/jsapi; use the struct of this endpoint"},
		{"a query", "GET", "v3/pay/transactions/id/1", &wechatpay.Options{Query: closeOrder{}},
			"Options.Query: " + refusal + "GET /v3/pay/transactions/id/1; use the struct of this endpoint"},
		{"a method", "PUT", "v3/pay/transactions/out-trade-no/1/close", &wechatpay.Options{JSON: closeOrder{}},
			"Options.JSON: " + refusal + "PUT /v3/pay/transactions/out-trade-no/1/close; use the struct of this endpoint"},
		{"an upload", "POST", "v3/merchant/media/upload", &wechatpay.Options{Body: upload},
			"Options.Body: media: a.png: Upload.Meta: " + refusal + "POST /v3/merchant/media/upload; use the struct of this endpoint"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := c.Chain(row.path).Do(t.Context(), row.method, row.opts)
			require.ErrorIs(t, err, wechatpay.ErrInvalid)
			require.ErrorContains(t, err, row.want)
		})
	}
}
