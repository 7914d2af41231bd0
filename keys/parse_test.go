package keys_test

import (
	"encoding/pem"
	"testing"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
)

func FuzzLoad(f *testing.F) {
	m := vectors.Load(f).Merchant
	for _, text := range []string{m.PKCS8, m.PKCS1, m.EncryptedPKCS8, m.SPKI, m.PublicPKCS1, m.Certificate} {
		f.Add([]byte(text))
		block, _ := pem.Decode([]byte(text))
		f.Add(block.Bytes)
	}
	f.Add([]byte(m.PKCS12Base64))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4<<10 {
			return
		}
		s := keys.Bytes(data).WithPassword(cipher.NewSecret(m.Passphrase))
		if key, err := keys.LoadPrivateKey(s); (key == nil) == (err == nil) {
			t.Fatal(key, err)
		}
		if key, err := keys.LoadPublicKey(s); key == nil && err == nil {
			t.Fatal("neither key nor error")
		}
		if cert, err := keys.LoadCertificate(s); cert == nil && err == nil {
			t.Fatal("neither certificate nor error")
		}
	})
}
