package wechatpay_test

import (
	"context"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestSoak makes calls and parses webhooks, real and forged, for 3 seconds, or for as long as
// WECHATPAY_SOAK says (10m), while WeChat Pay rotates its keys: no call and no webhook fails
// for lack of a key, and neither heap nor goroutines grow.
func TestSoak(t *testing.T) {
	duration := 3 * time.Second
	if value := os.Getenv("WECHATPAY_SOAK"); value != "" {
		var err error
		duration, err = time.ParseDuration(value)
		require.NoError(t, err)
	}
	r := newRotation(t)
	c, p := r.start(nil)
	ctx, cancel := context.WithTimeout(t.Context(), duration)
	defer cancel()
	var group sync.WaitGroup
	until := func(step func()) {
		group.Go(func() {
			for ctx.Err() == nil && !t.Failed() {
				step()
			}
		})
	}
	const rotations = 12
	for range 8 {
		until(func() { r.call(c); r.webhook(p) })
	}
	until(func() { r.forgery(p) })
	var heap, goroutines [rotations]uint64
	for i := range rotations {
		cert, err := r.gateway.IssueCertificate(30 * 24 * time.Hour)
		require.NoError(t, err)
		last := r.signing()
		require.NoError(t, r.gateway.UseCertificate(signer.Serial(cert)))
		<-time.After(duration / rotations)
		r.later(2 * time.Minute) // a forgery may cause a download a minute
		require.NoError(t, r.gateway.WithdrawCertificate(last))
		heap[i], goroutines[i] = use()
	}
	group.Wait()
	const early = rotations / 3
	assert.Less(t, heap[rotations-1], heap[early]*3/2+16<<20, "heap in bytes: %v", heap)
	assert.LessOrEqual(t, goroutines[rotations-1], goroutines[early]+16, "goroutines: %v", goroutines)
	assert.LessOrEqual(t, int(r.downloads.Load()), 3*rotations, "downloads")
	t.Logf("%s: %d calls, %d webhooks, %d downloads in %d rotations; heap %d KB to %d KB, goroutines %d to %d", duration, r.calls.Load(),
		r.webhooks.Load(), r.downloads.Load(), rotations, heap[early]>>10, heap[rotations-1]>>10, goroutines[early], goroutines[rotations-1])
}

// forgery parses a webhook that names a key that WeChat Pay does not have.
func (r *rotation) forgery(p *notify.Parser) {
	n := sandbox.Notification{EventType: "TRANSACTION.SUCCESS", OriginalType: "transaction", Resource: wechatpay.M{"a": 1}}
	in, err := r.gateway.WebhookRequest(r.Context(), "/notify", n, "")
	if err != nil {
		r.Error(err)
		return
	}
	in.Header.Set(signer.HeaderSerial, strings.ToUpper(signer.Nonce()))
	_, err = p.Parse(r.Context(), in.Header, in.Body)
	assert.ErrorIs(r, err, signer.ErrUnknownKey)
}

// signing is the serial of the certificate that signs.
func (r *rotation) signing() string {
	in, err := r.gateway.WebhookRequest(r.Context(), "/notify", sandbox.Notification{EventType: "X", Resource: wechatpay.M{}}, "")
	require.NoError(r, err)
	return in.Header.Get(signer.HeaderSerial)
}

// use returns the live heap in bytes and the number of goroutines.
func use() (heap, goroutines uint64) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc, uint64(runtime.NumGoroutine())
}
