package openapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/v2/payv2"
	"github.com/wechatpay-chain/wechatpay/openapi/v2/secapi"
)

func TestValidateV2(t *testing.T) {
	t.Parallel()
	const micropay = "v2/pay/micropay"
	order := func(change wechatpay.M) *wechatpay.Options {
		xml := wechatpay.M{"appid": "wxd678efh567hg6787", "body": "x", "out_trade_no": "1", "total_fee": 1, "spbill_create_ip": "127.0.0.1", "auth_code": "130000000000000000"}
		for name, value := range change {
			xml[name] = value
		}
		return &wechatpay.Options{XML: xml}
	}
	const sharing = "v2/secapi/pay/profitsharing"
	split := func(receivers any) *wechatpay.Options {
		return &wechatpay.Options{XML: wechatpay.M{"appid": "wx1", "transaction_id": "4200", "out_order_no": "P1", "receivers": receivers}}
	}
	receiver := wechatpay.M{"type": "MERCHANT_ID", "account": "1900000110", "amount": 100, "description": "x"}
	contract := wechatpay.M{"appid": "wx1", "plan_id": 1, "contract_code": "1", "request_serial": "7", "contract_display_account": "x", "notify_url": "https://x.example/", "version": "1.0", "timestamp": "1"}
	for _, row := range []struct {
		name, method, path string
		opts               *wechatpay.Options
		want               []openapi.Problem
	}{
		{"what the caller gives", "POST", micropay, order(nil), nil},
		{"a struct", "POST", micropay, &wechatpay.Options{XML: payv2.MicropayPostRequest{
			AppID: "wxd678efh567hg6787", Body: "x", OutTradeNo: "1", TotalFee: 1, SpbillCreateIP: "127.0.0.1", AuthCode: "130000000000000000",
			SceneInfo: payv2.SceneInfo{StoreInfo: payv2.StoreInfo{ID: "1"}},
		}}, nil},
		{"a document", "POST", micropay, &wechatpay.Options{XML: wechatpay.NewDocument(order(nil).XML)}, nil},
		{"numbers as texts", "POST", micropay, order(wechatpay.M{"total_fee": "100", "out_trade_no": 7}), nil},
		{"nothing", "POST", "v2/pay/closeorder", nil, []openapi.Problem{{Path: "out_trade_no", Text: "is missing"}}},
		{"empty and null", "POST", micropay, order(wechatpay.M{"body": "", "out_trade_no": nil, "attach": "", "detail": nil}), []openapi.Problem{{Path: "body", Text: "is missing"}, {Path: "out_trade_no", Text: "is missing"}}},
		{"no number", "POST", micropay, order(wechatpay.M{"total_fee": "1.00"}), []openapi.Problem{{Path: "total_fee", Text: "is not an integer"}}},
		{"a float", "POST", micropay, order(wechatpay.M{"total_fee": 1.5}), []openapi.Problem{{Path: "total_fee", Text: "is a number with a fraction; it must be text or a whole number"}}},
		{"a boolean, a list, an object", "POST", micropay, order(wechatpay.M{"body": false, "attach": []string{"x"}, "goods_tag": wechatpay.M{"x": 1}}), []openapi.Problem{
			{Path: "body", Text: "is a boolean; it must be text or a whole number"},
			{Path: "attach", Text: "is a list; it must be text or a whole number"},
			{Path: "goods_tag", Text: "is an object; it must be text or a whole number"},
		}},
		{"a value that is not documented", "POST", micropay, order(wechatpay.M{"sign_type": "SHA1"}), []openapi.Problem{{Path: "sign_type", Text: "is not one of MD5, HMAC-SHA256"}}},
		{"an object in a text", "POST", micropay, order(wechatpay.M{"scene_info": wechatpay.M{"store_info": wechatpay.M{"name": 1}}}), []openapi.Problem{
			{Path: "scene_info.store_info.id", Text: "is missing"}, {Path: "scene_info.store_info.name", Text: "is a number; it must be a string"},
		}},
		{"the text of an object", "POST", micropay, order(wechatpay.M{"scene_info": `{"store_info":{"id":"1","name":2}}`}), []openapi.Problem{{Path: "scene_info.store_info.name", Text: "is a number; it must be a string"}}},
		{"the text of a list", "POST", micropay, order(wechatpay.M{"scene_info": `[]`}), []openapi.Problem{{Path: "scene_info", Text: "is a list; it must be an object, or the JSON text of one"}}},
		{"a text that is cut off", "POST", micropay, order(wechatpay.M{"scene_info": `{"store_info"`}), []openapi.Problem{{Path: "scene_info", Text: "is not valid JSON"}}},
		{"a list for an object in a text", "POST", micropay, order(wechatpay.M{"scene_info": []int{1}}), []openapi.Problem{{Path: "scene_info", Text: "is a list; it must be an object, or the JSON text of one"}}},
		{"a text that is no JSON", "POST", micropay, order(wechatpay.M{"detail": "ice cream"}), nil},
		{"a list of M", "POST", sharing, split([]wechatpay.M{receiver}), nil},
		{"a list of any", "POST", sharing, split([]any{receiver}), nil},
		{"a list of structs", "POST", sharing, &wechatpay.Options{XML: secapi.PayProfitsharingPostRequest{
			AppID: "wx1", TransactionID: "4200", OutOrderNo: "P1",
			Receivers: []secapi.Receivers{{Type: secapi.TypeMerchantID, Account: "1900000110", Amount: 100, Description: "x"}},
		}}, nil},
		{"the text of a list, for a list", "POST", sharing, split(`[{"type":"MERCHANT_ID","account":"1","amount":"1","description":"x"}]`), []openapi.Problem{{Path: "receivers.0.amount", Text: "is a string; it must be a number"}}},
		{"an object for a list", "POST", sharing, split(wechatpay.M{"receiver": []any{receiver}}), []openapi.Problem{{Path: "receivers", Text: "is an object; it must be a list, or the JSON text of one"}}},
		{"the text of an object, for a list", "POST", sharing, split(`{"receiver":[]}`), []openapi.Problem{{Path: "receivers", Text: "is an object; it must be a list, or the JSON text of one"}}},
		{"one element that is wrong", "POST", sharing, split([]any{receiver, 1}), []openapi.Problem{{Path: "receivers.1", Text: "is a number; it must be an object"}}},
		{"a list that is missing", "POST", sharing, split([]wechatpay.M(nil)), []openapi.Problem{{Path: "receivers", Text: "is missing"}}},
		{"a boolean as a text", "POST", "v2/pay/settlementquery", &wechatpay.Options{XML: wechatpay.M{"appid": "1", "sub_mch_id": "1", "usetag": 1, "offset": 0, "limit": 1, "date_start": "1", "date_end": "1", "query_split": "yes"}}, []openapi.Problem{{Path: "query_split", Text: "is neither true nor false"}}},
		{"one of two numbers", "POST", "v2/pay/orderquery", &wechatpay.Options{XML: wechatpay.M{"appid": "1", "out_trade_no": "1"}}, nil},
		{"JSON", "POST", micropay, &wechatpay.Options{JSON: wechatpay.M{}}, []openapi.Problem{{Text: "is in Options.JSON; APIv2 takes Options.XML"}}},
		{"XML for v3", "POST", "v3/marketing/favor/media/image-upload", &wechatpay.Options{XML: wechatpay.M{}}, []openapi.Problem{{Text: "is in Options.XML; API v3 takes Options.JSON"}}},
		{"no object", "POST", "v2/pay/closeorder", &wechatpay.Options{XML: json.RawMessage(`[]`)}, []openapi.Problem{{Text: "the body is a json.RawMessage, in JSON a list; a body is an object: pass an M or a struct, or JSON text as a json.RawMessage"}}},
		{"a query", "GET", "v2/papay/entrustweb", &wechatpay.Options{Query: contract}, nil},
		{"no query", "GET", "v2/appauth/authindex?appid=1&redirect_uri=1&response_type=code&scope=x", nil, []openapi.Problem{
			{Path: "scope", Text: "is not one of pay_identity, pay_realname", In: "Query"}, {Path: "state", Text: "is missing", In: "Query"},
		}},
		{"a query that is no object", "GET", "v2/papay/entrustweb", &wechatpay.Options{Query: 1}, []openapi.Problem{{Text: "Options.Query: cannot use a int; pass an M or a struct with json tags", In: "Query"}}},
		{"a query and a body", "POST", "v2/secapi/mch/submchmanage", &wechatpay.Options{XML: wechatpay.M{"appid": "1"}}, []openapi.Problem{{Path: "page_index", Text: "is missing"}, {Path: "action", Text: "is missing", In: "Query"}}},
		{"an upload", "POST", "v2/secapi/mch/uploadmedia", &wechatpay.Options{Body: media.Bytes("a.png", []byte("\x89PNG\r\n\x1a\n...."))}, nil},
		{"an upload without its file", "POST", "v2/secapi/mch/uploadmedia", nil, []openapi.Problem{{Text: "the file is missing; set Options.Body"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := openapi.Validate(row.method, row.path, row.opts)
			if row.want == nil {
				require.NoError(t, err)
				return
			}
			var invalid *openapi.ValidationError
			require.ErrorAs(t, err, &invalid)
			assert.ElementsMatch(t, row.want, invalid.Problems)
			require.ErrorIs(t, err, wechatpay.ErrInvalid)
		})
	}
	require.ErrorIs(t, openapi.Validate("POST", "pay/micropay", nil), openapi.ErrUnknown)
	require.EqualError(t, openapi.Validate("POST", "v2/tools/shorturl", nil), "openapi: POST /v2/tools/shorturl: long_url is missing")
}

// TestValidateXML: the middleware reads the XML that the client wrote.
func TestValidateXML(t *testing.T) {
	t.Parallel()
	require.NoError(t, validateXML(t, "v2/secapi/mch/uploadmedia", "", "no XML"))
	for _, row := range []struct{ name, body, query, want string }{
		{"valid", `<xml><appid>1</appid><mch_id>1</mch_id><page_index><![CDATA[1]]></page_index><sign>x</sign></xml>`, "action=query", ""},
		{"nothing", ``, "", "openapi: POST /v2/secapi/mch/submchmanage: appid is missing; page_index is missing; Query: action is missing"},
		{"an empty element", `<xml><appid></appid><page_index>1<![CDATA[2]]></page_index></xml>`, "action=add", "openapi: POST /v2/secapi/mch/submchmanage: appid is missing"},
		{"cut off", `<xml><appid>`, "action=add", "openapi: POST /v2/secapi/mch/submchmanage: the body: XML, byte 12: "},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := validateXML(t, "v2/secapi/mch/submchmanage", row.query, row.body)
			if row.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, row.want)
		})
	}
}

// validateXML sends a body through the middleware, as a client does.
func validateXML(t *testing.T, route, query, body string) error {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/"+strings.TrimPrefix(route, "v2/")+"?"+query, strings.NewReader(body))
	r = callstate.New(t.Context(), r, callstate.Info{Route: route, Body: []byte(body)})
	m := &memory{}
	resp, err := openapi.Validation()(m).RoundTrip(r)
	assert.Equal(t, err == nil, m.last != "", "what is invalid is not sent")
	if err == nil {
		return resp.Body.Close()
	}
	return err
}
