package main

import (
	"context"

	"github.com/wechatpay-chain/wechatpay"
)

// ourCall returns the call by this library. cfg has what signs and verifies, and how it is sent.
func ourCall(cfg wechatpay.Config) (call, error) {
	cfg.MchID, cfg.Serial = mchid, serial
	client, err := wechatpay.New(cfg)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, number string) (string, error) {
		body := newOrder(number)
		resp, err := client.Chain(orderPath).Post(ctx, &wechatpay.Options{JSON: &body})
		if err != nil {
			return "", err
		}
		return resp.Get("prepay_id").String(), nil
	}, nil
}
