package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWrite: each command has a page in each language, and each shell its file.
func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, write(dir, "1764547200"))
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		require.NoError(t, err)
		return string(data)
	}
	var each func(cmd *cobra.Command)
	each = func(cmd *cobra.Command) {
		page := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
		english := read("man/man1/" + page)
		assert.Contains(t, english, "Dec 2025", page)
		assert.Contains(t, read("man/zh_CN/man1/"+page), cmd.Short, page)
		home, err := os.UserHomeDir()
		require.NoError(t, err)
		assert.NotContains(t, english, home+"/", page)
		for _, below := range cmd.Commands() {
			if below.IsAvailableCommand() && !below.IsAdditionalHelpTopicCommand() {
				each(below)
			}
		}
	}
	each(root("zh_CN"))
	for _, name := range []string{"wechatpay.bash", "_wechatpay", "wechatpay.fish", "wechatpay.ps1"} {
		assert.Contains(t, read("completions/"+name), "__complete", name)
	}
}

func TestWriteAgain(t *testing.T) {
	t.Parallel()
	one, two := t.TempDir(), t.TempDir()
	require.NoError(t, write(one, ""))
	require.NoError(t, write(two, ""))
	for _, page := range []string{"man/man1/wechatpay.1", "man/zh_CN/man1/wechatpay-profile-add.1", "completions/wechatpay.fish"} {
		first, err := os.ReadFile(filepath.Join(one, page))
		require.NoError(t, err)
		second, err := os.ReadFile(filepath.Join(two, page))
		require.NoError(t, err)
		assert.Equal(t, string(first), string(second), page)
	}
}

func TestWriteWhereNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.Error(t, write(file, ""))
}
