package sandbox

import (
	"encoding/pem"
	"net/http"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// certificates is GET /v3/certificates: the platform certificates that are valid now,
// encrypted with the APIv3 key.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012551764
func (g *Gateway) certificates(*Request) *Reply {
	const associated = "certificate"
	listed := g.merchant.platform.listed(g.clock.wall())
	if len(listed) == 0 {
		return Error(http.StatusNotFound, "RESOURCE_NOT_EXISTS", "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥", nil)
	}
	data := make([]any, len(listed))
	for i, cert := range listed {
		nonce := signer.Nonce()[:12]
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
		encrypted, err := cipher.EncryptResource(g.credentials.APIv3Key, cipher.Resource{Nonce: nonce, AssociatedData: associated}, text)
		if err != nil {
			return Error(http.StatusInternalServerError, "SYSTEM_ERROR", err.Error(), nil)
		}
		data[i] = map[string]any{
			"serial_no":      signer.Serial(cert),
			"effective_time": cert.NotBefore.Format(time.RFC3339),
			"expire_time":    cert.NotAfter.Format(time.RFC3339),
			"encrypt_certificate": map[string]any{
				"algorithm": cipher.GCMName, "nonce": nonce, "associated_data": associated, "ciphertext": encrypted.Ciphertext,
			},
		}
	}
	return JSON(http.StatusOK, map[string]any{"data": data})
}
