package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// changing are what no two runs have in common.
var changing = regexp.MustCompile(`pr=[0-9a-z]+|"4200\d+"`)

// TestREADMESession: the first session of the README happens as it is written there, up to an ellipsis.
func TestREADMESession(t *testing.T) {
	t.Parallel()
	gateway, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	server, err := gateway.Start()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	state := t.TempDir()
	require.NoError(t, gateway.WriteCredentials(filepath.Join(state, "wechatpay", "sandbox"), server.URL))
	env := map[string]string{"XDG_STATE_HOME": state, "XDG_CONFIG_HOME": state, "HOME": state}

	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, text, _ := strings.Cut(string(readme), "```console\n")
	text, _, _ = strings.Cut(text, "```")
	steps := strings.Split("\n"+strings.ReplaceAll(text, "\\\n", ""), "\n$ ")[1:]
	require.Greater(t, len(steps), 5)
	for _, step := range steps {
		command, want, _ := strings.Cut(step, "\n")
		args := strings.Fields(command)
		if args[0] != "wechatpay" {
			continue // it serves the sandbox, as this test does
		}
		var said bytes.Buffer
		a := &app.App{
			In: strings.NewReader(""), Out: &said, Err: &said, Now: time.Now,
			Getenv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		}
		cli.Main(t.Context(), a, args[1:])
		want, _, cut := strings.Cut(want, "…")
		got := changing.ReplaceAllString(said.String(), "~")
		want = changing.ReplaceAllString(want, "~")
		if cut {
			assert.True(t, strings.HasPrefix(got, want), "%s\n%s", command, got)
		} else {
			assert.Equal(t, strings.TrimSpace(want), strings.TrimSpace(got), command)
		}
	}
}
