package sign_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/clitest"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestMain(m *testing.M) { clitest.Main(m) }

func TestScripts(t *testing.T) {
	clitest.Run(t, func(env *testscript.Env, gateway *sandbox.Gateway) error {
		c := gateway.Credentials()
		env.Setenv("MCHID", c.MchID)
		return os.WriteFile(filepath.Join(env.WorkDir, "v2.key"), []byte(c.APIv2Key.Reveal()+"\n"), 0o600)
	})
}

// signed runs a command of sign with the credentials of a gateway, and returns its result.
func signed(t *testing.T, gateway *sandbox.Gateway, args ...string) map[string]string {
	t.Helper()
	dir, c := t.TempDir(), gateway.Credentials()
	require.NoError(t, gateway.WriteCredentials(dir, "https://api.mch.weixin.qq.com/"))
	env := map[string]string{
		"WECHATPAY_MCHID": c.MchID, "WECHATPAY_APPID": "wxd678efh567hg6787", "WECHATPAY_APIV2_KEY": c.APIv2Key.Reveal(),
		"WECHATPAY_PRIVATE_KEY_FILE": filepath.Join(dir, "apiclient_key.pem"), "WECHATPAY_CERTIFICATE_FILE": filepath.Join(dir, "apiclient_cert.pem"),
		"WECHATPAY_PUBLIC_KEY_FILE": filepath.Join(dir, "pub_key.pem"), "WECHATPAY_PUBLIC_KEY_ID": c.PublicKeyID,
	}
	var out, notes strings.Builder
	a := &app.App{
		Out: &out, Err: &notes, In: strings.NewReader(""), Now: time.Now,
		Getenv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	}
	require.Zero(t, cli.Main(t.Context(), a, append([]string{"sign"}, args...)), notes.String())
	var params map[string]string
	require.NoError(t, json.Unmarshal([]byte(out.String()), &params), out.String())
	return params
}

// TestSignatures: what is signed can be verified, as the payer's device does.
func TestSignatures(t *testing.T) {
	t.Parallel()
	gateway, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	c := gateway.Credentials()
	for _, row := range []struct {
		name    string
		args    []string
		message []string // the names of what is signed
		sign    string
	}{
		{"jsapi", []string{"jsapi", "--prepay-id", "wx26"}, []string{"appId", "timeStamp", "nonceStr", "package"}, "paySign"},
		{"jsapi with instalments", []string{"jsapi", "--prepay-id", "wx26", "--instalments", "6"}, []string{"appId", "timeStamp", "nonceStr", "package"}, "paySign"},
		{"app", []string{"app", "--prepay-id", "wx26"}, []string{"appid", "timestamp", "noncestr", "prepayid"}, "sign"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			params := signed(t, gateway, row.args...)
			message := ""
			for _, name := range row.message {
				require.NotEmpty(t, params[name], name)
				message += params[name] + "\n"
			}
			signature, err := base64.StdEncoding.DecodeString(params[row.sign])
			require.NoError(t, err)
			digest := sha256.Sum256([]byte(message))
			assert.NoError(t, rsa.VerifyPKCS1v15(&c.PrivateKey.PublicKey, crypto.SHA256, digest[:], signature))
		})
	}
	for _, row := range []struct {
		name, sign string
		args       []string
		digest     signer.Digest
	}{
		{"jsapi of APIv2", "paySign", []string{"jsapi", "--v2", "--sign-type", "MD5", "--prepay-id", "wx26"}, signer.MD5},
		{"app of APIv2", "sign", []string{"app", "--v2", "--sign-type", "HMAC-SHA256", "--prepay-id", "wx26"}, signer.HMACSHA256},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			params := signed(t, gateway, row.args...)
			var list []signer.Param
			for name := range maps.Keys(params) {
				if name != row.sign {
					list = append(list, signer.Param{Name: name, Value: params[name]})
				}
			}
			assert.Equal(t, row.digest.Sign(list, c.APIv2Key.Reveal()), params[row.sign])
		})
	}
}
