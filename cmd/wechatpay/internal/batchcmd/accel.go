package batchcmd

import (
	"crypto/rsa"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/accel"
	"github.com/wechatpay-chain/wechatpay/keys"
)

// accelerate lets OpenSSL sign, where it can: signing is nearly all of the CPU of a batch. The
// signatures are the same to the byte, so that nothing is said where it cannot.
func accelerate(cfg *wechatpay.Config) {
	switch key := cfg.PrivateKey.(type) {
	case *keys.Merchant:
		if fast, err := key.SignedBy(accel.Signer); err == nil {
			cfg.PrivateKey = fast
		}
	case *rsa.PrivateKey:
		if fast, err := accel.Signer(key); err == nil {
			cfg.PrivateKey = fast
		}
	}
}
