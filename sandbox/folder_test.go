package sandbox_test

import (
	"crypto/rsa"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestCredentialsAreWhatTheGatewayTakes(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	dir := filepath.Join(t.TempDir(), "new")
	require.NoError(t, g.WriteCredentials(dir, "http://127.0.0.1:8080/"))
	file := func(name string) keys.Source { return keys.File(filepath.Join(dir, name)) }
	c := g.Credentials()
	for name, want := range map[string]*rsa.PrivateKey{"apiclient_key.pem": c.PrivateKey, "brand_key.pem": c.Brand.PrivateKey} {
		key, err := keys.LoadPrivateKey(file(name))
		require.NoError(t, err)
		assert.True(t, want.Equal(key), name)
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		if runtime.GOOS != "windows" {
			assert.Zero(t, info.Mode().Perm()&0o077, "others cannot read it")
		}
	}
	cert, err := keys.LoadCertificate(file("apiclient_cert.pem"))
	require.NoError(t, err)
	assert.Equal(t, c.Serial, signer.Serial(cert))
	pub, err := keys.LoadPublicKey(file("pub_key.pem"))
	require.NoError(t, err)
	assert.True(t, c.PublicKey.Equal(pub))

	data, err := os.ReadFile(filepath.Join(dir, "credentials.json"))
	require.NoError(t, err)
	var ids map[string]string
	require.NoError(t, json.Unmarshal(data, &ids))
	assert.Equal(t, "http://127.0.0.1:8080", ids["base_url"])
	assert.Equal(t, c.MchID, ids["mchid"])
	assert.Equal(t, c.Brand.BrandID, ids["brand_id"])
	assert.Equal(t, g.ControlToken(), ids["control_token"])
}

// TestEnvironmentOfAShell: after env.sh, a program has a client by FromEnv, whatever the folder's
// name.
func TestEnvironmentOfAShell(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell here, for which env.sh is")
	}
	g := newGateway(t, sandbox.Config{})
	dir := filepath.Join(t.TempDir(), "it's $HOME")
	require.NoError(t, g.WriteCredentials(dir, "http://127.0.0.1:8080/"))
	command := exec.CommandContext(t.Context(), "sh", "-c", ". ./env.sh && env")
	command.Dir, command.Env = dir, []string{"PATH=" + os.Getenv("PATH")}
	out, err := command.Output()
	require.NoError(t, err)
	values := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		values[name] = value
	}
	cfg, err := wechatpay.ConfigFrom(func(name string) (string, bool) { value, ok := values[name]; return value, ok })
	require.NoError(t, err)
	_, err = wechatpay.New(cfg)
	require.NoError(t, err)
	assert.Equal(t, g.ControlToken(), values["WECHATPAY_CONTROL_TOKEN"])
}

// TestFirstPrograms runs each program of the folder: it signs, verifies the reply, and plays the
// payer. That of Go runs everywhere; those of other languages are for machines that have them.
func TestFirstPrograms(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	server, err := g.Start()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	require.NoError(t, g.WriteCredentials(dir, server.URL))
	built, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "first.exe"), filepath.Join(dir, "main.go")).CombinedOutput()
	require.NoError(t, err, "%s", built)
	for _, row := range []struct {
		name    string
		needs   []string
		command []string
	}{
		{"Go", nil, []string{filepath.Join(dir, "first.exe")}},
		{"curl", []string{"curl", "openssl"}, []string{"sh", "curl.sh"}},
		{"Node.js", nil, []string{"node", "node.mjs"}},
		{"PHP", nil, []string{"php", "php.php"}},
		{"Java", nil, []string{"java", "Pay.java"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			for _, program := range append(row.needs, row.command[0]) {
				if _, err := exec.LookPath(program); err != nil {
					t.Skipf("%s is not installed here, and the program is for people who have it; the signatures are those of the others", program)
				}
			}
			command := exec.CommandContext(t.Context(), row.command[0], row.command[1:]...)
			command.Dir = dir
			out, err := command.CombinedOutput()
			require.NoError(t, err, "%s", out)
			assert.Regexp(t, `wx2[0-9a-zA-Z]{20}`, string(out), "a prepay_id")
			assert.Regexp(t, `4200[0-9]{24}`, string(out), "a transaction_id")
		})
	}
}
