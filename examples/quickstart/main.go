// Quickstart makes one call: it starts an embedded gateway on loopback, sends it a signed
// order, verifies the signed reply, and prints the prepay_id.
//
//	go run ./examples/quickstart
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	gateway, err := sandbox.New(sandbox.Config{})
	if err != nil {
		return err
	}
	server, err := gateway.Start()
	if err != nil {
		return err
	}
	defer server.Close()
	fmt.Println("gateway  ", server.URL, "(embedded; it checks and signs as WeChat Pay does)")

	merchant := gateway.Credentials()
	c, err := wechatpay.New(wechatpay.Config{
		MchID:        merchant.MchID,
		Serial:       merchant.Serial,
		PrivateKey:   merchant.PrivateKey,
		PlatformKeys: merchant.PlatformKeys(),
		BaseURL:      server.URL,
	})
	if err != nil {
		return err
	}
	fmt.Println("client   ", c)

	resp, err := c.Chain("v3/pay/transactions/jsapi-with-contract").Post(ctx, &wechatpay.Options{
		JSON: wechatpay.M{
			"appid":        "wxd678efh567hg6787",
			"mchid":        merchant.MchID,
			"description":  "Image形象店-深圳腾大-QQ公仔",
			"out_trade_no": "1217752501201407033233368018",
			"notify_url":   "https://www.weixin.qq.com/wxpay/pay.php",
			"amount":       wechatpay.M{"total": 100, "currency": "CNY"},
			"payer":        wechatpay.M{"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
			"contract_info": wechatpay.M{
				"contract_code":            "100001256",
				"contract_display_account": "微信代扣",
			},
		},
	})
	if err != nil {
		return err
	}
	fmt.Println("request  ", "POST", resp.Request.URL.RequestURI())
	fmt.Println("reply    ", resp.Status, "request id", resp.RequestID())
	fmt.Println("verified ", resp.Verified, "by", resp.Header.Get("Wechatpay-Serial"))
	fmt.Println("prepay_id", resp.Get("prepay_id"))
	return nil
}
