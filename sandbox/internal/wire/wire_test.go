package wire_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/wire"
	"github.com/wechatpay-chain/wechatpay/signer"
)

const (
	key   = "exposed_your_key_here_have_risks"
	other = "the_APIv3_key_that_others_signed"
)

func endpoint(t *testing.T, xml, reply string, change func(*catalogue.Endpoint)) catalogue.Endpoint {
	t.Helper()
	e := catalogue.Endpoint{Version: 2, Method: http.MethodPost, Path: "/pay/test"}
	require.NoError(t, e.XML.UnmarshalText([]byte(xml)))
	require.NoError(t, e.Reply.UnmarshalText([]byte(reply)))
	if change != nil {
		change(&e)
	}
	return e
}

func read(t *testing.T, e catalogue.Endpoint, body string) (*wire.Request, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://sandbox/pay/test", http.NoBody)
	require.NoError(t, err)
	return wire.Read(e, r, []byte(body))
}

// TestWhatWasSignedInstead: the mistakes of clients, each by what it signs.
func TestWhatWasSignedInstead(t *testing.T) {
	t.Parallel()
	params := []signer.Param{
		{Name: "mch_id", Value: "1900000109"}, {Name: "appid", Value: "wx1"}, {Name: "nonce_str", Value: "n"}, {Name: "body", Value: "a b"},
		{Name: "sign_type", Value: "MD5"}, {Name: "empty", Value: ""}, {Name: "Zone", Value: "1"},
	}
	less := func(name string) (list []signer.Param) {
		for _, p := range params {
			if p.Name != name {
				list = append(list, p)
			}
		}
		return list
	}
	raw := func(text string) string { // the digest of a text, in which key= stands already or not at all
		before, after, _ := strings.Cut(text, "&key=")
		if after == "" {
			return ""
		}
		name, value, _ := strings.Cut(before, "=")
		return signer.MD5.Sign([]signer.Param{{Name: name, Value: value}}, after)
	}
	for _, row := range []struct{ name, sign, says string }{
		{"the right one", signer.MD5.Sign(params, key), ""},
		{"in lower case", strings.ToLower(signer.MD5.Sign(params, key)), "in lower case"},
		{"none", "", "no sign"},
		{"the other digest", signer.HMACSHA256.Sign(params, key), "with HMAC-SHA256"},
		{"the other key", signer.MD5.Sign(params, other), "APIv3 key"},
		{"without sign_type", signer.MD5.Sign(less("sign_type"), key), "without sign_type"},
		{"without nonce_str", signer.MD5.Sign(less("nonce_str"), key), "without nonce_str"},
		{"unsorted", raw("mch_id=1900000109&appid=wx1&nonce_str=n&body=a b&sign_type=MD5&Zone=1&key=" + key), "in the order of the request"},
		{"sorted without case", raw("appid=wx1&body=a b&mch_id=1900000109&nonce_str=n&sign_type=MD5&Zone=1&key=" + key), "without regard to case"},
		{"empty values", raw("Zone=1&appid=wx1&body=a b&empty=&mch_id=1900000109&nonce_str=n&sign_type=MD5&key=" + key), "empty values"},
		{"escaped", raw("Zone=1&appid=wx1&body=a+b&mch_id=1900000109&nonce_str=n&sign_type=MD5&key=" + key), "escaped in a URL"},
		{"no idea", strings.Repeat("0", 32), "no usual mistake"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			q, err := read(t, endpoint(t, "mch_id! sign_type=MD5|HMAC-SHA256", "", nil), string(apiv2.XML(append(params[:len(params):len(params)], signer.Param{Name: "sign", Value: row.sign}))))
			require.NoError(t, err)
			err = q.Authenticate("1900000109", key, other)
			if row.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, row.says)
			var fault *wire.Fault
			require.ErrorAs(t, err, &fault)
			assert.Equal(t, "签名错误", fault.Message)
			assert.NotContains(t, fault.Error(), key)
		})
	}
}

// TestDigestWithoutSignType: MD5, or the one that is documented alone.
func TestDigestWithoutSignType(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, xml, documented string
		want                  signer.Digest
	}{
		{"none", "mch_id!", "", signer.MD5},
		{"both", "mch_id! sign_type=MD5|HMAC-SHA256", "HMAC-SHA256", signer.MD5},
		{"HMAC alone", "mch_id! sign_type=HMAC-SHA256", "HMAC-SHA256", signer.HMACSHA256},
		{"HMAC without a name", "mch_id!", "HMAC-SHA256", signer.HMACSHA256},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			e := endpoint(t, row.xml, "", func(e *catalogue.Endpoint) { e.Features.SignType = row.documented })
			params := []signer.Param{{Name: "mch_id", Value: "1"}}
			q, err := read(t, e, string(apiv2.XML(append(params, signer.Param{Name: "sign", Value: row.want.Sign(params, key)}))))
			require.NoError(t, err)
			require.NoError(t, q.Authenticate("1", key, other))
			assert.Equal(t, row.want, q.Digest)
		})
	}
}

