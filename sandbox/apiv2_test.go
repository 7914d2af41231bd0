package sandbox_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestOrdersOfAPIv2(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		kind, field, begins string
		more                xmlValues
	}{
		{"NATIVE", "code_url", "weixin://wxpay/", nil},
		{"JSAPI", "prepay_id", "wx", xmlValues{"openid": "o1"}},
		{"APP", "prepay_id", "wx", nil},
		{"MWEB", "mweb_url", "https://wx.tenpay.com/", xmlValues{"scene_info": `{"h5_info":{"type":"Wap","wap_url":"https://a.example","wap_name":"a"}}`}},
		{"NATIVE", "prepay_id", "wx", xmlValues{"sign_type": "HMAC-SHA256", "device_info": "D1"}},
		{"JSAPI", "prepay_id", "wx", xmlValues{"sub_mch_id": "1900000200", "sub_appid": "wx2", "sub_openid": "s1"}},
	} {
		t.Run(row.kind+" "+row.field, func(t *testing.T) {
			t.Parallel()
			g := newGateway(t, sandbox.Config{})
			in := orderV2("order-1", row.more).with(xmlValues{"trade_type": row.kind})
			reply := postXML(t, g, "/pay/unifiedorder", in)
			expect(t, xmlValues{"return_code": "SUCCESS", "return_msg": "OK", "result_code": "SUCCESS", "trade_type": row.kind}, reply)
			assert.NotEmpty(t, reply["prepay_id"])
			assert.True(t, strings.HasPrefix(reply[row.field], row.begins), reply[row.field])
			assert.Equal(t, reply["prepay_id"], postXML(t, g, "/pay/unifiedorder", in)["prepay_id"], "the same again is the same order")

			ask := xmlValues{"out_trade_no": "order-1"}
			if row.more["sub_mch_id"] != "" {
				ask["sub_mch_id"] = row.more["sub_mch_id"]
			}
			expect(t, xmlValues{"result_code": "SUCCESS", "trade_state": "NOTPAY", "total_fee": "100", "transaction_id": ""}, postXML(t, g, "/pay/orderquery", ask))
			id, err := g.Pay("order-1")
			require.NoError(t, err)
			paid := postXML(t, g, "/pay/orderquery", ask)
			expect(t, xmlValues{"trade_state": "SUCCESS", "transaction_id": id, "attach": "<a&b>", "cash_fee": "100", "bank_type": "OTHERS", "sub_openid": row.more["sub_openid"]}, paid)
			assert.Regexp(t, `^20[0-9]{12}$`, paid["time_end"])
			delete(ask, "out_trade_no")
			expect(t, xmlValues{"out_trade_no": "order-1"}, postXML(t, g, "/pay/orderquery", ask.with(xmlValues{"transaction_id": id})))
			expect(t, xmlValues{"result_code": "FAIL", "err_code": "ORDERPAID"}, postXML(t, g, "/pay/unifiedorder", in))
		})
	}
}

