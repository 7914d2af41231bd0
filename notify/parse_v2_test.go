package notify_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/flatxml"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/signer"
)

var v2Key = cipher.NewSecret(vectors.V2APIKey)

// params returns the parameters of a notification from names and values.
func params(pairs ...string) []signer.Param {
	var list []signer.Param
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, signer.Param{Name: pairs[i], Value: pairs[i+1]})
	}
	return list
}

func xmlOf(list []signer.Param) string {
	data := []byte(flatxml.Begin)
	for _, p := range list {
		data = flatxml.Append(data, p.Name, p.Value)
	}
	return string(append(data, flatxml.End...))
}

// signedV2 returns a notification that is signed with the key of the recordings.
func signedV2(digest signer.Digest, list []signer.Param) string {
	return xmlOf(append(list, signer.Param{Name: "sign", Value: digest.Sign(list, vectors.V2APIKey)}))
}

// payment is a payment of APIv2, with the changes to it.
func payment(changes ...string) []signer.Param {
	list := params(
		"appid", "wx8", "mch_id", "1900000109", "openid", "o", "trade_type", "JSAPI", "total_fee", "100", "out_trade_no", "1",
		"transaction_id", "42", "time_end", "20261125101010", "return_code", "SUCCESS", "result_code", "SUCCESS",
	)
	for _, change := range params(changes...) {
		list = set(list, change)
	}
	return list
}

func set(list []signer.Param, change signer.Param) []signer.Param {
	for i := range list {
		if list[i].Name == change.Name {
			list[i] = change
			return list
		}
	}
	return append(list, change)
}

// refund is the notification of a refund, of which plaintext is encrypted.
func refund(tb testing.TB, plaintext string, beside ...string) string {
	tb.Helper()
	encrypted, err := cipher.EncryptLegacyECB(cipher.LegacyKey(v2Key), []byte(plaintext))
	require.NoError(tb, err)
	return refundOf(encrypted, beside...)
}

func refundOf(reqInfo string, beside ...string) string {
	return xmlOf(append(params("return_code", "SUCCESS", "appid", "wx8", "mch_id", "1900000109", "nonce_str", "n", "req_info", reqInfo), params(beside...)...))
}

// encryptedV2 is a notification with an encrypted event.
func encryptedV2(tb testing.TB, eventType, plaintext string, changes ...string) string {
	tb.Helper()
	resource, err := cipher.EncryptResource(gateway().Credentials().APIv3Key, cipher.Resource{Nonce: "123456789012", AssociatedData: "event"}, []byte(plaintext))
	require.NoError(tb, err)
	list := params(
		"mch_id", "1900000109", "appid", "wx8", "algorithm", "HMAC-SHA256", "nonce_str", "n", "event_id", "EV-1", "event_create_time", "20180225112233",
		"event_type", eventType, "event_algorithm", "AEAD_AES_256_GCM", "event_nonce", resource.Nonce, "event_associated_data", resource.AssociatedData,
		"event_ciphertext", resource.Ciphertext,
	)
	for _, change := range params(changes...) {
		list = set(list, change)
	}
	return signedV2(signer.HMACSHA256, list)
}

func configV2() notify.Config {
	cfg := config()
	cfg.APIv2Key = v2Key
	return cfg
}

func parseV2(tb testing.TB, body string) (*notify.Event, error) {
	tb.Helper()
	p, err := notify.NewParser(configV2())
	require.NoError(tb, err)
	return p.Parse(tb.Context(), http.Header{}, strings.NewReader(body))
}

func parsedV2(tb testing.TB, body string) *notify.Event {
	tb.Helper()
	e, err := parseV2(tb, body)
	require.NoError(tb, err)
	return e
}

// TestNotificationsMatchThePHPSDK: each is accepted or refused as by the PHP SDK, which reads
// what it decrypts as XML only if it is XML.
func TestNotificationsMatchThePHPSDK(t *testing.T) {
	t.Parallel()
	rows := 0
	for _, r := range vectors.LoadV2(t) {
		if r.Group != "notify" {
			continue
		}
		rows++
		t.Run(r.Name, func(t *testing.T) {
			t.Parallel()
			switch {
			case r.ReqInfo != "":
				matchRefund(t, r)
			case r.Sign != "":
				e := parsedV2(t, r.Body)
				assert.Equal(t, "V2.TRANSACTION.SUCCESS 42 (JSAPI)", e.String())
				matchParsed(t, r.Parsed, e)
			default:
				message := strings.NewReplacer("<![CDATA[", "", "]]>", "").Replace(string(notify.XML(200, "OK").Body))
				assert.Equal(t, r.Body, message)
			}
		})
	}
	assert.Equal(t, 12, rows)
}

