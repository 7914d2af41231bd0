package paysign

import (
	"context"
	"errors"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// AppPay is what the open SDK's PayReq takes to open the payment in a mobile app;
// its JSON has the names of the documentation, all in lower case.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013070351
type AppPay struct {
	AppID     string `json:"appid"`
	PartnerID string `json:"partnerid"`
	PrepayID  string `json:"prepayid"`
	Package   string `json:"package"` // Sign=WXPay
	NonceStr  string `json:"noncestr"`
	TimeStamp string `json:"timestamp"`
	Sign      string `json:"sign"`
}

// PayApp signs the parameters that open an APP payment of a prepay_id. partnerID is
// the mchid that placed the order: of a combined order combine_mchid, in partner
// mode sp_mchid; appID is that of the mobile app, in partner mode sp_appid or
// sub_appid. The result is good for one use. It fails for an empty or malformed
// argument, and with the signer's error; it is as safe for concurrent use as the
// signer.
func PayApp(ctx context.Context, s signer.Signer, appID, partnerID, prepayID string) (AppPay, error) {
	return payApp(ctx, s, appID, partnerID, prepayID, "", newStamp())
}

func payApp(ctx context.Context, s signer.Signer, appID, partnerID, prepayID, extra string, at stamp) (AppPay, error) {
	if partnerID == "" {
		return AppPay{}, errors.New("signer: APP parameters need a partner id: the mchid that placed the order")
	}
	p := AppPay{
		AppID: appID, PartnerID: partnerID, PrepayID: prepayID, Package: "Sign=WXPay" + extra,
		NonceStr: at.nonce, TimeStamp: at.timestamp,
	}
	var err error
	p.Sign, err = signPay(ctx, s, appID, prepayID, p.AppID, p.TimeStamp, p.NonceStr, p.PrepayID)
	if err != nil {
		return AppPay{}, err
	}
	return p, nil
}
