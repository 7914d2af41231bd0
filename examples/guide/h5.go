package guide

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/paysign"
)

// H5 places an order for a browser outside of WeChat, and returns the URL that it opens to
// pay. payer is the payer's own address; back is the page of the shop to return to.
func H5(ctx context.Context, client *wechatpay.Client, order Order, payer netip.Addr, back string) (string, error) {
	resp, err := client.Chain("v3/pay/transactions/h5").Post(ctx, &wechatpay.Options{
		JSON: wechatpay.M{
			"appid":        order.AppID,
			"mchid":        client.CallerID(),
			"description":  order.Description,
			"out_trade_no": order.OutTradeNo,
			"time_expire":  order.Expires,
			"notify_url":   order.NotifyURL,
			"amount":       wechatpay.M{"total": order.Total, "currency": "CNY"},
			"scene_info": wechatpay.M{
				"payer_client_ip": payer.String(),
				"h5_info":         wechatpay.M{"type": "Wap"},
			},
		},
	})
	if err != nil {
		return "", fmt.Errorf("order %s: %w", order.OutTradeNo, err)
	}
	return paysign.H5URL(resp.Get("h5_url").String(), back)
}
