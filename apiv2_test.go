package wechatpay_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestV2RefusesBeforeItSends: what APIv2 cannot hold, or another version takes.
func TestV2RefusesBeforeItSends(t *testing.T) {
	t.Parallel()
	server := newV2Server(t)
	client := newV2Client(t, server.URL, nil)
	plain := newV2Client(t, server.URL, func(cfg *wechatpay.Config) { cfg.Certificate = tls.Certificate{} })
	xml := func(value any) *wechatpay.Options {
		return &wechatpay.Options{XML: wechatpay.M{"appid": "wx8", "body": value}}
	}
	const order = "v2/pay/unifiedorder"
	for _, row := range []struct {
		name, path string
		opts       *wechatpay.Options
		text       string
	}{
		{"a list", order, xml([]string{"a"}), `"body" is an object or a list`},
		{"a map", order, xml(wechatpay.M{"a": 1}), `"body" is an object or a list`},
		{"a float", order, xml(1.5), `"body" is a number with a fraction`},
		{"false", order, xml(false), `"body" is a boolean`},
		{"a time", order, xml(time.Unix(0, 0)), `"body" is a time.Time, which APIv2 writes in several forms; pass the documented one as text`},
		{"a time in a struct", order, &wechatpay.Options{XML: &struct{ TimeStart time.Time }{}}, `"TimeStart" is a time.Time`},
		{"NUL under a long name", order, &wechatpay.Options{XML: wechatpay.M{strings.Repeat("a", 1000): "a\x00b"}}, `Options.XML: "` + strings.Repeat("a", 60) + `" has a control character`},
		{"NUL", order, xml("a\x00b"), `"body" has a control character`},
		{"a control character", order, xml("a\x03b"), `"body" has a control character`},
		{"no UTF-8", order, xml("a\xff"), "UTF-8"},
		{"half of a surrogate pair", order, &wechatpay.Options{XML: []byte(`{"body":"1\ud800"}`)}, `"body" has half of a surrogate pair`},
		{"a name that XML does not allow", order, &wechatpay.Options{XML: wechatpay.M{"1a": "b"}}, `"1a" cannot be the name of an element`},
		{"an unknown digest", order, &wechatpay.Options{XML: wechatpay.M{"sign_type": "RSA"}}, `sign_type "RSA" is unknown`},
		{"a digest in small letters", order, &wechatpay.Options{XML: wechatpay.M{"sign_type": "md5"}}, "in this case"},
		{"an empty digest", order, &wechatpay.Options{XML: wechatpay.M{"sign_type": ""}}, `"sign_type" is empty`},
		{"an unknown digest in Options", order, &wechatpay.Options{V2: wechatpay.V2{Digest: "SHA1"}}, "Options.V2.Digest"},
		{"another merchant", order, &wechatpay.Options{XML: wechatpay.M{"mch_id": "1900000110"}}, "the client is that of merchant 1900000109"},
		{"another merchant under another name", "v2/mmpaymkttransfers/promotion/transfers", &wechatpay.Options{XML: wechatpay.M{"mch_id": "1900000109", "mchid": "1900000110"}}, "the client is that of merchant 1900000109"},
		{"a value that JSON would change", order, xml(bytes.NewReader(nil)), "Options.XML"},
		{"a string as the body", order, &wechatpay.Options{XML: "<xml/>"}, "Options.XML"},
		{"JSON on a path of v2", order, &wechatpay.Options{JSON: wechatpay.M{}}, "Options.JSON: APIv2 takes XML"},
		{"JSON and XML", order, &wechatpay.Options{JSON: wechatpay.M{}, XML: wechatpay.M{}}, "APIv2 takes XML"},
		{"XML on a path of v3", "v3/pay/transactions/native", &wechatpay.Options{XML: wechatpay.M{}}, "begins with v2/"},
		{"V2 on a path of v3", "v3/pay/transactions/native", &wechatpay.Options{V2: wechatpay.V2{Digest: signer.MD5}}, "Options.V2"},
		{"a path of v3 to a client of v2", "v3/pay/transactions/native", nil, "for APIv2 only"},
		{"Unsigned, which is for v3", order, &wechatpay.Options{Unsigned: true}, "set Options.V2.SignedReply to false"},
		{"a signed file", "v2/pay/downloadbill", &wechatpay.Options{V2: wechatpay.V2{SignedReply: wechatpay.Ptr(true)}}, "Options.V2.SignedReply: the reply is a file"},
		{"XML and a Body", order, &wechatpay.Options{XML: wechatpay.M{}, Body: media.Bytes("a.png", []byte("x"))}, "mutually exclusive"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := client.Chain(row.path).Post(t.Context(), row.opts)
			require.ErrorIs(t, err, wechatpay.ErrInvalid)
			require.ErrorContains(t, err, row.text)
			assert.False(t, wechatpay.OutcomeUnknown(err))
			assert.Nil(t, server.request)
		})
	}
	t.Run("XML by GET", func(t *testing.T) {
		_, err := client.Chain("v2/papay/h5entrustweb").Get(t.Context(), &wechatpay.Options{XML: wechatpay.M{}})
		assert.ErrorContains(t, err, "use Query")
	})
	t.Run("a signed reply in JSON", func(t *testing.T) {
		_, err := client.Chain("v2/appauth/getaccesstoken").Get(t.Context(), &wechatpay.Options{V2: wechatpay.V2{SignedReply: wechatpay.Ptr(false)}})
		require.ErrorIs(t, err, wechatpay.ErrInvalid)
		assert.ErrorContains(t, err, "Options.V2.SignedReply: the reply is JSON")
	})
	t.Run("fields to decrypt", func(t *testing.T) {
		decrypts := newV2Client(t, server.URL, func(cfg *wechatpay.Config) { cfg.Decrypter = plaintext{} })
		_, err := decrypts.Chain(order).Post(t.Context(), &wechatpay.Options{Decrypt: []string{"openid"}})
		require.ErrorIs(t, err, wechatpay.ErrInvalid)
		assert.ErrorContains(t, err, "Options.Decrypt")
	})
	t.Run("no certificate", func(t *testing.T) {
		_, err := plain.Chain("v2/secapi/pay/refund").Post(t.Context(), &wechatpay.Options{V2: wechatpay.V2{MutualTLS: wechatpay.Ptr(true)}})
		require.ErrorIs(t, err, wechatpay.ErrInvalid)
		assert.ErrorContains(t, err, "Config.Certificate is missing")
	})
	t.Run("no key", func(t *testing.T) {
		_, err := answering(t, nil, func(*http.Request) (*http.Response, error) { return nil, io.EOF }).Chain(order).Post(t.Context(), nil)
		require.ErrorIs(t, err, wechatpay.ErrInvalid)
		assert.ErrorContains(t, err, "Config.APIv2Key is missing")
	})
	assert.Nil(t, server.request)
}

