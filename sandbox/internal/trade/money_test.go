package trade_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// What is frozen for an order pays for its refunds: of a shared one nothing else does, until the
// rest is unfrozen. Another order's frozen money stays.
func TestRefundsOfSharedOrders(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name             string
		shared, unfrozen int64
		pending          int64 // is being shared
		over             bool
		refund           int
		refused          string
		frozen, spent    int64 // after the refund: for the order, and of what the merchant could spend
		reopened         int64 // frozen for it when the refund is closed
	}{
		{"nothing was shared", 0, 0, 0, false, 500, "", 497, 0, 994},
		{"all is refunded", 0, 0, 0, false, 1000, "", 0, 0, 994},
		{"some was shared", 800, 0, 0, false, 195, "", 0, 0, 194},
		{"some was shared, and more is refunded", 800, 0, 0, false, 196, "请先解冻", 194, 0, 0},
		{"some is being shared", 0, 0, 100, false, 1, "处理中", 994, 0, 0},
		{"some was and some is being shared", 100, 0, 100, false, 1, "处理中", 894, 0, 0},
		{"all was shared", 994, 0, 0, false, 500, "", 0, 497, 0},
		{"it is over", 800, 194, 0, true, 500, "", 0, 497, 0},
		{"nothing was shared, and it is over", 0, 994, 0, true, 1000, "", 0, 994, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.pay(t, directly+"/app")
			w.pay(t, directly+"/app", sharing)
			o, id := w.pay(t, directly+"/app", sharing)
			w.share(t, "share", ledger.World, id, row.shared)
			w.share(t, "unfreeze", ledger.Merchant(mchid), id, row.unfrozen)
			w.book.Shared = func(caller, transactionID string) (int64, bool) {
				assert.Equal(t, []string{mchid, id}, []string{caller, transactionID})
				return row.shared + row.unfrozen + row.pending, row.over
			}
			body := w.back(o, row.refund)
			spendable := w.money.Balance(ledger.Merchant(mchid))
			if row.refused == "" {
				w.OK(t, "POST", refunds, body)
			} else {
				w.RefusedFor(t, "POST", refunds, body, "INVALID_REQUEST", row.refused)
				assert.Equal(t, "SUCCESS", w.state(t, o))
			}
			assert.Equal(t, row.frozen, w.money.FrozenFor(id))
			assert.Equal(t, row.frozen+994, w.money.Balance(ledger.Frozen(mchid)))
			assert.Equal(t, spendable-row.spent, w.money.Balance(ledger.Merchant(mchid)))
			if row.refused == "" {
				require.NoError(t, w.book.SettleRefund(w.Now, nil, mchid, body.Text("out_refund_no"), "CLOSED"))
				assert.Equal(t, row.reopened, w.money.FrozenFor(id))
				assert.Equal(t, spendable, w.money.Balance(ledger.Merchant(mchid)))
			}
		})
	}
}

// share takes what is frozen for an order, as profit sharing does.
func (w *world) share(t *testing.T, kind, to, id string, amount int64) {
	t.Helper()
	if amount > 0 {
		require.NoError(t, w.money.Post(ledger.Entry{At: w.Now, Kind: kind, From: ledger.Frozen(mchid), To: to, Amount: amount, Order: id}))
	}
}

// Nobody unfreezes what comes back when the sharing is over: it is the merchant's at once.
func TestARefundIsClosedAfterTheSharing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	taken := int64(0)
	w.book.Shared = func(string, string) (int64, bool) { return taken, taken > 0 }
	o, id := w.pay(t, directly+"/app", sharing)
	body := w.back(o, 500)
	w.OK(t, "POST", refunds, body)
	taken = 497
	w.share(t, "unfreeze", ledger.Merchant(mchid), id, taken)
	require.NoError(t, w.book.SettleRefund(w.Now, nil, mchid, body.Text("out_refund_no"), "CLOSED"))
	assert.Zero(t, w.money.FrozenFor(id))
	assert.EqualValues(t, 994, w.money.Balance(ledger.Merchant(mchid)))
}

// What was frozen moves after the refund looked at it: it looks again.
func TestFrozenMoneyMovesMeanwhile(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, kind, to string
		amount         int64
		refused        string
	}{
		{"it is unfrozen", "unfreeze", ledger.Merchant(mchid), 994, ""},
		{"a part is shared", "share", ledger.World, 500, "请先解冻"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			o, id := w.pay(t, directly+"/app", sharing)
			taken := int64(0)
			w.book.Shared = func(string, string) (int64, bool) {
				if taken == 0 {
					taken = row.amount
					w.share(t, row.kind, row.to, id, taken)
					return 0, false // as it was a moment before
				}
				return taken, row.kind == "unfreeze"
			}
			if row.refused == "" {
				w.OK(t, "POST", refunds, w.back(o, 600))
				assert.EqualValues(t, 994-596, w.money.Balance(ledger.Merchant(mchid)))
				return
			}
			w.RefusedFor(t, "POST", refunds, w.back(o, 600), "INVALID_REQUEST", row.refused)
			assert.EqualValues(t, 494, w.money.FrozenFor(id))
		})
	}
}

// A refund and the sharing of an order look at what is frozen at the same time: each fen of it
// goes one way, and none of another order's goes in its place.
func TestRefundsWhileAnOrderIsShared(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pay(t, directly+"/app")
	_, other := w.pay(t, directly+"/app", sharing)
	for i := range 50 {
		o, id := w.pay(t, directly+"/app", sharing)
		spendable := w.money.Balance(ledger.Merchant(mchid))
		var taken atomic.Int64
		w.book.Shared = func(string, string) (int64, bool) { return taken.Load(), false }
		refund := w.Handlers["POST "+refunds]
		body := kittest.Wire(t, w.backOf(o, fmt.Sprint("R", i)).With(play.Object{"amount": play.Object{"refund": 900, "total": 1000, "currency": "CNY"}}))
		var both sync.WaitGroup
		both.Go(func() { _, _ = refund(&play.Call{Caller: mchid, Body: body, Now: w.Now, Emit: w.Emit}) })
		both.Go(func() {
			for range 5 {
				taken.Add(100)
				if w.money.Post(ledger.Entry{At: w.Now, Kind: "share", From: ledger.Frozen(mchid), To: ledger.World, Amount: 100, Order: id}) != nil {
					taken.Add(-100)
				}
			}
		})
		both.Wait()
		is, _ := w.book.Paid(mchid, id)
		require.Equal(t, spendable, w.money.Balance(ledger.Merchant(mchid)), "it had no part in this")
		require.Equal(t, w.money.FrozenFor(id), 1000-is.Fee-is.Refunded-taken.Load())
		require.GreaterOrEqual(t, w.money.FrozenFor(id), int64(0))
		require.EqualValues(t, 994, w.money.FrozenFor(other))
	}
	require.Zero(t, w.money.Sum())
}

func TestTheFee(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		total int
		fee   int64
	}{{1, 0}, {83, 0}, {84, 1}, {249, 1}, {250, 2}, {1000, 6}, {1_000_000_000, 6_000_000}} {
		t.Run(fmt.Sprint(row.total), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.pay(t, directly+"/app", costs(row.total))
			assert.Equal(t, row.fee, w.money.Balance(ledger.Fees))
			assert.Equal(t, int64(row.total)-row.fee, w.money.Balance(ledger.Merchant(mchid)))
		})
	}
}
