package paysign

import (
	"context"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// A JSAPIOrder is the input of [JSAPI].
type JSAPIOrder struct {
	// AppID is the app that opens the payment: combine_appid for a combined order,
	// sp_appid or sub_appid in partner mode. Required.
	AppID string
	// PrepayID is the prepay_id of the reply. Required.
	PrepayID string
	// Instalments preselects a number of instalments that the order's subsidy plans
	// offer, such as 3, 6 or 12; 0 leaves the choice to the payer.
	Instalments int
}

// JSAPIParams opens a payment with WeixinJSBridge or a mini program's
// wx.requestPayment. A mini program omits appId, which is signed nevertheless.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012791857
type JSAPIParams struct {
	AppID     string `json:"appId"`
	TimeStamp string `json:"timeStamp"` // in Unix seconds
	NonceStr  string `json:"nonceStr"`
	Package   string `json:"package"`  // prepay_id=…
	SignType  string `json:"signType"` // RSA; of an order of APIv2, its digest
	PaySign   string `json:"paySign"`  // base64; of an order of APIv2, upper-case hex
}

// JSAPI signs the parameters that open a JSAPI or mini program payment. The result is for
// one use. JSAPI returns an error for an empty or malformed field, and the Signer's
// error. It is safe for concurrent use if s is.
func JSAPI(ctx context.Context, s signer.Signer, order JSAPIOrder) (JSAPIParams, error) {
	return jsapi(ctx, s, order, newStamp())
}

func jsapi(ctx context.Context, s signer.Signer, order JSAPIOrder, at stamp) (JSAPIParams, error) {
	const appID, prepayID, instalments = "JSAPIOrder.AppID", "JSAPIOrder.PrepayID", "JSAPIOrder.Instalments"
	if err := bareIDs(field{appID, order.AppID, appIDFix}, field{prepayID, order.PrepayID, prepayIDFix}); err != nil {
		return JSAPIParams{}, err
	}
	extra, err := instalmentQuery(instalments, order.Instalments)
	if err != nil {
		return JSAPIParams{}, err
	}
	p := JSAPIParams{
		AppID: order.AppID, TimeStamp: at.timestamp, NonceStr: at.nonce,
		Package: "prepay_id=" + order.PrepayID + extra, SignType: "RSA",
	}
	p.PaySign, err = signLines(ctx, s, p.AppID, p.TimeStamp, p.NonceStr, p.Package)
	if err != nil {
		return JSAPIParams{}, err
	}
	return p, nil
}
