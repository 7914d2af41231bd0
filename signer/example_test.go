package signer_test

import (
	"errors"
	"fmt"
	"testing/fstest"

	"github.com/wechatpay-chain/wechatpay/signer"
)

func ExamplePrivateKey() {
	files := fstest.MapFS{"apiclient_key.pem": {Data: []byte("-----BEGIN NOTHING-----")}}
	_, err := signer.PrivateKey(signer.FS(files, "apiclient_key.pem"))
	fmt.Println(err)
	fmt.Println(errors.Is(err, signer.ErrNoKey))
	// Output:
	// signer: apiclient_key.pem: no key or certificate found: expected PEM, DER, base64 or PKCS#12
	// true
}

func ExampleRequestMessage() {
	fmt.Printf("%q\n", signer.RequestMessage("GET", "/v3/certificates", "1700000000", "593BEC0C930BF1AFEB40B4A08C8FB242", nil))
	// Output: "GET\n/v3/certificates\n1700000000\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n"
}
