// Applyment sends a sub-merchant's application, with its personal data encrypted to
// WeChat Pay's key. An embedded gateway decrypts a field and prints it.
//
//	go run ./examples/applyment
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay"
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
	gateway.Handle("POST", "/v3/applyment4sub/applyment/", func(r *sandbox.Request) *sandbox.Reply {
		_, _ = fmt.Fprintln(out, "the gateway has decrypted:", gjson.GetBytes(r.Decrypted, "contact_info.contact_name"))
		return sandbox.JSON(200, map[string]any{"applyment_id": 2000002124775691})
	})
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

	resp, err := c.Chain("v3/applyment4sub/applyment/").Post(ctx, &wechatpay.Options{
		JSON: wechatpay.M{
			"business_code": "1900013511_10000",
			"contact_info": wechatpay.M{
				"contact_type":      "LEGAL",
				"contact_name":      "张三",
				"contact_id_number": "11010119900307001X",
				"mobile_phone":      "13800000000",
				"contact_email":     "zhangsan@example.com",
			},
			"bank_account_info": wechatpay.M{
				"bank_account_type": "BANK_ACCOUNT_TYPE_PERSONAL",
				"account_name":      "张三",
				"account_bank":      "工商银行",
				"account_number":    "6222020000000000",
			},
			"merchant_shortname": "张三餐饮店",
		},
		// All fields that the documentation marks. Or by their paths:
		// []string{"contact_info.contact_name", "bank_account_info.account_number"}.
		Encrypt: wechatpay.Auto(),
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "applyment_id", resp.Get("applyment_id"))
	return err
}
