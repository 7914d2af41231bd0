package sandbox

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// Decrypt decrypts a sensitive field that a request carried, with the platform key of
// that id: what the request named in Wechatpay-Serial.
func (g *Gateway) Decrypt(keyID, ciphertext string) (string, error) {
	if err := g.checkMade(); err != nil {
		return "", err
	}
	key, ok := g.merchant.platform.named(keyID)
	if !ok {
		key, ok = g.brand.platform.named(keyID)
	}
	if !ok {
		return "", fmt.Errorf("sandbox: unknown platform key %q", keyID)
	}
	decrypter, err := cipher.NewDecrypter(key.key)
	if err != nil {
		return "", err
	}
	return cipher.Decrypt(context.Background(), decrypter, ciphertext)
}

// EncryptToMerchant encrypts a sensitive field of a reply, for a custom [Handler].
func (g *Gateway) EncryptToMerchant(plaintext string) (string, error) {
	if err := g.checkMade(); err != nil {
		return "", err
	}
	return cipher.Encrypt(&g.credentials.PrivateKey.PublicKey, plaintext)
}

// decryptFields decrypts the fields that are documented as encrypted for the endpoint, to
// prove that they are, with the key that the request names. It sets Decrypted and the query.
func (g *Gateway) decryptFields(r *Request, route string) (refusal *Reply) {
	traits, known := endpoint.Lookup(r.Method, r.URL.EscapedPath()) // /hk and /global may belong to it
	if !known {
		if traits, known = endpoint.Lookup(r.Method, route); !known {
			return nil
		}
	}
	marks := traits.Encrypted
	id := r.Header.Get(signer.HeaderSerial)
	decrypt := func(value string) (string, error) { return g.Decrypt(id, value) }
	if len(marks.Query) > 0 {
		r.query = r.URL.Query()
	}
	for _, name := range marks.Query {
		if value := r.query.Get(name); value != "" {
			plain, err := decrypt(value)
			if err != nil {
				return g.notEncrypted(id, name, err)
			}
			r.query.Set(name, plain)
		}
	}
	fields := slices.Concat(marks.JSON, marks.Meta)
	if len(fields) == 0 || len(r.signed) == 0 {
		return nil
	}
	optional := make(cipher.Fields, len(fields))
	for i, field := range fields {
		optional[i] = field + "?"
	}
	var err error
	if r.Decrypted, err = optional.Map(r.signed, decrypt); err != nil {
		return g.notEncrypted(id, strings.Join(fields, ", "), err)
	}
	return nil
}

func (g *Gateway) notEncrypted(id, field string, err error) *Reply {
	issue := "敏感信息未用 Wechatpay-Serial 指定的密钥加密：" + err.Error()
	if id == "" {
		issue = "敏感信息需加密，且须在 Wechatpay-Serial 中指定密钥"
	}
	return paramError(field, "body", issue)
}
