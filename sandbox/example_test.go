package sandbox_test

import (
	"fmt"

	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func ExampleGateway_Handle() {
	gateway, err := sandbox.New(sandbox.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	gateway.Handle("POST", "/v3/refund/domestic/refunds", func(*sandbox.Request) *sandbox.Reply {
		return sandbox.Error(403, "NOT_ENOUGH", "基本账户余额不足", nil)
	})
	server, err := gateway.Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	fmt.Println(server.URL[:17], gateway.Credentials().MchID)
	// Output: http://127.0.0.1: 1900000109
}
