package main

import (
	"context"
	"errors"
	"io"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// openGateway starts the embedded gateway, in which the orders of the refunds are paid, and returns
// a client of its merchant. Against WeChat Pay, all of this is a wechatpay.New.
func openGateway(ctx context.Context, dir string, refunds io.ReadSeeker) (client *wechatpay.Client, end func() error, err error) {
	gateway, err := sandbox.Open(sandbox.Config{}, dir)
	if err != nil {
		return nil, nil, err
	}
	server, err := gateway.Start()
	if err != nil {
		return nil, nil, err
	}
	end = func() error {
		server.Close()
		return gateway.Save(dir)
	}
	c := gateway.Credentials()
	client, err = wechatpay.New(wechatpay.Config{
		MchID: c.MchID, Serial: c.Serial, PrivateKey: c.PrivateKey, PlatformKeys: c.PlatformKeys(), BaseURL: server.URL,
	})
	if err == nil {
		err = payOrders(ctx, gateway, client, refunds)
	}
	if err != nil {
		return nil, nil, errors.Join(err, end())
	}
	return client, end, nil
}

// payOrders pays the orders that are to be refunded. A second time, it does nothing.
func payOrders(ctx context.Context, gateway *sandbox.Gateway, client *wechatpay.Client, refunds io.ReadSeeker) error {
	for job, err := range batch.Bodies(refunds, batch.Job{}) {
		if err != nil {
			continue // the batch tells of it
		}
		body := wechatpay.NewDocument(job.Body)
		number := body.Get("out_trade_no").String()
		_, err := client.Chain("v3/pay/transactions/native").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
			"appid": "wxd678efh567hg6787", "mchid": gateway.Credentials().MchID, "description": "x", "out_trade_no": number,
			"notify_url": "https://example.com/notify", "amount": wechatpay.M{"total": body.Get("amount.total").Int()},
		}})
		var paid *wechatpay.APIError
		if errors.As(err, &paid) && paid.Code == "ORDERPAID" {
			continue
		}
		if err != nil {
			return err
		}
		if _, err := gateway.Pay(number); err != nil {
			return err
		}
	}
	_, err := refunds.Seek(0, io.SeekStart)
	return err
}
