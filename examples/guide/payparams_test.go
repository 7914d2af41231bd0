package guide_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestPayParams(t *testing.T) {
	s := sandboxtest.New(t)
	t.Run("page", func(t *testing.T) {
		data, err := guide.PageParams(t.Context(), s.Client, "wx1", "wx2")
		require.NoError(t, err)
		var p struct{ AppID, TimeStamp, NonceStr, Package, SignType, PaySign string }
		require.NoError(t, json.Unmarshal(data, &p))
		assert.Equal(t, "prepay_id=wx2", p.Package)
		message := p.AppID + "\n" + p.TimeStamp + "\n" + p.NonceStr + "\n" + p.Package + "\n"
		assertSigned(t, s, message, p.PaySign)
	})
	t.Run("app", func(t *testing.T) {
		data, err := guide.AppParams(t.Context(), s.Client, "wx1", "wx2")
		require.NoError(t, err)
		var p struct{ AppID, PartnerID, PrepayID, Timestamp, NonceStr, Sign string }
		require.NoError(t, json.Unmarshal(data, &p))
		assert.Equal(t, s.Credentials.MchID, p.PartnerID)
		message := p.AppID + "\n" + p.Timestamp + "\n" + p.NonceStr + "\n" + p.PrepayID + "\n"
		assertSigned(t, s, message, p.Sign)
	})
}

// assertSigned verifies a signature of the merchant, as WeChat's app does.
func assertSigned(t *testing.T, s *sandboxtest.Sandbox, message, sign string) {
	t.Helper()
	signature, err := base64.StdEncoding.DecodeString(sign)
	require.NoError(t, err)
	digest := sha256.Sum256([]byte(message))
	assert.NoError(t, rsa.VerifyPKCS1v15(&s.Credentials.PrivateKey.PublicKey, crypto.SHA256, digest[:], signature))
}
