package guide_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestMountedConfig(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	written, folder := t.TempDir(), t.TempDir()
	require.NoError(t, s.Gateway.WriteCredentials(written, s.URL))
	file := func(name string) string {
		data, err := os.ReadFile(filepath.Join(written, name))
		require.NoError(t, err)
		return string(data)
	}
	for name, value := range map[string]string{
		"WECHATPAY_MCHID": s.Credentials.MchID, "WECHATPAY_PRIVATE_KEY": file("apiclient_key.pem"), "WECHATPAY_CERTIFICATE": file("apiclient_cert.pem"),
		"WECHATPAY_PUBLIC_KEY": file("pub_key.pem"), "WECHATPAY_PUBLIC_KEY_ID": s.Credentials.PublicKeyID, "WECHATPAY_BASE_URL": s.URL,
		"WECHATPAY_APIV3_KEY": s.Credentials.APIv3Key.Reveal() + "\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(value), 0o400))
	}
	cfg, err := guide.MountedConfig(folder)
	require.NoError(t, err)
	c, err := wechatpay.New(cfg)
	require.NoError(t, err)
	t.Cleanup(c.CloseIdleConnections)
	_, err = c.Chain("v3/certificates").Get(t.Context(), nil)
	require.NoError(t, err)

	cfg, err = guide.MountedConfig(t.TempDir())
	require.NoError(t, err)
	_, err = wechatpay.New(cfg)
	assert.ErrorContains(t, err, "Config.MchID: is missing")
}
