package notify_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// BenchmarkParse parses a valid webhook, and one of APIv2. It compares that with the
// cryptography alone: one RSA verification and one AES-GCM decryption.
func BenchmarkParse(b *testing.B) {
	header, body := webhook(b, paid, "")
	b.Run("parse", func(b *testing.B) {
		p := newParser(b)
		b.ReportAllocs()
		for b.Loop() {
			e, err := p.Parse(b.Context(), header, bytes.NewReader(body))
			if err != nil || e.Get("trade_state").Str != "SUCCESS" {
				b.Fatal(err)
			}
		}
	})
	b.Run("APIv2", func(b *testing.B) {
		p, err := notify.NewParser(configV2())
		require.NoError(b, err)
		body := []byte(signedV2(signer.HMACSHA256, payment()))
		b.ReportAllocs()
		for b.Loop() {
			e, err := p.Parse(b.Context(), http.Header{}, bytes.NewReader(body))
			if err != nil || e.Get("transaction_id").Str != "42" {
				b.Fatal(err)
			}
		}
	})
	b.Run("RSA and AES alone", func(b *testing.B) {
		verify, decrypt := bareCryptography(b, header, body)
		b.ReportAllocs()
		for b.Loop() {
			if err := verify(); err != nil {
				b.Fatal(err)
			}
			if _, err := decrypt(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func bareCryptography(b *testing.B, header http.Header, body []byte) (verify func() error, decrypt func() ([]byte, error)) {
	b.Helper()
	cred := gateway().Credentials()
	key := cred.PlatformCertificate.PublicKey.(*rsa.PublicKey)
	signature, err := base64.StdEncoding.DecodeString(header.Get(signer.HeaderSignature))
	require.NoError(b, err)
	digest := sha256.Sum256(signer.ReplyMessage(header.Get(signer.HeaderTimestamp), header.Get(signer.HeaderNonce), body))
	resource := gjson.GetBytes(body, "resource")
	encrypted := cipher.Resource{
		Nonce: resource.Get("nonce").Str, AssociatedData: resource.Get("associated_data").Str, Ciphertext: resource.Get("ciphertext").Str,
	}
	verify = func() error { return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) }
	decrypt = func() ([]byte, error) { return cipher.DecryptResource(cred.APIv3Key, encrypted) }
	return verify, decrypt
}
