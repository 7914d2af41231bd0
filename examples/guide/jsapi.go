package guide

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/paysign"
)

// JSAPI places an order for a web page inside WeChat or a mini program, and returns what the
// page needs to open the payment. openid is the payer's, under the appid of the order.
func JSAPI(ctx context.Context, client *wechatpay.Client, order Order, openid string) (paysign.JSAPIParams, error) {
	resp, err := client.Chain("v3/pay/transactions/jsapi").Post(ctx, &wechatpay.Options{
		JSON: wechatpay.M{
			"appid":        order.AppID,
			"mchid":        client.CallerID(),
			"description":  order.Description,
			"out_trade_no": order.OutTradeNo,
			"time_expire":  order.Expires,
			"notify_url":   order.NotifyURL,
			"amount":       wechatpay.M{"total": order.Total, "currency": "CNY"},
			"payer":        wechatpay.M{"openid": openid},
		},
	})
	if err != nil {
		return paysign.JSAPIParams{}, fmt.Errorf("order %s: %w", order.OutTradeNo, err)
	}
	return paysign.JSAPI(ctx, client.Signer(), paysign.JSAPIOrder{
		AppID:    order.AppID,
		PrepayID: resp.Get("prepay_id").String(),
	})
}

// PayHandler answers the page that asks to pay. find returns the order of the user who is
// logged in, with the amount of the database and the user's openid.
func PayHandler(client *wechatpay.Client, find func(*http.Request) (Order, string, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		order, openid, err := find(r)
		if err != nil {
			http.Error(w, "no such order", http.StatusNotFound)
			return
		}
		params, err := JSAPI(r.Context(), client, order, openid)
		if err != nil {
			http.Error(w, "try again", http.StatusBadGateway) // log err: it holds no secret
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(params)
	}
}
