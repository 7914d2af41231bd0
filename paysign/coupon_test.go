package paysign_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/paysign"
)

var coupons = []paysign.Coupon{{StockID: "S1", OutRequestNo: "R1"}, {StockID: "S2", OutRequestNo: "R2", Code: "C2"}}

func TestCoupons(t *testing.T) {
	t.Parallel()
	key := cipher.NewSecret(vectors.Load(t).APIv2Key)
	params, err := paysign.Coupons(paysign.CouponOffer{MchID: "1900000109", Coupons: coupons}, key)
	require.NoError(t, err)
	sign, err := paysign.HMAC(map[string]string{
		"send_coupon_merchant": "1900000109", "stock_id0": "S1", "out_request_no0": "R1",
		"stock_id1": "S2", "out_request_no1": "R2", "coupon_code1": "C2",
	}, key)
	require.NoError(t, err)
	assert.Equal(t, paysign.CouponParams{SendCouponParams: coupons, SendCouponMerchant: "1900000109", Sign: sign}, params)
	assert.NotSame(t, &coupons[0], &params.SendCouponParams[0])
}

func TestCouponsErrors(t *testing.T) {
	t.Parallel()
	key := cipher.NewSecret(vectors.Load(t).APIv2Key)
	for _, tc := range []struct {
		name  string
		offer paysign.CouponOffer
		key   cipher.Secret
		want  string
	}{
		{"no mchid", paysign.CouponOffer{Coupons: coupons}, key, "paysign: CouponOffer.MchID is empty; set the mchid that sends the coupon"},
		{"no coupon", paysign.CouponOffer{MchID: "1"}, key, "paysign: CouponOffer.Coupons is empty; add a coupon"},
		{
			"no stock", paysign.CouponOffer{MchID: "1", Coupons: []paysign.Coupon{{}}}, key,
			"paysign: CouponOffer.Coupons[0].StockID is empty; set the stock_id of the coupon's stock",
		},
		{
			"no request number", paysign.CouponOffer{MchID: "1", Coupons: []paysign.Coupon{coupons[0], {StockID: "S"}}}, key,
			"paysign: CouponOffer.Coupons[1].OutRequestNo is empty; set a unique request number",
		},
		{
			"short key", paysign.CouponOffer{MchID: "1", Coupons: coupons}, cipher.NewSecret("k"),
			"paysign: APIv2 key has length 1; use the key of 32 bytes from the merchant platform",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			params, err := paysign.Coupons(tc.offer, tc.key)
			require.EqualError(t, err, tc.want)
			assert.Zero(t, params)
		})
	}
}

func TestCouponURL(t *testing.T) {
	t.Parallel()
	key := cipher.NewSecret(vectors.Load(t).APIv2Key)
	for _, tc := range []struct {
		name   string
		coupon paysign.Coupon
		want   map[string]string
	}{
		{"without a code", coupons[0], map[string]string{"stock_id": "S1", "out_request_no": "R1"}},
		{"with a code", coupons[1], map[string]string{"stock_id": "S2", "out_request_no": "R2", "coupon_code": "C2"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			page, err := paysign.CouponURL(paysign.CouponPage{MchID: "1900000109", OpenID: "oUpF8", Coupon: tc.coupon}, key)
			require.NoError(t, err)
			u, err := url.Parse(page)
			require.NoError(t, err)
			assert.Equal(t, "https://action.weixin.qq.com/busifavor/getcouponinfo", u.Scheme+"://"+u.Host+u.Path)
			assert.Equal(t, "wechat_pay&wechat_redirect", u.Fragment)
			tc.want["send_coupon_merchant"], tc.want["open_id"] = "1900000109", "oUpF8"
			tc.want["sign"], err = paysign.HMAC(tc.want, key)
			require.NoError(t, err)
			assert.Len(t, u.Query(), len(tc.want))
			for field, value := range tc.want {
				assert.Equal(t, value, u.Query().Get(field))
			}
		})
	}
}

func TestCouponURLErrors(t *testing.T) {
	t.Parallel()
	key := cipher.NewSecret(vectors.Load(t).APIv2Key)
	for _, tc := range []struct {
		name string
		page paysign.CouponPage
		key  cipher.Secret
		want string
	}{
		{
			"no mchid", paysign.CouponPage{OpenID: "o", Coupon: coupons[0]}, key,
			"paysign: CouponPage.MchID is empty; set the mchid that sends the coupon",
		},
		{"no openid", paysign.CouponPage{MchID: "1", Coupon: coupons[0]}, key, "paysign: CouponPage.OpenID is empty; set the payer's openid"},
		{
			"no stock", paysign.CouponPage{MchID: "1", OpenID: "o"}, key,
			"paysign: CouponPage.Coupon.StockID is empty; set the stock_id of the coupon's stock",
		},
		{
			"no request number", paysign.CouponPage{MchID: "1", OpenID: "o", Coupon: paysign.Coupon{StockID: "S"}}, key,
			"paysign: CouponPage.Coupon.OutRequestNo is empty; set a unique request number",
		},
		{
			"short key", paysign.CouponPage{MchID: "1", OpenID: "o", Coupon: coupons[0]}, cipher.NewSecret("kk"),
			"paysign: APIv2 key has length 2; use the key of 32 bytes from the merchant platform",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := paysign.CouponURL(tc.page, tc.key)
			require.EqualError(t, err, tc.want)
		})
	}
}
