package wechatpay_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/internal/ratio"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// BenchmarkPostToHandwritten divides the CPU of a call by that of the hand-written ones, in one run.
func BenchmarkPostToHandwritten(b *testing.B) {
	c, bare := benchClient(b), newCanned()
	const calls = 1000
	ours := func() {
		for range calls {
			resp, err := c.Chain(benchPath).Post(b.Context(), &wechatpay.Options{JSON: &benchOrder})
			if err != nil || resp.Get("prepay_id").String() == "" {
				b.Fatal(err)
			}
		}
	}
	byHand := func() {
		for range calls {
			if id, err := handwritten(b.Context(), bare.RoundTrip, &benchOrder); err != nil || id == "" {
				b.Fatal(err)
			}
		}
	}
	ratio.Report(b, "x-RoundTripper", ours, byHand)
}

// A call in the background allocates its future, and what starts it.
func TestAllocationsOfAnAsyncCall(t *testing.T) {
	if raced {
		t.Skip("the race detector allocates")
	}
	c := benchClient(t)
	sync := testing.AllocsPerRun(1000, func() {
		if _, err := c.Chain(benchPath).Post(t.Context(), &wechatpay.Options{JSON: &benchOrder}); err != nil {
			t.Error(err)
		}
	})
	async := testing.AllocsPerRun(1000, func() {
		if _, err := c.Chain(benchPath).PostAsync(t.Context(), &wechatpay.Options{JSON: &benchOrder}).Wait(); err != nil {
			t.Error(err)
		}
	})
	t.Logf("%.0f allocations, in the background %.0f", sync, async)
	assert.LessOrEqual(t, async, sync+3)
}

// With the merchant's key, and a reply that carries no signature.
func TestAllocationsOfASignedCall(t *testing.T) {
	if raced {
		t.Skip("the race detector allocates")
	}
	transport := newCanned()
	for name := range transport.header {
		if name != "Content-Type" && name != "Request-Id" {
			delete(transport.header, name)
		}
	}
	cfg := config("")
	cfg.Transport = transport
	cfg.Stack = func(s *middleware.Stack) error { return s.Remove("verify") }
	c, err := wechatpay.New(cfg)
	require.NoError(t, err)
	got := testing.AllocsPerRun(100, func() {
		if _, err := c.Chain(benchPath).Post(t.Context(), &wechatpay.Options{JSON: &benchOrder}); err != nil {
			t.Error(err)
		}
	})
	t.Logf("%.0f allocations", got)
	assert.LessOrEqual(t, got, 32.0)
}
