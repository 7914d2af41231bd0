package notify_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func ExampleHandler_Serve() {
	merchant := gateway().Credentials()
	handler, err := notify.NewHandler(notify.HandlerConfig{
		Config: notify.Config{Keys: merchant.PlatformKeys(), APIv3Key: merchant.APIv3Key},
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.RefundSuccess}: notify.Typed(func(_ context.Context, _ *notify.Event, refund notify.Refund) error {
				fmt.Println("refunded", refund.OutRefundNo)
				return nil
			}),
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	// Any framework: its headers, its body.
	header, body := incoming()
	reply := handler.Serve(context.Background(), notify.Request{Header: header, Body: body})
	fmt.Println(reply.Status)
	// Output:
	// refunded 7752501201407033233368018
	// 204
}

func ExampleParser_Parse() {
	merchant := gateway().Credentials()
	parser, err := notify.NewParser(notify.Config{Keys: merchant.PlatformKeys(), APIv3Key: merchant.APIv3Key})
	if err != nil {
		fmt.Println(err)
		return
	}
	header, body := incoming()
	event, err := parser.Parse(context.Background(), header, body)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(event.EventType, event.Get("out_refund_no"))
	// Output: REFUND.SUCCESS 7752501201407033233368018
}

// One handler, on one URL, for both versions.
func ExampleHandler_apiv2() {
	merchant := gateway().Credentials()
	apiV2Key := cipher.NewSecret("exposed_your_key_here_have_risks")
	handler, err := notify.NewHandler(notify.HandlerConfig{
		Config: notify.Config{Keys: merchant.PlatformKeys(), APIv3Key: merchant.APIv3Key, APIv2Key: apiV2Key, MchID: "1900000109"},
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.TransactionSuccess}: notify.Typed(func(context.Context, *notify.Event, notify.Transaction) error {
				return nil
			}),
			{EventType: notify.TransactionSuccessV2}: notify.Typed(func(_ context.Context, _ *notify.Event, order notify.TransactionV2) error {
				fmt.Println("paid", order.OutTradeNo, order.TotalFee)
				return nil
			}),
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	reply := handler.Serve(context.Background(), notify.Request{Body: strings.NewReader(
		"<xml><mch_id>1900000109</mch_id><out_trade_no>1</out_trade_no><total_fee>100</total_fee><return_code>SUCCESS</return_code>" +
			"<result_code>SUCCESS</result_code><sign>3F64D51714893E7331A560F3788176F6</sign></xml>",
	)})
	fmt.Println(reply.Status, string(reply.Body))
	// Output:
	// paid 1 100
	// 200 <xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>
}

// incoming is a webhook as WeChat Pay sends it.
func incoming() (http.Header, io.Reader) {
	r, err := gateway().WebhookRequest(context.Background(), "/notify", sandbox.Notification{
		EventType: notify.RefundSuccess, OriginalType: "refund",
		Resource: map[string]any{"out_refund_no": "7752501201407033233368018"},
	}, "")
	if err != nil {
		panic(err)
	}
	return r.Header, r.Body
}
