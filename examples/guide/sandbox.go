package guide

import (
	"context"

	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// PayAndNotify plays the payer of an order, and sends the notification to a URL, twice.
func PayAndNotify(ctx context.Context, gateway *sandbox.Gateway, number, notifyURL string) error {
	if _, err := gateway.Pay(number); err != nil { // of an order that was created
		return err
	}
	paid, err := gateway.PaidNotification(number)
	if err != nil {
		return err
	}
	_, err = gateway.Deliver(ctx, sandbox.Delivery{URL: notifyURL}, paid, paid)
	return err
}

// LoseReplies processes the next refunds, and loses their replies.
func LoseReplies(gateway *sandbox.Gateway, refunds int) error {
	return gateway.Arm(sandbox.FaultRule{
		Method: "POST", Path: "/v3/refund/domestic/refunds", Fault: "drop", Times: refunds,
	})
}
