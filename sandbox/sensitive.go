package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
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
func (g *Gateway) decryptFields(caller *account, r *Request, route string) *Reply {
	traits, known := endpoint.Lookup(r.Method, r.URL.EscapedPath()) // /hk and /global may belong to it
	if !known {
		if traits, known = endpoint.Lookup(r.Method, route); !known {
			return nil
		}
	}
	marks := traits.Encrypted
	id := r.Header.Get(signer.HeaderSerial)
	decrypt := func(value string) (string, error) {
		if !caller.platform.known(id, g.clock.wall()) {
			return "", errNoSuchKey
		}
		return g.Decrypt(id, value)
	}
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

var errNoSuchKey = errors.New("no such key")

// notEncrypted and noSuchKey refuse in WeChat Pay's words, the former with the field added.
func notEncrypted(id, location, field string, err error) *Reply {
	if errors.Is(err, errNoSuchKey) {
		return noSuchKey(id)
	}
	return Error(http.StatusBadRequest, "PARAM_ERROR", "请确认待处理的消息是否为加密后的密文："+field, map[string]any{
		"field": field, "issue": "敏感信息未用 Wechatpay-Serial 指定的密钥加密：" + err.Error(), "location": location,
	})
}

func noSuchKey(id string) *Reply {
	message := "平台证书序列号Wechatpay-Serial错误"
	if id == "" {
		message = "HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)"
	}
	return Error(http.StatusBadRequest, "PARAM_ERROR", message,
		map[string]any{"field": signer.HeaderSerial, "value": id, "location": "header"})
}
