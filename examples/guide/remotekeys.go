package guide

import (
	"crypto"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TokenClient signs by a key that cannot be taken out: that of an HSM or a KMS, whose library has a
// crypto.Signer for it.
func TokenClient(mchID, serial string, token crypto.Signer, platform signer.KeySource, baseURL string) (*wechatpay.Client, error) {
	return wechatpay.New(wechatpay.Config{
		MchID:        mchID,
		Serial:       serial,
		PrivateKey:   token,
		PlatformKeys: platform,
		BaseURL:      baseURL, // leave it out to call WeChat Pay
	})
}

// ServiceClient signs and verifies by a service of yours, such as that of examples/remotesigner.
func ServiceClient(mchID, serial string, sign signer.Func, verify signer.VerifierFunc, baseURL string) (*wechatpay.Client, error) {
	return wechatpay.New(wechatpay.Config{
		MchID:    mchID,
		Serial:   serial,
		Signer:   sign,
		Verifier: verify,
		BaseURL:  baseURL,
	})
}
