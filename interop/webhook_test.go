package interop_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// A notice is what an SDK has read in a webhook.
type notice struct {
	event, number, state string
	amount               int
}

// A handler is what an SDK does with a webhook: its method paid, refunded or transferred.
type handler func(r *http.Request, key string) (notice, error)

type received struct {
	notice notice
	err    error
}

// newInbox serves a notify_url on loopback. It acknowledges what the handler takes with an
// answer: of APIv3 only the status counts.
func newInbox(t *testing.T, handle handler, key, answer string) (url string, inbox <-chan received) {
	t.Helper()
	got := make(chan received, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := handle(r, key)
		if err != nil {
			w.WriteHeader(http.StatusUnauthorized)
		} else {
			_, _ = io.WriteString(w, answer)
		}
		got <- received{n, err}
	}))
	t.Cleanup(server.Close)
	return server.URL, got
}

func next(t *testing.T, inbox <-chan received) received {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	select {
	case got := <-inbox:
		return got
	case <-ctx.Done():
		require.Fail(t, "no webhook came")
		return received{}
	}
}

// newSandbox signs webhooks as the SDK expects them: with the platform certificate, or with the
// public key.
func newSandbox(t *testing.T, row sdkRow) (*sandboxtest.Sandbox, sdk) {
	t.Helper()
	s := sandboxtest.New(t)
	if row.publicKey {
		require.NoError(t, s.Gateway.SwitchToPublicKey(100))
	}
	return s, row.new(t, s)
}

func TestWebhooks(t *testing.T) {
	t.Parallel()
	for _, row := range sdks() {
		for _, event := range []struct {
			name   string
			handle func(sdk) handler
			cause  func(*testing.T, *sandboxtest.Sandbox, sdk, string)
			want   notice
		}{
			{"a payment", func(c sdk) handler { return c.paid }, func(t *testing.T, s *sandboxtest.Sandbox, c sdk, url string) {
				c.order(t, "paid-1", url)
				payOrder(t, s, "paid-1")
			}, notice{"TRANSACTION.SUCCESS", "paid-1", "SUCCESS", 100}},
			{"a refund", func(c sdk) handler { return c.refunded }, func(t *testing.T, s *sandboxtest.Sandbox, c sdk, url string) {
				c.order(t, "refunded-1", nobody)
				c.refundOf(t, payOrder(t, s, "refunded-1"), "R-1", url)
			}, notice{"REFUND.SUCCESS", "R-1", "SUCCESS", 30}},
			{"a transfer", func(c sdk) handler { return c.transferred }, func(t *testing.T, s *sandboxtest.Sandbox, c sdk, url string) {
				c.transferTo(t, "T1", url)
				control(t, s, "transfers/confirm", `{"out_bill_no":"T1"}`)
				s.Gateway.AdvanceClock(time.Hour)
			}, notice{"MCHTRANSFER.BILL.FINISHED", "T1", "SUCCESS", 100}},
		} {
			t.Run(row.name+"/"+event.name, func(t *testing.T) {
				t.Parallel()
				s, client := newSandbox(t, row)
				url, inbox := newInbox(t, event.handle(client), s.Credentials.APIv3Key.Reveal(), "")
				event.cause(t, s, client, url)
				got := next(t, inbox)
				require.NoError(t, got.err)
				assert.Equal(t, event.want, got.notice)
			})
		}
	}
}
