package main_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
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

// guides are the pages of the guide in English, and the skill. The Chinese ones have the same blocks: the module docs compares them.
func guides(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../docs/guide/*.md")
	require.NoError(t, err)
	pages := map[string]string{}
	for _, file := range append(files, "../../skills/wechatpay/SKILL.md") {
		if strings.HasSuffix(file, ".zh-CN.md") {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		pages[filepath.Base(file)] = string(text)
	}
	require.NotEmpty(t, pages)
	return pages
}

var fence = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

// blocks are the blocks of a page in a language.
func blocks(page, language string) []string {
	var found []string
	for _, match := range fence.FindAllStringSubmatch(page, -1) {
		if match[1] == language {
			found = append(found, match[2])
		}
	}
	return found
}

// servedFor serves a sandbox that --sandbox finds in the environment that it returns.
func servedFor(t *testing.T, keys *sandbox.Keys) (home string, env map[string]string) {
	t.Helper()
	gateway, err := sandbox.New(sandbox.Config{Keys: keys})
	require.NoError(t, err)
	server, err := gateway.Start()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	home = t.TempDir()
	require.NoError(t, gateway.WriteCredentials(filepath.Join(home, "wechatpay", "sandbox"), server.URL))
	return home, map[string]string{"XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home, "HOME": home, "LANG": "en_US.UTF-8"}
}

// changing are what no two runs have in common.
var changing = regexp.MustCompile(`pr=[0-9a-z]+|"4200\d+"`)

// TestGuideSessions: a session that begins by serving the sandbox happens as it is written, each
// output up to an ellipsis.
func TestGuideSessions(t *testing.T) {
	t.Parallel()
	keys, err := sandbox.NewKeys()
	require.NoError(t, err)
	played := 0
	for name, page := range guides(t) {
		for _, session := range blocks(page, "console") {
			first, _, _ := strings.Cut(session, "\n")
			if !strings.HasSuffix(first, "sandbox serve &") {
				continue
			}
			played++
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				_, env := servedFor(t, keys)
				playSession(t, session, env)
			})
		}
	}
	assert.Positive(t, played)
}

func playSession(t *testing.T, session string, env map[string]string) {
	t.Helper()
	steps := strings.Split("\n"+strings.ReplaceAll(session, "\\\n", ""), "\n$ ")[1:]
	for _, step := range steps[1:] { // the first serves the sandbox, as the test does
		command, want, _ := strings.Cut(step, "\n")
		args := strings.Fields(command)
		require.Equal(t, "wechatpay", args[0], command)
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

// TestGuideCommands: the blocks of a page that use the sandbox run by a shell, one after the
// other, and every command of them succeeds.
func TestGuideCommands(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip(err)
	}
	keys, err := sandbox.NewKeys()
	require.NoError(t, err)
	for name, page := range guides(t) {
		var scripts []string
		for _, script := range blocks(page, "sh") {
			if strings.Contains(script, "--sandbox") || strings.Contains(script, "wechatpay sandbox ") {
				scripts = append(scripts, script)
			}
		}
		if len(scripts) == 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home, env := servedFor(t, keys)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // for one that serves or listens
			defer cancel()
			for _, script := range scripts {
				command := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script)
				command.Dir = home
				command.Env = []string{"PATH=" + os.Getenv("PATH")}
				for name, value := range env {
					command.Env = append(command.Env, name+"="+value)
				}
				output, err := command.CombinedOutput()
				assert.NoError(t, err, "%s\n%s", script, output)
			}
		})
	}
}
