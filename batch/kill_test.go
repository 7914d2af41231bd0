package batch_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// kills is how often a worker is killed, WECHATPAY_BATCH_KILLS. Each is worth 25 refunds.
func kills(t *testing.T) int {
	t.Helper()
	text := os.Getenv("WECHATPAY_BATCH_KILLS")
	if text == "" {
		return 14
	}
	count, err := strconv.Atoi(text)
	require.NoError(t, err)
	return count
}

const perOrder = 10 // refunds of an order, one at a time

// A scene is a sandbox with paid orders behind a faulty proxy, and the refunds in a file.
type scene struct {
	*sandboxtest.Sandbox
	proxy *faultyProxy
	count int
	plan  childPlan
}

func newScene(t *testing.T, count int) *scene {
	t.Helper()
	s := &scene{count: count, Sandbox: sandboxtest.New(t, sandboxtest.ExpectRefusals())}
	payOrders(t, s.Sandbox, (count+perOrder-1)/perOrder)
	s.proxy = newFaultyProxy(s.Gateway, 0.2, 1)
	server := httptest.NewServer(s.proxy)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	s.plan = childPlan{
		Credentials: filepath.Join(dir, "keys"), URL: server.URL, Input: filepath.Join(dir, "in.ndjson"), Output: filepath.Join(dir, "out.ndjson"),
		Dir: filepath.Join(dir, "store"), Claim: 2400 * time.Millisecond, Wait: 2 * time.Second, InFlight: 16,
	}
	require.NoError(t, s.Gateway.WriteCredentials(s.plan.Credentials, server.URL))
	file, err := os.Create(s.plan.Input)
	require.NoError(t, err)
	for i := range count {
		_, err := fmt.Fprintf(file, `{"out_trade_no":"order%d","out_refund_no":"refund%d","amount":{"refund":1,"total":100,"currency":"CNY"}}`+"\n", i/perOrder, i)
		require.NoError(t, err)
	}
	require.NoError(t, file.Close())
	return s
}

// check compares the results with what the sandbox has.
func (s *scene) check(t *testing.T) {
	t.Helper()
	s.proxy.later.Wait()
	file, err := os.Open(s.plan.Output)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	seen := map[string]bool{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var r batch.Result
		require.NoError(t, json.Unmarshal(lines.Bytes(), &r))
		assert.False(t, seen[r.Number], "%s twice", r.Number)
		seen[r.Number] = true
		assert.Equal(t, batch.Done, r.Outcome, "%s: %s", r.Number, r.Error)
		assert.True(t, r.Verified, r.Number)
	}
	assert.Len(t, seen, s.count, "a result for each line")
	for i := range s.count {
		number := fmt.Sprintf("refund%d", i)
		assert.Equal(t, 1, s.proxy.takes[number], "%s took effect", number)
	}
	for i := 0; i < s.count; i += perOrder {
		number := fmt.Sprintf("refund%d", i)
		reply, err := s.Client.Chain("v3/refund/domestic/refunds/{out_refund_no}").Get(t.Context(), &wechatpay.Options{Vars: wechatpay.M{"out_refund_no": number}})
		require.NoError(t, err)
		assert.Equal(t, int64(1), reply.Get("amount.refund").Int())
	}
	t.Logf("faults: %v", s.proxy.met)
}

// A worker is killed at random moments and before and after each of its steps, and its store is
// deleted now and then. Each number takes effect once.
func TestKill(t *testing.T) {
	t.Parallel()
	n := kills(t)
	s := newScene(t, 25*n)
	random := rand.New(rand.NewPCG(7, 7))
	steps := []string{"", batch.StepClaim, batch.StepSend, batch.StepAsk, batch.StepRecord, batch.StepReport, batch.StepKeep}
	for i := range n {
		p := s.plan
		p.FirstRun = i < 7 // until the store is deleted
		p.KillStep, p.KillAfter, p.KillCount = steps[i%len(steps)], i/len(steps)%2 == 1, 1+random.Int64N(50)
		if p.KillStep == batch.StepKeep {
			p.KillCount = 1
		}
		cmd := p.start(t)
		done := ended(cmd)
		wait := 4 * time.Second // it may not come to that step
		if p.KillStep == "" {
			s.proxy.more(10, wait)
			wait = time.Duration(random.IntN(300)) * time.Millisecond
		}
		select {
		case <-done: //nolint:errcheck // it was killed
		case <-time.After(wait):
			_ = cmd.Process.Kill()
			<-done //nolint:errcheck // it was killed
		}
		if i%7 == 6 {
			require.NoError(t, os.RemoveAll(p.Dir))
		}
	}
	s.proxy.mu.Lock()
	t.Logf("%d of %d took effect before the last run", len(s.proxy.takes), s.count)
	s.proxy.mu.Unlock()
	require.NoError(t, <-ended(s.plan.start(t)))
	s.check(t)
}

// Three workers on a server, of which one is stopped for longer than its claim and woken again, one
// is killed and started anew, and the run itself is killed.
func TestWorkersStoppedAndKilled(t *testing.T) {
	t.Parallel()
	s := newScene(t, 10*kills(t))
	s.plan.NATS, s.plan.Replicas = startServers(t, 1)[0].ClientURL(), 1
	s.plan.InFlight = 4
	worker := s.plan
	worker.Input = ""
	stopped, killed, steady := worker.start(t), worker.start(t), worker.start(t)
	feeder := s.plan
	feeder.FirstRun, feeder.InFlight = true, -1
	feeding := feeder.start(t)
	s.proxy.wait(t, s.count/6)
	require.NoError(t, stopped.Process.Signal(syscall.SIGSTOP))
	s.proxy.wait(t, s.count/4)
	_ = killed.Process.Kill()
	_ = killed.Wait()
	_ = feeding.Process.Kill()
	_ = feeding.Wait()
	killed = worker.start(t)
	feeding = feeder.start(t)
	time.Sleep(s.plan.Claim) // what the stopped worker had has been taken over, or will be
	s.proxy.wait(t, s.count/2)
	require.NoError(t, stopped.Process.Signal(syscall.SIGCONT))
	require.NoError(t, <-ended(feeding))
	for _, cmd := range []*exec.Cmd{stopped, killed, steady} {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	s.check(t)
}
