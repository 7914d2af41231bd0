// Bill downloads yesterday's trade bill to a file, with a progress bar, and reads it row
// by row. An embedded gateway makes the bill of an order that was paid.
//
//	go run ./examples/bill
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

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
		MchID:        merchant.MchID,
		Serial:       merchant.Serial,
		PrivateKey:   merchant.PrivateKey,
		PlatformKeys: merchant.PlatformKeys(),
		BaseURL:      server.URL,
	})
	if err != nil {
		return err
	}
	defer c.CloseIdleConnections()

	china := time.FixedZone("CST", 8*60*60) // a bill's day is China's
	day := gateway.Now().In(china).Format(time.DateOnly)
	if err := trade(ctx, c, gateway); err != nil {
		return err
	}
	gateway.AdvanceClock(24 * time.Hour) // the bill of a day is made on the next one
	dir, err := os.MkdirTemp("", "bill")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()

	bill, err := c.Chain("v3/bill/tradebill").Download(ctx, filepath.Join(dir, "trade.csv"), &wechatpay.DownloadOptions{
		Query: wechatpay.M{
			"bill_date": day,
			"bill_type": "ALL",
			"tar_type":  "GZIP",
		},
		Progress: func(done, total int64) { bar(out, done, total) },
	})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "\n%d bytes\n", bill.Size)
	return read(bill.Path, out)
}

// bar draws the progress. The size of a zipped bill is not known in advance.
func bar(out io.Writer, done, total int64) {
	if total > 0 {
		_, _ = fmt.Fprintf(out, "\r[%-40s] %d of %d bytes", strings.Repeat("#", int(40*done/total)), done, total)
		return
	}
	_, _ = fmt.Fprintf(out, "\r%d bytes", done)
}

// read reads the bill row by row, in constant memory.
func read(path string, out io.Writer) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	bill := media.ReadBill(file)
	for row, err := range bill.Rows("商户订单号", "应结订单金额") {
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintln(out, row.Get("商户订单号"), row.Get("应结订单金额"), row.Get("商品名称"))
	}
	_, err = fmt.Fprintln(out, "总交易单数", bill.Summary().Get("总交易单数"))
	return err
}

// trade makes an order that is paid, for the bill.
func trade(ctx context.Context, c *wechatpay.Client, gateway *sandbox.Gateway) error {
	const number = "1217752501201407033233368018"
	_, err := c.Chain("v3/pay/transactions/jsapi-with-contract").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
		"appid":         "wxd678efh567hg6787",
		"mchid":         gateway.Credentials().MchID,
		"description":   "公仔,大号",
		"out_trade_no":  number,
		"notify_url":    "https://www.weixin.qq.com/wxpay/pay.php",
		"amount":        wechatpay.M{"total": 100, "currency": "CNY"},
		"payer":         wechatpay.M{"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
		"contract_info": wechatpay.M{"contract_code": "100001256"},
	}})
	if err != nil {
		return err
	}
	_, err = gateway.Pay(number)
	return err
}
