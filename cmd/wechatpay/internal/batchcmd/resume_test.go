package batchcmd_test

import (
	"bytes"
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// A sink is standard output. It calls first at each line.
type sink struct {
	bytes.Buffer
	first func()
}

func (s *sink) Write(data []byte) (int, error) {
	if s.first != nil {
		defer s.first()
	}
	return s.Buffer.Write(data)
}

func TestInterruptedAndResumed(t *testing.T) {
	t.Parallel()
	shop := open(t, "1900000109")
	state := filepath.Join(t.TempDir(), "state")
	args := []string{"batch", "post", "v3/refund/domestic/refunds", "--sandbox", "--state", state}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	out := &sink{first: func() {
		code, said := shop.run(t.Context(), &sink{}, "batch", "status", "--state", state)
		assert.Equal(t, failure.Usage, code)
		assert.Contains(t, said, "a run is on, and its folder is its own until it ends")
		interrupt()
	}}
	code, said := shop.run(ctx, out, append(args, "--rate", "2", "--inflight", "1")...)
	assert.Equal(t, failure.Interrupted, code, said)
	assert.Contains(t, said, "what was in flight has finished, run again with the same input and state")
	assert.Less(t, strings.Count(out.String(), "\n"), orders)

	out = &sink{}
	code, said = shop.run(t.Context(), out, args...)
	assert.Equal(t, failure.OK, code, said)
	assert.Equal(t, orders, strings.Count(out.String(), `"outcome":"done"`), out)
	assert.Contains(t, out.String(), `"resumed":true`)
	shop.sentOnce(t)

	t.Run("the state is that of one merchant", func(t *testing.T) {
		out := &sink{}
		other := open(t, "1900000999")
		code, said := other.run(t.Context(), out, args...)
		assert.Equal(t, failure.Usage, code, said)
		assert.Contains(t, said, "the store belongs to another merchant: 1900000109")
		assert.Empty(t, out.String())
		assert.Empty(t, other.sent())
	})
}

// sent counts the refunds that have arrived, by their bodies.
func (s *shop) sent() map[string]int {
	sent := map[string]int{}
	for _, exchange := range s.gateway.Exchanges() {
		if exchange.Method == http.MethodPost && strings.HasSuffix(exchange.Target, "/refunds") {
			sent[exchange.Body]++
		}
	}
	return sent
}

func (s *shop) sentOnce(t *testing.T) {
	t.Helper()
	sent := s.sent()
	require.Len(t, sent, orders)
	for body, times := range sent {
		assert.Equal(t, 1, times, body)
	}
}

// Nobody may take it for a clean end that calls have left and no reply proves what became of them.
func TestInterruptedInDoubt(t *testing.T) {
	t.Parallel()
	shop := open(t, "1900000109")
	require.NoError(t, shop.gateway.Arm(sandbox.FaultRule{Fault: "unsigned", Times: 1 << 20}))
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	said := &sink{first: interrupt} // what is said first is that a call has no result
	code := cli.Main(ctx, shop.app(&bytes.Buffer{}, said), []string{"batch", "post", "v3/refund/domestic/refunds", "--sandbox", "--state", filepath.Join(t.TempDir(), "state")})
	assert.Equal(t, failure.Unknown, code, said)
	assert.Regexp(t, `(?m)^line \d: no result yet, it is tried again: .*signature`, said.String())
	assert.Regexp(t, `(?m)^wechatpay: 0/6; the last call without a result: .*; \d of them may have taken effect: run again with the same input and state, which asks for them$`, said.String())
}

func TestInterruptedWhereNobodyListens(t *testing.T) {
	t.Parallel()
	shop := open(t, "1900000109")
	shop.env["WECHATPAY_BASE_URL"] = "http://127.0.0.1:1"
	c := shop.gateway.Credentials()
	for name, value := range map[string]string{
		"MCHID": c.MchID, "PUBLIC_KEY_ID": c.PublicKeyID, "KIND": "sandbox", "PRIVATE_KEY_FILE": filepath.Join(shop.folder, "apiclient_key.pem"),
		"CERTIFICATE_FILE": filepath.Join(shop.folder, "apiclient_cert.pem"), "PUBLIC_KEY_FILE": filepath.Join(shop.folder, "pub_key.pem"),
	} {
		shop.env["WECHATPAY_"+name] = value
	}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	said := &sink{first: interrupt}
	code := cli.Main(ctx, shop.app(&bytes.Buffer{}, said), []string{"batch", "post", "v3/refund/domestic/refunds", "--state", filepath.Join(t.TempDir(), "state")})
	assert.Equal(t, failure.Interrupted, code, said)
	assert.Regexp(t, `(?m)^line \d: no result yet, it is tried again: .*refused`, said.String())
	assert.Regexp(t, `(?m)^wechatpay: 0/6; the last call without a result: .*refused`, said.String())
}
