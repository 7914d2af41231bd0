package wechatpay_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/internal/flatxml"
	"github.com/wechatpay-chain/wechatpay/openapi/v2/secapi"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestV2Lists: a parameter that is documented as the JSON of a list goes out as that, however the
// caller writes it, and what is JSON of another kind is refused.
func TestV2Lists(t *testing.T) {
	t.Parallel()
	server := newV2Server(t)
	client := newV2Client(t, server.URL, nil)
	type receiver struct {
		Type    string `json:"type"`
		Account string `json:"account"`
		Amount  int    `json:"amount"`
	}
	const (
		sharing = "v2/secapi/pay/profitsharing"
		report  = "v2/payitil/report"
		want    = `[{"type":"MERCHANT_ID","account":"1900000110","amount":100}]`
	)
	m := wechatpay.M{"type": "MERCHANT_ID", "account": "1900000110", "amount": 100}
	for _, row := range []struct {
		name, path, field string
		value             any
		want, err         string
	}{
		{"a list of M", sharing, "receivers", []wechatpay.M{m}, want, ""},
		{"a list of maps", sharing, "receivers", []map[string]any{m}, want, ""},
		{"a list of any", sharing, "receivers", []any{m}, want, ""},
		{"a list of structs", sharing, "receivers", []receiver{{"MERCHANT_ID", "1900000110", 100}}, want, ""},
		{"a list of pointers", sharing, "receivers", []*receiver{{"MERCHANT_ID", "1900000110", 100}}, want, ""},
		{"an array", sharing, "receivers", [1]receiver{{"MERCHANT_ID", "1900000110", 100}}, want, ""},
		{"JSON", sharing, "receivers", json.RawMessage(want), want, ""},
		{"a text", sharing, "receivers", ` [ {"type" :"MERCHANT_ID","account":"1900000110","amount":100}]`, ` [ {"type" :"MERCHANT_ID","account":"1900000110","amount":100}]`, ""},
		{"a text of another kind", sharing, "receivers", `{"receiver":[]}`, `{"receiver":[]}`, ""},
		{"a list of strings", "v2/secapi/mch/addInstitutionsub", "store_photos", []string{"a", "b"}, `["a","b"]`, ""},
		{"a list of numbers", "v2/applyment/micro/submitupgrade", "business_scene", []int{1721}, `[1721]`, ""},
		{"the orders of a combined one", "v2/pay/closecombinedorder", "sub_order_list", []wechatpay.M{{"mchid": "1", "out_trade_no": "2"}}, `[{"mchid":"1","out_trade_no":"2"}]`, ""},
		{"reported trades", report, "trades", []wechatpay.M{{"out_trade_no": "1", "state": "OK"}}, `[{"out_trade_no":"1","state":"OK"}]`, ""},
		{"an object", "v2/pay/profitsharingaddreceiver", "receiver", receiver{"MERCHANT_ID", "1", 0}, `{"type":"MERCHANT_ID","account":"1","amount":0}`, ""},
		{"an object for a list", sharing, "receivers", wechatpay.M{"receiver": []wechatpay.M{m}}, "", `"receivers" is an object, and the documentation has a list there; pass a list, such as []M, or text`},
		{"a struct for a list", report, "trades", receiver{}, "", `"trades" is an object, and the documentation has a list there`},
		{"a list for an object", "v2/pay/profitsharingaddreceiver", "receiver", []wechatpay.M{m}, "", `"receiver" is a list, and the documentation has an object there; pass an M, a struct, or text`},
		{"a list for pairs", "v2/mmpaymkttransfers/sendredpack", "risk_info", []string{"a"}, "", `"risk_info" is a list, and the documentation has an object there`},
	} {
		t.Run(row.name, func(t *testing.T) {
			server.body = ""
			_, err := client.Chain(row.path).Post(t.Context(), &wechatpay.Options{XML: wechatpay.M{row.field: row.value}})
			if row.err != "" {
				require.ErrorIs(t, err, wechatpay.ErrInvalid)
				require.ErrorContains(t, err, row.err)
				assert.Empty(t, server.body, "nothing is sent")
				return
			}
			text := elementOf(t, server.body, row.field)
			if _, isText := row.value.(string); isText {
				assert.Equal(t, row.want, text, "as it is")
				return
			}
			assert.JSONEq(t, row.want, text)
		})
	}
}

// TestV2ListsOfTheTypedChain: structs go out as a list, and come back as one.
func TestV2ListsOfTheTypedChain(t *testing.T) {
	t.Parallel()
	server := newV2Server(t)
	server.reply = v2Reply(signer.HMACSHA256, "return_code=SUCCESS", "result_code=SUCCESS", "order_id=3008",
		`receivers=[{"type":"MERCHANT_ID","amount":100,"result":"SUCCESS"},{"type":"PERSONAL_OPENID","amount":"88","result":"PENDING"}]`)
	reply, err := secapi.New(newV2Client(t, server.URL, nil)).Pay().Profitsharing().Post(t.Context(), &wechatpay.Options{XML: secapi.PayProfitsharingPostRequest{
		AppID: "wx8", TransactionID: "4200", OutOrderNo: "P1",
		Receivers: []secapi.Receivers{
			{Type: secapi.TypeMerchantID, Account: "1900000110", Amount: 100, Description: "<a&b>"},
			{Type: secapi.TypePersonalOpenID, Account: "o1", Amount: 88, Description: "b", Name: "c"},
		},
	}})
	require.NoError(t, err)
	assert.JSONEq(t, `[{"type":"MERCHANT_ID","account":"1900000110","amount":100,"description":"<a&b>"},
		{"type":"PERSONAL_OPENID","account":"o1","amount":88,"description":"b","name":"c"}]`, elementOf(t, server.body, "receivers"))
	data, err := reply.Data()
	require.NoError(t, err)
	assert.Equal(t, []secapi.ReplyReceivers{
		{Type: secapi.TypeMerchantID, Amount: 100, Result: secapi.ResultSuccess},
		{Type: secapi.TypePersonalOpenID, Amount: 88, Result: secapi.ResultPending},
	}, data.Receivers)
}

// elementOf returns the text of an element of a request, in which it stands once.
func elementOf(t *testing.T, body, name string) string {
	t.Helper()
	elements, err := flatxml.Parse([]byte(body))
	require.NoError(t, err)
	var texts []string
	for _, e := range elements {
		if e.Name == name {
			texts = append(texts, e.Text)
		}
	}
	require.Len(t, texts, 1)
	return texts[0]
}
