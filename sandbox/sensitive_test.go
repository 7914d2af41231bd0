package sandbox_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestSensitiveFieldsMustBeEncrypted(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{Echo: true})
	cred := g.Credentials()
	toPublic, err := cipher.Encrypt(cred.PublicKey, "张三")
	require.NoError(t, err)
	for _, tc := range []struct {
		name            string
		serial, account string
		want            int
		decrypted       string
	}{
		{"to the key that is named", cred.PublicKeyID, toPublic, 200, "张三"},
		{"to another key", cred.PlatformSerial, toPublic, 400, ""},
		{"with no key named", "", toPublic, 400, ""},
		{"in the clear", cred.PublicKeyID, "张三", 400, ""},
		{"none", "", "", 200, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := newMerchant(t, g)
			if tc.serial != "" {
				m.header.Set(signer.HeaderSerial, tc.serial)
			}
			resp, body := m.call("POST", "/v3/apply4sub/sub_merchants/1/modify-settlement", `{"account_name":"`+tc.account+`"}`)
			assert.Equal(t, tc.want, resp.StatusCode)
			assert.Equal(t, tc.decrypted, gjson.Get(body, "decrypted.account_name").Str)
			resp, _ = m.call("GET", "/v3/aggracct-bc/wb-channel/account/balance?card_no="+url.QueryEscape(tc.account), "")
			assert.Equal(t, tc.want, resp.StatusCode, "in the query")
		})
	}
	_, err = g.Decrypt("01", toPublic)
	require.ErrorContains(t, err, "unknown platform key")
}
