package paysign

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestPayParametersAreThoseOfThePHPSDK(t *testing.T) {
	v := vectors.Load(t)
	key, err := keys.LoadPrivateKey(keys.Text(v.Merchant.PKCS8))
	require.NoError(t, err)
	s, err := signer.New(key)
	require.NoError(t, err)
	require.NotEmpty(t, v.JSAPIPay)
	for _, want := range v.JSAPIPay {
		prepayID := want.Package[len("prepay_id="):]
		got, err := payJSAPI(t.Context(), s, want.AppID, prepayID, "", stamp{want.TimeStamp, want.NonceStr})
		require.NoError(t, err)
		assert.Equal(t, JSAPIPay{
			AppID: want.AppID, TimeStamp: want.TimeStamp, NonceStr: want.NonceStr,
			Package: want.Package, SignType: "RSA", PaySign: want.PaySign,
		}, got)
	}
	fresh, err := PayJSAPI(t.Context(), s, "wx1", "wx2")
	require.NoError(t, err)
	again, err := PayJSAPI(t.Context(), s, "wx1", "wx2")
	require.NoError(t, err)
	assert.NotEqual(t, fresh.NonceStr, again.NonceStr)
	assert.Regexp(t, `^\d{10}$`, fresh.TimeStamp)

	_, err = PayJSAPI(t.Context(), s, "", "wx2")
	require.ErrorContains(t, err, "app id")
	_, err = PayJSAPI(t.Context(), nil, "wx1", "wx2")
	require.ErrorContains(t, err, "need a signer")
}

func TestAppAndInstalmentParameters(t *testing.T) {
	v := vectors.Load(t)
	key, err := keys.LoadPrivateKey(keys.Text(v.Merchant.PKCS8))
	require.NoError(t, err)
	s, err := signer.New(key)
	require.NoError(t, err)
	verified := func(sign string, lines ...string) {
		t.Helper()
		var message []byte
		for _, line := range lines {
			message = append(append(message, line...), '\n')
		}
		signature, err := base64.StdEncoding.DecodeString(sign)
		require.NoError(t, err)
		require.NoError(t, signer.NewVerifier(keys.Set{"01": &key.PublicKey}, nil).Verify(t.Context(), "01", message, signature))
	}
	require.NotEmpty(t, v.AppPay)
	for _, want := range v.AppPay {
		at := stamp{want.TimeStamp, want.NonceStr}
		app, err := payApp(t.Context(), s, want.AppID, "1900000109", want.PrepayID, "", at)
		require.NoError(t, err)
		assert.Equal(t, AppPay{
			AppID: want.AppID, PartnerID: "1900000109", PrepayID: want.PrepayID, Package: "Sign=WXPay",
			NonceStr: want.NonceStr, TimeStamp: want.TimeStamp, Sign: want.Sign,
		}, app, "as the PHP SDK signs it")

		app, err = Instalment{Number: 12}.payApp(t.Context(), s, want.AppID, "1900000109", want.PrepayID, at)
		require.NoError(t, err)
		assert.Equal(t, "Sign=WXPay&subsidy_period_type=PERIOD&selected_installment_number=12", app.Package)
		assert.Equal(t, want.Sign, app.Sign, "the bare prepay_id is signed")

		web, err := Instalment{Number: 3}.payJSAPI(t.Context(), s, want.AppID, want.PrepayID, at)
		require.NoError(t, err)
		assert.Equal(t, "prepay_id="+want.PrepayID+"&subsidy_period_type=PERIOD&selected_installment_number=3", web.Package)
		verified(web.PaySign, web.AppID, web.TimeStamp, web.NonceStr, web.Package)
	}
	data, err := json.Marshal(AppPay{})
	require.NoError(t, err)
	assert.JSONEq(t, `{"appid":"","partnerid":"","prepayid":"","package":"","noncestr":"","timestamp":"","sign":""}`, string(data))

	_, err = PayApp(t.Context(), s, "wx1", "", "wx2")
	require.ErrorContains(t, err, "partner id")
	_, err = PayApp(t.Context(), s, "wx1", "1", "prepay_id=wx2")
	require.ErrorContains(t, err, "pass the bare values")
	for _, number := range []int{0, -1} {
		_, err = Instalment{number}.PayJSAPI(t.Context(), s, "wx1", "wx2")
		require.ErrorContains(t, err, "Instalment.Number")
		_, err = Instalment{number}.PayApp(t.Context(), s, "wx1", "1", "wx2")
		require.ErrorContains(t, err, "Instalment.Number")
	}
	broken := errors.New("broken")
	failing := signer.Func(func(context.Context, []byte) ([]byte, error) { return nil, broken })
	_, err = PayApp(t.Context(), failing, "wx1", "1", "wx2")
	require.ErrorIs(t, err, broken)
}

