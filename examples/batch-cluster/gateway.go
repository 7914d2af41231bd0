package main

import (
	"context"
	"fmt"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// openGateway starts the embedded gateway, with paid orders, and returns a client of its merchant.
func openGateway(ctx context.Context, orders int) (client *wechatpay.Client, end func(), err error) {
	gateway, err := sandbox.New(sandbox.Config{})
	if err != nil {
		return nil, nil, err
	}
	server, err := gateway.Start()
	if err != nil {
		return nil, nil, err
	}
	c := gateway.Credentials()
	client, err = wechatpay.New(wechatpay.Config{
		MchID: c.MchID, Serial: c.Serial, PrivateKey: c.PrivateKey, PlatformKeys: c.PlatformKeys(), BaseURL: server.URL,
	})
	for i := 0; i < orders && err == nil; i++ {
		err = pay(ctx, gateway, client, fmt.Sprintf("ORDER%06d", i))
	}
	if err != nil {
		server.Close()
		return nil, nil, err
	}
	return client, server.Close, nil
}

func pay(ctx context.Context, gateway *sandbox.Gateway, client *wechatpay.Client, number string) error {
	_, err := client.Chain("v3/pay/transactions/native").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
		"appid": "wxd678efh567hg6787", "mchid": gateway.Credentials().MchID, "description": "x", "out_trade_no": number,
		"notify_url": "https://example.com/notify", "amount": wechatpay.M{"total": 100},
	}})
	if err != nil {
		return err
	}
	_, err = gateway.Pay(number)
	return err
}