// TestRefusalsOfAPIv2: what is wrong with an order, and with a call of it.
func TestRefusalsOfAPIv2(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	require.Equal(t, "SUCCESS", postXML(t, g, "/pay/unifiedorder", orderV2("taken-1", nil))["result_code"])
	require.Equal(t, "SUCCESS", postXML(t, g, "/pay/unifiedorder", orderV2("closed-1", nil))["result_code"])
	expect(t, xmlValues{"result_code": "SUCCESS", "result_msg": "OK"}, postXML(t, g, "/pay/closeorder", xmlValues{"out_trade_no": "closed-1"}))
	for _, row := range []struct {
		name, path string
		in         xmlValues
		code, says string
	}{
		{"a field is missing", "/pay/unifiedorder", orderV2("order-1", xmlValues{"body": "-"}), "PARAM_ERROR", "body"},
		{"a field is empty", "/pay/unifiedorder", orderV2("order-1", xmlValues{"body": ""}), "PARAM_ERROR", "body"},
		{"no number", "/pay/unifiedorder", orderV2("order-1", xmlValues{"total_fee": "1.5"}), "PARAM_ERROR", "total_fee"},
		{"an amount of nothing", "/pay/unifiedorder", orderV2("order-1", xmlValues{"total_fee": "0"}), "PARAM_ERROR", "total_fee"},
		{"an unknown value", "/pay/unifiedorder", orderV2("order-1", xmlValues{"profit_sharing": "yes"}), "PARAM_ERROR", "profit_sharing"},
		{"an unknown trade_type", "/pay/unifiedorder", orderV2("order-1", xmlValues{"trade_type": "CASH"}), "PARAM_ERROR", "trade_type"},
		{"no openid", "/pay/unifiedorder", orderV2("order-1", xmlValues{"trade_type": "JSAPI"}), "PARAM_ERROR", "openid"},
		{"no JSON", "/pay/unifiedorder", orderV2("order-1", xmlValues{"detail": "a doll"}), "PARAM_ERROR", "detail"},
		{"a field of a list is missing", "/secapi/pay/multiprofitsharing", xmlValues{
			"mch_id": "1900000109", "appid": "wxd678efh567hg6787", "sign_type": "HMAC-SHA256", "transaction_id": "4200000000000000000000000001", "out_order_no": "P1",
			"receivers": `[{"type":"MERCHANT_ID","amount":10,"description":"a"}]`,
		}, "PARAM_ERROR", "receivers/0/account"},
		{"a time", "/pay/unifiedorder", orderV2("order-1", xmlValues{"time_expire": "2026-01-01"}), "PARAM_ERROR", "time_expire"},
		{"another currency", "/pay/unifiedorder", orderV2("order-1", xmlValues{"fee_type": "USD"}), "PARAM_ERROR", "fee_type"},
		{"no nonce", "/pay/unifiedorder", orderV2("order-1", xmlValues{"nonce_str": "-"}), "PARAM_ERROR", "nonce_str"},
		{"a long nonce", "/pay/unifiedorder", orderV2("order-1", xmlValues{"nonce_str": strings.Repeat("n", 33)}), "PARAM_ERROR", "nonce_str"},
		{"a nonce where there is none", "/papay/querycontract", xmlValues{"contract_id": "1", "version": "1.0"}, "PARAM_ERROR", "nonce_str"},
		{"another order with the number", "/pay/unifiedorder", orderV2("taken-1", xmlValues{"total_fee": "101"}), "OUT_TRADE_NO_USED", ""},
		{"a closed order", "/pay/unifiedorder", orderV2("closed-1", nil), "ORDERCLOSED", ""},
		{"no order", "/pay/orderquery", xmlValues{"out_trade_no": "nothing"}, "ORDERNOTEXIST", ""},
		{"no number of an order", "/pay/orderquery", xmlValues{}, "PARAM_ERROR", "transaction_id"},
		{"no order to close", "/pay/closeorder", xmlValues{"out_trade_no": "nothing"}, "ORDERNOTEXIST", ""},
		{"an order that is not paid", "/secapi/pay/refund", xmlValues{"out_trade_no": "taken-1", "out_refund_no": "r", "total_fee": "100", "refund_fee": "1"}, "ORDERNOTEXIST", "未支付"},
		{"no refund", "/pay/refundquery", xmlValues{"out_refund_no": "nothing"}, "REFUNDNOTEXIST", ""},
		{"a payment code", "/pay/micropay", codePayment("code-1", "901234567890123456"), "AUTH_CODE_INVALID", ""},
		{"money that a user has not", "/pay/micropay", codePayment("code-2", "101234567890120002"), "NOTENOUGH", ""},
		{"provoked", "/pay/unifiedorder", orderV2("x_SYSTEMERROR", nil), "SYSTEMERROR", ""},
		{"provoked of micropay", "/pay/micropay", codePayment("x_BANKERROR", "101234567890120000"), "BANKERROR", ""},
		{"what is not an order by code", "/secapi/pay/reverse", xmlValues{"out_trade_no": "taken-1"}, "INVALID_REQUEST", ""},
		{"a card in the clear", "/mmpaysptrans/pay_bank", xmlValues{
			"appid": "-", "partner_trade_no": "p1", "enc_bank_no": "6222", "enc_true_name": "张三", "bank_code": "1001", "amount": "1",
		}, "PARAM_ERROR", "enc_bank_no"},
		{"a link", "/tools/shorturl", xmlValues{"long_url": "https://example.com"}, "PARAM_ERROR", "long_url"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			reply := postXML(t, g, row.path, row.in)
			expect(t, xmlValues{"return_code": "SUCCESS", "result_code": "FAIL", "err_code": row.code}, reply)
			assert.Contains(t, reply["err_code_des"], row.says)
		})
	}
	_, err := g.Pay("x_SYSTEMERROR")
	assert.Error(t, err, "a provoked error has no effect")
}

