package guide

import (
	"context"
	"encoding/json"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/paysign"
)

// PageParams returns what a page in WeChat, or a mini program, needs to open the payment.
func PageParams(ctx context.Context, client *wechatpay.Client, appID, prepayID string) ([]byte, error) {
	params, err := paysign.JSAPI(ctx, client.Signer(), paysign.JSAPIOrder{AppID: appID, PrepayID: prepayID})
	if err != nil {
		return nil, err
	}
	return json.Marshal(params) // {"appId": …, "timeStamp": …, "package": "prepay_id=…", "paySign": …}
}

// AppParams returns what a mobile app needs to open the payment.
func AppParams(ctx context.Context, client *wechatpay.Client, appID, prepayID string) ([]byte, error) {
	params, err := paysign.App(ctx, client.Signer(), paysign.AppOrder{
		AppID: appID, PartnerID: client.CallerID(), PrepayID: prepayID,
	})
	if err != nil {
		return nil, err
	}
	return json.Marshal(params)
}
