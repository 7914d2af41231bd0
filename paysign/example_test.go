package paysign_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/paysign"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func ExampleJSAPI() {
	// A program has signer.New(key) here.
	s := signer.Func(func(context.Context, []byte) ([]byte, error) { return []byte("signature"), nil })
	params, err := paysign.JSAPI(context.Background(), s, paysign.JSAPIOrder{
		AppID:    "wxd678efh567hg6787",
		PrepayID: "wx201410272009395522657a690389285100",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	params.TimeStamp, params.NonceStr = "1700000000", "…" // differ each time
	data, err := json.MarshalIndent(params, "", " ")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(data))
	// Output:
	// {
	//  "appId": "wxd678efh567hg6787",
	//  "timeStamp": "1700000000",
	//  "nonceStr": "…",
	//  "package": "prepay_id=wx201410272009395522657a690389285100",
	//  "signType": "RSA",
	//  "paySign": "c2lnbmF0dXJl"
	// }
}

func ExampleJSAPIV2() {
	// The reply of v2/pay/unifiedorder; a program has reply.Decode(&order) here.
	var order paysign.OrderV2
	err := json.Unmarshal([]byte(`{
		"appid": "wxd678efh567hg6787", "mch_id": "1900000109", "prepay_id": "wx201410272009395522657a690389285100",
		"sign": "0000000000000000000000000000000000000000000000000000000000000000"
	}`), &order)
	if err != nil {
		fmt.Println(err)
		return
	}
	apiV2Key := cipher.NewSecret("00000000000000000000000000000000")
	params, err := paysign.JSAPIV2(order, apiV2Key)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(params.SignType, "as the order, of", params.Package)
	// Output: HMAC-SHA256 as the order, of prepay_id=wx201410272009395522657a690389285100
}
