package guide

import (
	"context"
	"fmt"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/openapi/pay"
	"github.com/wechatpay-chain/wechatpay/paysign"
)

// A SubMerchant is a merchant that a service provider places orders for.
type SubMerchant struct {
	MchID string // sub_mchid
	AppID string // sub_appid, bound to it; empty if its orders use the appid of the provider
}

// PartnerOrder places an order of a sub-merchant. The client is the provider's. kind is
// jsapi, app, h5 or native; more is what the kind needs besides, such as payer or scene_info.
func PartnerOrder(ctx context.Context, client *wechatpay.Client, kind string, sub SubMerchant, order Order, more wechatpay.M) (*wechatpay.Response, error) {
	body := wechatpay.M{
		"sp_appid":     order.AppID,
		"sp_mchid":     client.CallerID(),
		"sub_mchid":    sub.MchID,
		"description":  order.Description,
		"out_trade_no": order.OutTradeNo,
		"time_expire":  order.Expires,
		"notify_url":   order.NotifyURL,
		"amount":       wechatpay.M{"total": order.Total, "currency": "CNY"},
	}
	if sub.AppID != "" {
		body["sub_appid"] = sub.AppID
	}
	for name, value := range more {
		body[name] = value
	}
	resp, err := client.Chain("v3/pay/partner/transactions/{kind}").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"kind": kind}, JSON: body,
	})
	if err != nil {
		return nil, fmt.Errorf("order %s of %s: %w", order.OutTradeNo, sub.MchID, err)
	}
	return resp, nil
}

// PartnerJSAPI places an order for a page of the sub-merchant, and signs what opens the
// payment there. subOpenID is the payer's, under the sub_appid.
func PartnerJSAPI(ctx context.Context, client *wechatpay.Client, sub SubMerchant, order Order, subOpenID string) (paysign.JSAPIParams, error) {
	resp, err := PartnerOrder(ctx, client, "jsapi", sub, order, wechatpay.M{"payer": wechatpay.M{"sub_openid": subOpenID}})
	if err != nil {
		return paysign.JSAPIParams{}, err
	}
	return paysign.JSAPI(ctx, client.Signer(), paysign.JSAPIOrder{AppID: sub.AppID, PrepayID: resp.Get("prepay_id").String()})
}

// QueryPartnerOrder asks for an order of a sub-merchant.
func QueryPartnerOrder(ctx context.Context, client *wechatpay.Client, sub SubMerchant, outTradeNo string) (pay.PartnerTransactionsOutTradeNoGetReply, error) {
	reply, err := pay.New(client).Partner().Transactions().OutTradeNo(outTradeNo).Get(ctx, &wechatpay.Options{
		Query: wechatpay.M{"sp_mchid": client.CallerID(), "sub_mchid": sub.MchID},
	})
	if err != nil {
		return pay.PartnerTransactionsOutTradeNoGetReply{}, fmt.Errorf("order %s of %s: %w", outTradeNo, sub.MchID, err)
	}
	trade, err := reply.Data()
	if err == nil && (trade.OutTradeNo != outTradeNo || trade.SubMchID != sub.MchID) {
		err = fmt.Errorf("order %s of %s: the reply is about another one", outTradeNo, sub.MchID)
	}
	return trade, err
}
