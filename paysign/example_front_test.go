package paysign_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/paysign"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func ExampleApp() {
	sign := signer.Func(func(context.Context, []byte) ([]byte, error) { return []byte("signature"), nil }) // signer.New of the key
	params, err := paysign.App(context.Background(), sign, paysign.AppOrder{AppID: "wxd678efh567hg6787", PartnerID: "1900000109", PrepayID: "wx201410272009395522657a690389285100"})
	if err != nil {
		fmt.Println(err)
		return
	}
	params.NonceStr, params.TimeStamp = "…", "…" // they differ each time
	data, err := json.Marshal(params)
	fmt.Println(string(data), err)
	// Output: {"appid":"wxd678efh567hg6787","partnerid":"1900000109","prepayid":"wx201410272009395522657a690389285100","package":"Sign=WXPay","noncestr":"…","timestamp":"…","sign":"c2lnbmF0dXJl"} <nil>
}

func ExampleH5URL() {
	fmt.Println(paysign.H5URL("https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx1&package=2", "https://example.com/back?a=b"))
	// Output: https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx1&package=2&redirect_url=https%3A%2F%2Fexample.com%2Fback%3Fa%3Db <nil>
}

func ExampleHMAC() {
	key := cipher.NewSecret("192006250b4c09247ec02edce69f6a2d") // the APIv2 key
	sign, err := paysign.HMAC(map[string]string{
		"appid": "wxd930ea5d5a258f4f", "mch_id": "10000100", "device_info": "1000", "body": "test", "nonce_str": "ibuaiVcKdpRxkhJA",
	}, key)
	fmt.Println(sign, err) // the vector of WeChat Pay's documentation
	// Output: 6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6 <nil>
}
