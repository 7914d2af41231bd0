package guide_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// books is the database of a shop whose orders are all of 1,800 fen.
type books struct {
	mu    sync.Mutex
	lines []string
}

func (b *books) write(format string, values ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if line := fmt.Sprintf(format, values...); !slices.Contains(b.lines, line) { // once, as the contract asks for
		b.lines = append(b.lines, line)
	}
}

func (b *books) read() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.lines)
}

func (b *books) Paid(_ context.Context, number, _ string, total int64) error {
	if total != 1800 {
		return fmt.Errorf("order %s: paid %d", number, total)
	}
	b.write("paid %s", number)
	return nil
}

func (b *books) RefundEnded(_ context.Context, number, status string, amount int64) error {
	b.write("refund %s %s %d", number, status, amount)
	return nil
}

func TestWebhooks(t *testing.T) {
	delivered := make(chan []sandbox.DeliveryAttempt, 9)
	s := sandboxtest.New(t, sandboxtest.WithConfig(sandbox.Config{Webhooks: sandbox.Webhooks{
		Scale: 1e-6, OnDelivery: func(attempts []sandbox.DeliveryAttempt, _ error) { delivered <- attempts },
	}}))
	b := &books{}
	handler, err := guide.NewNotifyHandler(s.Client.PlatformKeys(), s.Credentials.APIv3Key, b)
	require.NoError(t, err)
	shop := httptest.NewServer(guide.NewServer("", handler).Handler)
	defer shop.Close()
	statuses := func() (all []int) {
		for _, attempt := range <-delivered {
			all = append(all, attempt.Status)
		}
		return all
	}
	place := func(number string, total int64) {
		order := orderOf(number)
		order.NotifyURL, order.Total = shop.URL+"/wechatpay/notify", total
		_, err := guide.Native(t.Context(), s.Client, order)
		require.NoError(t, err)
		_, err = s.Gateway.Pay(number)
		require.NoError(t, err)
	}

	place("HOOK-0001", 1800)
	assert.Equal(t, []int{204}, statuses())
	refund := refundOf("HOOK-0001", "HR1", 700)
	refund.NotifyURL = shop.URL + "/wechatpay/notify"
	_, err = guide.ApplyRefund(t.Context(), s.Client, refund)
	require.NoError(t, err)
	assert.Equal(t, []int{204}, statuses())
	assert.Equal(t, []string{"paid HOOK-0001", "refund HR1 SUCCESS 700"}, b.read())

	place("HOOK-0002", 1)
	refused := statuses()
	assert.Len(t, refused, 16, "all of the schedule")
	assert.NotContains(t, refused, 204)

	paid, err := s.Gateway.PaidNotification("HOOK-0001")
	require.NoError(t, err)
	for fault, want := range map[string]int{"tampered": 401, "probe": 401, "past": 401, "wrong-key": 401} {
		attempts, _ := s.Gateway.Deliver(t.Context(), sandbox.Delivery{
			URL: shop.URL + "/wechatpay/notify", Faults: []string{fault}, Scale: 1e-6,
		}, paid)
		assert.Equal(t, want, attempts[0].Status, fault)
	}
	assert.Len(t, b.read(), 2, "sent again, handled once")
}
