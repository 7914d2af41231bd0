package paysign

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// A Coupon is one that a payer is offered. Every offer has a request number of its own.
type Coupon struct {
	StockID      string `json:"stock_id"`
	OutRequestNo string `json:"out_request_no"`
	// Code is for stocks whose codes the merchant gives out one by one
	// (coupon_code_mode MERCHANT_API).
	Code string `json:"coupon_code,omitempty"`
}

// CouponPay is what the mini program plug-in send-coupon takes; its JSON has the names
// of its properties.
type CouponPay struct {
	SendCouponParams   []Coupon `json:"send_coupon_params"`
	SendCouponMerchant string   `json:"send_coupon_merchant"`
	Sign               string   `json:"sign"`
}

// PayCoupons signs the offer of coupons in a mini program. merchant is the mchid that
// sends them, and the APIv2 key is its own. It fails as [SignHMAC] does, for an empty
// argument, and without coupons. It is safe for concurrent use.
//
// https://developers.weixin.qq.com/community/pay/article/doc/000aec6d11ce702461202c9186bc13
func PayCoupons(merchant string, coupons []Coupon, apiV2Key string) (CouponPay, error) {
	if len(coupons) == 0 {
		return CouponPay{}, errors.New("signer: no coupon to send")
	}
	params := map[string]string{"send_coupon_merchant": merchant}
	for i, coupon := range coupons {
		if err := coupon.check(merchant); err != nil {
			return CouponPay{}, fmt.Errorf("signer: coupon %d: %w", i, err)
		}
		index := strconv.Itoa(i)
		params["stock_id"+index] = coupon.StockID
		params["out_request_no"+index] = coupon.OutRequestNo
		params["coupon_code"+index] = coupon.Code
	}
	sign, err := SignHMAC(params, apiV2Key)
	if err != nil {
		return CouponPay{}, err
	}
	return CouponPay{SendCouponParams: slices.Clone(coupons), SendCouponMerchant: merchant, Sign: sign}, nil
}

// CouponURL is the page inside of WeChat on which the payer with that openid receives
// a coupon. merchant is the mchid that sends it, and the APIv2 key is its own. It fails
// as [SignHMAC] does, and for an empty argument. It is safe for concurrent use.
//
// https://developers.weixin.qq.com/community/pay/article/doc/000aec6d11ce702461202c9186bc13
func CouponURL(merchant string, coupon Coupon, openID, apiV2Key string) (string, error) {
	if err := coupon.check(merchant); err != nil {
		return "", fmt.Errorf("signer: coupon: %w", err)
	}
	if openID == "" {
		return "", errors.New("signer: a coupon's page needs the payer's openid")
	}
	params := map[string]string{
		"stock_id": coupon.StockID, "out_request_no": coupon.OutRequestNo,
		"send_coupon_merchant": merchant, "open_id": openID,
	}
	if coupon.Code != "" {
		params["coupon_code"] = coupon.Code
	}
	sign, err := SignHMAC(params, apiV2Key)
	if err != nil {
		return "", err
	}
	params["sign"] = sign
	return "https://action.weixin.qq.com/busifavor/getcouponinfo?" + query(params) + "#wechat_pay&wechat_redirect", nil
}

func (c Coupon) check(merchant string) error {
	if merchant == "" || c.StockID == "" || c.OutRequestNo == "" {
		return fmt.Errorf("it needs the sending merchant (%q), a stock_id (%q) and an out_request_no (%q)", merchant, c.StockID, c.OutRequestNo)
	}
	return nil
}
