// Start makes the first call with credentials from the environment: it asks for an order
// that does not exist, which moves nothing and proves both signatures.
//
//	go run ./examples/start
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/wechatpay-chain/wechatpay"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	client, err := wechatpay.FromEnv()
	if err != nil {
		return err // names each field that is missing or wrong
	}
	defer client.CloseIdleConnections()
	order, err := client.Chain("v3/pay/transactions/out-trade-no/{out_trade_no}").Get(ctx, &wechatpay.Options{
		Vars:  wechatpay.M{"out_trade_no": "hello-wechatpay"},
		Query: wechatpay.M{"mchid": client.CallerID()},
	})
	var api *wechatpay.APIError
	switch {
	case err == nil:
		_, err = fmt.Fprintln(out, "verified:", order.Get("trade_state"))
	case errors.As(err, &api) && api.Verified && api.Code == "ORDER_NOT_EXIST":
		_, err = fmt.Fprintln(out, "verified: there is no such order")
	}
	return err
}
