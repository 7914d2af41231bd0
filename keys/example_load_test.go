package keys_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/keys"
)

func ExampleLoadMerchant() {
	folder, err := os.MkdirTemp("", "keys")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if err := testgateway.Shared().WriteCredentials(folder, ""); err != nil {
		fmt.Println(err)
		return
	}
	merchant, err := keys.LoadMerchant(
		keys.File(filepath.Join(folder, "apiclient_key.pem")), keys.File(filepath.Join(folder, "apiclient_cert.pem")))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(merchant.MchID(), len(merchant.Serial())) // it is the PrivateKey of a Config
	// Output: 1900000109 40
}

func ExampleSet() {
	public := testgateway.Shared().Credentials().PublicKey // from keys.LoadPublicKey
	set := keys.Set{"PUB_KEY_ID_0119000001092026000000000000": public}
	for id := range set.All() {
		fmt.Println(id)
	}
	// Output: PUB_KEY_ID_0119000001092026000000000000
}
