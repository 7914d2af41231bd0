package openapi_test

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A typed chain adds little to a program: what it does not use is not linked.
func TestProgramSize(t *testing.T) {
	switch {
	case testing.Short():
		t.Skip("links three programs")
	case runtime.GOOS != "linux":
		t.Skip("reads the sections of an ELF file")
	}
	dynamic := size(t, ``, `c.Chain("v3/pay/transactions/jsapi").Post(ctx, opts)`)
	for _, c := range []struct{ name, imports, call string }{
		{"one product", `"github.com/wechatpay-chain/wechatpay/openapi/pay"`, `pay.New(c).Transactions().Jsapi().Post(ctx, opts)`},
		{"all products", `"github.com/wechatpay-chain/wechatpay/openapi"`, `openapi.V3(c).Pay().Transactions().Jsapi().Post(ctx, opts)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			growth := size(t, c.imports, c.call) - dynamic
			t.Logf("%d bytes more than %d", growth, dynamic)
			assert.Less(t, growth, 10_000)
		})
	}
}

// size is that of a program's sections: a file is larger by the padding between them,
// which differs by pages from one program to the next.
func size(t *testing.T, imports, call string) (total int) {
	t.Helper()
	dir := t.TempDir()
	source := fmt.Sprintf("package main\nimport (\"context\"; \"github.com/wechatpay-chain/wechatpay\"; %s)\n"+
		"func main() {\nc, _ := wechatpay.New(wechatpay.Config{})\nctx, opts := context.Background(), &wechatpay.Options{}\nr, err := %s\nprintln(r, err)\n}\n",
		imports, call)
	program := filepath.Join(dir, "program")
	require.NoError(t, os.WriteFile(program+".go", []byte(source), 0o600))
	output, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, program+".go").CombinedOutput()
	require.NoError(t, err, string(output))
	file, err := elf.Open(program)
	require.NoError(t, err)
	defer file.Close()
	for _, section := range file.Sections {
		if section.Type != elf.SHT_NOBITS {
			total += int(section.FileSize)
		}
	}
	return total
}
