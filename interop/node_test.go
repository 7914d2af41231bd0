package interop_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// TestNode runs each program of the folder node as its reader would: in the credentials folder
// of a sandbox, after its env.sh. A program prints the names of its rows.
func TestNode(t *testing.T) {
	t.Parallel()
	for _, needed := range []string{"node", "sh"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skipf("%s is not installed here; the clients for Go are tested all the same", needed)
		}
	}
	if _, err := os.Stat(filepath.Join("node", "node_modules")); err != nil {
		t.Skip("the packages are not installed; run npm ci in interop/node")
	}
	folder, err := filepath.Abs("node")
	require.NoError(t, err)
	for _, row := range []struct {
		program string
		want    []string
	}{
		{"axios-plugin.mjs", []string{
			"platform certificate: webhook of a JSAPI order", "platform certificate: queries", "platform certificate: refund",
			"platform certificate: upload", "platform certificate: encrypted field", "platform certificate: closed order",
			"platform certificate: missing field", "platform certificate: forged reply",
			"public key: webhook of a JSAPI order", "public key: queries", "public key: refund",
			"public key: upload", "public key: encrypted field", "public key: closed order",
			"public key: missing field", "public key: forged reply",
		}},
		{"node-v3.mjs", []string{
			"webhook of a JSAPI order, signed by a platform certificate", "webhook of a JSAPI order, signed by the public key",
			"queries", "refund", "upload", "closed order", "missing field",
		}},
	} {
		t.Run(row.program, func(t *testing.T) {
			t.Parallel()
			s := sandboxtest.New(t)
			credentials := t.TempDir()
			require.NoError(t, s.Gateway.WriteCredentials(credentials, s.URL))
			command := exec.CommandContext(t.Context(), "sh", "-c", `. ./env.sh && exec node "$1"`, "sh", filepath.Join(folder, row.program))
			command.Dir = credentials
			out, err := command.CombinedOutput()
			require.NoError(t, err, "%s", out)
			assert.Equal(t, row.want, strings.Split(strings.TrimSpace(string(out)), "\n"))
		})
	}
}
