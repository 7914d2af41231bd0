package wechatpay_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// exampleClient calls an embedded gateway, so that the examples run anywhere.
func exampleClient() (c *wechatpay.Client, mchid string, end func()) {
	server, err := gateway().Start()
	if err != nil {
		log.Fatal(err)
	}
	merchant := gateway().Credentials()
	c, err = wechatpay.New(wechatpay.Config{
		MchID:        merchant.MchID,
		Serial:       merchant.Serial,
		PrivateKey:   merchant.PrivateKey,
		PlatformKeys: merchant.PlatformKeys(),
		BaseURL:      server.URL,
	})
	if err != nil {
		log.Fatal(err)
	}
	return c, merchant.MchID, func() { c.CloseIdleConnections(); server.Close() }
}

func ExampleChain_Post() {
	c, mchid, end := exampleClient()
	defer end()

	resp, err := c.Chain("v3/pay/transactions/jsapi-with-contract").Post(context.Background(), &wechatpay.Options{
		JSON: wechatpay.M{
			"appid":         "wxd678efh567hg6787",
			"mchid":         mchid,
			"description":   "Image形象店-深圳腾大-QQ公仔",
			"out_trade_no":  "EXAMPLE-POST",
			"notify_url":    "https://www.weixin.qq.com/wxpay/pay.php",
			"amount":        wechatpay.M{"total": 100, "currency": "CNY"},
			"payer":         wechatpay.M{"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
			"contract_info": wechatpay.M{"contract_code": "100001256"},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.StatusCode, resp.Verified, resp.Get("prepay_id").Exists())
	// Output: 200 true true
}

func ExampleChain_Get() {
	c, mchid, end := exampleClient()
	defer end()

	order, err := c.Chain("v3/pay/transactions/out-trade-no/{out_trade_no}").Get(context.Background(), &wechatpay.Options{
		Vars:  wechatpay.M{"out_trade_no": "no-such-order"},
		Query: wechatpay.M{"mchid": mchid},
	})
	var api *wechatpay.APIError
	if errors.As(err, &api) && api.Code == "ORDER_NOT_EXIST" {
		fmt.Println(api.StatusCode, api.Message, api.Verified)
		return
	}
	fmt.Println(order, err)
	// Output: 404 订单不存在 true
}

func ExampleClient_At() {
	c, _, end := exampleClient()
	defer end()

	fmt.Println(c.At("v3", "pay", "transactions", "jsapiWithContract"))
	fmt.Println(c.At("v3/pay/transactions/outTradeNo/_out_trade_no_/close"))
	// Output:
	// v3/pay/transactions/jsapi-with-contract
	// v3/pay/transactions/out-trade-no/{out_trade_no}/close
}

func ExampleOutcomeUnknown() {
	c, _, end := exampleClient()
	defer end()

	_, err := c.Chain("v3/refund/domestic/refunds").Post(context.Background(), &wechatpay.Options{
		JSON:   wechatpay.M{"out_refund_no": "R1"},
		Header: map[string][]string{sandbox.FaultHeader: {"probe"}}, // the sandbox spoils its signature
	})
	switch {
	case wechatpay.OutcomeUnknown(err):
		fmt.Println("query R1 before anything else;", "a probe:", errors.Is(err, wechatpay.ErrProbe))
	case err != nil:
		fmt.Println("not refunded:", err)
	}
	// Output: query R1 before anything else; a probe: true
}

func ExampleDocument() {
	base := wechatpay.NewDocument(wechatpay.M{"appid": "wxd678efh567hg6787"})
	body, err := base.
		Set("amount.total", 100).
		Set("detail.goods_detail.0.goods_name", "公仔").
		Bytes()
	fmt.Println(string(body), err)
	// Output: {"appid":"wxd678efh567hg6787","amount":{"total":100},"detail":{"goods_detail":[{"goods_name":"公仔"}]}} <nil>
}

func ExampleChain_PostAsync() {
	c, mchid, end := exampleClient()
	defer end()

	resp, err := c.Chain("v3/pay/transactions/native").PostAsync(context.Background(), &wechatpay.Options{
		JSON: wechatpay.M{
			"appid": "wxd678efh567hg6787", "mchid": mchid, "description": "Image形象店-深圳腾大-QQ公仔", "out_trade_no": "EXAMPLE-ASYNC",
			"notify_url": "https://www.weixin.qq.com/wxpay/pay.php", "amount": wechatpay.M{"total": 100},
		},
	}).
		Then(func(r *wechatpay.Response) (*wechatpay.Response, error) {
			fmt.Println("then", r.StatusCode)
			return r, nil
		}).
		Otherwise(func(err error) (*wechatpay.Response, error) {
			fmt.Println("otherwise", err)
			return nil, err
		}).
		Wait()
	fmt.Println(resp.Get("code_url").Exists(), err)
	// Output:
	// then 200
	// true <nil>
}
