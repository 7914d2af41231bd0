package wechatpay_test

import (
	"fmt"
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
)

// ConfigFrom reads any source of named values: here, a map.
func ExampleConfigFrom() {
	values := map[string]string{"WECHATPAY_MCHID": "1900000109", "WECHATPAY_PUBLIC_KEY_ID": "PUB_KEY_ID_0119"}
	_, err := wechatpay.ConfigFrom(func(name string) (string, bool) { v, ok := values[name]; return v, ok })
	fmt.Println(err)
	// Output: wechatpay: WECHATPAY_PUBLIC_KEY_ID: is set without WECHATPAY_PUBLIC_KEY or WECHATPAY_PUBLIC_KEY_FILE; set one
}

// sourced returns the variables that a shell has after ". env.sh", in another folder.
func sourced(t *testing.T, file string) map[string]string {
	t.Helper()
	shell := exec.CommandContext(t.Context(), "sh", "-c", `. "$1" && env`, "sh", file)
	shell.Dir, shell.Env = t.TempDir(), []string{"PATH=" + os.Getenv("PATH")}
	out, err := shell.Output()
	require.NoError(t, err)
	vars := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "="); ok && strings.HasPrefix(name, "WECHATPAY_") {
			vars[name] = value
		}
	}
	return vars
}

func TestFromEnv(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("env.sh is for a shell")
	}
	server, err := gateway().Start()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	dir := filepath.Join(t.TempDir(), "it's here")
	require.NoError(t, gateway().WriteCredentials(dir, server.URL))
	for name, value := range sourced(t, filepath.Join(dir, "env.sh")) {
		t.Setenv(name, value)
	}
	c, err := wechatpay.FromEnv()
	require.NoError(t, err)
	t.Cleanup(c.CloseIdleConnections)
	reply, err := c.Chain("v3/certificates").Get(t.Context(), nil)
	require.NoError(t, err)
	assert.True(t, reply.Verified)

	t.Run("nil looks into the environment", func(t *testing.T) {
		cfg, err := wechatpay.ConfigFrom(nil)
		require.NoError(t, err)
		assert.Equal(t, gateway().Credentials().MchID, cfg.MchID)
		assert.IsType(t, &keys.Merchant{}, cfg.PrivateKey)
	})
	t.Run("a problem has a name", func(t *testing.T) {
		t.Setenv("WECHATPAY_PRIVATE_KEY_FILE", filepath.Join(dir, "none.pem"))
		_, err := wechatpay.FromEnv()
		require.ErrorContains(t, err, "wechatpay: WECHATPAY_PRIVATE_KEY_FILE: ")
		require.ErrorIs(t, err, os.ErrNotExist)
	})
	t.Run("what is missing is for New to say", func(t *testing.T) {
		t.Setenv("WECHATPAY_MCHID", "")
		t.Setenv("WECHATPAY_CERTIFICATE_FILE", "")
		_, err := wechatpay.FromEnv()
		require.ErrorContains(t, err, "MchID")
	})
}