func matchRefund(t *testing.T, r vectors.V2Recording) {
	t.Helper()
	plaintext, err := cipher.DecryptLegacyECB(cipher.LegacyKey(v2Key), r.ReqInfo)
	assert.Equal(t, r.Plaintext, string(plaintext))
	assert.Equal(t, r.Error != nil, err != nil)
	e, err := parseV2(t, refundOf(r.ReqInfo))
	switch {
	case r.Error != nil:
		require.ErrorIs(t, err, cipher.ErrDecrypt)
		assert.False(t, notify.SignedByWeChatPay(err))
	case strings.HasPrefix(r.Plaintext, "<"):
		require.NoError(t, err)
		matchParsed(t, r.Parsed, e)
	default:
		require.ErrorIs(t, err, notify.ErrXML)
	}
}

func matchParsed(t *testing.T, parsed json.RawMessage, e *notify.Event) {
	t.Helper()
	want := map[string]any{}
	require.NoError(t, json.Unmarshal(parsed, &want))
	require.NotEmpty(t, want)
	for name, value := range want {
		if text, ok := value.(string); ok { // PHP reads an empty element as a list
			assert.Equal(t, text, e.Get(name).String(), name)
		}
	}
}

func TestKindsOfNotifications(t *testing.T) {
	t.Parallel()
	const (
		refunded = `<root><out_refund_no>R1</out_refund_no><refund_id>50</refund_id><success_time>2018-11-19 16:24:13</success_time>`
		contract = "2015-07-01 10:00:00"
	)
	signed := func(pairs ...string) string { return signedV2(signer.HMACSHA256, params(pairs...)) }
	paid := func(changes ...string) string { return signedV2(signer.MD5, payment(changes...)) }
	for _, row := range []struct {
		name, body, want, created string
	}{
		{"payment", paid(), "V2.TRANSACTION.SUCCESS 42 (JSAPI)", "2026-11-25T10:10:10+08:00"},
		{"payment without a transaction_id", paid("transaction_id", ""), "V2.TRANSACTION.SUCCESS 1900000109/1 (JSAPI)", "2026-11-25T10:10:10+08:00"},
		{"payment to a sub-merchant", paid("transaction_id", "", "sub_mch_id", "7"), "V2.TRANSACTION.SUCCESS 7/1 (JSAPI)", "2026-11-25T10:10:10+08:00"},
		{"payment that failed", paid("result_code", "FAIL"), "V2.TRANSACTION.FAIL 42 (JSAPI)", "2026-11-25T10:10:10+08:00"},
		{"payment with a return_code of FAIL", paid("return_code", "FAIL"), "V2.TRANSACTION.FAIL 42 (JSAPI)", "2026-11-25T10:10:10+08:00"},
		{"deduction", paid("trade_type", "PAP", "trade_state", "SUCCESS", "contract_id", "c"), "V2.TRANSACTION.SUCCESS 42 (PAP)", "2026-11-25T10:10:10+08:00"},
		{"deduction that failed", paid("trade_state", "PAY_FAIL"), "V2.TRANSACTION.FAIL 42 (JSAPI)", "2026-11-25T10:10:10+08:00"},
		{"deduction to come", paid("trade_state", "ACCEPT"), "V2.TRANSACTION.ACCEPT 42 (JSAPI)", "2026-11-25T10:10:10+08:00"},
		{"deduction to come, not a success", paid("trade_state", "ACCEPT", "result_code", "FAIL"), "V2.TRANSACTION.ACCEPT 42 (JSAPI)", "2026-11-25T10:10:10+08:00"},
		{
			"combined", signed("combine_mch_id", "1900000109", "combine_out_trade_no", "1", "trade_type", "APP", "return_code", "SUCCESS", "result_code", "SUCCESS", "sub_order_list", "{}"),
			"V2.COMBINE.SUCCESS 1900000109/1 (APP)", "",
		},
		{"refund", refund(t, refunded+`<refund_status>SUCCESS</refund_status></root>`), "V2.REFUND.SUCCESS 50 ()", "2018-11-19T16:24:13+08:00"},
		{"refund that was closed", refund(t, refunded+`<refund_status>REFUNDCLOSE</refund_status></root>`), "V2.REFUND.CLOSED 50 ()", "2018-11-19T16:24:13+08:00"},
		{"refund that failed", refund(t, refunded+`<refund_status>CHANGE</refund_status></root>`), "V2.REFUND.ABNORMAL 50 ()", "2018-11-19T16:24:13+08:00"},
		{"refund without an id", refund(t, `<root><out_refund_no>R1</out_refund_no><refund_status>SUCCESS</refund_status></root>`), "V2.REFUND.SUCCESS 1900000109/R1 ()", ""},
		{"refund without a state", refund(t, `<root><out_refund_no>R1</out_refund_no></root>`), "V2.UNKNOWN 1900000109/R1 ()", ""},
		{"contract signed", signed("mch_id", "1", "change_type", "ADD", "contract_id", "C1", "operate_time", contract), "V2.CONTRACT.ADD C1 ()", "2015-07-01T10:00:00+08:00"},
		{"contract ended", signed("mch_id", "1", "change_type", "DELETE", "contract_id", "C1", "operate_time", contract), "V2.CONTRACT.DELETE C1 ()", "2015-07-01T10:00:00+08:00"},
		{
			"vehicle", signed("mch_id", "1", "plate_number", "粤B888888", "vehicle_event_type", "BLOCKED", "vehicle_event_createtime", "20180225112233"),
			"V2.VEHICLE.BLOCKED 367af640ce28dcad7c5ae07ac3c5c539 ()", "2018-02-25T11:22:33+08:00",
		},
		{"risk", signed("mch_id", "1", "event_code", "E1", "transaction_id_list", `{"data":[]}`), "V2.RISK E1 ()", ""},
		{"encrypted event", encryptedV2(t, "CHECK.SUCCESS", "<xml><state>USER_ACCEPTED</state></xml>"), "V2.EVENT.CHECK.SUCCESS EV-1 ()", "2018-02-25T11:22:33+08:00"},
		{"encrypted event named as one of v3", encryptedV2(t, "TRANSACTION.SUCCESS", "<xml></xml>"), "V2.EVENT.TRANSACTION.SUCCESS EV-1 ()", "2018-02-25T11:22:33+08:00"},
		{"something else", signed("mch_id", "1", "openid", "o", "product_id", "p"), "V2.UNKNOWN  ()", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			e := parsedV2(t, row.body)
			assert.Equal(t, row.want, e.String())
			assert.Equal(t, 2, e.Version)
			assert.True(t, json.Valid(e.Bytes()))
			if row.created == "" {
				assert.Zero(t, e.Created)
				return
			}
			assert.Equal(t, row.created, e.Created.Format(time.RFC3339))
		})
	}
}