func TestH5URL(t *testing.T) {
	for _, tc := range []struct{ h5, redirect, want, err string }{
		{"https://wx.tenpay.com/x?prepay_id=wx1&package=1", "https://shop.example/paid?a=1&b=中 文", "https://wx.tenpay.com/x?prepay_id=wx1&package=1&redirect_url=https%3A%2F%2Fshop.example%2Fpaid%3Fa%3D1%26b%3D%E4%B8%AD%20%E6%96%87", ""},
		{"https://wx.tenpay.com/x", "https://shop.example/", "https://wx.tenpay.com/x?redirect_url=https%3A%2F%2Fshop.example%2F", ""},
		{"https://wx.tenpay.com/x", "shop.example/paid", "", "redirect_url: not an absolute"},
		{"https://wx.tenpay.com/x", "javascript:alert(1)", "", "redirect_url: not an absolute"},
		{"https://wx.tenpay.com/x", "https://user:secret@shop.example/", "", "holds a user name"},
		{"", "https://shop.example/", "", "h5_url: not an absolute"},
		{"https://wx.tenpay.com/x?redirect_url=y", "https://shop.example/", "", "already"},
		{"https://wx.tenpay.com/%", "https://shop.example/", "", "h5_url: invalid URL escape"},
	} {
		got, err := H5URL(tc.h5, tc.redirect)
		if tc.err != "" {
			require.ErrorContains(t, err, tc.err)
			assert.NotContains(t, err.Error(), "secret")
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, tc.want, got)
	}
}

func TestParametersOfTheAPIv2Key(t *testing.T) {
	v := vectors.Load(t)
	compared := 0
	for _, want := range v.V2Sign {
		if want.Type == "HMAC-SHA256" {
			compared++
			sign, err := SignHMAC(want.Params, want.Key)
			require.NoError(t, err)
			assert.Equal(t, want.Sign, sign, "as the PHP SDK signs it")
		}
	}
	assert.Positive(t, compared)
	key := v.APIv2Key
	for name, view := range map[string]func(key string) (BusinessView, error){
		"wxpayScoreUse":    func(key string) (BusinessView, error) { return ScoreUse("1900000109", "AAQTlf/=", key) },
		"wxpayScoreDetail": func(key string) (BusinessView, error) { return ScoreDetail("1900000109", "500001", "O1", key) },
		"wxpayScoreEnable": func(key string) (BusinessView, error) { return ScoreEnable("1900000109", "500001", "R1", key) },
	} {
		opened, err := view(key)
		require.NoError(t, err)
		assert.Equal(t, name, opened.BusinessType)
		sign, err := SignHMAC(opened.ExtraData, key)
		require.NoError(t, err)
		assert.Equal(t, sign, opened.ExtraData["sign"])
		assert.Equal(t, "HMAC-SHA256", opened.ExtraData["sign_type"])
		values, err := url.ParseQuery(opened.QueryString())
		require.NoError(t, err)
		for field, value := range opened.ExtraData {
			assert.Equal(t, value, values.Get(field))
		}
		_, err = view("secret")
		require.ErrorContains(t, err, "the APIv2 key has 6 bytes; it must have 32")
		assert.NotContains(t, err.Error(), "secret")
	}
	_, err := ScoreUse("1900000109", "", key)
	require.ErrorContains(t, err, "wxpayScoreUse needs package")
	_, err = SignHMAC(map[string]string{"a": "", "sign": "x"}, key)
	require.ErrorContains(t, err, "no parameter")
}

func TestCoupons(t *testing.T) {
	key := vectors.Load(t).APIv2Key
	coupons := []Coupon{{StockID: "S1", OutRequestNo: "R1"}, {StockID: "S2", OutRequestNo: "R2", Code: "C2"}}
	offer, err := PayCoupons("1900000109", coupons, key)
	require.NoError(t, err)
	sign, err := SignHMAC(map[string]string{
		"send_coupon_merchant": "1900000109", "stock_id0": "S1", "out_request_no0": "R1", "stock_id1": "S2", "out_request_no1": "R2", "coupon_code1": "C2",
	}, key)
	require.NoError(t, err)
	assert.Equal(t, CouponPay{SendCouponParams: coupons, SendCouponMerchant: "1900000109", Sign: sign}, offer)

	page, err := CouponURL("1900000109", coupons[1], "oUpF8", key)
	require.NoError(t, err)
	u, err := url.Parse(page)
	require.NoError(t, err)
	assert.Equal(t, "https://action.weixin.qq.com/busifavor/getcouponinfo", u.Scheme+"://"+u.Host+u.Path)
	sign, err = SignHMAC(map[string]string{"stock_id": "S2", "out_request_no": "R2", "coupon_code": "C2", "send_coupon_merchant": "1900000109", "open_id": "oUpF8"}, key)
	require.NoError(t, err)
	assert.Equal(t, sign, u.Query().Get("sign"))
	assert.Equal(t, "wechat_pay&wechat_redirect", u.Fragment)

	for want, err := range map[string]error{
		"no coupon to send":           second(PayCoupons("1900000109", nil, key)),
		"coupon 0: it needs":          second(PayCoupons("1900000109", []Coupon{{}}, key)),
		"the APIv2 key has 1 bytes":   second(PayCoupons("1900000109", coupons, "k")),
		"coupon: it needs":            second(CouponURL("", coupons[0], "oUpF8", key)),
		"needs the payer's openid":    second(CouponURL("1900000109", coupons[0], "", key)),
		"signer: the APIv2 key has 2": second(CouponURL("1900000109", coupons[0], "oUpF8", "kk")),
	} {
		require.ErrorContains(t, err, want)
	}
}

func second[T any](_ T, err error) error { return err }