// TestStrangersOfAPIv2: what is not taken up gets return_code FAIL, without a sign, and the reason
// is told to the test.
func TestStrangersOfAPIv2(t *testing.T) {
	t.Parallel()
	type refusals = chan string
	key := func(g *sandbox.Gateway) string { return g.Credentials().APIv2Key.Reveal() }
	ask := xmlValues{"out_trade_no": "order-1", "sign_type": "HMAC-SHA256", "nonce_str": "n", "transaction_id": ""}
	for _, row := range []struct {
		name   string
		sign   func(g *sandbox.Gateway, v xmlValues) xmlValues
		says   string // return_msg
		reason string
	}{
		{"no sign", func(_ *sandbox.Gateway, v xmlValues) xmlValues { v["sign"] = ""; return v }, "签名错误", "no sign"},
		{"another key", func(_ *sandbox.Gateway, v xmlValues) xmlValues {
			v["sign"] = signer.HMACSHA256.Sign(v.params(), strings.Repeat("k", 32))
			return v
		}, "签名错误", "by another key"},
		{"the APIv3 key", func(g *sandbox.Gateway, v xmlValues) xmlValues {
			v["sign"] = signer.HMACSHA256.Sign(v.params(), g.Credentials().APIv3Key.Reveal())
			return v
		}, "签名错误", "APIv3 key"},
		{"the other digest", func(g *sandbox.Gateway, v xmlValues) xmlValues {
			v["sign"] = signer.MD5.Sign(v.params(), key(g))
			return v
		}, "签名错误", "with MD5"},
		{"in lower case", func(g *sandbox.Gateway, v xmlValues) xmlValues {
			v["sign"] = strings.ToLower(signer.HMACSHA256.Sign(v.params(), key(g)))
			return v
		}, "签名错误", "lower case"},
		{"without sign_type", func(g *sandbox.Gateway, v xmlValues) xmlValues {
			less := v.with(nil)
			delete(less, "sign_type")
			v["sign"] = signer.HMACSHA256.Sign(less.params(), key(g))
			return v
		}, "签名错误", "without sign_type"},
		{"an unknown digest", func(_ *sandbox.Gateway, v xmlValues) xmlValues {
			v["sign_type"], v["sign"] = "SHA1", "0"
			return v
		}, "签名类型错误", "SHA1"},
		{"another merchant", func(_ *sandbox.Gateway, v xmlValues) xmlValues { v["mch_id"], v["sign"] = "1900000001", "0"; return v }, "商户号mch_id", "1900000001"},
		{"no merchant", func(_ *sandbox.Gateway, v xmlValues) xmlValues { v["mch_id"], v["sign"] = "", "0"; return v }, "mch_id参数格式错误", ""},
		{"no digits", func(_ *sandbox.Gateway, v xmlValues) xmlValues { v["mch_id"], v["sign"] = "x", "0"; return v }, "mch_id参数格式错误", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			refused := make(refusals, 1)
			g := newGateway(t, sandbox.Config{OnRefusal: func(_ *http.Request, reason string) { refused <- reason }})
			v := row.sign(g, xmlValues{"appid": "wx1", "mch_id": g.Credentials().MchID}.with(ask))
			reply := postXML(t, g, "/pay/orderquery", v)
			assert.Equal(t, "FAIL", reply["return_code"])
			assert.Contains(t, reply["return_msg"], row.says)
			assert.Empty(t, reply["sign"])
			exchanges := g.Exchanges()
			assert.Contains(t, exchanges[len(exchanges)-1].Refused, row.reason)
			if row.says == "签名错误" {
				assert.Contains(t, <-refused, row.reason)
			}
		})
	}
}

func TestMalformedRequestsOfAPIv2(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	for _, row := range []struct{ name, method, path, body, says string }{
		{"nothing", "POST", "/pay/orderquery", "", "XML格式错误"},
		{"JSON", "POST", "/pay/orderquery", "{}", "XML格式错误"},
		{"a document type", "POST", "/pay/orderquery", "<!DOCTYPE xml><xml/>", "XML格式错误"},
		{"an element twice", "POST", "/pay/orderquery", "<xml><a>1</a><a>2</a></xml>", "XML格式错误"},
		{"elements in an element", "POST", "/pay/orderquery", "<xml><a><b>1</b></a></xml>", "XML格式错误"},
		{"cut off", "POST", "/pay/orderquery", "<xml><a>1", "XML格式错误"},
		{"a GET", "GET", "/pay/orderquery", "", "请使用post方法"},
		{"a POST", "POST", "/papay/entrustweb", "<xml/>", "请使用get方法"},
		{"no form", "POST", "/secapi/mch/uploadmedia", "<xml/>", "XML格式错误"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequestWithContext(t.Context(), row.method, "http://sandbox"+row.path, strings.NewReader(row.body))
			require.NoError(t, err)
			r.RequestURI = row.path
			w := serve(g, r)
			require.Equal(t, http.StatusOK, w.Code)
			assert.Equal(t, "text/xml; charset=utf-8", w.Header().Get("Content-Type"))
			expect(t, xmlValues{"return_code": "FAIL", "return_msg": row.says}, parsed(t, g, row.path, w.Body.String()))
		})
	}
}