func TestDecodeV2(t *testing.T) {
	t.Parallel()
	t.Run("payment", func(t *testing.T) {
		t.Parallel()
		e := parsedV2(t, signedV2(signer.HMACSHA256, payment("coupon_count", "2", "coupon_id_0", "a", "coupon_id_1", "b", "coupon_fee_0", "1", "coupon_fee_1", "2", "a_new_field", "注意")))
		order, err := notify.Decode[notify.TransactionV2](e)
		require.NoError(t, err)
		assert.EqualValues(t, 100, order.TotalFee)
		assert.Equal(t, []string{"a", "b"}, order.CouponIDs)
		assert.Equal(t, []int64{1, 2}, order.CouponFees)
		assert.Equal(t, "注意", e.Get("a_new_field").String())
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v %s", e, e, e, e), "注意", "an event prints without its resource")
	})
	t.Run("refund", func(t *testing.T) {
		t.Parallel()
		e := parsedV2(t, refund(t, "<root><refund_id>50</refund_id><refund_fee>3960</refund_fee><refund_recv_accout>支付用户零钱</refund_recv_accout><refund_status>SUCCESS</refund_status></root>"))
		got, err := notify.Decode[notify.RefundV2](e)
		require.NoError(t, err)
		assert.Equal(t, notify.RefundV2{
			AppID: "wx8", MchID: "1900000109", RefundID: "50", RefundFee: 3960, RefundRecvAccount: "支付用户零钱", RefundStatus: "SUCCESS",
		}, got)
		assert.False(t, e.Get("req_info").Exists(), "it is decrypted")
	})
	t.Run("contract", func(t *testing.T) {
		t.Parallel()
		got, err := notify.Decode[notify.ContractV2](parsedV2(t, signedV2(signer.MD5, params("change_type", "DELETE", "contract_id", "C1", "contract_termination_mode", "3"))))
		require.NoError(t, err)
		assert.Equal(t, notify.ContractV2{ChangeType: "DELETE", ContractID: "C1", ContractTerminationMode: 3}, got)
	})
	t.Run("encrypted event", func(t *testing.T) {
		t.Parallel()
		e := parsedV2(t, encryptedV2(t, "CHECK.SUCCESS", "<xml>\n <state>USER_ACCEPTED</state>\n <out_order_no >1234</out_order_no>\n</xml>"))
		assert.Equal(t, "USER_ACCEPTED 1234 wx8", fmt.Sprint(e.Get("state"), " ", e.Get("out_order_no"), " ", e.Get("appid")))
		assert.False(t, e.Get("event_ciphertext").Exists(), "it is decrypted")
	})
}

