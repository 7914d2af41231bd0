package guide

import (
	"context"
	"errors"
	"fmt"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/micropay"
)

// Charge charges the payer of a payment code, and waits until it is known what became of it:
// a minute or two at most. paid is true only if WeChat Pay says so.
func Charge(ctx context.Context, client *wechatpay.Client, order Order, authCode, tillIP string) (paid bool, err error) {
	_, err = micropay.Pay(ctx, client, wechatpay.M{
		"appid":            order.AppID,
		"body":             order.Description,
		"out_trade_no":     order.OutTradeNo,
		"total_fee":        order.Total,
		"auth_code":        authCode,
		"spbill_create_ip": tillIP,
	}, nil)
	var failed *micropay.Error
	switch {
	case err == nil:
		return true, nil
	case errors.As(err, &failed) && failed.State != micropay.Unknown:
		return false, nil // refused, or reversed: take another code, with a new number
	case wechatpay.OutcomeUnknown(err):
		return false, fmt.Errorf("%w: neither hand out the goods nor charge again: %w", ErrUnsettled, err)
	default:
		return false, err // nothing was charged: correct the call
	}
}

// ChargeOnce is one call of API v3: it charges, and returns the state, which is SUCCESS, or
// USERPAYING while the payer enters the password. Then query every 5 seconds.
func ChargeOnce(ctx context.Context, client *wechatpay.Client, order Order, authCode, storeID string) (state string, err error) {
	resp, err := client.Chain("v3/pay/transactions/codepay").Post(ctx, &wechatpay.Options{
		JSON: wechatpay.M{
			"appid":        order.AppID,
			"mchid":        client.CallerID(),
			"description":  order.Description,
			"out_trade_no": order.OutTradeNo,
			"amount":       wechatpay.M{"total": order.Total, "currency": "CNY"},
			"payer":        wechatpay.M{"auth_code": authCode},
			"scene_info":   wechatpay.M{"store_info": wechatpay.M{"id": storeID}},
		},
	})
	if err != nil {
		return "", fmt.Errorf("order %s: %w", order.OutTradeNo, err) // OutcomeUnknown: query it
	}
	return resp.Get("trade_state").String(), nil
}

// Reverse gives back what was charged, if anything was, and ends the order. It is for a
// payment whose outcome stays unknown, or that takes too long.
func Reverse(ctx context.Context, client *wechatpay.Client, order Order) error {
	_, err := client.Chain("v3/pay/transactions/out-trade-no/{out_trade_no}/reverse").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"out_trade_no": order.OutTradeNo},
		JSON: wechatpay.M{"appid": order.AppID, "mchid": client.CallerID()},
	})
	if err != nil {
		return fmt.Errorf("reverse %s: %w", order.OutTradeNo, err)
	}
	return nil
}
