package batchcmd_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// TestReportThatIsAddedTo: a report that has results tells that the state was lost, although its folder is new.
func TestReportThatIsAddedTo(t *testing.T) {
	t.Parallel()
	shop := open(t, "1900000109")
	report := filepath.Join(t.TempDir(), "report.ndjson")
	out, err := os.OpenFile(report, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	require.NoError(t, err)
	t.Cleanup(func() { _ = out.Close() })
	for range 2 {
		code, said := shop.run(t.Context(), out, "batch", "post", "v3/refund/domestic/refunds", "--sandbox", "--state", filepath.Join(t.TempDir(), "state"))
		require.Equal(t, failure.OK, code, said)
	}
	text, err := os.ReadFile(report)
	require.NoError(t, err)
	assert.Equal(t, 2*orders, strings.Count(string(text), `"outcome":"done"`))
	assert.Equal(t, orders, strings.Count(string(text), `"by_query":true`))
	shop.sentOnce(t)
}
