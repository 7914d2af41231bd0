package profilecmd_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
)

// TestAddKeepsSecretsInTheKeyring: the keyring of the system is one for all tests, so that they
// run one after another.
func TestAddKeepsSecretsInTheKeyring(t *testing.T) {
	keyring.MockInit()
	dir := t.TempDir()
	require.NoError(t, testgateway.Shared().WriteCredentials(dir, "http://127.0.0.1:8080"))
	c := testgateway.Shared().Credentials()
	run := func(stdin string, args ...string) (code int, stdout, stderr string) {
		var out, said bytes.Buffer
		a := &app.App{
			In: strings.NewReader(stdin), Out: &out, Err: &said, Now: time.Now,
			Getenv: func(name string) (string, bool) { return dir, name == "XDG_CONFIG_HOME" },
		}
		code = cli.Main(t.Context(), a, append([]string{"profile"}, args...))
		assert.NotContains(t, out.String()+said.String(), c.APIv3Key.Reveal())
		return code, out.String(), said.String()
	}
	add := []string{
		"add", "shop", "--mchid", c.MchID, "--kind", "sandbox", "--base-url", "http://127.0.0.1:8080", "--keyring", "apiv3_key",
		"--private-key-file", filepath.Join(dir, "apiclient_key.pem"), "--certificate-file", filepath.Join(dir, "apiclient_cert.pem"),
	}
	for _, row := range []struct{ name, stdin, want string }{
		{"nothing on stdin", "", "--keyring apiv3_key: the secret is empty; give it on stdin, one a line"},
		{"a key of another length", "short\n", "APIV3_KEY"},
	} {
		t.Run(row.name, func(t *testing.T) {
			code, _, stderr := run(row.stdin, add...)
			assert.Equal(t, failure.Usage, code)
			assert.Contains(t, stderr, row.want)
			_, err := keyring.Get("wechatpay", "shop/apiv3_key")
			require.ErrorIs(t, err, keyring.ErrNotFound)
		})
	}
	t.Run("what is no secret", func(t *testing.T) {
		code, _, stderr := run("", "add", "shop", "--mchid", c.MchID, "--keyring", "mchid")
		assert.Equal(t, failure.Usage, code)
		assert.Contains(t, stderr, "it takes apiv3_key, apiv2_key, private_key_password")
	})
	t.Run("a secret", func(t *testing.T) {
		code, _, stderr := run(c.APIv3Key.Reveal()+"\n", add...)
		require.Equal(t, failure.OK, code, "%s", stderr)
		secret, err := keyring.Get("wechatpay", "shop/apiv3_key")
		require.NoError(t, err)
		assert.Equal(t, c.APIv3Key.Reveal(), secret)
		config, err := os.ReadFile(filepath.Join(dir, "wechatpay", "config.toml"))
		require.NoError(t, err)
		assert.NotContains(t, string(config), secret)
		code, stdout, stderr := run("", "show", "shop")
		assert.Equal(t, failure.OK, code, "%s", stderr)
		assert.Contains(t, stdout, `{"name":"WECHATPAY_APIV3_KEY","value":"[redacted]","origin":"keyring of the system, profile shop"}`)
	})
	t.Run("removed", func(t *testing.T) {
		code, _, stderr := run("", "remove", "shop")
		require.Equal(t, failure.OK, code, "%s", stderr)
		_, err := keyring.Get("wechatpay", "shop/apiv3_key")
		require.ErrorIs(t, err, keyring.ErrNotFound)
	})
}
