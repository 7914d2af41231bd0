package accel_test

import (
	"log"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/accel"
	"github.com/wechatpay-chain/wechatpay/keys"
)

// A client that signs by OpenSSL, where there is one.
func Example() {
	private, err := keys.LoadPrivateKey(keys.File("apiclient_key.pem"))
	if err != nil {
		log.Fatal(err)
	}
	public, err := keys.LoadPublicKey(keys.File("pub_key.pem"))
	if err != nil {
		log.Fatal(err)
	}
	fast, err := accel.Signer(private)
	if err != nil {
		log.Fatal(err)
	}
	if err := accel.Available(); err != nil {
		log.Print(err) // such as: accel: crypto/rsa makes the signatures: libcrypto.so.3: cannot open shared object file
	}
	client, err := wechatpay.New(wechatpay.Config{
		MchID: "1900000109", Serial: "3775B6A45ACD588826D15E583A95F5DD00000000",
		PrivateKey:   fast,
		PlatformKeys: keys.Set{"PUB_KEY_ID_0119000001092026112300000000000001": public},
	})
	if err != nil {
		log.Fatal(err)
	}
	_ = client
}
