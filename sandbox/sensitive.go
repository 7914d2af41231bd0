package sandbox

import (
	"context"
	"fmt"
	"net/http"
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
// prove that they are, with the key that the request names. decrypted is the body with them
// in the clear, or nil where there are none.
func (g *Gateway) decryptFields(r *http.Request, path string, body []byte) (decrypted []byte, refusal *Reply) {
	traits, known := endpoint.Lookup(r.Method, r.URL.EscapedPath()) // /hk and /global may belong to it
	if !known {
		if traits, known = endpoint.Lookup(r.Method, path); !known {
			return nil, nil
		}
	}
	marks := traits.Encrypted
	id := r.Header.Get(signer.HeaderSerial)
	decrypt := func(value string) (string, error) { return g.Decrypt(id, value) }
	query := r.URL.Query()
	for _, name := range marks.Query {
		if value := query.Get(name); value != "" {
			if _, err := decrypt(value); err != nil {
				return nil, g.notEncrypted(id, name, err)
			}
		}
	}
	fields, text := marks.JSON, body
	if len(marks.Meta) > 0 {
		fields = marks.Meta
		text, _ = signedPart(r, body) // authenticate has read it
	}
	if len(fields) == 0 || len(text) == 0 {
		return nil, nil
	}
	optional := make(cipher.Fields, len(fields))
	for i, field := range fields {
		optional[i] = field + "?"
	}
	decrypted, err := optional.Map(text, decrypt)
	if err != nil {
		return nil, g.notEncrypted(id, strings.Join(fields, ", "), err)
	}
	return decrypted, nil
}

func (g *Gateway) notEncrypted(id, field string, err error) *Reply {
	issue := "敏感信息未用 Wechatpay-Serial 指定的密钥加密：" + err.Error()
	if id == "" {
		issue = "敏感信息需加密，且须在 Wechatpay-Serial 中指定密钥"
	}
	return paramError(field, "body", issue)
}