// plaintext is a Decrypter for which nothing is encrypted.
type plaintext struct{}

func (plaintext) DecryptOAEP(_ context.Context, ciphertext []byte) ([]byte, error) {
	return ciphertext, nil
}

// v2Reply is a reply with a sign, or without one.
func v2Reply(digest signer.Digest, pairs ...string) []byte {
	var params []signer.Param
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		params = append(params, signer.Param{Name: name, Value: value})
	}
	if digest != "" {
		params = append(params, signer.Param{Name: "sign", Value: digest.Sign(params, vectors.V2APIKey)})
	}
	return apiv2.XML(params)
}

// TestV2Outcomes: what a reply proves, and what it does not.
func TestV2Outcomes(t *testing.T) {
	t.Parallel()
	server := newV2Server(t)
	client := newV2Client(t, server.URL, func(cfg *wechatpay.Config) { cfg.Retry.Attempts = 1 })
	const ok, refused = "return_code=SUCCESS", "result_code=FAIL"
	for _, row := range []struct {
		name     string
		status   int
		reply    []byte
		kind     string // of the error: "", "api" or "verify"
		code     string
		verified bool
		unknown  bool
	}{
		{"success by MD5", 200, v2Reply(signer.MD5, ok, "result_code=SUCCESS"), "", "", true, false},
		{"success by HMAC-SHA256", 200, v2Reply(signer.HMACSHA256, ok, "result_code=SUCCESS"), "", "", true, false},
		{"refused", 200, v2Reply(signer.MD5, ok, refused, "err_code=ORDERPAID"), "api", "ORDERPAID", true, false},
		{"a failure at WeChat Pay", 200, v2Reply(signer.MD5, ok, refused, "err_code=SYSTEMERROR"), "api", "SYSTEMERROR", true, true},
		{"the bank is down", 200, v2Reply(signer.MD5, ok, refused, "err_code=BANKERROR"), "api", "BANKERROR", true, true},
		{"the payer enters a password", 200, v2Reply(signer.MD5, ok, refused, "err_code=USERPAYING"), "api", "USERPAYING", true, true},
		{"refused without a code", 200, v2Reply(signer.MD5, ok, refused), "api", "FAIL", true, true},
		{"return_code FAIL, which nobody signs", 200, v2Reply("", "return_code=FAIL", "return_msg=签名错误"), "api", "FAIL", false, true},
		{"no return_code", 200, v2Reply("", "a=b"), "api", "", false, true},
		{"success without a sign", 200, v2Reply("", ok, "result_code=SUCCESS"), "verify", "", false, true},
		{"a refusal without a sign", 200, v2Reply("", ok, refused, "err_code=ORDERPAID"), "verify", "", false, true},
		{"another key", 200, []byte("<xml><return_code>SUCCESS</return_code><sign>5D41402ABC4B2A76B9719D911017C592</sign></xml>"), "verify", "", false, true},
		{"two of one name", 200, []byte("<xml><return_code>SUCCESS</return_code><return_code>FAIL</return_code></xml>"), "verify", "", false, true},
		{"HTML", 200, []byte("<html><body>login<br></body></html>"), "verify", "", false, true},
		{"HTML that is XML", 200, []byte("<html><body>login</body></html>"), "api", "", false, true},
		{"nothing", 200, nil, "verify", "", false, true},
		{"a gateway", 502, []byte("<html></html>"), "api", "", false, true},
		{"a good reply under a bad status", 500, v2Reply(signer.MD5, ok, "result_code=SUCCESS"), "api", "", false, true},
		{"a redirect", 302, nil, "verify", "", false, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			server.status, server.reply = row.status, row.reply
			resp, err := client.Chain("v2/pay/micropay").Post(t.Context(), &wechatpay.Options{XML: wechatpay.M{"out_trade_no": "1"}})
			assert.Equal(t, row.unknown, wechatpay.OutcomeUnknown(err), "%v", err)
			var api *wechatpay.APIError
			var unverified *wechatpay.VerifyError
			switch row.kind {
			case "":
				require.NoError(t, err)
				assert.True(t, resp.Verified)
			case "api":
				require.ErrorAs(t, err, &api)
				assert.Equal(t, row.code, api.Code)
				assert.Equal(t, row.verified, api.Verified)
				assert.Equal(t, row.reply, api.Response.Bytes())
				assert.False(t, row.status == 200 && api.Code == "" && !strings.Contains(err.Error(), "200 OK: the reply has no return_code"), "%v", err)
			default:
				require.ErrorAs(t, err, &unverified)
			}
		})
	}
}

