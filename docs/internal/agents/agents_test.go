package agents_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/docs/internal/agents"
)

var update = flag.Bool("update", false, "write the files")

const top = "../../.."

// TestUpToDate: what agents read is what the pages say today.
func TestUpToDate(t *testing.T) {
	files, err := agents.Files(os.DirFS(top))
	require.NoError(t, err)
	for name, want := range files {
		file := filepath.Join(top, filepath.FromSlash(name))
		if *update {
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o750))
			require.NoError(t, os.WriteFile(file, []byte(want), 0o600))
		}
		got, err := os.ReadFile(file)
		require.NoError(t, err, "in docs: go test ./internal/agents -update")
		assert.Equal(t, want, string(got), "%s is out of date; in docs: go test ./internal/agents -update", name)
	}
}

// TestContents: a page of the guide that the contents do not list is read by nobody.
func TestContents(t *testing.T) {
	list, err := os.ReadFile(filepath.Join(top, "docs", "README.md"))
	require.NoError(t, err)
	pages, err := filepath.Glob(filepath.Join(top, "docs", "guide", "*.md"))
	require.NoError(t, err)
	require.NotEmpty(t, pages)
	for _, file := range pages {
		if name := filepath.Base(file); filepath.Ext(name[:len(name)-len(".md")]) != ".zh-CN" {
			assert.Contains(t, string(list), "(guide/"+name+")")
		}
	}
}