func TestMicropay(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	paid := postXML(t, g, "/pay/micropay", codePayment("code-1", "101234567890123456"))
	expect(t, xmlValues{"result_code": "SUCCESS", "trade_type": "MICROPAY", "total_fee": "100", "is_subscribe": "N"}, paid)
	assert.Len(t, paid["transaction_id"], 28)

	waiting := codePayment("code-2", "101234567890120001")
	expect(t, xmlValues{"result_code": "FAIL", "err_code": "USERPAYING"}, postXML(t, g, "/pay/micropay", waiting))
	expect(t, xmlValues{"trade_state": "USERPAYING"}, postXML(t, g, "/pay/orderquery", xmlValues{"out_trade_no": "code-2"}))
	_, err := g.Pay("code-2")
	require.NoError(t, err)
	expect(t, xmlValues{"trade_state": "SUCCESS"}, postXML(t, g, "/pay/orderquery", xmlValues{"out_trade_no": "code-2"}))

	expect(t, xmlValues{"err_code": "USERPAYING"}, postXML(t, g, "/pay/micropay", codePayment("code-3", "101234567890120001")))
	require.NoError(t, g.FailToPay("code-3", "PASSWORD"))
	expect(t, xmlValues{"trade_state": "PAYERROR"}, postXML(t, g, "/pay/orderquery", xmlValues{"out_trade_no": "code-3"}))

	expect(t, xmlValues{"result_code": "SUCCESS", "recall": "N"}, postXML(t, g, "/secapi/pay/reverse", xmlValues{"out_trade_no": "code-2"}))
	expect(t, xmlValues{"trade_state": "REVOKED"}, postXML(t, g, "/pay/orderquery", xmlValues{"out_trade_no": "code-2"}))
	expect(t, xmlValues{"result_code": "SUCCESS", "recall": "N"}, postXML(t, g, "/secapi/pay/reverse", xmlValues{"transaction_id": paid["transaction_id"], "out_trade_no": "code-1"}))
	expect(t, xmlValues{"err_code": "SYSTEMERROR", "recall": "Y"}, postXML(t, g, "/secapi/pay/reverse", xmlValues{"out_trade_no": "code_SYSTEMERROR"}))
	expect(t, xmlValues{"err_code": "ORDERNOTEXIST", "recall": "N"}, postXML(t, g, "/secapi/pay/reverse", xmlValues{"out_trade_no": "nothing"}))
	g.AdvanceClock(8 * 24 * time.Hour)
	expect(t, xmlValues{"err_code": "REVERSE_EXPIRE"}, postXML(t, g, "/secapi/pay/reverse", xmlValues{"out_trade_no": "code-3"}))
}

func TestRefundsOfAPIv2(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{RefundDelay: -1})
	postXML(t, g, "/pay/unifiedorder", orderV2("order-1", nil))
	id, err := g.Pay("order-1")
	require.NoError(t, err)
	refund := func(number, fee, total string) xmlValues {
		return xmlValues{"out_trade_no": "order-1", "out_refund_no": number, "total_fee": total, "refund_fee": fee, "refund_desc": "坏了"}
	}
	first := postXML(t, g, "/secapi/pay/refund", refund("r1", "30", "100"))
	expect(t, xmlValues{"result_code": "SUCCESS", "refund_fee": "30", "total_fee": "100", "transaction_id": id}, first)
	expect(t, xmlValues{"refund_id": first["refund_id"]}, postXML(t, g, "/secapi/pay/refund", refund("r1", "30", "100")))
	expect(t, xmlValues{"err_code": "REFUND_FEE_MISMATCH"}, postXML(t, g, "/secapi/pay/refund", refund("r2", "30", "99")))
	expect(t, xmlValues{"result_code": "SUCCESS"}, postXML(t, g, "/secapi/pay/refundv2", refund("r2", "20", "100")))
	require.NoError(t, g.SettleRefund("r1", "SUCCESS"))
	require.NoError(t, g.SettleRefund("r2", "CLOSED"))

	both := xmlValues{
		"total_refund_count": "2", "refund_count": "2", "total_fee": "100", "out_refund_no_0": "r1", "refund_fee_0": "30", "refund_status_0": "SUCCESS",
		"out_refund_no_1": "r2", "refund_status_1": "REFUNDCLOSE", "refund_id_0": first["refund_id"],
	}
	for _, ask := range []xmlValues{{"out_trade_no": "order-1"}, {"transaction_id": id}} {
		reply := postXML(t, g, "/pay/refundquery", ask)
		expect(t, both, reply)
		assert.Regexp(t, `^20..-..-.. ..:..:..$`, reply["refund_success_time_0"])
	}
	for _, ask := range []xmlValues{{"out_refund_no": "r1"}, {"refund_id": first["refund_id"]}} {
		expect(t, xmlValues{"refund_count": "1", "out_refund_no_0": "r1"}, postXML(t, g, "/pay/refundqueryv2", ask))
	}
	expect(t, xmlValues{"refund_count": "1", "total_refund_count": "2", "out_refund_no_0": "r2"}, postXML(t, g, "/pay/refundquery", xmlValues{"out_trade_no": "order-1", "offset": "1"}))
	expect(t, xmlValues{"err_code": "PARAM_ERROR"}, postXML(t, g, "/pay/refundquery", xmlValues{"out_trade_no": "order-1", "offset": "2"}))
}

