package openapi_test

import (
	"context"
	"fmt"
	"log"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/pay"
)

// exampleClient calls an embedded gateway, so that the examples run anywhere.
func exampleClient() (c *wechatpay.Client, mchid string, end func()) {
	server, err := testgateway.Shared().Start()
	if err != nil {
		log.Fatal(err)
	}
	merchant := testgateway.Shared().Credentials()
	c, err = wechatpay.New(wechatpay.Config{
		MchID:        merchant.MchID,
		Serial:       merchant.Serial,
		PrivateKey:   merchant.PrivateKey,
		PlatformKeys: merchant.PlatformKeys(),
		BaseURL:      server.URL,
		Hint:         openapi.Suggest,
		Stack: func(s *middleware.Stack) error {
			return s.Unshift("validate", openapi.Validation())
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	return c, merchant.MchID, func() { c.CloseIdleConnections(); server.Close() }
}

// The chain, with maps as everywhere.
func ExampleV3() {
	c, mchid, end := exampleClient()
	defer end()

	transactions := openapi.V3(c).Pay().Transactions()
	resp, err := transactions.JsapiWithContract().Post(context.Background(), &wechatpay.Options{
		JSON: wechatpay.M{
			"appid":         "wxd678efh567hg6787",
			"mchid":         mchid,
			"description":   "Image形象店-深圳腾大-QQ公仔",
			"out_trade_no":  "EXAMPLE-V3",
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
	fmt.Println(resp.Get("prepay_id").Exists())

	order, err := transactions.OutTradeNo("EXAMPLE-V3").Get(context.Background(), &wechatpay.Options{
		Query: wechatpay.M{"mchid": mchid},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(order.Get("trade_state"))
	// Output:
	// true
	// NOTPAY
}

// Requests and replies as structs.
func ExampleV3_structs() {
	c, mchid, end := exampleClient()
	defer end()

	transactions := openapi.V3(c).Pay().Transactions()
	_, err := transactions.JsapiWithContract().Post(context.Background(), &wechatpay.Options{
		JSON: pay.TransactionsJsapiWithContractPostRequest{
			AppID:        "wxd678efh567hg6787",
			MchID:        mchid,
			Description:  "Image形象店-深圳腾大-QQ公仔",
			OutTradeNo:   "EXAMPLE-STRUCTS",
			NotifyURL:    "https://www.weixin.qq.com/wxpay/pay.php",
			Amount:       pay.Amount{Total: 100, Currency: "CNY"},
			Payer:        pay.TransactionsJsapiWithContractPostRequestPayer{OpenID: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
			ContractInfo: pay.TransactionsJsapiWithContractPostRequestContractInfo{ContractCode: "100001256"},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	order, err := transactions.OutTradeNo("EXAMPLE-STRUCTS").Get(context.Background(), &wechatpay.Options{
		Query: pay.TransactionsRequest{MchID: mchid},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	data, err := order.Data()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(data.TradeState, data.Amount.Total, order.Get("amount.total"))
	// Output: NOTPAY 100 100
}

// An access as of a map, by the path as it is documented.
func ExampleMap() {
	c, mchid, end := exampleClient()
	defer end()

	chains := openapi.Map(c)
	_, err := chains["v3/pay/transactions/out-trade-no/{out_trade_no}"].Get(context.Background(), &wechatpay.Options{
		Vars:  wechatpay.M{"out_trade_no": "NO-SUCH-ORDER"},
		Query: wechatpay.M{"mchid": mchid},
	})
	fmt.Println(wechatpay.OutcomeUnknown(err), err != nil)

	_, err = chains["v3/pay/transaction"].Get(context.Background(), nil)
	fmt.Println(err)
	// Output:
	// false true
	// wechatpay: GET : invalid call: zero Chain, such as a map returns for an unknown path; start one with Client.Chain or Client.At
}

func ExampleSearch() {
	for _, e := range openapi.Search("合单 下单 jsapi") {
		fmt.Println(e.Method, e.Path, e.Title)
		for path, field := range e.JSON.All() {
			if path == "combine_mchid" {
				fmt.Println(path, field.Type, field.Required)
			}
		}
	}
	// Output:
	// POST /v3/combine-transactions/jsapi 合单下单-JSAPI支付
	// combine_mchid string true
}

// What is wrong with a call, before anything is sent. As a middleware it is Validation.
func ExampleValidate() {
	err := openapi.Validate("POST", "v3/refund/domestic/refunds", &wechatpay.Options{
		JSON: wechatpay.M{"out_refund_no": 7, "amount": wechatpay.M{"refund": 1, "total": "1"}},
	})
	fmt.Println(err)
	// Output: openapi: POST /v3/refund/domestic/refunds: out_refund_no is a number; it must be a string; amount.total is a string; it must be an integer; amount.currency is missing
}
