package batch_test

import (
	"context"
	"crypto"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/keys"
)

// A childPlan is what a worker process does. It is this test binary, run again.
type childPlan struct {
	Credentials string        // the folder of the sandbox
	URL         string        // of the gateway, or of the proxy before it
	Input       string        // the file; none: it works for a run elsewhere
	Output      string        // the results
	Dir         string        // of an embedded store
	NATS        string        // or the address of a server
	Replicas    int           // there
	KillStep    string        // the step at which it kills itself; none: never
	KillAfter   bool          // after it, not before
	KillCount   int64         // at which such step, from 1
	InFlight    int           //
	Claim       time.Duration //
	Wait        time.Duration // AbsentAfter
	FirstRun    bool
}

const childVariable = "WECHATPAY_BATCH_CHILD"

// maybeChild makes this process a child if it was started as one.
func maybeChild() {
	text := os.Getenv(childVariable)
	if text == "" {
		return
	}
	var p childPlan
	err := json.Unmarshal([]byte(text), &p)
	if err == nil {
		err = p.run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func (p childPlan) client() (*wechatpay.Client, error) {
	data, err := os.ReadFile(filepath.Join(p.Credentials, "credentials.json"))
	if err != nil {
		return nil, err
	}
	var ids struct {
		MchID       string `json:"mchid"`
		Serial      string `json:"serial"`
		PublicKeyID string `json:"public_key_id"`
	}
	if err := json.Unmarshal(data, &ids); err != nil {
		return nil, err
	}
	private, err := keys.LoadPrivateKey(keys.File(filepath.Join(p.Credentials, "apiclient_key.pem")))
	if err != nil {
		return nil, err
	}
	public, err := keys.LoadPublicKey(keys.File(filepath.Join(p.Credentials, "pub_key.pem")))
	if err != nil {
		return nil, err
	}
	return wechatpay.New(wechatpay.Config{
		MchID: ids.MchID, Serial: ids.Serial, PrivateKey: private, PlatformKeys: keys.Set{ids.PublicKeyID: crypto.PublicKey(public)},
		BaseURL: p.URL, Timeout: p.Claim / 3,
	})
}

func (p childPlan) run() error {
	client, err := p.client()
	if err != nil {
		return err
	}
	var store *batch.Store
	if p.NATS != "" {
		conn, err := nats.Connect(p.NATS, nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond))
		if err != nil {
			return err
		}
		defer conn.Close()
		store, err = batch.NATS(conn, "test", p.Replicas)
		if err != nil {
			return err
		}
	} else if store, err = batch.EmbeddedRelaxed(p.Dir); err != nil {
		return err
	}
	cfg := quick(client, store)
	cfg.Claim, cfg.AbsentAfter, cfg.FirstRun, cfg.InFlight = p.Claim, p.Wait, p.FirstRun, p.InFlight
	cfg.Asks, cfg.Sends = 1000, 1000
	cfg.AskAfter = 50 * time.Millisecond
	cfg.Trace = p.trace()
	if p.Input == "" {
		return batch.Work(context.Background(), cfg)
	}
	if err := p.feed(cfg); err != nil {
		return err
	}
	return store.Close()
}

func (p childPlan) feed(cfg batch.Config) error {
	in, err := os.Open(p.Input)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.Create(p.Output)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	for result, err := range batch.Run(context.Background(), cfg, batch.Bodies(in, batch.Job{Path: refundPath})) {
		if err != nil {
			return err
		}
		if err := encoder.Encode(result); err != nil {
			return err
		}
	}
	return out.Close()
}

// trace kills this process at a step.
func (p childPlan) trace() func(context.Context, batch.Step) (context.Context, func(error)) {
	var count atomic.Int64
	return func(ctx context.Context, step batch.Step) (context.Context, func(error)) {
		if step.Name != p.KillStep {
			return ctx, func(error) {}
		}
		now := count.Add(1) == p.KillCount
		kill := func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL); select {} }
		if now && !p.KillAfter {
			kill()
		}
		return ctx, func(error) {
			if now {
				kill()
			}
		}
	}
}

// start runs a child.
func (p childPlan) start(t *testing.T) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(p)
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^$")
	cmd.Env = append(os.Environ(), childVariable+"="+string(text))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	require.NoError(t, cmd.Start())
	return cmd
}

func ended(cmd *exec.Cmd) <-chan error {
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	return done
}