// TestVersionsShareOrders: an order of one version is an order of the other.
func TestVersionsShareOrders(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	m := newMerchant(t, g)
	mchid := g.Credentials().MchID
	postXML(t, g, "/pay/unifiedorder", orderV2("order-of-v2", nil))
	resp, body := m.call("GET", "/v3/pay/transactions/out-trade-no/order-of-v2?mchid="+mchid, "")
	require.Equal(t, http.StatusOK, resp.StatusCode, body)
	assert.Equal(t, []string{"NOTPAY", "公仔", "100"}, []string{gjson.Get(body, "trade_state").Str, gjson.Get(body, "description").Str, gjson.Get(body, "amount.total").Raw})
	_, err := g.Pay("order-of-v2")
	require.NoError(t, err)
	resp, body = m.call("POST", "/v3/refund/domestic/refunds", `{"out_trade_no":"order-of-v2","out_refund_no":"r-v3","amount":{"refund":40,"total":100,"currency":"CNY"}}`)
	require.Equal(t, http.StatusOK, resp.StatusCode, body)
	expect(t, xmlValues{"out_refund_no_0": "r-v3", "refund_status_0": "SUCCESS"}, postXML(t, g, "/pay/refundquery", xmlValues{"out_trade_no": "order-of-v2"}))

	resp, body = m.call("POST", prepayPath, prepayBody("order-of-v3", nil))
	require.Equal(t, http.StatusOK, resp.StatusCode, body)
	expect(t, xmlValues{"trade_state": "NOTPAY", "trade_type": "JSAPI"}, postXML(t, g, "/pay/orderquery", xmlValues{"out_trade_no": "order-of-v3"}))
	expect(t, xmlValues{"err_code": "OUT_TRADE_NO_USED"}, postXML(t, g, "/pay/unifiedorder", orderV2("order-of-v3", nil)))
	_, err = g.Pay("order-of-v3")
	require.NoError(t, err)
	refund := xmlValues{"out_trade_no": "order-of-v3", "out_refund_no": "r-v2", "total_fee": "100", "refund_fee": "100"}
	expect(t, xmlValues{"result_code": "SUCCESS"}, postXML(t, g, "/secapi/pay/refund", refund))
	_, body = m.call("GET", "/v3/refund/domestic/refunds/r-v2", "")
	assert.Equal(t, "SUCCESS", gjson.Get(body, "status").Str, body)

	m.call("POST", prepayPath, prepayBody("to-close", nil))
	expect(t, xmlValues{"result_code": "SUCCESS"}, postXML(t, g, "/pay/closeorder", xmlValues{"out_trade_no": "to-close"}))
	_, body = m.call("GET", "/v3/pay/transactions/out-trade-no/to-close?mchid="+mchid, "")
	assert.Equal(t, "CLOSED", gjson.Get(body, "trade_state").Str, body)
}

func TestBillsOfAPIv2(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 4, 1, 10, 0, 0, 0, time.FixedZone("CST", 8*60*60))
	g := newGateway(t, sandbox.Config{Clock: func() time.Time { return now }})
	postXML(t, g, "/pay/unifiedorder", orderV2("order-1", nil))
	id, err := g.Pay("order-1")
	require.NoError(t, err)
	ask := xmlValues{"bill_date": "20260401", "bill_type": "ALL"}
	expect(t, xmlValues{"return_code": "FAIL", "return_msg": "No Bill Exist", "error_code": "20002"}, postXML(t, g, "/pay/downloadbill", ask))
	expect(t, xmlValues{"error_code": "20001"}, postXML(t, g, "/pay/downloadbill", xmlValues{"bill_date": "2026-04-01"}))
	flow := xmlValues{"bill_date": "20260401", "account_type": "Basic", "sign_type": "HMAC-SHA256"}
	expect(t, xmlValues{"result_code": "FAIL", "err_code": "NO_BILL_EXIST"}, postXML(t, g, "/pay/downloadfundflow", flow))

	g.AdvanceClock(24 * time.Hour)
	download := func(path string, v xmlValues) string {
		w := postRaw(t, g, path, string(apiv2.XML(signed(g, v).params())))
		require.Equal(t, http.StatusOK, w.Code, w.Body)
		return w.Body.String()
	}
	bill := download("/pay/downloadbill", ask)
	assert.Contains(t, bill, "`"+id)
	assert.Contains(t, download("/pay/downloadfundflow", flow), "`"+id)
	zip, err := gzip.NewReader(strings.NewReader(download("/pay/downloadbill", ask.with(xmlValues{"tar_type": "GZIP"}))))
	require.NoError(t, err)
	text, err := io.ReadAll(zip)
	require.NoError(t, err)
	assert.Equal(t, bill, string(text))
	g.PutBill("/pay/downloadbill", func(w io.Writer) error { _, err := w.Write([]byte("mine")); return err })
	assert.Equal(t, "mine", download("/pay/downloadbill", ask))
}

