package keys_test

import (
	"context"
	"crypto/rsa"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/printtest"
	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestKeyringConfigErrors(t *testing.T) {
	t.Parallel()
	public := testgateway.Shared().Credentials().PublicKey
	withSigner := func(id, serial string) func(*keys.KeyringConfig) {
		return func(cfg *keys.KeyringConfig) {
			cfg.Credential = signer.Credential{ID: id, Serial: serial, Signer: signer.Func(func(context.Context, []byte) ([]byte, error) { return nil, nil })}
		}
	}
	for _, tc := range []struct {
		name   string
		change func(*keys.KeyringConfig)
		want   string
	}{
		{
			"no APIv3 key", func(cfg *keys.KeyringConfig) { cfg.APIv3Key = cipher.Secret{} },
			"keys: KeyringConfig.APIv3Key: length is 0; use the key of 32 bytes from the merchant console",
		},
		{
			"short APIv3 key", func(cfg *keys.KeyringConfig) { cfg.APIv3Key = cipher.NewSecret("hidden") },
			"keys: KeyringConfig.APIv3Key: length is 6; use the key of 32 bytes from the merchant console",
		},
		{
			"key without an id", func(cfg *keys.KeyringConfig) { cfg.Keys = keys.Set{"": public} },
			`keys: KeyringConfig.Keys: key "" cannot be a key id of WeChat Pay; it must be the serial number of a platform certificate in hex, or PUB_KEY_ID_…`,
		},
		{
			"two wrong keys", func(cfg *keys.KeyringConfig) { cfg.Keys = keys.Set{"02": nil, "01": (*rsa.PublicKey)(nil)} },
			"keys: KeyringConfig.Keys: key \"01\" must be a *rsa.PublicKey or *x509.Certificate: the key is nil or empty\n" +
				"KeyringConfig.Keys: key \"02\" must be a *rsa.PublicKey or *x509.Certificate: not an RSA key: got <nil>",
		},
		{"no mchid", withSigner("", "01"), "keys: KeyringConfig.Credential: ID: is missing; it is the merchant id, such as 1900000109"},
		{
			"no serial", withSigner("1", ""),
			"keys: KeyringConfig.Credential: Serial: is empty or zero; it must be the serial number of a certificate in hex",
		},
		{
			"nil signer", func(cfg *keys.KeyringConfig) {
				cfg.Credential = signer.Credential{ID: "1", Serial: "01", Signer: signer.Func(nil)}
			}, "keys: KeyringConfig.Credential: Signer: is nil; make one with signer.New",
		},
		{
			"nil transport", func(cfg *keys.KeyringConfig) { cfg.Transport = (*http.Transport)(nil) },
			"keys: KeyringConfig.Transport: is a nil *http.Transport",
		},
		{
			"negative spacing", func(cfg *keys.KeyringConfig) { cfg.Spacing = -1 },
			"keys: KeyringConfig.Spacing: is negative; use 0 for the default",
		},
		{
			"negative timeout", func(cfg *keys.KeyringConfig) { cfg.Timeout = -1 },
			"keys: KeyringConfig.Timeout: is negative; use 0 for the default",
		},
		{
			"base URL with a password", func(cfg *keys.KeyringConfig) { cfg.BaseURL = "https://user:secret@host/" },
			"keys: KeyringConfig.BaseURL: must be a scheme, a host and a path, without user, query and fragment",
		},
		{
			"plain http", func(cfg *keys.KeyringConfig) { cfg.BaseURL = "http://api.mch.weixin.qq.com" },
			"keys: KeyringConfig.BaseURL: calls WeChat Pay over plain http; use https",
		},
		{
			"malformed path", func(cfg *keys.KeyringConfig) { cfg.Path = "/%" },
			`keys: KeyringConfig.Path: is malformed (parse "https://api.mch.weixin.qq.com/%": invalid URL escape "%"); use an escaped path such as /v3/certificates`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg := keys.KeyringConfig{APIv3Key: cipher.NewSecret(strings.Repeat("k", 32))}
			tc.change(&cfg)
			_, err := keys.NewKeyring(cfg)
			require.EqualError(t, err, tc.want)
		})
	}
	_, err := keys.NewKeyring(keys.KeyringConfig{APIv3Key: cipher.NewSecret(strings.Repeat("k", 32))})
	require.NoError(t, err)
}

func TestKeyringConfigPrintsNoSecret(t *testing.T) {
	t.Parallel()
	cred := testgateway.Shared().Credentials()
	sign, err := signer.New(cred.PrivateKey)
	require.NoError(t, err)
	cfg := keys.KeyringConfig{
		APIv3Key:   cipher.NewSecret(strings.Repeat("k", 32)),
		Credential: signer.Credential{ID: cred.MchID, Serial: cred.Serial, Signer: sign},
	}
	printtest.Hides(t, cfg, append(printtest.PrivateNumbers(cred.PrivateKey), strings.Repeat("k", 32))...)
}

func TestDownloadURL(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, base, path, want string }{
		{"default", "", "", "https://api.mch.weixin.qq.com/v3/certificates"},
		{"overseas", "https://apihk.mch.weixin.qq.com/", "", "https://apihk.mch.weixin.qq.com/v3/global/certificates"},
		{"path prefix", "https://proxy.example/pay%2Fments/", "", "https://proxy.example/pay%2Fments/v3/certificates"},
		{"path", "https://proxy.example", "v3/x", "https://proxy.example/v3/x"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var asked string
			ring, l := newKeyring(t, testgateway.Shared(), func(cfg *keys.KeyringConfig) { cfg.BaseURL, cfg.Path = tc.base, tc.path })
			l.set(func(r *http.Request) error { asked = r.URL.String(); return errors.New("enough") }, nil)
			require.EqualError(t, ring.Refresh(t.Context()), "keys: downloading the certificates: enough")
			assert.Equal(t, tc.want, asked)
		})
	}
}
