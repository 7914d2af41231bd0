package paysign

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// apiV2KeySize is the length of an APIv2 key.
const apiV2KeySize = 32

// SignHMAC signs front-end parameters with HMAC-SHA256, as API v2 does: those that
// are not empty, sorted by name, without "sign", the key after them. The result is
// in capital hex. Payment scores ([ScoreUse]) and coupons ([PayCoupons]) need it, and
// it serves other parameters of that kind.
//
// The key is the APIv2 key of the merchant platform, although some SDKs put the APIv3
// key in its place. Both have 32 characters, so nothing here can tell them apart:
// WeChat Pay refuses the signature of the wrong one. It fails for a key of another
// length and for parameters that are all empty, and is safe for concurrent use.
//
// https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=4_3 has the algorithm,
// https://developers.weixin.qq.com/community/pay/article/doc/000e6a0808cf58836f20c488861c13
// says which key.
func SignHMAC(params map[string]string, apiV2Key string) (string, error) {
	if n := len(apiV2Key); n != apiV2KeySize {
		return "", fmt.Errorf("signer: the APIv2 key has %d bytes; it must have %d", n, apiV2KeySize)
	}
	var message strings.Builder
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if value := params[name]; value != "" && name != "sign" {
			message.WriteString(name + "=" + value + "&")
		}
	}
	if message.Len() == 0 {
		return "", errors.New("signer: no parameter with a value to sign")
	}
	message.WriteString("key=" + apiV2Key)
	mac := hmac.New(sha256.New, []byte(apiV2Key))
	mac.Write([]byte(message.String()))
	return strings.ToUpper(hex.EncodeToString(mac.Sum(nil))), nil
}