func TestPaymentsToUsers(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{Balance: 1000})
	packet := func(number, amount string) xmlValues {
		return xmlValues{
			"appid": "-", "wxappid": "wx1", "mch_billno": number, "send_name": "店", "re_openid": "o1", "total_amount": amount, "total_num": "1",
			"wishing": "恭喜", "client_ip": "10.0.0.1", "act_name": "活动", "remark": "无",
		}
	}
	ask := func(number string) xmlValues { return xmlValues{"mch_billno": number, "bill_type": "MCHT"} }
	first := postXML(t, g, "/mmpaymkttransfers/sendredpack", packet("b1", "600"))
	expect(t, xmlValues{"result_code": "SUCCESS", "mch_billno": "b1", "total_amount": "600", "re_openid": "o1"}, first)
	expect(t, xmlValues{"send_listid": first["send_listid"]}, postXML(t, g, "/mmpaymkttransfers/sendredpack", packet("b1", "600")))
	expect(t, xmlValues{"err_code": "FATAL_ERROR"}, postXML(t, g, "/mmpaymkttransfers/sendredpack", packet("b1", "500")))
	expect(t, xmlValues{"err_code": "NOTENOUGH"}, postXML(t, g, "/mmpaymkttransfers/sendredpack", packet("b2", "401")))
	expect(t, xmlValues{"err_code": "PARAM_ERROR"}, postXML(t, g, "/mmpaymkttransfers/sendredpack", packet("b2", "99")))
	expect(t, xmlValues{"err_code": "NOT_FOUND"}, postXML(t, g, "/mmpaymkttransfers/gethbinfo", ask("b2")))

	transfer := xmlValues{
		"appid": "-", "mch_id": "-", "mch_appid": "wx1", "mchid": g.Credentials().MchID, "partner_trade_no": "t1", "openid": "o1",
		"check_name": "NO_CHECK", "amount": "400", "desc": "退", "spbill_create_ip": "10.0.0.1",
	}
	made := postXML(t, g, "/mmpaymkttransfers/promotion/transfers", transfer)
	expect(t, xmlValues{"result_code": "SUCCESS", "partner_trade_no": "t1"}, made)
	expect(t, xmlValues{"status": "SUCCESS", "detail_id": made["payment_no"], "payment_amount": "400"}, postXML(t, g, "/mmpaymkttransfers/gettransferinfo", xmlValues{"partner_trade_no": "t1"}))
	expect(t, xmlValues{"err_code": "NOTENOUGH"}, postXML(t, g, "/mmpaymkttransfers/promotion/transfers", transfer.with(xmlValues{"partner_trade_no": "t2", "amount": "1"})))
	expect(t, xmlValues{"err_code": "PARAM_ERROR"}, postXML(t, g, "/mmpaymkttransfers/promotion/transfers", transfer.with(xmlValues{"partner_trade_no": "t3", "check_name": "FORCE_CHECK"})))

	expect(t, xmlValues{"status": "SENT"}, postXML(t, g, "/mmpaymkttransfers/gethbinfo", ask("b1")))
	g.AdvanceClock(25 * time.Hour)
	expect(t, xmlValues{"status": "REFUND", "refund_amount": "600"}, postXML(t, g, "/mmpaymkttransfers/gethbinfo", ask("b1")))
	require.Error(t, g.ReceiveRedPacket("b1"))
	postXML(t, g, "/mmpaymkttransfers/sendredpack", packet("b3", "600"))
	require.NoError(t, g.ReceiveRedPacket("b3"))
	require.NoError(t, g.ReceiveRedPacket("b3"))
	w := postRaw(t, g, "/mmpaymkttransfers/gethbinfo", string(apiv2.XML(signed(g, ask("b3")).params())))
	assert.Contains(t, w.Body.String(), "<status><![CDATA[RECEIVED]]></status>")
	assert.Contains(t, w.Body.String(), "<hbinfo>\n<openid><![CDATA[o1]]></openid>")
}

