package sandbox

import (
	"crypto/rsa"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// An account is a caller that the gateway knows, the merchant or the brand, with the keys of
// both sides. The two have no key in common.
type account struct {
	id, serial string
	scheme     signer.Scheme
	key        *rsa.PrivateKey // the caller's
	signer     signer.Signer   // of the key, for forgeries
	apiV3Key   cipher.Secret
	apiV2Key   cipher.Secret // of the merchant
	platform   platformKeys
}

func (a *account) set(id, serial string, scheme signer.Scheme, key *rsa.PrivateKey, apiV3Key cipher.Secret, platform ...platformKey) (err error) {
	a.id, a.serial, a.scheme, a.key, a.apiV3Key, a.platform.keys = id, serial, scheme, key, apiV3Key, platform
	a.signer, err = signer.New(key)
	return err
}

// accountOf returns who calls a path: paths that begin with /brand/ are the brand's.
func (g *Gateway) accountOf(route string) *account {
	if strings.HasPrefix(route, "/brand/") {
		return &g.brand
	}
	return &g.merchant
}

// routeOf returns the path of an endpoint without what a base URL puts before it, such as
// /hk, and "" for a path that no endpoint has.
func routeOf(path string) string {
	at, brand := strings.Index(path, "/v3/"), strings.Index(path, "/brand/")
	switch {
	case brand >= 0 && (at < 0 || brand < at):
		return path[brand:]
	case at >= 0:
		return path[at:]
	}
	return ""
}
