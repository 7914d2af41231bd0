// Webhook receives WeChat Pay's notifications with net/http. An embedded gateway sends
// them, signed and encrypted: a probe with a wrong signature, then a good one, then the
// same again.
//
//	go run ./examples/webhook
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

const number = "1217752501201407033233368018"

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
	c, err := wechatpay.New(wechatpay.Config{
		MchID:      merchant.MchID,
		Serial:     merchant.Serial,
		PrivateKey: merchant.PrivateKey,
		APIv3Key:   merchant.APIv3Key, // the platform certificates are downloaded as they are needed
		BaseURL:    server.URL,
	})
	if err != nil {
		return err
	}
	defer c.CloseIdleConnections()

	handler, err := newHandler(c, merchant.APIv3Key, out)
	if err != nil {
		return err
	}
	url, end, err := serve(handler)
	if err != nil {
		return err
	}
	defer end()
	return payAndNotify(ctx, c, gateway, url, out)
}

// newHandler returns the merchant's handler of paid orders.
func newHandler(c *wechatpay.Client, apiV3Key cipher.Secret, out io.Writer) (*notify.Handler, error) {
	return notify.NewHandler(notify.HandlerConfig{
		Config: notify.Config{Keys: c.PlatformKeys(), APIv3Key: apiV3Key},
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.TransactionSuccess, OriginalType: "transaction"}: notify.Typed(
				func(_ context.Context, event *notify.Event, order notify.Transaction) error {
					// Settle the order here, under a lock, and compare the amount.
					_, err := fmt.Fprintln(out, event.Summary, order.OutTradeNo, order.Amount.Total)
					return err
				}),
		},
		OnError: func(_ context.Context, _ *notify.Event, err error) {
			if errors.Is(err, signer.ErrProbe) {
				_, _ = fmt.Fprintln(out, "refused a probe")
				return
			}
			log.Print(err)
		},
	})
}

// serve runs the merchant's server on a free port of loopback.
func serve(handler http.Handler) (url string, end func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a free port of loopback needs no context
	if err != nil {
		return "", nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/wechatpay/notify", handler)
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: 2 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute,
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	return "http://" + listener.Addr().String() + "/wechatpay/notify", func() { _ = server.Close(); <-done }, nil
}

// payAndNotify plays the payer and WeChat Pay.
func payAndNotify(ctx context.Context, c *wechatpay.Client, gateway *sandbox.Gateway, url string, out io.Writer) error {
	_, err := c.Chain("v3/pay/transactions/jsapi-with-contract").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
		"appid":         "wxd678efh567hg6787",
		"mchid":         gateway.Credentials().MchID,
		"description":   "Image形象店-深圳腾大-QQ公仔",
		"out_trade_no":  number,
		"notify_url":    "https://www.weixin.qq.com/wxpay/pay.php", // must be https
		"amount":        wechatpay.M{"total": 100, "currency": "CNY"},
		"payer":         wechatpay.M{"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
		"contract_info": wechatpay.M{"contract_code": "100001256"},
	}})
	if err != nil {
		return err
	}
	if _, err := gateway.Pay(number); err != nil {
		return err
	}
	paid, err := gateway.PaidNotification(number)
	if err != nil {
		return err
	}
	attempts, err := gateway.Deliver(ctx, sandbox.Delivery{
		URL: url, Faults: []string{"probe"}, Scale: 0.001, Duplicates: 1,
	}, paid)
	for _, a := range attempts {
		_, _ = fmt.Fprintln(out, "answered", a.Status)
	}
	return err
}
