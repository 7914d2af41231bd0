package sandbox_test

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// TestAHandlerThatPanicsAnswers500: a served sandbox has other clients too.
func TestAHandlerThatPanicsAnswers500(t *testing.T) {
	t.Parallel()
	var log syncBuffer
	g := newGateway(t, sandbox.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	m := newMerchant(t, g)
	g.Handle("GET", "/v3/panic", func(*sandbox.Request) *sandbox.Reply { panic("oh") })
	g.Handle("GET", "/v3/nil", func(*sandbox.Request) *sandbox.Reply { return nil })
	for _, path := range []string{"/v3/panic", "/v3/nil"} {
		t.Run(path, func(t *testing.T) {
			resp, body := m.call("GET", path, "")
			assert.Equal(t, 500, resp.StatusCode)
			assert.Contains(t, body, "SYSTEM_ERROR")
			assert.NotContains(t, body, "oh", "the cause is in the log")
		})
	}
	assert.Contains(t, log.String(), "panic: oh")
}
