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

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
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
