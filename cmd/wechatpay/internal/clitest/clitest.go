// Package clitest runs the scripts that test commands: files of testdata/script, in the
// language of testscript.
package clitest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// Main is the TestMain of a package with scripts: they run the command wechatpay, which is
// this test program.
func Main(m *testing.M) {
	testscript.Main(m, map[string]func(){"wechatpay": func() {
		os.Exit(cli.Main(context.Background(), app.OS(), os.Args[1:]))
	}})
}

// Run runs the scripts of testdata/script. Each has a sandbox of its own, which --sandbox
// finds, and which arrange may change. Beside the commands of testscript there is
//
//	exits CODE PROGRAM ARGUMENTS…
//
// which fails unless the program ends with that exit code. Files that cmp compares are
// written anew where UPDATE_SCRIPTS is set.
func Run(t *testing.T, arrange func(*testscript.Env, *sandbox.Gateway) error) {
	t.Helper()
	keys := sync.OnceValues(sandbox.NewKeys)
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(env *testscript.Env) error {
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, ".state"))
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, ".config"))
			env.Setenv("WECHATPAY_LANG", "en")
			pairs, err := keys()
			if err != nil {
				return err
			}
			gateway, err := sandbox.New(sandbox.Config{Keys: pairs})
			if err != nil {
				return err
			}
			server, err := gateway.Start()
			if err != nil {
				return err
			}
			env.Defer(server.Close)
			dir := filepath.Join(env.WorkDir, ".state", "wechatpay", "sandbox")
			if err := gateway.WriteCredentials(dir, server.URL); err != nil {
				return err
			}
			env.Setenv("SANDBOX", dir)
			env.Setenv("SANDBOX_URL", server.URL)
			if arrange == nil {
				return nil
			}
			return arrange(env, gateway)
		},
	})
}

// exits runs a program that ends with an exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGUMENTS…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, not %d", got, want)
	}
}