func TestReplies(t *testing.T) {
	t.Parallel()
	const reply = "return_code! return_msg appid! mch_id! nonce_str! sign! result_code! err_code err_code_des count:integer coupon_id_$n coupon_fee_$n_$m:integer list![]{name! n:integer} text"
	e := endpoint(t, "mch_id! appid!", reply, nil)
	q, err := read(t, e, "<xml><appid>wx1</appid><mch_id>1</mch_id></xml>")
	require.NoError(t, err)
	o := play.Object{
		"count": 2, "coupon_id_10": "c10", "coupon_id_2": "c2", "coupon_fee_0_1": int64(5), "text": "a]]>b<c>\r\nd\x01", "undocumented": "x",
	}
	body := q.Succeeded(o, key)
	message, err := apiv2.Parse(body)
	require.NoError(t, err, string(body))
	require.NoError(t, message.Verify(key))
	params, err := message.Params()
	require.NoError(t, err)
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.Name
	}
	assert.Equal(t, []string{
		"return_code", "return_msg", "appid", "mch_id", "nonce_str", "result_code", "count", "coupon_id_2", "coupon_id_10", "coupon_fee_0_1", "text", "sign",
	}, names)
	assert.Equal(t, "a]]>b<c>\nd", message.Get("text"))
	assert.Contains(t, string(body), "<count>2</count>")

	q.Digest = signer.HMACSHA256
	refused, err := apiv2.Parse(q.Refused(play.Refuse(200, "ORDERPAID", "已支付"), key))
	require.NoError(t, err)
	require.NoError(t, refused.Verify(key))
	assert.Len(t, refused.Get("sign"), 64)
	assert.Equal(t, []string{"SUCCESS", "FAIL", "ORDERPAID", "已支付"}, []string{refused.Get("return_code"), refused.Get("result_code"), refused.Get("err_code"), refused.Get("err_code_des")})

	unsigned := endpoint(t, "mch_id!", "return_code! result_code! list![]{name! n:integer} one{name}", nil)
	q, err = read(t, unsigned, "<xml><mch_id>1</mch_id></xml>")
	require.NoError(t, err)
	nested := q.Succeeded(play.Object{"list": []any{play.Object{"n": json.Number("1"), "name": "a"}, map[string]any{"name": "b"}}, "one": play.Object{"name": "c"}}, key)
	assert.Equal(t, "<xml>\n<return_code><![CDATA[SUCCESS]]></return_code>\n<result_code><![CDATA[SUCCESS]]></result_code>\n"+
		"<list>\n<name><![CDATA[a]]></name>\n<n>1</n>\n</list>\n<list>\n<name><![CDATA[b]]></name>\n</list>\n<one>\n<name><![CDATA[c]]></name>\n</one>\n"+
		"<return_msg><![CDATA[OK]]></return_msg>\n</xml>", string(nested))
}

// TestObject: parameters in the types of the documentation.
func TestObject(t *testing.T) {
	t.Parallel()
	e := endpoint(t, "mch_id! n!:integer flag:boolean kind=A|B detail@{goods![]{id! price:integer}} transaction_id out_trade_no", "", nil)
	for _, row := range []struct{ name, xml, says string }{
		{"all", `<n>1</n><flag>true</flag><kind>B</kind><detail><![CDATA[{"goods":[{"id":"1"}]}]]></detail><out_trade_no>1</out_trade_no>`, ""},
		{"another form of the JSON", `<n>1</n><detail>{"x":1}</detail><out_trade_no>1</out_trade_no>`, ""},
		{"the other number", `<n>1</n><transaction_id>1</transaction_id>`, ""},
		{"no number of an order", `<n>1</n>`, "transaction_id"},
		{"a fraction", `<n>1.0</n><out_trade_no>1</out_trade_no>`, "n：类型应为 integer"},
		{"a zero before", `<n>01</n><out_trade_no>1</out_trade_no>`, "n：类型应为 integer"},
		{"a boolean", `<n>1</n><flag>1</flag><out_trade_no>1</out_trade_no>`, "flag"},
		{"a value", `<n>1</n><kind>C</kind><out_trade_no>1</out_trade_no>`, "kind"},
		{"no JSON", `<n>1</n><detail>x</detail><out_trade_no>1</out_trade_no>`, "detail：应为 JSON"},
		{"within the JSON", `<n>1</n><detail>{"goods":[{"price":"1"}]}</detail><out_trade_no>1</out_trade_no>`, "goods/0/id"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			q, err := read(t, e, "<xml><mch_id>1</mch_id><nonce_str>n</nonce_str>"+row.xml+"</xml>")
			require.NoError(t, err)
			o, refusal := q.Object()
			if row.says == "" {
				require.Nil(t, refusal)
				assert.EqualValues(t, 1, o.Int("n"))
				assert.NotContains(t, o, "nonce_str")
				return
			}
			require.NotNil(t, refusal)
			assert.Equal(t, "PARAM_ERROR", refusal.Code)
			assert.Contains(t, refusal.Message, row.says)
		})
	}
}
