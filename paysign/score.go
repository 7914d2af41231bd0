package paysign

import (
	"fmt"
	"maps"
	"slices"
)

// A BusinessView is what wx.openBusinessView of a mini program takes to open one of
// WeChat's own pages; its JSON has the names. A web page or a mobile app passes
// QueryString in the place of extraData.
type BusinessView struct {
	BusinessType string            `json:"businessType"`
	ExtraData    map[string]string `json:"extraData"`
}

// QueryString is the extraData as the queryString of WeixinJSBridge's
// openBusinessView, and the query of the open SDK's WXOpenBusinessView: sorted by name,
// percent-encoded.
func (v BusinessView) QueryString() string { return query(v.ExtraData) }

// ScoreUse opens the page on which a payer confirms a payment-score order. pkg is the
// package of the reply that created it. It fails as [SignHMAC] does, and for an empty
// argument; the key is the APIv2 key. The result is good for one use. It is safe for
// concurrent use, as its siblings are.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012587900
func ScoreUse(mchID, pkg, apiV2Key string) (BusinessView, error) {
	return businessView("wxpayScoreUse", map[string]string{"mch_id": mchID, "package": pkg}, apiV2Key, newStamp())
}

// ScoreDetail opens the page that shows a payer a payment-score order. It fails as
// [SignHMAC] does, and for an empty argument; the key is the APIv2 key. The result is
// good for one use.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012587902
func ScoreDetail(mchID, serviceID, outOrderNo, apiV2Key string) (BusinessView, error) {
	return businessView("wxpayScoreDetail", map[string]string{
		"mch_id": mchID, "service_id": serviceID, "out_order_no": outOrderNo,
	}, apiV2Key, newStamp())
}

// ScoreEnable opens the page on which a payer allows a service to use the payment
// score; the webhook PAYSCORE.USER_OPEN_SERVICE repeats the out_request_no. It fails as
// [SignHMAC] does, and for an empty argument; the key is the APIv2 key. The result is
// good for one use.
//
// Where the permission was applied for in advance there is nothing to sign: the
// extraData is the apply_permissions_token of that reply, and nothing else.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012647349
func ScoreEnable(mchID, serviceID, outRequestNo, apiV2Key string) (BusinessView, error) {
	return businessView("wxpayScoreEnable", map[string]string{
		"mch_id": mchID, "service_id": serviceID, "out_request_no": outRequestNo,
	}, apiV2Key, newStamp())
}

// businessView stamps and signs the parameters, all of which are needed.
func businessView(business string, params map[string]string, apiV2Key string, at stamp) (BusinessView, error) {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if params[name] == "" {
			return BusinessView{}, fmt.Errorf("signer: %s needs %s, which is empty", business, name)
		}
	}
	params["timestamp"], params["nonce_str"], params["sign_type"] = at.timestamp, at.nonce, "HMAC-SHA256"
	sign, err := SignHMAC(params, apiV2Key)
	if err != nil {
		return BusinessView{}, err
	}
	params["sign"] = sign
	return BusinessView{BusinessType: business, ExtraData: params}, nil
}
