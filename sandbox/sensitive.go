package sandbox

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
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
				return notEncrypted(id, "query", name, err)
			}
			r.query.Set(name, plain)
		}
	}
	fields := slices.Concat(marks.JSON, marks.Meta)
	body, err := play.ParseObject(r.signed)
	if len(fields) == 0 || err != nil { // what is no object is refused when the body is checked
		return nil
	}
	r.Decrypted = r.signed
	for _, field := range fields {
		if at, issue := misfit(map[string]any(body), strings.Split(field, "."), ""); issue != "" {
			return paramError(at, "body", issue)
		}
		if r.Decrypted, err = (cipher.Fields{field + "?"}).Map(r.Decrypted, decrypt); err != nil {
			return notEncrypted(id, "body", "/"+strings.ReplaceAll(field, ".", "/"), err)
		}
	}
	return nil
}

// misfit returns the JSON pointer of what on the way to an encrypted field has another type, and
// what is wrong with it.
func misfit(value any, keys []string, at string) (pointer, issue string) {
	if value == nil {
		return "", ""
	}
	if len(keys) == 0 {
		if _, is := value.(string); !is {
			return at, "类型应为 string"
		}
		return "", ""
	}
	if keys[0] != "#" {
		o, is := value.(map[string]any)
		if !is {
			return at, "类型应为 object"
		}
		return misfit(o[keys[0]], keys[1:], at+"/"+keys[0])
	}
	list, is := value.([]any)
	if !is {
		return at, "应为数组"
	}
	for i, element := range list {
		if pointer, issue := misfit(element, keys[1:], at+"/"+strconv.Itoa(i)); issue != "" {
			return pointer, issue
		}
	}
	return "", ""
}

func notEncrypted(id, location, field string, err error) *Reply {
	issue := "敏感信息未用 Wechatpay-Serial 指定的密钥加密：" + err.Error()
	if id == "" {
		issue = "敏感信息需加密，且须在 Wechatpay-Serial 中指定密钥"
	}
	return paramError(field, location, issue)
}
