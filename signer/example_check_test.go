package signer_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/wechatpay-chain/wechatpay/signer"
)

func ExampleParseAuthorization() {
	auth, err := signer.ParseAuthorization(`WECHATPAY2-SHA256-RSA2048 mchid="1900000109",nonce_str="n",timestamp="1600000000",serial_no="5157F09EFDC096DE15EBE81A47057A7232F1B8E1",signature="c2lnbg=="`)
	fmt.Println(auth.Scheme, auth.ID, auth.Timestamp, string(auth.Signature), err)
	// Output: WECHATPAY2-SHA256-RSA2048 1900000109 1600000000 sign <nil>
}

func ExampleCheckTimestamp() {
	now := time.Unix(1_600_000_000, 0)
	fmt.Println(signer.CheckTimestamp("1600000299", now))
	fmt.Println(errors.Is(signer.CheckTimestamp("1600000301", now), signer.ErrClock))
	// Output:
	// <nil>
	// true
}

func ExampleDigest_Sign() {
	params := []signer.Param{
		{Name: "appid", Value: "wxd930ea5d5a258f4f"}, {Name: "mch_id", Value: "10000100"}, {Name: "device_info", Value: "1000"},
		{Name: "body", Value: "test"}, {Name: "nonce_str", Value: "ibuaiVcKdpRxkhJA"},
	}
	fmt.Println(signer.DigestMessage(params))
	fmt.Println(signer.MD5.Sign(params, "192006250b4c09247ec02edce69f6a2d")) // the vector of WeChat Pay's documentation
	// Output:
	// appid=wxd930ea5d5a258f4f&body=test&device_info=1000&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA
	// 9A0A8659F005D6984697E2CA0A9CF3B7
}

func ExampleSameID() {
	fmt.Println(signer.SameID("0a1b", "A1B"), signer.SameID("PUB_KEY_ID_1", "PUB_KEY_ID_2"))
	// Output: true false
}
