package sandbox

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/v2pay"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/wire"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// v2WebhookFaults are the faults that a notification of APIv2 can have.
var v2WebhookFaults = map[string]bool{"": true, "unsigned": true, "tampered": true, "garbled": true, wrongKey: true, wrongAPIv3Key: true}

// webhookV2 returns the message of a notification of APIv2: signed, or of a refund encrypted.
func (a *account) webhookV2(n *v2pay.Notice, fault string) (*Reply, error) {
	if !v2WebhookFaults[fault] {
		return nil, fmt.Errorf("sandbox: the fault %q means nothing in APIv2; use one of %q", fault, slices.Sorted(maps.Keys(v2WebhookFaults)))
	}
	key := a.apiV2Key
	if fault == wrongKey || fault == wrongAPIv3Key {
		key = reversed(key)
	}
	params := append(slices.Clone(n.Params), signer.Param{Name: "nonce_str", Value: signer.Nonce()})
	if n.Encrypted != nil {
		info, err := cipher.EncryptLegacyECB(cipher.LegacyKey(key), wire.Document("root", n.Encrypted))
		if err != nil {
			return nil, fmt.Errorf("sandbox: %w", err)
		}
		params = append(params, signer.Param{Name: "req_info", Value: info})
	} else {
		params = append(params, signer.Param{Name: "sign", Value: n.Digest.Sign(params, key.Reveal())})
	}
	message := &Reply{Body: wire.Document("xml", params), Header: http.Header{
		"Content-Type": {"text/xml"}, "Accept": {"*/*"}, "User-Agent": {"Mozilla/4.0"}, "Pragma": {"no-cache"}, "Request-ID": {signer.Nonce()},
	}}
	switch fault {
	case "tampered":
		message.Body = bytes.Replace(message.Body, []byte("<xml>"), []byte("<xml><sandbox>1</sandbox>"), 1)
	case "unsigned", "garbled":
		spoilV2(message, fault)
	}
	return message, nil
}

// acknowledgedV2 reports whether a shop took a notification of APIv2: its answer says so in XML.
func acknowledgedV2(status int, body []byte) bool {
	message, err := apiv2.Parse(body)
	return status == http.StatusOK && err == nil && message.Get("return_code") == "SUCCESS"
}