// TestForgeriesOfAPIv2: nothing but what the APIv2 key signed is accepted.
func TestForgeriesOfAPIv2(t *testing.T) {
	t.Parallel()
	good := signedV2(signer.MD5, payment())
	sign := signer.MD5.Sign(payment(), vectors.V2APIKey)
	refunded := "<root><refund_status>SUCCESS</refund_status></root>"
	for _, row := range []struct {
		name, body string
		want       error
	}{
		{"an amount changed", strings.Replace(good, "<total_fee>100<", "<total_fee>1<", 1), signer.ErrSignature},
		{"an element added", strings.Replace(good, "<xml>", "<xml><attach>x</attach>", 1), signer.ErrSignature},
		{"an element taken away", strings.Replace(good, "<openid>o</openid>", "", 1), signer.ErrSignature},
		{"an element twice", strings.Replace(good, "<xml>", "<xml><total_fee>1</total_fee>", 1), notify.ErrXML},
		{"the sign twice", strings.Replace(good, "<xml>", "<xml><sign>"+sign+"</sign>", 1), notify.ErrXML},
		{"elements in an element", strings.Replace(good, "<xml>", "<xml><a><b>c</b></a>", 1), signer.ErrSignature},
		{"no sign", xmlOf(payment()), signer.ErrSignature},
		{"an empty sign", xmlOf(payment("sign", "")), signer.ErrSignature},
		{"a sign of another length", xmlOf(payment("sign", sign[1:])), signer.ErrSignature},
		{"a sign in lower case", xmlOf(payment("sign", strings.ToLower(sign))), signer.ErrSignature},
		{"the sign of another key", xmlOf(payment("sign", signer.MD5.Sign(payment(), strings.Repeat("0", 32)))), signer.ErrSignature},
		{"the sign without a key", xmlOf(payment("sign", signer.MD5.Sign(payment(), ""))), signer.ErrSignature},
		{"a document type", `<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + good, notify.ErrXML},
		{"an entity", strings.Replace(good, "<openid>o<", "<openid>&o;<", 1), notify.ErrXML},
		{"another encoding", `<?xml version="1.0" encoding="gbk"?>` + good, notify.ErrXML},
		{"cut off", good[:len(good)-3], notify.ErrXML},
		{"nested deeply", strings.Repeat("<a>", 300_000), notify.ErrXML},
		{"HTML", "<html><body>", notify.ErrXML},
		{"a refund with a wrong sign", refund(t, refunded, "sign", sign), signer.ErrSignature},
		{"a refund in plain text", xmlOf(params("refund_status", "SUCCESS", "refund_id", "1")), signer.ErrSignature},
		{"a refund of another key", refundOf(func() string {
			encrypted, err := cipher.EncryptLegacyECB(cipher.NewSecret(strings.Repeat("0", 32)), []byte(refunded))
			require.NoError(t, err)
			return encrypted
		}()), cipher.ErrDecrypt},
		{"a refund with elements in an element", strings.Replace(refund(t, refunded), "<xml>", "<xml><a><b>c</b></a>", 1), nil},
		{"a refund with an element twice", refund(t, "<root><refund_status>SUCCESS</refund_status><refund_status>CHANGE</refund_status></root>"), notify.ErrXML},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			e, err := parseV2(t, row.body)
			require.Error(t, err)
			if row.want != nil {
				require.ErrorIs(t, err, row.want)
			}
			assert.Nil(t, e)
			assert.False(t, notify.SignedByWeChatPay(err))
			assert.NotContains(t, err.Error(), vectors.V2APIKey)
		})
	}
}

// TestWhatIsNotSignedIsNotTaken: who has a req_info, though not the key, could send it again
// with other elements beside it.
func TestWhatIsNotSignedIsNotTaken(t *testing.T) {
	t.Parallel()
	e := parsedV2(t, refund(t, "<root><appid>wx9</appid><refund_id>50</refund_id><refund_fee>1</refund_fee><refund_status>SUCCESS</refund_status></root>",
		"refund_fee", "99", "transaction_id", "42", "result_code", "SUCCESS", "out_trade_no", "1", "event_ciphertext", "x"))
	assert.Equal(t, notify.RefundSuccessV2, e.EventType)
	assert.JSONEq(t, `{"refund_id":"50","refund_fee":"1","refund_status":"SUCCESS","return_code":"SUCCESS","appid":"wx9","mch_id":"1900000109","nonce_str":"n"}`, string(e.Bytes()))
}

func TestVariantsOfTheXML(t *testing.T) {
	t.Parallel()
	list := payment("attach", "a\r\nb", "sub_mch_id", "")
	body := signedV2(signer.MD5, payment("attach", "a\nb", "sub_mch_id", ""))
	for _, row := range []struct{ name, body string }{
		{"as it is", body},
		{"a byte order mark", "\ufeff" + body},
		{"white space around", "\r\n " + body + "\n"},
		{"a declaration", `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + body},
		{"a carriage return that was signed", signedV2(signer.MD5, list)},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, "a\nb", parsedV2(t, row.body).Get("attach").String())
		})
	}
}

