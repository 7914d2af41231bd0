package sandbox_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestGatewaySignsWithTheKeyThatTheRequestNames(t *testing.T) {
	t.Parallel()
	cred := gateway().Credentials()
	for _, tc := range []struct {
		name        string
		named, want string
	}{
		{"none", "", cred.PlatformSerial},
		{"the certificate", strings.ToLower(cred.PlatformSerial), cred.PlatformSerial},
		{"the public key", cred.PublicKeyID, cred.PublicKeyID},
		{"one that is not known", "PUB_KEY_ID_0", cred.PlatformSerial},
		{"the merchant's own", cred.Serial, cred.PlatformSerial},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := newMerchant(t, gateway())
			if tc.named != "" {
				m.header.Set("Wechatpay-Serial", tc.named)
			}
			resp, body := m.call("GET", "/v3/certificates", "")
			assert.Equal(t, tc.want, resp.Header.Get("Wechatpay-Serial"))
			assert.Equal(t, 200, resp.StatusCode, body)
			verifier := signer.NewVerifier(cred.PlatformKeys(), nil)
			require.NoError(t, signer.Check(t.Context(), verifier, resp.Header, []byte(body), time.Now()))
		})
	}
}

func TestAnyOtherV3PathIsEchoed(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, gateway())
	const target = "/hk/v3/some/path%2Fnew/?a=%20&b"
	resp, body := m.call("PATCH", target, `{"a":1}`)
	assert.Equal(t, 200, resp.StatusCode)
	assert.Equal(t, "PATCH", gjson.Get(body, "method").String())
	assert.Equal(t, target, gjson.Get(body, "target").String())
	assert.Equal(t, `{"a":1}`, gjson.Get(body, "body").String())
	assert.Equal(t, int64(1), gjson.Get(body, "json.a").Int())

	resp, body = m.call("GET", "/v2/pay/orderquery", "")
	assert.Equal(t, 404, resp.StatusCode, body)
	assert.True(t, signer.Signed(resp.Header))
}

func TestHandleAddsAnEndpoint(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{MchID: "1234567890", APIv3Key: cipher.NewSecret(strings.Repeat("k", 32))})
	g.Handle("POST", "/v3/refund/{no}", func(r *sandbox.Request) *sandbox.Reply {
		return sandbox.JSON(202, map[string]any{"no": r.Vars["no"], "got": string(r.Body)})
	})
	g.Handle("GET", "/v3/bare", func(*sandbox.Request) *sandbox.Reply { return &sandbox.Reply{Status: 200} })
	bare, _ := newMerchant(t, g).call("GET", "/v3/bare", "")
	assert.Equal(t, 200, bare.StatusCode)
	resp, body := newMerchant(t, g).call("POST", "/v3/refund/a%2F1", "x")
	assert.Equal(t, 202, resp.StatusCode)
	assert.JSONEq(t, `{"no":"a/1","got":"x"}`, body)
}
