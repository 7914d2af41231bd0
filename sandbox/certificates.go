package sandbox

import (
	"encoding/pem"
	"net/http"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// certificates is GET /v3/certificates: the platform certificate, encrypted with
// the APIv3 key.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012551764
func (g *Gateway) certificates(*Request) *Reply {
	const associated = "certificate"
	cert := g.credentials.PlatformCertificate
	nonce := signer.Nonce()[:12]
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
	sealed, err := cipher.Seal(g.credentials.APIv3Key, nonce, associated, text)
	if err != nil {
		return Error(http.StatusInternalServerError, "SYSTEM_ERROR", err.Error(), nil)
	}
	return JSON(http.StatusOK, map[string]any{"data": []any{map[string]any{
		"serial_no":      g.credentials.PlatformSerial,
		"effective_time": cert.NotBefore.Format(time.RFC3339),
		"expire_time":    cert.NotAfter.Format(time.RFC3339),
		"encrypt_certificate": map[string]any{
			"algorithm": "AEAD_AES_256_GCM", "nonce": nonce, "associated_data": associated, "ciphertext": sealed,
		},
	}}})
}
