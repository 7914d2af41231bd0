package main_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// TestWhichSandbox: --sandbox finds the one that is meant, and none that has gone.
func TestWhichSandbox(t *testing.T) {
	t.Parallel()
	const alone = "a sandbox for this command alone"
	t.Run("that of the env.sh that was read", func(t *testing.T) {
		t.Parallel()
		env := served().with("WECHATPAY_CONTROL_TOKEN", testgateway.Shared().ControlToken()).with("WECHATPAY_KIND", "sandbox")
		got := run(t.Context(), t, env, "get", "v3/certificates", "--sandbox")
		assert.Zero(t, got.code, got.stderr)
		assert.Empty(t, got.stderr)
	})
	t.Run("not another one at the address of one that has ended", func(t *testing.T) {
		t.Parallel()
		ended, err := sandbox.New(sandbox.Config{})
		require.NoError(t, err)
		state := t.TempDir()
		require.NoError(t, ended.WriteCredentials(filepath.Join(state, "wechatpay", "sandbox"), served()["WECHATPAY_BASE_URL"]))
		got := run(t.Context(), t, environment{"XDG_STATE_HOME": state, "XDG_CONFIG_HOME": state}, "get", "v3/certificates", "--sandbox")
		assert.Zero(t, got.code, got.stderr)
		assert.Contains(t, got.stderr, alone)
	})
}