func TestMchIDOfAnotherMerchant(t *testing.T) {
	t.Parallel()
	refunded := "<root><refund_status>SUCCESS</refund_status></root>"
	for _, row := range []struct {
		name, mchID, body string
		refused, signed   bool
	}{
		{"ours", "1900000109", signedV2(signer.MD5, payment()), false, true},
		{"any", "", signedV2(signer.MD5, payment("mch_id", "2")), false, true},
		{"another", "1900000109", signedV2(signer.MD5, payment("mch_id", "2")), true, true},
		{"none", "1900000109", signedV2(signer.MD5, payment("mch_id", "")), true, true},
		{"a sub-merchant", "1900000109", signedV2(signer.MD5, payment("mch_id", "2", "sub_mch_id", "1900000109")), true, true},
		{"combined", "1900000109", signedV2(signer.MD5, params("combine_mch_id", "1900000109", "combine_out_trade_no", "1")), false, true},
		{"our refund", "1900000109", refund(t, refunded), false, false},
		{"the refund of another", "2", refund(t, refunded), true, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			cfg := configV2()
			cfg.MchID = row.mchID
			p, err := notify.NewParser(cfg)
			require.NoError(t, err)
			_, err = p.Parse(t.Context(), http.Header{}, strings.NewReader(row.body))
			if !row.refused {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, notify.ErrMchID)
			assert.Equal(t, row.signed, notify.SignedByWeChatPay(err))
		})
	}
}

