package paysign

import (
	"fmt"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// An OrderV2 is an order of APIv2, the input of [JSAPIV2] and [AppV2]. It has the names of
// the reply of v2/pay/unifiedorder, so that the reply can be decoded into it:
//
//	var order paysign.OrderV2
//	if err := reply.Decode(&order); err != nil {
//		return err
//	}
//	params, err := paysign.JSAPIV2(order, apiV2Key)
//
// Order and parameters must be signed with the same digest, or the payment fails on the
// payer's device. WeChat Pay signs its reply with that of the order: the sign tells which.
type OrderV2 struct {
	// AppID is the app that opens the payment. In partner mode, it is the sub_appid in place
	// of the appid of the reply, if the order has one. Required.
	AppID string `json:"appid"`
	// MchID is the merchant that placed the order: the partner in partner mode. Required by
	// [AppV2].
	MchID string `json:"mch_id"`
	// PrepayID is the prepay_id of the reply. Required.
	PrepayID string `json:"prepay_id"`
	// Sign is the sign of the reply. Required, unless Digest is set.
	Sign string `json:"sign"`
	// Digest is the sign_type of the order, for an order whose reply is gone. If Sign is set
	// too and has another digest, the order is refused.
	Digest signer.Digest `json:"sign_type"`
}

// digest returns the digest that the order was placed with.
func (o OrderV2) digest() (signer.Digest, error) {
	switch {
	case o.Sign == "" && o.Digest == "":
		return "", fmt.Errorf("paysign: OrderV2.Sign is empty; set the sign of the reply, or OrderV2.Digest to the sign_type of the order")
	case o.Sign == "":
		if err := o.Digest.Check(); err != nil {
			return "", fmt.Errorf("paysign: OrderV2.Digest: %w", err)
		}
		return o.Digest, nil
	}
	told, err := signer.DigestOf(o.Sign)
	switch {
	case err != nil:
		return "", fmt.Errorf("paysign: OrderV2.Sign: %w; set the sign of the reply", err)
	case o.Digest != "" && o.Digest != told:
		return "", fmt.Errorf("paysign: OrderV2.Digest is %.20q, but the reply is signed with %s; an order has one digest throughout: leave Digest out", string(o.Digest), told)
	}
	return told, nil
}

// JSAPIV2 signs the parameters that open a JSAPI or mini program payment of an order of
// APIv2, with the digest of the order. The result is for one use. JSAPIV2 returns an error
// for an empty or malformed field, and for two digests. It is safe for concurrent use.
//
// https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=7_7&index=6
func JSAPIV2(order OrderV2, apiV2Key cipher.Secret) (JSAPIParams, error) {
	return jsapiV2(order, apiV2Key, newStamp())
}

func jsapiV2(order OrderV2, apiV2Key cipher.Secret, at stamp) (JSAPIParams, error) {
	if err := bareIDs(field{"OrderV2.AppID", order.AppID, appIDFix}, field{"OrderV2.PrepayID", order.PrepayID, prepayIDFix}); err != nil {
		return JSAPIParams{}, err
	}
	digest, err := order.digest()
	if err != nil {
		return JSAPIParams{}, err
	}
	p := JSAPIParams{
		AppID: order.AppID, TimeStamp: at.timestamp, NonceStr: at.nonce, Package: "prepay_id=" + order.PrepayID, SignType: string(digest),
	}
	p.PaySign, err = signDigest(digest, map[string]string{
		"appId": p.AppID, "timeStamp": p.TimeStamp, "nonceStr": p.NonceStr, "package": p.Package, "signType": p.SignType,
	}, apiV2Key)
	if err != nil {
		return JSAPIParams{}, err
	}
	return p, nil
}

// AppV2 signs the parameters that open the payment of an order of APIv2 in a mobile app,
// with the digest of the order. The result is for one use. AppV2 returns an error for an
// empty or malformed field, and for two digests. It is safe for concurrent use.
//
// https://pay.weixin.qq.com/wiki/doc/api/app/app.php?chapter=9_12&index=2
func AppV2(order OrderV2, apiV2Key cipher.Secret) (AppParams, error) {
	return appV2(order, apiV2Key, newStamp())
}

func appV2(order OrderV2, apiV2Key cipher.Secret, at stamp) (AppParams, error) {
	err := bareIDs(
		field{"OrderV2.AppID", order.AppID, appIDFix},
		field{"OrderV2.MchID", order.MchID, "set the mch_id that placed the order"},
		field{"OrderV2.PrepayID", order.PrepayID, prepayIDFix},
	)
	if err != nil {
		return AppParams{}, err
	}
	digest, err := order.digest()
	if err != nil {
		return AppParams{}, err
	}
	p := AppParams{
		AppID: order.AppID, PartnerID: order.MchID, PrepayID: order.PrepayID, Package: "Sign=WXPay", NonceStr: at.nonce, TimeStamp: at.timestamp,
	}
	p.Sign, err = signDigest(digest, map[string]string{
		"appid": p.AppID, "partnerid": p.PartnerID, "prepayid": p.PrepayID, "package": p.Package, "noncestr": p.NonceStr, "timestamp": p.TimeStamp,
	}, apiV2Key)
	if err != nil {
		return AppParams{}, err
	}
	return p, nil
}
