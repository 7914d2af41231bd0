package openapi_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAProgramGrowsByLittle builds programs with and without the typed chain.
func TestAProgramGrowsByLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("links three programs")
	}
	dynamic := size(t, ``, `c.Chain("v3/pay/transactions/jsapi").Post(ctx, opts)`)
	chain := size(t, `"github.com/wechatpay-chain/wechatpay/openapi"`, `openapi.V3(c).Pay().Transactions().Jsapi().Post(ctx, opts)`)
	product := size(t, `"github.com/wechatpay-chain/wechatpay/openapi/pay"`, `pay.New(c).Transactions().Jsapi().Post(ctx, opts)`)
	t.Logf("%d bytes, %d more with the chain, %d more with the product alone", dynamic, chain-dynamic, product-dynamic)
	assert.Less(t, product-dynamic, int64(10_000), "a product alone")
	assert.Less(t, chain-dynamic, int64(20_000), "with the door to all products: neither the catalogue nor their chains are linked")
}

func size(t *testing.T, imports, call string) int64 {
	t.Helper()
	dir := t.TempDir()
	source := fmt.Sprintf("package main\nimport (\"context\"; \"github.com/wechatpay-chain/wechatpay\"; %s)\n"+
		"func main() {\nc, _ := wechatpay.New(wechatpay.Config{})\nctx, opts := context.Background(), &wechatpay.Options{}\nr, err := %s\nprintln(r, err)\n}\n",
		imports, call)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o600))
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "program"), filepath.Join(dir, "main.go"))
	output, err := build.CombinedOutput()
	require.NoError(t, err, string(output))
	info, err := os.Stat(filepath.Join(dir, "program"))
	require.NoError(t, err)
	return info.Size()
}
