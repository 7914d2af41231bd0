package paysign

import (
	"errors"
	"fmt"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// apiV2KeySize is the length of an APIv2 key in bytes.
const apiV2KeySize = 32

// HMAC signs front-end parameters with HMAC-SHA256, as API v2 does: the parameters that
// are not empty, sorted by name, without "sign", followed by the key. The result is
// upper-case hex. [ScoreUse] and [Coupons] use it; other parameters of API v2 need the
// same signature.
//
// The key is the APIv2 key of the merchant platform, although some SDKs use the APIv3
// key. Both have 32 bytes, so the wrong one is detected by WeChat Pay only. HMAC returns
// an error for a key of another length, and if every parameter is empty. It only reads
// params and is safe for concurrent use.
//
// Algorithm: https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=4_3
//
// Key: https://developers.weixin.qq.com/community/pay/article/doc/000e6a0808cf58836f20c488861c13
func HMAC(params map[string]string, apiV2Key cipher.Secret) (string, error) {
	return signDigest(signer.HMACSHA256, params, apiV2Key)
}

// signDigest signs parameters with a digest of APIv2.
func signDigest(digest signer.Digest, params map[string]string, apiV2Key cipher.Secret) (string, error) {
	if n := apiV2Key.Len(); n != apiV2KeySize {
		return "", fmt.Errorf("paysign: APIv2 key has length %d; use the key of %d bytes from the merchant platform", n, apiV2KeySize)
	}
	signed := make([]signer.Param, 0, len(params))
	for name, value := range params {
		signed = append(signed, signer.Param{Name: name, Value: value})
	}
	if signer.DigestMessage(signed) == "" {
		return "", errors.New("paysign: every parameter is empty; set at least one to sign")
	}
	return digest.Sign(signed, apiV2Key.Reveal()), nil
}
