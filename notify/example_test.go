package notify_test

import (
	"context"
	"fmt"
	"io"
	"net/http"

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
