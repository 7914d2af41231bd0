package guide

import (
	"context"
	"fmt"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/paysign"
)

// App places an order for a mobile app, and returns what the open SDK needs to open the
// payment. The appid of the order is that of the app.
func App(ctx context.Context, client *wechatpay.Client, order Order) (paysign.AppParams, error) {
	resp, err := client.Chain("v3/pay/transactions/app").Post(ctx, &wechatpay.Options{
		JSON: wechatpay.M{
			"appid":        order.AppID,
			"mchid":        client.CallerID(),
			"description":  order.Description,
			"out_trade_no": order.OutTradeNo,
			"time_expire":  order.Expires,
			"notify_url":   order.NotifyURL,
			"amount":       wechatpay.M{"total": order.Total, "currency": "CNY"},
		},
	})
	if err != nil {
		return paysign.AppParams{}, fmt.Errorf("order %s: %w", order.OutTradeNo, err)
	}
	return paysign.App(ctx, client.Signer(), paysign.AppOrder{
		AppID:     order.AppID,
		PartnerID: client.CallerID(),
		PrepayID:  resp.Get("prepay_id").String(),
	})
}
