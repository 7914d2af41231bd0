// Payparams prints as JSON the parameters that each front end needs: a web page or mini
// program, a mobile app, a payment by instalments, an order of APIv2, and the page of the
// payment score.
//
//	go run ./examples/payparams
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/paysign"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

const (
	appID    = "wxd678efh567hg6787"
	prepayID = "wx201410272009395522657a690389285100" // of a prepay's reply
	apiV2Key = "00000000000000000000000000000000"     // of the merchant console
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	gateway, err := sandbox.New(sandbox.Config{}) // for the merchant's key
	if err != nil {
		return err
	}
	merchant := gateway.Credentials()
	sign, err := signer.New(merchant.PrivateKey)
	if err != nil {
		return err
	}
	for _, parametersOf := range []func() (string, any, error){
		func() (string, any, error) {
			p, err := paysign.JSAPI(ctx, sign, paysign.JSAPIOrder{AppID: appID, PrepayID: prepayID})
			return "JSAPI", p, err
		},
		func() (string, any, error) {
			p, err := paysign.App(ctx, sign, paysign.AppOrder{AppID: appID, PartnerID: merchant.MchID, PrepayID: prepayID})
			return "APP", p, err
		},
		func() (string, any, error) {
			p, err := paysign.JSAPI(ctx, sign, paysign.JSAPIOrder{AppID: appID, PrepayID: prepayID, Instalments: 3})
			return "instalments", p, err
		},
		func() (string, any, error) {
			p, err := paysign.JSAPIV2(paysign.OrderV2{AppID: appID, PrepayID: prepayID, Digest: signer.MD5}, cipher.NewSecret(apiV2Key))
			return "JSAPI of APIv2", p, err
		},
		func() (string, any, error) {
			p, err := paysign.ScoreUse(paysign.ScoreUseRequest{MchID: merchant.MchID, Package: "package of the reply"}, cipher.NewSecret(apiV2Key))
			return "payment score", p, err
		},
	} {
		name, parameters, err := parametersOf()
		if err != nil {
			return err
		}
		data, err := json.MarshalIndent(parameters, "", "  ")
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%s: %s\n", name, data); err != nil {
			return err
		}
	}
	return nil
}
