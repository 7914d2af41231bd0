package explore_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// TestSnippetRuns: the Go of an order, with a filled body, places it.
func TestSnippetRuns(t *testing.T) {
	t.Parallel()
	gateway, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	server, err := gateway.Start()
	require.NoError(t, err)
	defer server.Close()
	dir := t.TempDir()
	require.NoError(t, gateway.WriteCredentials(dir, server.URL))
	c := gateway.Credentials()

	body := filepath.Join(dir, "order.json")
	require.NoError(t, os.WriteFile(body, []byte(`{"appid":"wxd678efh567hg6787","mchid":"`+c.MchID+`","description":"a \"cup\"","out_trade_no":"snippet-1",
		"notify_url":"https://shop.example.com/notify","amount":{"total":100,"currency":"CNY"},"payer":{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}}`), 0o600))
	var program, notes strings.Builder
	a := &app.App{Out: &program, Err: &notes, In: strings.NewReader(""), Getenv: func(string) (string, bool) { return "", false }}
	require.Zero(t, cli.Main(t.Context(), a, []string{"snippet", "v3/pay/transactions/jsapi", "--input", body}), notes.String())

	// The program is a package of this module, in a folder that is not there.
	source, overlay := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(source, []byte(program.String()), 0o600))
	here, err := os.Getwd()
	require.NoError(t, err)
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(here, "order", "main.go"): source}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(overlay, replace, 0o600))
	run := exec.CommandContext(t.Context(), "go", "run", "-overlay", overlay, "./order")
	run.Env = append(os.Environ(), "WECHATPAY_MCHID="+c.MchID, "WECHATPAY_BASE_URL="+server.URL,
		"WECHATPAY_PRIVATE_KEY_FILE="+filepath.Join(dir, "apiclient_key.pem"), "WECHATPAY_CERTIFICATE_FILE="+filepath.Join(dir, "apiclient_cert.pem"),
		"WECHATPAY_PUBLIC_KEY_FILE="+filepath.Join(dir, "pub_key.pem"), "WECHATPAY_PUBLIC_KEY_ID="+c.PublicKeyID)
	output, err := run.CombinedOutput()
	require.NoError(t, err, string(output))
	assert.Contains(t, string(output), `"prepay_id":"`)
}
