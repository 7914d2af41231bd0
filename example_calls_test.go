package wechatpay_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/openapi/pay"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// exampleOrder makes an order of 100 fen, and plays its payer.
func exampleOrder(c *wechatpay.Client, mchid, number string) error {
	_, err := c.Chain("v3/pay/transactions/native").Post(context.Background(), &wechatpay.Options{JSON: wechatpay.M{
		"appid": "wxd678efh567hg6787", "mchid": mchid, "description": "Tea", "out_trade_no": number,
		"notify_url": "https://example.com/pay", "amount": wechatpay.M{"total": 100},
	}})
	if err != nil {
		return err
	}
	_, err = gateway().Pay(number)
	return err
}

func ExampleAs() {
	c, mchid, end := exampleClient()
	defer end()
	if err := exampleOrder(c, mchid, "EXAMPLE-AS"); err != nil {
		fmt.Println(err)
		return
	}
	order, err := wechatpay.As[pay.TransactionsOutTradeNoGetReply](c.Chain("v3/pay/transactions/out-trade-no/{out_trade_no}").Get(context.Background(), &wechatpay.Options{
		Vars: wechatpay.M{"out_trade_no": "EXAMPLE-AS"}, Query: wechatpay.M{"mchid": mchid},
	}))
	if err != nil {
		fmt.Println(err)
		return
	}
	data, err := order.Data()
	fmt.Println(data.TradeState, data.Amount.Total, err)
	// Output: SUCCESS 100 <nil>
}

func ExampleResponse_Decode() {
	c, mchid, end := exampleClient()
	defer end()
	if err := exampleOrder(c, mchid, "EXAMPLE-DECODE"); err != nil {
		fmt.Println(err)
		return
	}
	resp, err := c.Chain("v3/pay/transactions/out-trade-no/EXAMPLE-DECODE").Get(context.Background(), &wechatpay.Options{Query: wechatpay.M{"mchid": mchid}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var order struct {
		State  string `json:"trade_state"`
		Amount struct {
			Total int64 `json:"total"`
		} `json:"amount"`
	}
	err = resp.Decode(&order)
	fmt.Println(order.State, order.Amount.Total, err)
	// Output: SUCCESS 100 <nil>
}

func ExampleAPIError() {
	c, mchid, end := exampleClient()
	defer end()
	_, err := c.Chain("v3/pay/transactions/native").Post(context.Background(), &wechatpay.Options{JSON: wechatpay.M{
		"appid": "wxd678efh567hg6787", "mchid": mchid, "description": "Tea", "out_trade_no": "EXAMPLE-ERROR",
		"notify_url": "https://example.com/pay", "amount": wechatpay.M{"total": "100"},
	}})
	var api *wechatpay.APIError
	if errors.As(err, &api) && api.Verified { // only what WeChat Pay signed tells anything about the order
		fmt.Println(api.StatusCode, api.Code, api.Field(), api.OutcomeUnknown())
	}
	// Output: 400 PARAM_ERROR /amount/total false
}

func ExampleCallError() {
	c, _, end := exampleClient()
	defer end()
	_, err := c.Chain("v3/refund/domestic/refunds/{out_refund_no}").Get(context.Background(), nil)
	fmt.Println(errors.Is(err, wechatpay.ErrInvalid), err)
	// Output: true wechatpay: GET v3/refund/domestic/refunds/{out_refund_no}: invalid call: Options.Vars: "out_refund_no" is missing, for "v3/refund/domestic/refunds/{out_refund_no}"
}

func ExampleChain_WithVar() {
	c, _, end := exampleClient()
	defer end()
	refund := c.Chain("v3/refund/domestic/refunds/{out_refund_no}").WithVar("out_refund_no", "r/1")
	_, err := refund.Get(context.Background(), nil) // sent as r%2F1
	var api *wechatpay.APIError
	fmt.Println(errors.As(err, &api) && api.Code == "RESOURCE_NOT_EXISTS")
	// Output: true
}

func ExampleClient_With() {
	c, _, end := exampleClient()
	defer end()
	limited, err := c.With(func(s *middleware.Stack) error {
		return s.After("retry", "limit", middleware.Limit(middleware.LimitConfig{PerSecond: 50, InFlight: 10}))
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = limited.Chain("v3/certificates").Get(context.Background(), nil)
	fmt.Println(err)
	// Output: <nil>
}

func ExampleVerifyError() {
	c, _, end := exampleClient()
	defer end()
	_, err := c.Chain("v3/certificates").Get(context.Background(), &wechatpay.Options{
		Header: map[string][]string{sandbox.FaultHeader: {"unknown-key"}}, // the sandbox signs with another key
	})
	var refused *wechatpay.VerifyError
	fmt.Println(errors.As(err, &refused), errors.Is(err, wechatpay.ErrUnknownKey))
	// Output: true true
}

func ExampleNewDocument() {
	body := wechatpay.NewDocument(wechatpay.M{"out_trade_no": "1"}).
		Set("amount.total", 100).
		Set("detail.goods_detail.0.quantity", 1)
	data, err := body.MarshalJSON()
	fmt.Println(string(data), err)
	// Output: {"out_trade_no":"1","amount":{"total":100},"detail":{"goods_detail":[{"quantity":1}]}} <nil>
}

func ExamplePtr() {
	request := pay.TransactionsNativePostRequest{SupportFapiao: wechatpay.Ptr(false)} // nil would leave it out
	fmt.Println(*request.SupportFapiao)
	// Output: false
}
