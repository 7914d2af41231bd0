package batchcmd

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/accel"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func TestAccelerate(t *testing.T) {
	t.Parallel()
	gateway, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	folder := t.TempDir()
	require.NoError(t, gateway.WriteCredentials(folder, "http://127.0.0.1"))
	for _, row := range []struct {
		name string
		env  map[string]string
	}{
		{"a key", map[string]string{"WECHATPAY_PRIVATE_KEY_FILE": filepath.Join(folder, "apiclient_key.pem")}},
		{"a key and its certificate", map[string]string{
			"WECHATPAY_PRIVATE_KEY_FILE": filepath.Join(folder, "apiclient_key.pem"), "WECHATPAY_CERTIFICATE_FILE": filepath.Join(folder, "apiclient_cert.pem"),
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			cfg, err := wechatpay.ConfigFrom(func(name string) (string, bool) { v, ok := row.env[name]; return v, ok })
			require.NoError(t, err)
			before := cfg.PrivateKey
			accelerate(&cfg)
			assert.Equal(t, accel.Available() == nil, before != cfg.PrivateKey, "OpenSSL signs where it can")
			digest := sha256.Sum256([]byte("message"))
			signature, err := cfg.PrivateKey.Sign(nil, digest[:], crypto.SHA256)
			require.NoError(t, err)
			require.NoError(t, rsa.VerifyPKCS1v15(&gateway.Credentials().PrivateKey.PublicKey, crypto.SHA256, digest[:], signature))
		})
	}
}