// TestV2Reply: a reply is a flat object, with numbered fields as lists too.
func TestV2Reply(t *testing.T) {
	t.Parallel()
	server := newV2Server(t)
	server.reply = v2Reply(signer.MD5, "return_code=SUCCESS", "result_code=SUCCESS", "total_fee=100",
		"coupon_id_0=a", "coupon_id_1=b", "coupon_fee_0_0=1", "coupon_fee_0_1=2", "coupon_fee_1_0=3", "attach=<&>")
	resp, err := newV2Client(t, server.URL, nil).Chain("v2/pay/orderquery").Post(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, "b", resp.Get("coupon_id_1").Str)
	assert.JSONEq(t, `["a","b"]`, resp.Get("coupon_id_$n").Raw)
	assert.JSONEq(t, `[["1","2"],["3"]]`, resp.Get("coupon_fee_$n_$m").Raw)
	typed, err := wechatpay.As[struct {
		TotalFee int      `json:"total_fee"`
		Attach   string   `json:"attach"`
		CouponID []string `json:"coupon_id_$n"`
		Fees     [][]int  `json:"coupon_fee_$n_$m"`
	}](resp, nil)
	require.NoError(t, err)
	data, err := typed.Data()
	require.NoError(t, err)
	assert.Equal(t, 100, data.TotalFee)
	assert.Equal(t, "<&>", data.Attach)
	assert.Equal(t, []string{"a", "b"}, data.CouponID)
	assert.Equal(t, [][]int{{1, 2}, {3}}, data.Fees)
}

