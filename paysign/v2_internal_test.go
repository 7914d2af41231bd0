package paysign

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/signer"
)

var v2Key = cipher.NewSecret(vectors.V2APIKey)

// TestPayParamsMatchThePHPSDK: every recording is made by the function that a user calls, or,
// as the payment score has no MD5 and out_order_no, by what they all sign with.
func TestPayParamsMatchThePHPSDK(t *testing.T) {
	t.Parallel()
	rows := 0
	for _, r := range vectors.LoadV2(t) {
		if r.Group != "pay-params" {
			continue
		}
		rows++
		t.Run(r.Name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, r.Sign, signOf(t, r))
		})
	}
	assert.Equal(t, 8, rows)
}

func signOf(t *testing.T, r vectors.V2Recording) string {
	t.Helper()
	data := r.Data.(map[string]any)
	text := func(name string) string { value, _ := data[name].(string); return value }
	digest := signer.MD5
	if strings.HasSuffix(r.Name, "HMAC-SHA256") {
		digest = signer.HMACSHA256
	}
	switch kind, _, _ := strings.Cut(r.Name, " "); kind {
	case "JSAPI/mini":
		order := OrderV2{AppID: text("appId"), PrepayID: strings.TrimPrefix(text("package"), "prepay_id="), Digest: digest}
		p, err := jsapiV2(order, v2Key, stamp{text("timeStamp"), text("nonceStr")})
		require.NoError(t, err)
		assert.JSONEq(t, marshal(t, with(data, "paySign", r.Sign)), marshal(t, p))
		return p.PaySign
	case "APP":
		order := OrderV2{AppID: text("appid"), MchID: text("partnerid"), PrepayID: text("prepayid"), Sign: strings.Repeat("0", len(r.Sign))}
		p, err := appV2(order, v2Key, stamp{text("timestamp"), text("noncestr")})
		require.NoError(t, err)
		assert.JSONEq(t, marshal(t, with(data, "sign", r.Sign)), marshal(t, p))
		return p.Sign
	case "payscore":
		params := map[string]string{}
		for name := range data {
			params[name] = text(name)
		}
		sign, err := signDigest(digest, params, v2Key)
		require.NoError(t, err)
		return sign
	}
	if coupons, ok := data["send_coupon_params"]; ok {
		offer := CouponOffer{MchID: text("send_coupon_merchant")}
		require.NoError(t, json.Unmarshal([]byte(marshal(t, coupons)), &offer.Coupons))
		p, err := Coupons(offer, v2Key)
		require.NoError(t, err)
		return p.Sign
	}
	page, err := CouponURL(CouponPage{
		MchID: text("send_coupon_merchant"), OpenID: text("open_id"),
		Coupon: Coupon{StockID: text("stock_id"), OutRequestNo: text("out_request_no"), Code: text("coupon_code")},
	}, v2Key)
	require.NoError(t, err)
	_, sign, _ := strings.Cut(page, "&sign=")
	sign, _, _ = strings.Cut(sign, "&")
	return sign
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}

func with(data map[string]any, name, value string) map[string]any {
	data[name] = value
	return data
}

// TestTheReplyTellsTheDigest: a mix of two digests fails on the payer's device only.
func TestTheReplyTellsTheDigest(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, reply string
		want        string
		err         string
	}{
		{"MD5", `{"sign":"` + strings.Repeat("A", 32) + `"}`, "MD5", ""},
		{"HMAC-SHA256", `{"sign":"` + strings.Repeat("A", 64) + `"}`, "HMAC-SHA256", ""},
		{"stored", `{"sign_type":"HMAC-SHA256"}`, "HMAC-SHA256", ""},
		{"both", `{"sign_type":"MD5","sign":"` + strings.Repeat("A", 32) + `"}`, "MD5", ""},
		{
			"a mix", `{"sign_type":"MD5","sign":"` + strings.Repeat("A", 64) + `"}`, "",
			`paysign: OrderV2.Digest is "MD5", but the reply is signed with HMAC-SHA256; an order has one digest throughout: leave Digest out`,
		},
		{"neither", `{}`, "", "paysign: OrderV2.Sign is empty; set the sign of the reply, or OrderV2.Digest to the sign_type of the order"},
		{"unknown digest", `{"sign_type":"md5"}`, "", `paysign: OrderV2.Digest: sign_type "md5" is unknown; use MD5 or HMAC-SHA256, in this case`},
		{"no sign", `{"sign":"A"}`, "", "paysign: OrderV2.Sign: bad signature: sign has 1 characters, which no digest has; set the sign of the reply"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			order := OrderV2{AppID: "wx1", MchID: "1900000109", PrepayID: "wx2"}
			require.NoError(t, json.Unmarshal([]byte(row.reply), &order))
			jsapi, err := JSAPIV2(order, v2Key)
			app, appErr := AppV2(order, v2Key)
			if row.err != "" {
				require.EqualError(t, err, row.err)
				require.EqualError(t, appErr, row.err)
				assert.Zero(t, jsapi)
				assert.Zero(t, app)
				return
			}
			require.NoError(t, err)
			require.NoError(t, appErr)
			assert.Equal(t, row.want, jsapi.SignType)
			digest, err := signer.DigestOf(jsapi.PaySign)
			require.NoError(t, err)
			assert.Equal(t, signer.Digest(row.want), digest)
			assert.Len(t, app.Sign, len(jsapi.PaySign))
		})
	}
}

func TestOrderV2Errors(t *testing.T) {
	t.Parallel()
	good := OrderV2{AppID: "wx1", MchID: "1", PrepayID: "wx2", Digest: signer.MD5}
	for _, row := range []struct {
		name   string
		change func(*OrderV2)
		key    cipher.Secret
		jsapi  bool // fails for JSAPIV2 too
		want   string
	}{
		{"no app id", func(o *OrderV2) { o.AppID = "" }, v2Key, true, "paysign: OrderV2.AppID is empty; set the app id that opens the payment"},
		{"no mch_id", func(o *OrderV2) { o.MchID = "" }, v2Key, false, "paysign: OrderV2.MchID is empty; set the mch_id that placed the order"},
		{"no prepay_id", func(o *OrderV2) { o.PrepayID = "" }, v2Key, true, "paysign: OrderV2.PrepayID is empty; set the prepay_id of the reply"},
		{
			"package in place of the prepay_id", func(o *OrderV2) { o.PrepayID = "prepay_id=wx2" }, v2Key, true,
			`paysign: OrderV2.PrepayID "prepay_id=wx2" contains '=', '&' or white space; pass the bare id`,
		},
		{
			"short key", func(*OrderV2) {}, cipher.NewSecret("k"), true,
			"paysign: APIv2 key has length 1; use the key of 32 bytes from the merchant platform",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			order := good
			row.change(&order)
			app, err := AppV2(order, row.key)
			require.EqualError(t, err, row.want)
			assert.Zero(t, app)
			jsapi, err := JSAPIV2(order, row.key)
			if !row.jsapi {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, row.want)
			assert.Zero(t, jsapi)
		})
	}
}

func TestParametersOfAPIv2AreForOneUse(t *testing.T) {
	t.Parallel()
	order := OrderV2{AppID: "wx1", MchID: "1", PrepayID: "wx2", Digest: signer.MD5}
	first, err := JSAPIV2(order, v2Key)
	require.NoError(t, err)
	second, err := JSAPIV2(order, v2Key)
	require.NoError(t, err)
	assert.NotEqual(t, first.NonceStr, second.NonceStr)
	assert.Regexp(t, `^\d{10}$`, first.TimeStamp)
}
