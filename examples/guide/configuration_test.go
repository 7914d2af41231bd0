package guide_test

import (
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestNewFrom(t *testing.T) {
	s := sandboxtest.New(t)
	private, err := x509.MarshalPKCS8PrivateKey(s.Credentials.PrivateKey)
	require.NoError(t, err)
	public, err := x509.MarshalPKIXPublicKey(s.Credentials.PublicKey)
	require.NoError(t, err)
	text := func(kind string, data []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}))
	}
	values := map[string]string{
		"WECHATPAY_MCHID":         s.Credentials.MchID,
		"WECHATPAY_PRIVATE_KEY":   strings.ReplaceAll(text("PRIVATE KEY", private), "\n", `\n`), // as many a store has it
		"WECHATPAY_CERTIFICATE":   text("CERTIFICATE", s.Credentials.Certificate.Raw),
		"WECHATPAY_PUBLIC_KEY_ID": s.Credentials.PublicKeyID,
		"WECHATPAY_PUBLIC_KEY":    text("PUBLIC KEY", public),
		"WECHATPAY_BASE_URL":      s.URL,
	}
	client, err := guide.NewFrom(values)
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	resp, err := client.Chain("v3/certificates").Get(t.Context(), nil)
	require.NoError(t, err)
	assert.True(t, resp.Verified)

	delete(values, "WECHATPAY_PUBLIC_KEY_ID")
	_, err = guide.NewFrom(values)
	assert.ErrorContains(t, err, "WECHATPAY_PUBLIC_KEY_ID")
}
