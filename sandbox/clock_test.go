package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// TestWaitingWebhooksGoByTheClock: a day of retries passes at once.
func TestWaitingWebhooksGoByTheClock(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	var count atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		count.Add(1)
		w.WriteHeader(http.StatusInternalServerError)
	}))
	t.Cleanup(server.Close)
	done := make(chan error, 1)
	go func() {
		_, err := g.Deliver(t.Context(), sandbox.Delivery{URL: server.URL}, sandbox.Notification{EventType: "X", Resource: "x"})
		done <- err
	}()
	for waiting := true; waiting; {
		select {
		case err := <-done:
			require.ErrorIs(t, err, sandbox.ErrNotAcknowledged)
			waiting = false
		default:
			g.AdvanceClock(time.Minute)
			runtime.Gosched()
		}
	}
	assert.EqualValues(t, 16, count.Load())
	assert.Panics(t, func() { g.AdvanceClock(-1) })
}
