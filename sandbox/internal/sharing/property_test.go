package sharing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sharing"
)

// A history is a random one, and what must hold of it.
type history struct {
	*world
	random kittest.Random
	ids    []string
	shares []play.Object
	bodies []request // that took effect
	backs  []string
}

type request struct {
	path string
	body play.Object
}

func newHistory(t *testing.T, seed uint64) *history {
	t.Helper()
	h := &history{world: newWorld(t), random: kittest.NewRandom(seed)}
	h.rules(seed)
	for _, account := range []string{shop, shop2} {
		h.add(t, "", merchant(account, 0))
		h.add(t, sub, merchant(account, 0))
	}
	h.add(t, "", person(openid, 0))
	h.add(t, sub, person(openid, 0))
	return h
}

func (h *history) rules(seed uint64) {
	h.book.Delay = time.Duration(seed%3) * 10 * time.Minute
	h.book.Ratio = func(string, string) int { return 9000 }
}

// step does something at random; much of it is refused.
func (h *history) step(t *testing.T) {
	t.Helper()
	switch n := h.random.IntN(14); {
	case n == 0 || len(h.ids) == 0:
		h.ids = append(h.ids, h.pay(t, kittest.Pick(h.random, mchid, sub), 100+h.random.Int64N(1000), h.random.Int64N(7)))
	case n == 1:
		h.Now = h.Now.Add(time.Duration(h.random.IntN(100)) * time.Hour)
		h.book.Tick(h.Now, h.Emit)
	case n == 2 && len(h.bodies) > 0:
		r := kittest.Pick(h.random, h.bodies...) // again
		_, refusal := h.Do(t, "POST", r.path, r.body)
		require.Nil(t, refusal)
	case n == 3:
		h.refundSome(t)
	case n == 4:
		h.try(t, unfreezes, h.ofOrder(kittest.With(h.unfreezing(""), "transaction_id", kittest.Pick(h.random, h.ids...))))
	case n == 5 && len(h.shares) > 0:
		reason := kittest.Pick(h.random, "", "ACCOUNT_ABNORMAL")
		_ = h.book.Settle(h.Now, h.Emit, mchid, kittest.Pick(h.random, h.shares...).Text("out_order_no"), kittest.Pick(h.random, "", shop), reason)
	case n == 6 && len(h.backs) > 0:
		_ = h.book.SettleReturn(h.Now, h.Emit, mchid, kittest.Pick(h.random, h.backs...), kittest.Pick(h.random, "", "ACCOUNT_ABNORMAL"))
	case n == 7 && h.balance(shop) > 0:
		h.spend(t, shop, 1+h.random.Int64N(h.balance(shop)))
	case n < 10 && len(h.shares) > 0:
		body := h.returning(kittest.Pick(h.random, h.shares...), kittest.Pick(h.random, shop, shop2), 1+h.random.IntN(100))
		if h.random.IntN(2) == 0 {
			body["sub_mchid"] = sub
		}
		if o := h.try(t, returns, body); o != nil {
			h.backs = append(h.backs, o.Text("out_return_no"))
		}
	default:
		h.shareSome(t)
	}
}

// ofOrder names the sub-merchant of an order.
func (h *history) ofOrder(body play.Object) play.Object {
	if p := h.orders.paid[mchid+"/"+body.Text("transaction_id")]; p.Receiver == sub {
		body["sub_mchid"] = sub
	}
	return body
}

func (h *history) shareSome(t *testing.T) {
	t.Helper()
	all := []play.Object{merchant(shop, 1+h.random.IntN(200)), merchant(shop2, 1+h.random.IntN(200)), person(openid, 1+h.random.IntN(50))}
	h.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	body := h.ofOrder(h.sharing(kittest.Pick(h.random, h.ids...), all[:1+h.random.IntN(3)]...))
	body["unfreeze_unsplit"] = h.random.IntN(5) == 0
	if o := h.try(t, shares, body); o != nil {
		h.shares = append(h.shares, o)
	}
}

// refundSome refunds what is left of an order, as the part that refunds must do.
func (h *history) refundSome(t *testing.T) {
	t.Helper()
	id := kittest.Pick(h.random, h.ids...)
	if left := h.left(t, id); left > 0 {
		h.refund(t, id, 1+h.random.Int64N(left))
	}
}

// try remembers a request that took effect.
func (h *history) try(t *testing.T, path string, body play.Object) play.Object {
	t.Helper()
	o, refusal := h.Do(t, "POST", path, body)
	if refusal == nil {
		h.bodies = append(h.bodies, request{path, body})
	}
	return o
}

// hold checks what must hold at any time, by the ledger alone.
func (h *history) hold(t *testing.T) {
	t.Helper()
	require.Zero(t, h.ledger.Sum())
	for _, account := range []string{mchid, sub, shop, shop2} {
		require.GreaterOrEqual(t, h.balance(account), int64(0))
		require.GreaterOrEqual(t, h.frozen(account), int64(0))
	}
	taken, returned, shared, once := map[string]int64{}, map[string]int64{}, map[string]int64{}, map[string]bool{}
	for _, e := range h.ledger.Between(start, h.Now.Add(time.Second)) {
		switch e.Kind {
		case "share", "share_return":
			require.False(t, once[e.ID], "%s %s took effect twice", e.Kind, e.ID)
			once[e.ID] = true
		}
		switch e.Kind {
		case "share":
			shared[e.Order+e.To] += e.Amount
			taken[e.Order] += e.Amount
		case "unfreeze", "refund", "fee":
			taken[e.Order] += e.Amount
		case "share_return":
			returned[e.Order+e.From] += e.Amount
		}
	}
	for k, sum := range returned {
		require.LessOrEqual(t, sum, shared[k], "more was returned than shared")
	}
	for _, id := range h.ids {
		p := h.orders.paid[mchid+"/"+id]
		require.LessOrEqual(t, taken[id], p.Total, "more was taken from %s than was paid", id)
	}
}

// settled checks that nothing stays frozen for ever, and all that was accepted is decided.
func (h *history) settled(t *testing.T) {
	t.Helper()
	h.Now = h.Now.Add(60 * 24 * time.Hour)
	h.book.Tick(h.Now, h.Emit)
	for _, id := range h.ids {
		require.Zero(t, h.left(t, id))
	}
	h.hold(t)
	require.Zero(t, h.frozen(mchid)+h.frozen(sub))
	events := map[string]int{}
	for _, e := range h.Events() {
		events[e.Type]++
	}
	entries := map[string]int{}
	for _, e := range h.ledger.Between(start, h.Now.Add(time.Second)) {
		if e.To != ledger.World {
			entries[e.Kind]++
		}
	}
	require.Equal(t, entries["share"], events["PROFITSHARING.SUCCESS"], "one webhook for each merchant that received")
	require.Equal(t, entries["share_return"], events["PROFITSHARING.RETURN"])
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
				h.book = kittest.Reload(t, h.World, h.book, sharing.New(h.ledger, h.orders))
				h.book.NotifyURL = notifyURL
				h.rules(seed)
			}
			h.step(t)
		}
		h.settled(t)
	})
}
