// Package clitest runs the scripts that test commands: files of testdata/script, in the
// language of testscript.
package clitest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// Main is the TestMain of a package with scripts: they run the command wechatpay, which is
// this test program. AHEAD, such as 1h, puts its clock forward.
func Main(m *testing.M) {
	testscript.Main(m, map[string]func(){"wechatpay": func() {
		a := app.OS()
		if ahead := os.Getenv("AHEAD"); ahead != "" {
			by, err := time.ParseDuration(ahead)
			if err != nil {
				panic(err)
			}
			a.Now = func() time.Time { return time.Now().Add(by) }
		}
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		code := cli.Main(ctx, a, os.Args[1:])
		stop()
		os.Exit(code)
	}})
}

// Run runs the scripts of testdata/script. Each has a sandbox of its own, which --sandbox
// finds, and which arrange may change: SANDBOX is the folder of its credentials, SANDBOX_URL its
// address, MCHID its merchant. Beside the commands of testscript there are
//
//	exits CODE PROGRAM ARGUMENTS…
//	secretless
//
// The first fails unless the program ends with that exit code, the second if the last output has a
// secret of the sandbox. Files that cmp compares are written anew where UPDATE_SCRIPTS is set.
func Run(t *testing.T, arrange func(*testscript.Env, *sandbox.Gateway) error) {
	t.Helper()
	run(t, sandbox.Config{}, func(env *testscript.Env, stage *Stage) error {
		if arrange == nil {
			return nil
		}
		return arrange(env, stage.Gateway)
	})
}

// sharedKeys are those of all sandboxes: making keys takes a while.
var sharedKeys = sync.OnceValues(sandbox.NewKeys)

type gatewayKey struct{}

func run(t *testing.T, cfg sandbox.Config, arrange func(*testscript.Env, *Stage) error) {
	t.Helper()
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "secretless": secretless},
		Setup: func(env *testscript.Env) error {
			stage, err := serve(env, cfg)
			if err != nil {
				return err
			}
			return arrange(env, stage)
		},
	})
}

// serve starts the sandbox of a script.
func serve(env *testscript.Env, cfg sandbox.Config) (*Stage, error) {
	pairs, err := sharedKeys()
	if err != nil {
		return nil, err
	}
	cfg.Keys = pairs
	gateway, err := sandbox.New(cfg)
	if err != nil {
		return nil, err
	}
	server, err := gateway.Start()
	if err != nil {
		return nil, err
	}
	env.Defer(server.Close)
	state := filepath.Join(env.WorkDir, ".state")
	stage := &Stage{Gateway: gateway, URL: server.URL, Dir: env.WorkDir, Folder: filepath.Join(state, "wechatpay", "sandbox")}
	for name, value := range map[string]string{
		"HOME": filepath.Join(env.WorkDir, ".home"), "XDG_STATE_HOME": state, "XDG_CONFIG_HOME": filepath.Join(env.WorkDir, ".config"),
		"LANG": "en_US.UTF-8", "LC_ALL": "", "NO_COLOR": "1",
		"SANDBOX": stage.Folder, "SANDBOX_URL": server.URL, "MCHID": gateway.Credentials().MchID,
	} {
		env.Setenv(name, value)
	}
	env.Values[gatewayKey{}] = gateway
	return stage, gateway.WriteCredentials(stage.Folder, server.URL)
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

// secretless fails if a secret of the sandbox is in the last output.
func secretless(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: secretless")
	}
	gateway, _ := ts.Value(gatewayKey{}).(*sandbox.Gateway)
	c := gateway.Credentials()
	output := ts.ReadFile("stdout") + ts.ReadFile("stderr")
	for name, secret := range map[string]string{
		"the APIv3 key": c.APIv3Key.Reveal(), "the APIv2 key": c.APIv2Key.Reveal(), "the brand's key": c.Brand.APIv3Key.Reveal(),
		"the control token": gateway.ControlToken(), "a private key": "PRIVATE KEY", "a key in base64": "MIIEv",
	} {
		if strings.Contains(output, secret) {
			ts.Fatalf("the output has %s:\n%s", name, output)
		}
	}
}
