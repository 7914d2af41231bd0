package notify

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
)

// isXML reports whether a body is one of APIv2: a webhook of v3 begins with a brace.
func isXML(data []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\ufeff")), " \t\r\n"), []byte("<"))
}

// The elements of a notification that hold others, encrypted.
const (
	reqInfo         = "req_info"         // of a refund, with the APIv2 key
	eventCiphertext = "event_ciphertext" // with the APIv3 key
)

// openV2 verifies and decrypts a notification of APIv2. That of a refund has no sign: that
// its req_info decrypts is all that is known of its origin.
func (p *Parser) openV2(data []byte) (*Event, error) {
	outer, err := apiv2.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("notify: not verified: %w: %w", ErrXML, err)
	}
	unsigned := outer.Get("sign") == "" && outer.Get(reqInfo) != ""
	if unsigned {
		_, err = outer.Params()
	} else {
		err = outer.Verify(p.apiV2Key.Reveal())
	}
	if err != nil {
		return nil, fmt.Errorf("notify: not verified: %w", err)
	}
	event, err := p.readV2(outer, unsigned)
	switch {
	case err != nil && unsigned:
		return nil, fmt.Errorf("notify: not verified: %w", err)
	case err != nil:
		return nil, &verifiedError{event, err}
	}
	return event, nil
}

// readV2 reads a notification that was verified, or is unsigned.
func (p *Parser) readV2(outer apiv2.Message, unsigned bool) (*Event, error) {
	resource := outer.JSON()
	encrypted, inner, err := p.decryptV2(outer)
	if err != nil {
		return eventV2(encrypted, resource), err
	}
	if encrypted != "" {
		resource = merge(inner.JSON(), resource, func(name string) bool {
			return name != encrypted && (!unsigned || slices.Contains(besideReqInfo, name))
		})
	}
	event := eventV2(encrypted, resource)
	if mchID := merchantOf(event.Get); p.mchID != "" && mchID != p.mchID {
		return event, fmt.Errorf("%w: it is for %.40q, not for %s", ErrMchID, mchID, p.mchID)
	}
	return event, nil
}

// besideReqInfo are the documented elements beside req_info. As none of them is signed, no
// other is taken.
var besideReqInfo = []string{"return_code", "return_msg", "appid", "mch_id", "sub_appid", "sub_mch_id", "nonce_str"}

// decryptV2 returns the name of the encrypted element, or "", and what it holds.
func (p *Parser) decryptV2(outer apiv2.Message) (name string, inner apiv2.Message, err error) {
	var plaintext []byte
	switch {
	case outer.Get(reqInfo) != "":
		name = reqInfo
		plaintext, err = cipher.DecryptLegacyECB(p.refundKey, outer.Get(reqInfo))
	case outer.Get(eventCiphertext) != "":
		name = eventCiphertext
		plaintext, err = p.decryptEventV2(outer)
	default:
		return "", inner, nil
	}
	if err != nil {
		return name, inner, fmt.Errorf("%s: %w", name, err)
	}
	if inner, err = apiv2.Parse(plaintext); err != nil {
		return name, inner, fmt.Errorf("%s: %w: %w", name, ErrXML, err)
	}
	return name, inner, nil
}

func (p *Parser) decryptEventV2(outer apiv2.Message) ([]byte, error) {
	if algorithm := outer.Get("event_algorithm"); algorithm != cipher.GCMName {
		return nil, fmt.Errorf("%w %.40q in event_algorithm; only %s is supported", ErrAlgorithm, algorithm, cipher.GCMName)
	}
	if p.apiV3Key.IsZero() {
		return nil, errors.New("Config.APIv3Key is missing, which decrypts it")
	}
	return p.decryptGCM(cipher.Resource{
		Nonce: outer.Get("event_nonce"), AssociatedData: outer.Get("event_associated_data"), Ciphertext: outer.Get(eventCiphertext),
	})
}

// merge returns the object inner with those members of outer that it does not have and that
// are kept.
func merge(inner, outer []byte, keep func(name string) bool) []byte {
	names := map[string]bool{}
	gjson.ParseBytes(inner).ForEach(func(name, _ gjson.Result) bool { names[name.Str] = true; return true })
	merged := inner[:len(inner)-1]
	gjson.ParseBytes(outer).ForEach(func(name, value gjson.Result) bool {
		if names[name.Str] || !keep(name.Str) {
			return true
		}
		if len(merged) > 1 {
			merged = append(merged, ',')
		}
		merged = append(append(append(merged, name.Raw...), ':'), value.Raw...)
		return true
	})
	return append(merged, '}')
}

// merchantOf returns the merchant that a notification is for.
func merchantOf(get func(name string) gjson.Result) string {
	return cmp.Or(get("mch_id").Str, get("combine_mch_id").Str, get("mchid").Str)
}
