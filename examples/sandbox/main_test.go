package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestTheFilesAreAllThatAClientNeeds calls the served gateway with nothing but
// what was written into the folder.
func TestTheFilesAreAllThatAClientNeeds(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "credentials")
	ctx, stop := context.WithCancel(t.Context())
	ready, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- run(ctx, "127.0.0.1:0", dir, func(url string) { ready <- url }) }()
	select {
	case <-ready:
	case err := <-done:
		require.NoError(t, err, "it ended before it was ready")
	}

	data, err := os.ReadFile(filepath.Join(dir, "credentials.json"))
	require.NoError(t, err)
	ids := map[string]string{}
	require.NoError(t, json.Unmarshal(data, &ids))
	file := func(name string) keys.Source { return keys.File(filepath.Join(dir, name)) }
	key, err := keys.LoadPrivateKey(file("apiclient_key.pem"))
	require.NoError(t, err)
	cert, err := keys.LoadCertificate(file("apiclient_cert.pem"))
	require.NoError(t, err)
	assert.Equal(t, ids["serial"], signer.Serial(cert))
	public, err := keys.LoadPublicKey(file("pub_key.pem"))
	require.NoError(t, err)
	platform, err := keys.LoadCertificate(file("wechatpay_" + ids["platform_serial"] + ".pem"))
	require.NoError(t, err)
	keys := keys.CertificateSet(platform)
	keys[ids["public_key_id"]] = public

	c, err := wechatpay.New(wechatpay.Config{
		MchID: ids["mchid"], Serial: ids["serial"], PrivateKey: key, PlatformKeys: keys, BaseURL: ids["base_url"],
	})
	require.NoError(t, err)
	resp, err := c.Chain("v3/certificates").Get(ctx, nil)
	require.NoError(t, err)
	assert.Equal(t, ids["platform_serial"], resp.Get("data.0.serial_no").String())

	info, err := os.Stat(filepath.Join(dir, "apiclient_key.pem"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	c.CloseIdleConnections()
	stop()
	require.NoError(t, <-done)
	require.Error(t, run(t.Context(), "256.0.0.1:0", dir, nil), "an invalid address")
}
