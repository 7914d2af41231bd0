package transfer_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/transfer"
)

// A history is a random one, and what must hold of it.
type history struct {
	*world
	random         kittest.Random
	delay          time.Duration
	bills, batches []string
	bodies         []request // that took effect
}

type request struct {
	path string
	body play.Object
}

func newHistory(t *testing.T, seed uint64) *history {
	t.Helper()
	h := &history{world: newWorld(t), random: kittest.NewRandom(seed), delay: time.Duration(seed%3) * 10 * time.Minute}
	h.book.Delay = h.delay
	return h
}

// step does something at random; much of it is refused.
func (h *history) step(t *testing.T) {
	t.Helper()
	reason := kittest.Pick(h.random, "", "ACCOUNT_FROZEN")
	switch n := h.random.IntN(14); {
	case n < 3 || len(h.bills) == 0:
		body := kittest.With(h.billing(30+h.random.IntN(funds/3)), "user_name", "张三")
		h.try(t, bills, body, &h.bills, "out_bill_no")
	case n == 3 || len(h.batches) == 0:
		amounts := make([]int, 1+h.random.IntN(4))
		for i := range amounts {
			amounts[i] = 30 + h.random.IntN(funds/10)
		}
		h.try(t, batches, h.batching(amounts...), &h.batches, "out_batch_no")
	case n == 4:
		h.Now = h.Now.Add(time.Duration(h.random.IntN(600)) * time.Minute)
	case n == 5:
		h.book.Tick(h.Now, h.Emit)
	case n == 6:
		r := kittest.Pick(h.random, h.bodies...) // again
		_, refusal := h.Do(t, "POST", r.path, r.body)
		require.Nil(t, refusal)
	case n == 7:
		_, _ = h.Do(t, "POST", bills+"/out-bill-no/"+kittest.Pick(h.random, h.bills...)+"/cancel", nil)
	case n == 8:
		_ = h.book.Decline(h.Now, h.Emit, mchid, kittest.Pick(h.random, h.bills...), reason)
	case n == 9:
		detail := kittest.Pick(h.random, "", "DETAIL0", "DETAIL1")
		_ = h.book.Settle(h.Now, h.Emit, mchid, kittest.Pick(h.random, h.batches...), detail, reason)
	case n == 10:
		_ = h.book.CloseBatch(h.Now, h.Emit, mchid, kittest.Pick(h.random, h.batches...), "OVERDUE_CLOSE")
	default:
		_ = h.book.Confirm(h.Now, h.Emit, mchid, kittest.Pick(h.random, h.bills...))
	}
}

// try remembers a request that took effect.
func (h *history) try(t *testing.T, path string, body play.Object, numbers *[]string, name string) {
	t.Helper()
	if o, refusal := h.Do(t, "POST", path, body); refusal == nil {
		*numbers = append(*numbers, o.Text(name))
		h.bodies = append(h.bodies, request{path, body})
	}
}

// hold checks what must hold at any time, by the ledger alone.
func (h *history) hold(t *testing.T) {
	t.Helper()
	require.Zero(t, h.ledger.Sum())
	require.GreaterOrEqual(t, h.balance(), int64(0))
	require.GreaterOrEqual(t, h.held(), int64(0))
	ended, taken := map[string]string{}, map[string]bool{}
	for _, e := range h.ledger.Between(time.Time{}, h.Now.Add(time.Second)) {
		switch e.Kind {
		case "transfer", "transfer_release":
			require.Empty(t, ended[e.ID], "%s ended twice", e.ID)
			ended[e.ID] = e.Kind
		case "transfer_hold":
			require.False(t, taken[e.Number], "%s was taken twice", e.Number)
			taken[e.Number] = true
		}
	}
	require.Len(t, taken, len(h.bills)+len(h.batches))
}

// settled checks that all ends, and each webhook was sent once.
func (h *history) settled(t *testing.T) {
	t.Helper()
	for range 2 { // what is due at last begins a day later
		h.Now = h.Now.Add(25 * time.Hour)
		h.book.Tick(h.Now, h.Emit)
	}
	h.hold(t)
	require.Zero(t, h.held())
	require.Equal(t, h.paid(), funds-h.balance())
	require.Len(t, h.Events(), len(h.bills)+len(h.batches))
}

func TestRandomHistories(t *testing.T) {
	t.Parallel()
	kittest.Seeds(t, 30, func(t *testing.T, seed uint64) {
		t.Helper()
		h := newHistory(t, seed)
		for i := range 400 {
			if h.step(t); i%40 == 39 {
				h.hold(t)
			}
		}
		h.settled(t)
	})
}

// A Book that was saved and loaded goes on as if nothing had been.
func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	kittest.Seeds(t, 3, func(t *testing.T, seed uint64) {
		t.Helper()
		h := newHistory(t, seed)
		for i := range 300 {
			if i%20 == 0 {
				h.book = kittest.Reload(t, h.World, h.book, transfer.New(h.ledger))
				h.book.Delay = h.delay
			}
			h.step(t)
		}
		h.settled(t)
	})
}

// Calls at once spend what there is, and a number takes effect once.
func TestCallsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var group sync.WaitGroup
	for i := range 60 {
		body := kittest.With(w.billing(funds/20), "out_bill_no", fmt.Sprint("N", i%30))
		group.Go(func() {
			_, _ = w.Do(t, "POST", bills, body)
			_ = w.book.Confirm(w.Now, w.Emit, mchid, body.Text("out_bill_no"))
		})
		group.Go(func() { w.book.Tick(w.Now, w.Emit) })
	}
	group.Wait()
	assert.EqualValues(t, funds, w.paid())
	assert.Zero(t, w.balance()+w.held())
	assert.Len(t, w.Events(), 20)
}

// The webhooks are sent when the Book is released: who gets one may call at once.
func TestAWebhookMayCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	no := w.transfer(t, 5000)
	state := ""
	require.NoError(t, w.book.Confirm(w.Now, func(play.Event) { state = w.get(t, no).Text("state") }, mchid, no))
	assert.Equal(t, "SUCCESS", state)
}
