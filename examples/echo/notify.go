package main

import (
	"context"
	"log"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// newHandler returns the handler of paid orders. settle is called with each order that
// WeChat Pay has signed; if it returns an error, the order comes again.
func newHandler(keys signer.KeySource, apiV3Key cipher.Secret, settle func(ctx context.Context, number string, total int64) error) (*notify.Handler, error) {
	return notify.NewHandler(notify.HandlerConfig{
		Config: notify.Config{Keys: keys, APIv3Key: apiV3Key},
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.TransactionSuccess, OriginalType: "transaction"}: notify.Typed(
				func(ctx context.Context, _ *notify.Event, order notify.Transaction) error {
					return settle(ctx, order.OutTradeNo, order.Amount.Total)
				}),
		},
		OnError: func(_ context.Context, _ *notify.Event, err error) { log.Print(err) },
	})
}
