package guide

import (
	"context"
	"errors"

	"github.com/wechatpay-chain/wechatpay"
)

// ErrPaid means that an order can no longer be cancelled.
var ErrPaid = errors.New("the order is paid")

// CancelOrder closes an order that is not paid. It is the function that the page tests.
func CancelOrder(ctx context.Context, client *wechatpay.Client, mchID, number string) error {
	_, err := client.Chain("v3/pay/transactions/out-trade-no/{out_trade_no}/close").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"out_trade_no": number},
		JSON: wechatpay.M{"mchid": mchID},
	})
	var api *wechatpay.APIError
	if errors.As(err, &api) && api.Verified && api.Code == "ORDERPAID" {
		return ErrPaid
	}
	return err
}
