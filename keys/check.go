package keys

import (
	"crypto"
	"errors"
	"fmt"
	"strings"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// Check reports whether WeChat Pay could name a key so, and sign with it. A key under an
// id that it never names would fail every reply, after the money has moved.
func Check(id string, key crypto.PublicKey) error {
	if !strings.HasPrefix(id, signer.PublicKeyIDPrefix) && (id == "" || strings.Trim(id, "0123456789ABCDEFabcdef") != "") {
		return errors.New("cannot be a key id of WeChat Pay; it must be the serial number of a platform certificate in hex, or PUB_KEY_ID_…")
	}
	if err := signer.CheckPublicKey(key); err != nil {
		return fmt.Errorf("must be a *rsa.PublicKey or *x509.Certificate: %w", err)
	}
	return nil
}
