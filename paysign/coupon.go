package paysign

import (
	"errors"
	"slices"
	"strconv"

	"github.com/wechatpay-chain/wechatpay/cipher"
)

// A Coupon is offered to a payer. Every offer needs a new request number.
type Coupon struct {
	StockID      string `json:"stock_id"`       // required
	OutRequestNo string `json:"out_request_no"` // required
	// Code is for stocks whose codes the merchant distributes (coupon_code_mode
	// MERCHANT_API).
	Code string `json:"coupon_code,omitempty"`
}

// A CouponOffer is the input of [Coupons]. All fields are required.
type CouponOffer struct {
	MchID   string // of the merchant that sends the coupons
	Coupons []Coupon
}

// CouponParams is the input of the mini program plug-in send-coupon; its JSON has the
// names of the plug-in's properties.
type CouponParams struct {
	SendCouponParams   []Coupon `json:"send_coupon_params"`
	SendCouponMerchant string   `json:"send_coupon_merchant"`
	Sign               string   `json:"sign"`
}

// Coupons signs the offer of coupons in a mini program, with the APIv2 key of the
// merchant that sends them. It returns an error for an empty field and the errors of
// [HMAC]. It is safe for concurrent use.
//
// https://developers.weixin.qq.com/community/pay/article/doc/000aec6d11ce702461202c9186bc13
func Coupons(offer CouponOffer, apiV2Key cipher.Secret) (CouponParams, error) {
	if err := required(field{"CouponOffer.MchID", offer.MchID, couponMchIDFix}); err != nil {
		return CouponParams{}, err
	}
	if len(offer.Coupons) == 0 {
		return CouponParams{}, errors.New("paysign: CouponOffer.Coupons is empty; add a coupon")
	}
	params := map[string]string{"send_coupon_merchant": offer.MchID}
	for i, coupon := range offer.Coupons {
		index := strconv.Itoa(i)
		if err := coupon.check("CouponOffer.Coupons[" + index + "]"); err != nil {
			return CouponParams{}, err
		}
		params["stock_id"+index] = coupon.StockID
		params["out_request_no"+index] = coupon.OutRequestNo
		params["coupon_code"+index] = coupon.Code
	}
	sign, err := HMAC(params, apiV2Key)
	if err != nil {
		return CouponParams{}, err
	}
	return CouponParams{SendCouponParams: slices.Clone(offer.Coupons), SendCouponMerchant: offer.MchID, Sign: sign}, nil
}

// A CouponPage is the input of [CouponURL]. All fields are required.
type CouponPage struct {
	MchID  string // of the merchant that sends the coupon
	OpenID string // of the payer
	Coupon Coupon
}

// CouponURL returns the URL of the page inside WeChat on which a payer receives a coupon,
// signed with the APIv2 key of the merchant that sends it. It returns an error for an
// empty field and the errors of [HMAC]. It is safe for concurrent use.
//
// https://developers.weixin.qq.com/community/pay/article/doc/000aec6d11ce702461202c9186bc13
func CouponURL(page CouponPage, apiV2Key cipher.Secret) (string, error) {
	err := required(
		field{"CouponPage.MchID", page.MchID, couponMchIDFix},
		field{"CouponPage.OpenID", page.OpenID, "set the payer's openid"},
	)
	if err != nil {
		return "", err
	}
	if err := page.Coupon.check("CouponPage.Coupon"); err != nil {
		return "", err
	}
	params := map[string]string{
		"stock_id": page.Coupon.StockID, "out_request_no": page.Coupon.OutRequestNo,
		"send_coupon_merchant": page.MchID, "open_id": page.OpenID,
	}
	if page.Coupon.Code != "" {
		params["coupon_code"] = page.Coupon.Code
	}
	sign, err := HMAC(params, apiV2Key)
	if err != nil {
		return "", err
	}
	params["sign"] = sign
	return "https://action.weixin.qq.com/busifavor/getcouponinfo?" + query(params) + "#wechat_pay&wechat_redirect", nil
}

const couponMchIDFix = "set the mchid that sends the coupon"

func (c Coupon) check(name string) error {
	return required(
		field{name + ".StockID", c.StockID, "set the stock_id of the coupon's stock"},
		field{name + ".OutRequestNo", c.OutRequestNo, "set a unique request number"},
	)
}
