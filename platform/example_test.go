package platform_test

import (
	"context"
	"fmt"

	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/platform"
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
	keys, err := platform.New(platform.Config{
		APIv3Key:   merchant.APIv3Key,
		Credential: signer.Credential{ID: merchant.MchID, Serial: merchant.Serial, Signer: sign},
		BaseURL:    server.URL, // of a test; in earnest it is left out
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = keys.Close() }()
	if err := keys.Refresh(context.Background()); err != nil { // at the start, to find out whether the credentials are right
		fmt.Println(err)
		return
	}
	fmt.Println(keys) // it fits wechatpay.Config.PlatformKeys and notify.Config.Keys
	// Output: platform.Keyring(mchid 1900000109, 1 keys)
}