func TestContractsOfAPIv2(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	to, bodies := listening(t, "<xml><return_code>SUCCESS</return_code></xml>")
	sign := xmlValues{
		"plan_id": "12535", "contract_code": "c1", "request_serial": "1", "contract_display_account": "张三", "notify_url": to, "version": "1.0",
		"timestamp": "1414488825", "nonce_str": "-",
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://sandbox/papay/entrustweb?"+queryOf(signed(g, sign)), nil)
	require.NoError(t, err)
	w := serve(g, r)
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Contains(t, w.Header().Get("Content-Type"), "text/html", w.Body)
	reply := postXML(t, g, "/papay/preentrustweb", sign)
	assert.NotEmpty(t, reply["pre_entrustweb_id"], reply)

	ask := xmlValues{"plan_id": "12535", "contract_code": "c1", "version": "1.0", "nonce_str": "-"}
	expect(t, xmlValues{"err_code": "CONTRACT_NOT_EXIST"}, postXML(t, g, "/papay/querycontract", ask))
	status, said := control(t, g, http.MethodPost, "contracts/sign", `{"plan_id":12535,"out_contract_code":"c1","openid":"o1"}`, nil)
	require.Equal(t, http.StatusOK, status, said)
	id := gjson.Get(said, "contract_id").Str
	expect(t, xmlValues{"change_type": "ADD", "contract_id": id, "contract_code": "c1", "plan_id": "12535", "openid": "o1", "request_serial": "1"}, verified(t, g, told(t, bodies)))
	expect(t, xmlValues{"result_code": "SUCCESS", "contract_state": "0", "contract_id": id}, postXML(t, g, "/papay/querycontract", ask))

	deduct := xmlValues{
		"body": "水电", "out_trade_no": "deduct-1", "total_fee": "88", "spbill_create_ip": "10.0.0.1", "notify_url": to, "trade_type": "PAP", "contract_id": id,
	}
	expect(t, xmlValues{"result_code": "SUCCESS"}, postXML(t, g, "/pay/pappayapply", deduct))
	expect(t, xmlValues{"trade_state": "ACCEPT", "total_fee": "88"}, postXML(t, g, "/pay/paporderquery", xmlValues{"out_trade_no": "deduct-1"}))
	status, said = control(t, g, http.MethodPost, "contracts/pay", `{"out_trade_no":"deduct-1"}`, nil)
	require.Equal(t, http.StatusOK, status, said)
	expect(t, xmlValues{"out_trade_no": "deduct-1", "total_fee": "88", "result_code": "SUCCESS"}, verified(t, g, told(t, bodies)))
	paid := postXML(t, g, "/pay/paporderquery", xmlValues{"out_trade_no": "deduct-1"})
	expect(t, xmlValues{"trade_state": "SUCCESS", "transaction_id": gjson.Get(said, "transaction_id").Str}, paid)
	expect(t, xmlValues{"out_trade_no": "deduct-1"}, postXML(t, g, "/pay/paporderquery", xmlValues{"transaction_id": paid["transaction_id"]}))

	end := xmlValues{"contract_id": id, "contract_termination_remark": "不用了", "version": "1.0", "nonce_str": "-"}
	expect(t, xmlValues{"result_code": "SUCCESS", "contract_id": id}, postXML(t, g, "/papay/deletecontract", end))
	expect(t, xmlValues{"change_type": "DELETE", "contract_termination_mode": "3"}, verified(t, g, told(t, bodies)))
	expect(t, xmlValues{"contract_state": "1", "contract_termination_mode": "3"}, postXML(t, g, "/papay/querycontract", ask))
	expect(t, xmlValues{"err_code": "CONTRACT_NOT_EXIST"}, postXML(t, g, "/pay/pappayapply", deduct.with(xmlValues{"out_trade_no": "deduct-2"})))
}

func TestToolsOfAPIv2(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	assert.Regexp(t, "^weixin://wxpay/s/", postXML(t, g, "/tools/shorturl", xmlValues{"long_url": "weixin://wxpay/bizpayurl?pr=1"})["short_url"])
	assert.Regexp(t, "^o.{27}$", postXML(t, g, "/tools/authcodetoopenid", xmlValues{"auth_code": "101234567890123456"})["openid"])
	expect(t, xmlValues{"err_code": "AUTH_CODE_INVALID"}, postXML(t, g, "/tools/authcodetoopenid", xmlValues{"auth_code": "1"}))
	report := xmlValues{
		"interface_url": "https://api.mch.weixin.qq.com/pay/micropay", "user_ip": "10.0.0.1",
		"trades": `[{"out_trade_no":"1","begin_time":"20160602203256","end_time":"20160602203257","state":"OK"}]`,
	}
	expect(t, xmlValues{"return_code": "SUCCESS", "result_code": "SUCCESS"}, postXML(t, g, "/payitil/report", report))
	object := report.with(xmlValues{"trades": `{"transaction":` + report["trades"] + `}`})
	expect(t, xmlValues{"err_code": "PARAM_ERROR", "err_code_des": "参数错误：trades：应为数组"}, postXML(t, g, "/payitil/report", object))
	assert.Contains(t, postXML(t, g, "/risk/getpublickey", xmlValues{"sign_type": "MD5", "appid": "-"})["pub_key"], "BEGIN RSA PUBLIC KEY")
}

// TestUploadOfAPIv2: the parts of the form are signed, and the digest of the file is checked.
func TestUploadOfAPIv2(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	upload := func(hash string) xmlValues {
		v := signed(g, xmlValues{"appid": "-", "nonce_str": "-", "media_hash": hash, "sign_type": "HMAC-SHA256"})
		var b bytes.Buffer
		for name, value := range v {
			b.WriteString("--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n")
		}
		b.WriteString("--b\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a.jpg\"\r\n\r\nabc\r\n--b--\r\n")
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://sandbox/secapi/mch/uploadmedia", &b)
		require.NoError(t, err)
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		return parsed(t, g, "/secapi/mch/uploadmedia", serve(g, r).Body.String())
	}
	reply := upload("900150983cd24fb0d6963f7d28e17f72")
	assert.NotEmpty(t, reply["media_id"], reply)
	expect(t, xmlValues{"err_code": "PARAM_ERROR"}, upload(strings.Repeat("0", 32)))
}

// TestFaultsOfAPIv2: by the header, and armed.
func TestFaultsOfAPIv2(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	key := g.Credentials().APIv2Key.Reveal()
	call := func(fault string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://sandbox/pay/orderquery", bytes.NewReader(apiv2.XML(signed(g, xmlValues{"out_trade_no": "1"}).params())))
		require.NoError(t, err)
		r.Header.Set(sandbox.FaultHeader, fault)
		w := serve(g, r)
		return w.Code, w.Body.String()
	}
	for _, row := range []struct{ fault, says string }{
		{"unsigned", "it has no sign"}, {"tampered", "does not match"}, {"garbled", "which no digest has"},
	} {
		t.Run(row.fault, func(t *testing.T) {
			status, body := call(row.fault)
			assert.Equal(t, http.StatusOK, status)
			message, err := apiv2.Parse([]byte(body))
			require.NoError(t, err)
			require.ErrorContains(t, message.Verify(key), row.says)
		})
	}
	for fault, want := range map[string]int{"html-502": 502, "empty-500": 500, "rate-429": 429, "no-serial": 501, "unknown": 501} {
		status, _ := call(fault)
		assert.Equal(t, want, status, fault)
	}
	require.NoError(t, g.Arm(sandbox.FaultRule{Path: "/pay/orderquery", Code: "SYSTEMERROR"}))
	expect(t, xmlValues{"err_code": "SYSTEMERROR"}, postXML(t, g, "/pay/orderquery", xmlValues{"out_trade_no": "1"}))
	expect(t, xmlValues{"err_code": "ORDERNOTEXIST"}, postXML(t, g, "/pay/orderquery", xmlValues{"out_trade_no": "1"}))
	g.Handle("POST", "/pay/orderquery", func(*sandbox.Request) *sandbox.Reply { return &sandbox.Reply{Status: 200, Body: []byte("mine")} })
	_, body := call("")
	assert.Equal(t, "mine", body)
}

// TestAPIv2IsSaved: keys, and who is told in XML.
func TestAPIv2IsSaved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	g := newGateway(t, sandbox.Config{})
	postXML(t, g, "/pay/unifiedorder", orderV2("order-1", nil))
	require.NoError(t, g.Save(dir))
	opened, err := sandbox.Open(sandbox.Config{}, dir)
	require.NoError(t, err)
	assert.Equal(t, g.Credentials().APIv2Key.Reveal(), opened.Credentials().APIv2Key.Reveal())
	assert.True(t, g.Credentials().RootCA.Equal(opened.Credentials().RootCA))
	_, err = opened.Pay("order-1")
	require.NoError(t, err)
	n, err := opened.PaidNotification("order-1")
	require.NoError(t, err)
	r, err := opened.WebhookRequest(t.Context(), "https://example.com/", n, "")
	require.NoError(t, err)
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	expect(t, xmlValues{"out_trade_no": "order-1"}, verified(t, opened, string(body)))
}

// TestAStateWithoutAPIv2: what an older sandbox saved has no APIv2 key; it gets one.
func TestAStateWithoutAPIv2(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	g := newGateway(t, sandbox.Config{})
	require.NoError(t, g.Save(dir))
	file := filepath.Join(dir, "sandbox-state.json")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, path := range []string{"apiv2_key", "root_ca", "parts.v2pay", "parts.payout"} {
		require.True(t, gjson.GetBytes(data, path).Exists(), path)
		data = bytes.Replace(data, []byte(`"`+path[strings.LastIndexByte(path, '.')+1:]+`":`+gjson.GetBytes(data, path).Raw), []byte(`"gone":0`), 1)
	}
	require.NoError(t, os.WriteFile(file, data, 0o600))
	opened, err := sandbox.Open(sandbox.Config{}, dir)
	require.NoError(t, err)
	assert.Equal(t, 32, opened.Credentials().APIv2Key.Len())
	assert.NotNil(t, opened.Credentials().RootCA)
	expect(t, xmlValues{"result_code": "SUCCESS"}, postXML(t, opened, "/pay/unifiedorder", orderV2("order-1", nil)))
}
