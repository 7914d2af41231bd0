package openapi_test

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A typed chain adds little to a program: what it does not use is not linked.
func TestProgramSize(t *testing.T) {
	dynamic := size(t, ``, `c.Chain("v3/pay/transactions/jsapi").Post(ctx, opts)`)
	for _, c := range []struct{ name, imports, call string }{
		{"one product", `"github.com/wechatpay-chain/wechatpay/openapi/pay"`, `pay.New(c).Transactions().Jsapi().Post(ctx, opts)`},
		{"all products", `"github.com/wechatpay-chain/wechatpay/openapi"`, `openapi.V3(c).Pay().Transactions().Jsapi().Post(ctx, opts)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			typed := size(t, c.imports, c.call)
			t.Logf("%d bytes more than %d; %d more with the debugging data", typed.loaded-dynamic.loaded, dynamic.loaded, typed.all-dynamic.all)
			assert.Less(t, typed.loaded-dynamic.loaded, 10_000)
		})
	}
}

// A programSize is the sum of a program's sections. A file is larger by the padding between
// them, which differs by pages from one program to the next.
type programSize struct {
	loaded int // code and data
	all    int // with the debugging data, which -ldflags=-w leaves out
}

func size(t *testing.T, imports, call string) (size programSize) {
	t.Helper()
	dir := t.TempDir()
	source := fmt.Sprintf("package main\nimport (\"context\"; \"github.com/wechatpay-chain/wechatpay\"; %s)\n"+
		"func main() {\nc, _ := wechatpay.New(wechatpay.Config{})\nctx, opts := context.Background(), &wechatpay.Options{}\nr, err := %s\nprintln(r, err)\n}\n",
		imports, call)
	program := filepath.Join(dir, "program")
	require.NoError(t, os.WriteFile(program+".go", []byte(source), 0o600))
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, program+".go")
	build.Env = append(os.Environ(), "GOOS=linux") // for the sections of an ELF file, wherever this runs
	output, err := build.CombinedOutput()
	require.NoError(t, err, string(output))
	file, err := elf.Open(program)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	for _, section := range file.Sections {
		if section.Type == elf.SHT_NOBITS {
			continue
		}
		size.all += int(section.FileSize)
		if section.Flags&elf.SHF_ALLOC != 0 {
			size.loaded += int(section.FileSize)
		}
	}
	return size
}