func TestEncryptedEventErrors(t *testing.T) {
	t.Parallel()
	const plaintext = "<xml><state>USER_ACCEPTED</state></xml>"
	for _, row := range []struct {
		name   string
		body   string
		change func(*notify.Config)
		want   error
		text   string
	}{
		{"another APIv3 key", encryptedV2(t, "CHECK.SUCCESS", plaintext), func(c *notify.Config) { c.APIv3Key = cipher.NewSecret(strings.Repeat("0", 32)) }, notify.ErrAPIv3Key, ""},
		{"APIv2 alone", encryptedV2(t, "CHECK.SUCCESS", plaintext), func(c *notify.Config) { *c = notify.Config{APIv2Key: v2Key} }, nil, "event_ciphertext: Config.APIv3Key is missing, which decrypts it"},
		{"another algorithm", encryptedV2(t, "CHECK.SUCCESS", plaintext, "event_algorithm", "AES"), nil, notify.ErrAlgorithm, ""},
		{"another nonce", encryptedV2(t, "CHECK.SUCCESS", plaintext, "event_nonce", "1"), nil, cipher.ErrNonce, ""},
		{"JSON", encryptedV2(t, "CHECK.SUCCESS", "{}"), nil, notify.ErrXML, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			cfg := configV2()
			if row.change != nil {
				row.change(&cfg)
			}
			p, err := notify.NewParser(cfg)
			require.NoError(t, err)
			_, err = p.Parse(t.Context(), http.Header{}, strings.NewReader(row.body))
			require.ErrorContains(t, err, row.text)
			require.ErrorContains(t, err, `event "EV-1"`)
			assert.True(t, notify.SignedByWeChatPay(err))
			if row.want != nil {
				require.ErrorIs(t, err, row.want)
			}
		})
	}
}

// TestVersionsWithoutAKey: a Parser refuses the version that it has no key for.
func TestVersionsWithoutAKey(t *testing.T) {
	t.Parallel()
	_, err := newParser(t).Parse(t.Context(), http.Header{}, strings.NewReader(signedV2(signer.MD5, payment())))
	require.ErrorIs(t, err, signer.ErrMissingHeader)
	require.ErrorContains(t, err, "set Config.APIv2Key")

	p, err := notify.NewParser(notify.Config{APIv2Key: v2Key, Scheme: signer.RSA})
	require.NoError(t, err)
	_, err = p.Parse(t.Context(), http.Header{}, strings.NewReader(signedV2(signer.MD5, payment())))
	require.NoError(t, err)
	header, body := webhook(t, paid, "")
	_, err = p.Parse(t.Context(), header, bytes.NewReader(body))
	require.ErrorIs(t, err, notify.ErrXML)
	require.ErrorContains(t, err, "the Config is for APIv2 alone: set Keys and APIv3Key too")
}

// FuzzNotificationV2: what is accepted has a good sign, or is a refund; and what is signed is
// accepted, with the values that were signed.
func FuzzNotificationV2(f *testing.F) {
	f.Add([]byte(signedV2(signer.MD5, payment())), "a\r\nb", "]]>")
	f.Add([]byte(refund(f, "<root><refund_status>SUCCESS</refund_status></root>")), "\x03", "&amp;")
	f.Add([]byte(encryptedV2(f, "CHECK.SUCCESS", "<xml><state>A</state></xml>")), "", "注意")
	f.Add([]byte(`<xml><req_info>AAAA</req_info></xml>`), " ", "<")
	p, err := notify.NewParser(configV2())
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body []byte, attach, openid string) {
		e, err := p.Parse(t.Context(), http.Header{}, bytes.NewReader(body))
		if (e == nil) == (err == nil) {
			t.Fatal("neither an event nor an error, or both")
		}
		if err == nil && (!json.Valid(e.Bytes()) || !strings.HasPrefix(e.EventType, "V2.")) {
			t.Fatalf("taken: %q as %s", body, e)
		}
		if !utf8.ValidString(attach) || !utf8.ValidString(openid) || !flatxml.IsClean(strings.ReplaceAll(attach+openid, "\r", "")) {
			return // XML cannot hold it
		}
		e, err = p.Parse(t.Context(), http.Header{}, strings.NewReader(signedV2(signer.HMACSHA256, payment("attach", attach, "openid", openid))))
		if err != nil {
			t.Fatal(err)
		}
		if e.Get("attach").Str != flatxml.Clean(attach) || e.Get("openid").Str != flatxml.Clean(openid) {
			t.Fatalf("%q and %q became %s", attach, openid, e.Bytes())
		}
	})
}
