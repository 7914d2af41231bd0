package cipher_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
)

func ExampleDecryptResource() {
	key := cipher.NewSecret(strings.Repeat("k", cipher.KeySize)) // the APIv3 key
	resource, err := cipher.EncryptResource(key, cipher.Resource{Nonce: "fdasfjihihih", AssociatedData: "transaction"}, []byte(`{"trade_state":"SUCCESS"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	plaintext, err := cipher.DecryptResource(key, resource)
	fmt.Println(string(plaintext), err)

	_, err = cipher.DecryptResource(cipher.NewSecret(strings.Repeat("x", cipher.KeySize)), resource)
	fmt.Println(err)
	// Output:
	// {"trade_state":"SUCCESS"} <nil>
	// cipher: decryption failed (wrong key, or altered data)
}

func ExampleEncrypt() {
	key, err := rsa.GenerateKey(rand.Reader, 2048) // its public half stands for WeChat Pay's key
	if err != nil {
		fmt.Println(err)
		return
	}
	ciphertext, err := cipher.Encrypt(&key.PublicKey, "张三")
	if err != nil {
		fmt.Println(err)
		return
	}
	decrypter, err := cipher.NewDecrypter(key)
	if err != nil {
		fmt.Println(err)
		return
	}
	plaintext, err := cipher.Decrypt(context.Background(), decrypter, ciphertext)
	fmt.Println(len(ciphertext), plaintext, err)
	// Output: 344 张三 <nil>
}

func ExampleSecret() {
	key := cipher.NewSecret("0123456789abcdef0123456789abcdef")
	fmt.Printf("%v %d %s\n", key, key.Len(), key.Reveal()[:4])
	// Output: [redacted] 32 0123
}

func ExampleFields_Map() {
	body := []byte(`{"name":"张三","cards":[{"no":"1"},{"no":"2"}]}`)
	changed, err := cipher.Fields{"name", "cards.#.no", "phone?"}.Map(body, func(value string) (string, error) {
		return "[" + value + "]", nil
	})
	fmt.Println(string(changed), err)
	// Output: {"name":"[张三]","cards":[{"no":"[1]"},{"no":"[2]"}]} <nil>
}
