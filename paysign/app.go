package paysign

import (
	"context"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// An AppOrder is the input of [App].
type AppOrder struct {
	// AppID is the mobile app: sp_appid or sub_appid in partner mode. Required.
	AppID string
	// PartnerID is the mchid that placed the order: combine_mchid for a combined
	// order, sp_mchid in partner mode. Required.
	PartnerID string
	// PrepayID is the prepay_id of the reply. Required.
	PrepayID string
	// Instalments preselects a number of instalments that the order's subsidy plans
	// offer, such as 3, 6 or 12; 0 leaves the choice to the payer.
	Instalments int
}

// AppParams opens a payment with the PayReq of the open SDK. Its JSON has the
// documented names, all in lower case.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013070351
type AppParams struct {
	AppID     string `json:"appid"`
	PartnerID string `json:"partnerid"`
	PrepayID  string `json:"prepayid"`
	Package   string `json:"package"` // Sign=WXPay
	NonceStr  string `json:"noncestr"`
	TimeStamp string `json:"timestamp"` // in Unix seconds
	Sign      string `json:"sign"`      // base64; of an order of APIv2, upper-case hex
}

// App signs the parameters that open a payment in a mobile app. The result is for one
// use. App returns an error for an empty or malformed field, and the Signer's error. It
// is safe for concurrent use if s is.
func App(ctx context.Context, s signer.Signer, order AppOrder) (AppParams, error) {
	return app(ctx, s, order, newStamp())
}

func app(ctx context.Context, s signer.Signer, order AppOrder, at stamp) (AppParams, error) {
	err := bareIDs(
		field{"AppOrder.AppID", order.AppID, appIDFix},
		field{"AppOrder.PartnerID", order.PartnerID, "set the mchid that placed the order"},
		field{"AppOrder.PrepayID", order.PrepayID, prepayIDFix},
	)
	if err != nil {
		return AppParams{}, err
	}
	extra, err := instalmentQuery("AppOrder.Instalments", order.Instalments)
	if err != nil {
		return AppParams{}, err
	}
	p := AppParams{
		AppID: order.AppID, PartnerID: order.PartnerID, PrepayID: order.PrepayID, Package: "Sign=WXPay" + extra,
		NonceStr: at.nonce, TimeStamp: at.timestamp,
	}
	// The bare prepay_id is signed: the instalments stand in the package only.
	p.Sign, err = signLines(ctx, s, p.AppID, p.TimeStamp, p.NonceStr, p.PrepayID)
	if err != nil {
		return AppParams{}, err
	}
	return p, nil
}
