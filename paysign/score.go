package paysign

import "github.com/wechatpay-chain/wechatpay/cipher"

// ScoreParams opens a page of the payment score with a mini program's
// wx.openBusinessView; its JSON has the names. A web page or a mobile app passes
// [ScoreParams.QueryString] in place of extraData.
type ScoreParams struct {
	BusinessType string            `json:"businessType"`
	ExtraData    map[string]string `json:"extraData"`
}

// QueryString returns the extraData sorted by name and percent-encoded: the queryString
// of WeixinJSBridge's openBusinessView, and the query of the open SDK's
// WXOpenBusinessView.
func (p ScoreParams) QueryString() string { return query(p.ExtraData) }

// A ScoreUseRequest is the input of [ScoreUse]. All fields are required.
type ScoreUseRequest struct {
	MchID   string
	Package string // of the reply that created the order
}

// ScoreUse signs the parameters that open the page on which a payer confirms a
// payment-score order. The result is for one use. ScoreUse returns an error for an empty
// field and the errors of [HMAC]. It is safe for concurrent use.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012587900
func ScoreUse(r ScoreUseRequest, apiV2Key cipher.Secret) (ScoreParams, error) {
	err := required(
		field{"ScoreUseRequest.MchID", r.MchID, mchIDFix},
		field{"ScoreUseRequest.Package", r.Package, "set the package of the reply that created the order"},
	)
	if err != nil {
		return ScoreParams{}, err
	}
	return score("wxpayScoreUse", map[string]string{"mch_id": r.MchID, "package": r.Package}, apiV2Key)
}

// A ScoreDetailRequest is the input of [ScoreDetail]. All fields are required.
type ScoreDetailRequest struct {
	MchID      string
	ServiceID  string
	OutOrderNo string // the merchant's number of the order
}

// ScoreDetail signs the parameters that open the page that shows a payment-score order.
// The result is for one use. ScoreDetail returns an error for an empty field and the
// errors of [HMAC]. It is safe for concurrent use.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012587902
func ScoreDetail(r ScoreDetailRequest, apiV2Key cipher.Secret) (ScoreParams, error) {
	err := required(
		field{"ScoreDetailRequest.MchID", r.MchID, mchIDFix},
		field{"ScoreDetailRequest.ServiceID", r.ServiceID, serviceIDFix},
		field{"ScoreDetailRequest.OutOrderNo", r.OutOrderNo, "set the out_order_no of the order"},
	)
	if err != nil {
		return ScoreParams{}, err
	}
	return score("wxpayScoreDetail", map[string]string{
		"mch_id": r.MchID, "service_id": r.ServiceID, "out_order_no": r.OutOrderNo,
	}, apiV2Key)
}

// A ScoreEnableRequest is the input of [ScoreEnable]. All fields are required.
type ScoreEnableRequest struct {
	MchID        string
	ServiceID    string
	OutRequestNo string // unique; the webhook PAYSCORE.USER_OPEN_SERVICE repeats it
}

// ScoreEnable signs the parameters that open the page on which a payer allows a service
// to use the payment score. The result is for one use. ScoreEnable returns an error for
// an empty field and the errors of [HMAC]. It is safe for concurrent use.
//
// After an application for the permission in advance, nothing is signed: the extraData is
// the apply_permissions_token of that reply only.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012647349
func ScoreEnable(r ScoreEnableRequest, apiV2Key cipher.Secret) (ScoreParams, error) {
	err := required(
		field{"ScoreEnableRequest.MchID", r.MchID, mchIDFix},
		field{"ScoreEnableRequest.ServiceID", r.ServiceID, serviceIDFix},
		field{"ScoreEnableRequest.OutRequestNo", r.OutRequestNo, "set a unique request number"},
	)
	if err != nil {
		return ScoreParams{}, err
	}
	return score("wxpayScoreEnable", map[string]string{
		"mch_id": r.MchID, "service_id": r.ServiceID, "out_request_no": r.OutRequestNo,
	}, apiV2Key)
}

const serviceIDFix = "set the service_id of the merchant's payment-score service"

// score stamps and signs params.
func score(businessType string, params map[string]string, apiV2Key cipher.Secret) (ScoreParams, error) {
	at := newStamp()
	params["timestamp"], params["nonce_str"], params["sign_type"] = at.timestamp, at.nonce, "HMAC-SHA256"
	sign, err := HMAC(params, apiV2Key)
	if err != nil {
		return ScoreParams{}, err
	}
	params["sign"] = sign
	return ScoreParams{BusinessType: businessType, ExtraData: params}, nil
}
