package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start returns a sandbox whose env.sh is in the environment.
func start(t *testing.T) *sandboxtest.Sandbox {
	t.Helper()
	s, dir := sandboxtest.New(t), t.TempDir()
	require.NoError(t, s.Gateway.WriteCredentials(dir, s.URL))
	script, err := os.ReadFile(filepath.Join(dir, "env.sh"))
	require.NoError(t, err)
	for _, line := range regexp.MustCompile(`(?m)^export (\w+)='([^']*)'(\S*)$`).FindAllStringSubmatch(string(script), -1) {
		t.Setenv(line[1], line[2]+line[3])
	}
	return s
}

func TestTheFirstCallIsVerified(t *testing.T) {
	start(t)
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	assert.Equal(t, "verified: there is no such order\n", out.String())
}

func TestAnUnsignedReplyProvesNothing(t *testing.T) {
	s := start(t)
	require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Fault: "unsigned"}))
	var out bytes.Buffer
	require.Error(t, run(t.Context(), &out))
	assert.Empty(t, out.String())
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	start(t)
	t.Setenv("WECHATPAY_PRIVATE_KEY_FILE", "")
	require.ErrorContains(t, run(t.Context(), new(bytes.Buffer)), "the private key is missing")
}
