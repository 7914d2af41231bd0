package guide

import (
	"cmp"
	"context"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// NewOverseasClient adds to a Config the hosts for merchants outside of the mainland.
func NewOverseasClient(cfg wechatpay.Config) (*wechatpay.Client, error) {
	if cfg.BaseURL == "" { // otherwise a sandbox or a proxy
		cfg.Failover = middleware.Overseas() // Hong Kong, United States, Europe
	}
	cfg.BaseURL = cmp.Or(cfg.BaseURL, "https://apihk.mch.weixin.qq.com/")
	return wechatpay.New(cfg)
}

// OverseasOrder places a JSAPI order of a merchant in another currency. total is in the smallest unit
// of it.
func OverseasOrder(ctx context.Context, client *wechatpay.Client, number, openID, currency string, total int64) (prepayID string, err error) {
	reply, err := client.Chain("v3/global/transactions/jsapi").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
		"appid":                  "wxd678efh567hg6787",
		"mchid":                  client.CallerID(),
		"trade_type":             "JSAPI",
		"merchant_category_code": "4111",
		"description":            "Tea",
		"out_trade_no":           number,
		"notify_url":             "https://example.com/wechatpay/overseas",
		"amount":                 wechatpay.M{"total": total, "currency": currency},
		"payer":                  wechatpay.M{"openid": openID},
	}})
	if err != nil {
		return "", err
	}
	return reply.Get("prepay_id").String(), nil
}

// OverseasState asks for the trade_state of an order.
func OverseasState(ctx context.Context, client *wechatpay.Client, number string) (string, error) {
	reply, err := client.Chain("v3/global/transactions/out-trade-no/{out_trade_no}").Get(ctx, &wechatpay.Options{
		Vars:  wechatpay.M{"out_trade_no": number},
		Query: wechatpay.M{"mchid": client.CallerID()},
	})
	if err != nil {
		return "", err
	}
	return reply.Get("trade_state").String(), nil
}
