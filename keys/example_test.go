package keys_test

import (
	"context"
	"errors"
	"fmt"
	"testing/fstest"

	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func ExampleKeyring() {
	server, err := testgateway.Shared().Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	merchant := testgateway.Shared().Credentials()
	sign, err := signer.New(merchant.PrivateKey)
	if err != nil {
		fmt.Println(err)
		return
	}
	ring, err := keys.NewKeyring(keys.KeyringConfig{
		APIv3Key:   merchant.APIv3Key,
		Credential: signer.Credential{ID: merchant.MchID, Serial: merchant.Serial, Signer: sign},
		BaseURL:    server.URL, // of the test gateway; omit it in production
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = ring.Close() }()
	if err := ring.Refresh(context.Background()); err != nil { // checks the credentials
		fmt.Println(err)
		return
	}
	fmt.Println(ring) // it fits wechatpay.Config.PlatformKeys and notify.Config.Keys
	// Output: keys.Keyring(mchid 1900000109, keys held: 1)
}

func ExampleLoadPrivateKey() {
	files := fstest.MapFS{"apiclient_key.pem": {Data: []byte("-----BEGIN NOTHING-----")}}
	_, err := keys.LoadPrivateKey(keys.FS(files, "apiclient_key.pem"))
	fmt.Println(err)
	fmt.Println(errors.Is(err, keys.ErrNoKey))
	// Output:
	// keys: apiclient_key.pem: no key or certificate found: the data is not PEM, DER, base64 or PKCS#12; check the file
	// true
}
