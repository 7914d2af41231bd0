// Promises chains prepay, pay parameters and query as PHP code does, with then() and
// otherwise(), against an embedded gateway.
//
//	go run ./examples/promises
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/paysign"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

const appID, number = "wxd678efh567hg6787", "1217752501201407033233368018"

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	gateway, err := sandbox.New(sandbox.Config{})
	if err != nil {
		return err
	}
	server, err := gateway.Start()
	if err != nil {
		return err
	}
	defer server.Close()
	merchant := gateway.Credentials()
	sign, err := signer.New(merchant.PrivateKey)
	if err != nil {
		return err
	}
	c, err := wechatpay.New(wechatpay.Config{
		MchID:        merchant.MchID,
		Serial:       merchant.Serial,
		Signer:       sign,
		PlatformKeys: merchant.PlatformKeys(),
		BaseURL:      server.URL,
	})
	if err != nil {
		return err
	}
	defer c.CloseIdleConnections()

	prepay := c.Chain("v3/pay/transactions/jsapi-with-contract").PostAsync(ctx, &wechatpay.Options{JSON: order(merchant.MchID)})

	// What the browser needs to open the payment.
	parameters := future.Then(prepay, func(r *wechatpay.Response) (paysign.JSAPIParams, error) {
		return paysign.JSAPI(ctx, sign, paysign.JSAPIOrder{AppID: appID, PrepayID: r.Get("prepay_id").String()})
	})

	// The payer pays, then the order is queried.
	paid := future.Flatten(future.Then(parameters, func(p paysign.JSAPIParams) (*wechatpay.Future, error) {
		if err := show(out, p); err != nil {
			return nil, err
		}
		if _, err := gateway.Pay(number); err != nil {
			return nil, err
		}
		return c.Chain("v3/pay/transactions/out-trade-no/{out_trade_no}").GetAsync(ctx, &wechatpay.Options{
			Vars:  wechatpay.M{"out_trade_no": number},
			Query: wechatpay.M{"mchid": merchant.MchID},
		}), nil
	}))

	_, err = paid.
		Then(func(r *wechatpay.Response) (*wechatpay.Response, error) {
			_, err := fmt.Fprintln(out, r.Get("trade_state"), r.Get("amount.payer_total"))
			return r, err
		}).
		Otherwise(func(err error) (*wechatpay.Response, error) {
			if wechatpay.OutcomeUnknown(err) {
				return nil, fmt.Errorf("query %s before anything else: %w", number, err)
			}
			return nil, err
		}).
		Wait()
	return err
}

func order(mchid string) wechatpay.M {
	return wechatpay.M{
		"appid":         appID,
		"mchid":         mchid,
		"description":   "Image形象店-深圳腾大-QQ公仔",
		"out_trade_no":  number,
		"notify_url":    "https://www.weixin.qq.com/wxpay/pay.php",
		"amount":        wechatpay.M{"total": 100, "currency": "CNY"},
		"payer":         wechatpay.M{"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
		"contract_info": wechatpay.M{"contract_code": "100001256"},
	}
}

func show(out io.Writer, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n", data)
	return err
}