// TestV2DebugShowsNoSecret: names and lengths, as the signature tool compares them.
func TestV2DebugShowsNoSecret(t *testing.T) {
	t.Parallel()
	server := newV2Server(t)
	server.reply = v2Reply(signer.MD5, "return_code=SUCCESS", "result_code=SUCCESS", "openid=oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
	var dump bytes.Buffer
	_, err := newV2Client(t, server.URL, nil).Chain("v2/pay/micropay").Post(t.Context(), &wechatpay.Options{
		XML: wechatpay.M{"auth_code": "134567890123456789", "total_fee": 100}, Debug: &dump,
	})
	require.NoError(t, err)
	text := dump.String()
	assert.Contains(t, text, "message signed with HMAC-SHA256")
	assert.Contains(t, text, "auth_code=<18 characters>\n")
	assert.Contains(t, text, "total_fee=100\n")
	assert.Contains(t, text, "good sign")
	for _, secret := range []string{"134567890123456789", vectors.V2APIKey, "oUpF8uMuAJO", "sign="} {
		assert.NotContains(t, text, secret)
	}
}

// TestV2RetriesWithANewNonce: what may be repeated is sent again, with a new nonce and sign.
func TestV2RetriesWithANewNonce(t *testing.T) {
	t.Parallel()
	var nonces []string
	client := newV2Client(t, "", func(cfg *wechatpay.Config) {
		cfg.Retry.Wait = 1
		cfg.Stack = func(s *middleware.Stack) error {
			return s.Push("test", func(http.RoundTripper) http.RoundTripper {
				return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
					body, err := io.ReadAll(r.Body)
					if err != nil {
						return nil, err
					}
					message, err := apiv2.Parse(body)
					if err != nil {
						return nil, err
					}
					nonces = append(nonces, message.Get("nonce_str"))
					if err := message.Verify(vectors.V2APIKey); err != nil {
						return nil, err
					}
					return nil, io.ErrUnexpectedEOF
				})
			})
		}
	})
	_, err := client.Chain("v2/pay/orderquery").Post(t.Context(), &wechatpay.Options{
		XML: wechatpay.M{"out_trade_no": "1"}, Idempotent: wechatpay.Ptr(true),
	})
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Len(t, nonces, 3)
	assert.NotEqual(t, nonces[0], nonces[1])
	var call *wechatpay.CallError
	require.ErrorAs(t, err, &call)
}

// TestAllocationsOfAV2Call: of ten fields, without the transport.
func TestAllocationsOfAV2Call(t *testing.T) {
	if raced {
		t.Skip("the race detector allocates")
	}
	reply := v2Reply(signer.MD5, "return_code=SUCCESS", "result_code=SUCCESS", "prepay_id=wx1")
	client := newV2Client(t, "", func(cfg *wechatpay.Config) {
		cfg.Stack = func(s *middleware.Stack) error {
			return s.Push("test", func(http.RoundTripper) http.RoundTripper {
				return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
					return &http.Response{StatusCode: 200, Body: io.NopCloser(bytes.NewReader(reply)), Request: r, Header: http.Header{}}, nil
				})
			})
		}
	})
	order := struct {
		AppID      string `json:"appid"`
		MchID      string `json:"mch_id"`
		Body       string `json:"body"`
		OutTradeNo string `json:"out_trade_no"`
		TotalFee   int    `json:"total_fee"`
		IP         string `json:"spbill_create_ip"`
		NotifyURL  string `json:"notify_url"`
		TradeType  string `json:"trade_type"`
		OpenID     string `json:"openid"`
		Attach     string `json:"attach"`
	}{"wx8", "1900000109", "公仔", "1217752501201407033233368018", 100, "127.0.0.1", "https://example.com/", "JSAPI", "o", "a"}
	inMap := wechatpay.M{
		"appid": "wx8", "mch_id": "1900000109", "body": "公仔", "out_trade_no": "1217752501201407033233368018", "total_fee": 100,
		"spbill_create_ip": "127.0.0.1", "notify_url": "https://example.com/", "trade_type": "JSAPI", "openid": "o", "attach": "a",
	}
	chain := client.Chain("v2/pay/unifiedorder")
	for _, row := range []struct {
		name string
		body any
	}{{"a struct", order}, {"an M", inMap}} {
		t.Run(row.name, func(t *testing.T) {
			opts := &wechatpay.Options{XML: row.body}
			allocations := testing.AllocsPerRun(200, func() {
				if _, err := chain.Post(t.Context(), opts); err != nil {
					panic(err)
				}
			})
			t.Logf("%.0f allocations", allocations)
			assert.LessOrEqual(t, allocations, 58.0)
		})
	}
}
