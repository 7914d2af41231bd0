package signer_test

import (
	"fmt"

	"github.com/wechatpay-chain/wechatpay/signer"
)

func ExampleRequestMessage() {
	fmt.Printf("%q\n", signer.RequestMessage(signer.Request{
		Method:    "GET",
		Target:    "/v3/certificates",
		Timestamp: "1700000000",
		Nonce:     "593BEC0C930BF1AFEB40B4A08C8FB242",
	}))
	// Output: "GET\n/v3/certificates\n1700000000\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n"
}
