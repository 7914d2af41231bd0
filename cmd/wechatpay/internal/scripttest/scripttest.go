// Package scripttest runs the scripts of a package's testdata/script against a sandbox that is
// served from the default folder. It is for tests.
//
// A script has the variables BASE_URL and MCHID of the sandbox, and HOOK, the URL of a server that
// takes notifications. The order "order-unpaid" waits for its payer, and the refund "refund" of the paid
// order "order-paid" is PROCESSING. AHEAD, such as "1h", puts the clock of the commands forward.
package scripttest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// Main runs the tests of a package whose scripts call wechatpay.
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

// A Stage is what a script plays on.
type Stage struct {
	Gateway *sandbox.Gateway
	Client  *wechatpay.Client
	URL     string // of the gateway
	Dir     string // the working directory of the script
	Folder  string // the credentials
}

// sharedKeys are those of all sandboxes: making keys takes a while.
var sharedKeys = sync.OnceValues(sandbox.NewKeys)

type stageKey struct{}

// Run runs the scripts. prepare, which may be nil, writes more files and variables.
func Run(t *testing.T, prepare func(*testscript.Env, *Stage) error) {
	t.Helper()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			stage, err := newStage(env)
			if err != nil || prepare == nil {
				return err
			}
			return prepare(env, stage)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"secretless": secretless, "code": code},
	})
}

func newStage(env *testscript.Env) (*Stage, error) {
	pairs, err := sharedKeys()
	if err != nil {
		return nil, err
	}
	gateway, err := sandbox.New(sandbox.Config{Keys: pairs, RefundDelay: -1})
	if err != nil {
		return nil, err
	}
	server, err := gateway.Start()
	if err != nil {
		return nil, err
	}
	env.Defer(server.Close)
	stage := &Stage{Gateway: gateway, URL: server.URL, Dir: env.WorkDir, Folder: filepath.Join(env.WorkDir, ".state", "wechatpay", "sandbox")}
	if err := gateway.WriteCredentials(stage.Folder, server.URL); err != nil {
		return nil, err
	}
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	env.Defer(hook.Close)
	for name, value := range map[string]string{
		"HOME": filepath.Join(env.WorkDir, ".home"), "XDG_STATE_HOME": filepath.Join(env.WorkDir, ".state"),
		"XDG_CONFIG_HOME": filepath.Join(env.WorkDir, ".config"), "LANG": "en_US.UTF-8", "LC_ALL": "", "NO_COLOR": "1",
		"BASE_URL": server.URL, "MCHID": gateway.Credentials().MchID, "HOOK": hook.URL, "FOLDER": stage.Folder,
	} {
		env.Setenv(name, value)
	}
	env.Values[stageKey{}] = stage
	return stage, stage.play()
}

// play makes the orders that the scripts find.
func (s *Stage) play() (err error) {
	c := s.Gateway.Credentials()
	s.Client, err = wechatpay.New(wechatpay.Config{
		MchID: c.MchID, Serial: c.Serial, PrivateKey: c.PrivateKey, APIv3Key: c.APIv3Key, APIv2Key: c.APIv2Key, BaseURL: s.URL,
		PlatformKeys: keys.Set{c.PublicKeyID: c.PublicKey},
	})
	if err != nil {
		return err
	}
	ctx := context.Background()
	for _, number := range []string{"order-unpaid", "order-paid"} {
		_, err := s.Client.Chain("v3/pay/transactions/native").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
			"appid": "wxd678efh567hg6787", "mchid": c.MchID, "description": "book", "out_trade_no": number,
			"notify_url": "https://example.com/notify", "amount": wechatpay.M{"total": 100},
		}})
		if err != nil {
			return err
		}
	}
	if _, err := s.Gateway.Pay("order-paid"); err != nil {
		return err
	}
	_, err = s.Client.Chain("v3/refund/domestic/refunds").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
		"out_trade_no": "order-paid", "out_refund_no": "refund", "amount": wechatpay.M{"refund": 1, "total": 100, "currency": "CNY"},
	}})
	return err
}

// secretless fails if a secret of the sandbox is in the last output.
func secretless(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: secretless")
	}
	stage, _ := ts.Value(stageKey{}).(*Stage)
	c := stage.Gateway.Credentials()
	output := ts.ReadFile("stdout") + ts.ReadFile("stderr")
	for name, secret := range map[string]string{
		"the APIv3 key": c.APIv3Key.Reveal(), "the APIv2 key": c.APIv2Key.Reveal(), "the brand's key": c.Brand.APIv3Key.Reveal(),
		"the control token": stage.Gateway.ControlToken(), "a private key": "PRIVATE KEY", "a key in base64": "MIIEv",
	} {
		if strings.Contains(output, secret) {
			ts.Fatalf("the output has %s:\n%s", name, output)
		}
	}
}

// code runs a command that must end with a code: "code 2 wechatpay …".
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code CODE COMMAND ARGS…")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if exit, ok := err.(interface{ ExitCode() int }); ok {
		got = strconv.Itoa(exit.ExitCode())
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, not %s", got, args[0])
	}
}
