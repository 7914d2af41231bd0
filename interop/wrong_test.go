package interop_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// A refusal is what an SDK has read in an error.
type refusal struct {
	status      int
	code, field string
}

func TestAMissingFieldIsNamed(t *testing.T) {
	t.Parallel()
	for _, row := range sdks() {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := row.new(t, sandboxtest.New(t)).orderForNobody(t, "nobody-1")
			assert.Equal(t, refusal{http.StatusBadRequest, "PARAM_ERROR", "/payer/openid"}, got)
		})
	}
}

func TestForgedReplies(t *testing.T) {
	t.Parallel()
	for _, row := range sdks() {
		for _, fault := range []string{"tampered", "garbled", "unknown-key", "probe", "unsigned", "past", "future"} {
			if !row.checksTime && (fault == "past" || fault == "future") {
				continue // gopay takes a reply of any age
			}
			t.Run(row.name+"/"+fault, func(t *testing.T) {
				t.Parallel()
				s := sandboxtest.New(t)
				client := row.new(t, s)
				client.order(t, "forged-1", nobody)
				require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Fault: fault}))
				require.Error(t, client.query(t, "forged-1"))
				require.NoError(t, client.query(t, "forged-1"), "the next reply is genuine")
			})
		}
	}
}

func TestWrongWebhooks(t *testing.T) {
	t.Parallel()
	for _, row := range sdks() {
		t.Run(row.name+"/a wrong APIv3 key", func(t *testing.T) {
			t.Parallel()
			s, client := newSandbox(t, row)
			url, inbox := newInbox(t, client.paid, "0123456789abcdef0123456789abcdef", "")
			client.order(t, "paid-1", url)
			payOrder(t, s, "paid-1")
			require.ErrorContains(t, next(t, inbox).err, "message authentication failed")
		})
		for _, fault := range []string{"tampered", "wrong-key", "unknown-key", "probe", "unsigned"} {
			t.Run(row.name+"/"+fault, func(t *testing.T) {
				t.Parallel()
				s, client := newSandbox(t, row)
				url, inbox := newInbox(t, client.paid, s.Credentials.APIv3Key.Reveal(), "")
				client.order(t, "paid-1", nobody)
				payOrder(t, s, "paid-1")
				n, err := s.Gateway.PaidNotification("paid-1")
				require.NoError(t, err)
				attempts, err := s.Gateway.Deliver(t.Context(), sandbox.Delivery{URL: url, Faults: []string{fault}, RetrySchedule: []time.Duration{0}}, n)
				require.NoError(t, err, "acknowledged when it is sent again")
				require.Len(t, attempts, 2)
				require.Error(t, next(t, inbox).err)
				require.NoError(t, next(t, inbox).err)
			})
		}
	}
}
