package sharing_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sharing"
)

// Each number takes effect once; with another body it is refused.
func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, path, change, message string
		value                       any
		body                        func(t *testing.T, w *world, id string) play.Object
	}{
		{"share", "/orders", "receivers", "与原请求不一致", list(merchant(shop, 99)), func(_ *testing.T, w *world, id string) play.Object {
			return w.sharing(id, merchant(shop, 100))
		}},
		{"unfreeze", "/orders/unfreeze", "description", "参数不一致", "y", func(_ *testing.T, w *world, id string) play.Object {
			return w.unfreezing(id)
		}},
		{"return", "/return-orders", "amount", "参数不一致", 49, func(t *testing.T, w *world, id string) play.Object {
			t.Helper()
			s := w.share(t, id, merchant(shop, 100))
			w.get(t, s)
			return w.returning(s, shop, 50)
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.add(t, "", merchant(shop, 0))
			id := w.pay(t, mchid, 10_000, 0)
			body := row.body(t, w, id)
			first := w.ok(t, "POST", row.path, body)
			w.left(t, id) // it is executed
			frozen, free, events := w.frozen(mchid), w.balance(mchid), len(w.events)
			again := w.ok(t, "POST", row.path, body)
			assert.Equal(t, first.Text("order_id"), again.Text("order_id"))
			assert.Equal(t, first.Text("return_id"), again.Text("return_id"))
			w.refused(t, "POST", row.path, set(body, row.change, row.value), "INVALID_REQUEST", row.message)
			w.left(t, id)
			assert.Equal(t, []int64{frozen, free}, []int64{w.frozen(mchid), w.balance(mchid)}, "no money moves again")
			assert.Len(t, w.events, events)
		})
	}
}

// A number of a share that is used again to unfreeze is answered, and unfreezes nothing.
func TestUnfreezingWithTheNumberOfAShare(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "", merchant(shop, 0))
	id, other := w.pay(t, mchid, 10_000, 0), w.pay(t, mchid, 10_000, 0)
	s := w.share(t, id, merchant(shop, 100))
	body := set(w.unfreezing(id), "out_order_no", s.Text("out_order_no"))
	assert.Equal(t, s.Text("order_id"), w.ok(t, "POST", "/orders/unfreeze", body).Text("order_id"))
	assert.EqualValues(t, 9900, w.left(t, id))
	w.refused(t, "POST", "/orders/unfreeze", set(body, "transaction_id", other), "INVALID_REQUEST", "")
	u := w.ok(t, "POST", "/orders/unfreeze", w.unfreezing(other))
	again := set(w.sharing(id, merchant(shop, 1)), "out_order_no", u.Text("out_order_no"))
	w.refused(t, "POST", "/orders", again, "INVALID_REQUEST", "不一致")
}

func TestARefusedNumberMayBeSentAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.pay(t, mchid, 10_000, 0)
	body := w.sharing(id, merchant(shop, 1))
	w.refused(t, "POST", "/orders", body, "INVALID_REQUEST", "关系不存在")
	w.add(t, "", merchant(shop, 0))
	w.ok(t, "POST", "/orders", body)
}

// Calls at once share what there is, and a number takes effect once.
func TestCallsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.Ratio = func(string, string) int { return 10_000 }
	w.add(t, "", merchant(shop, 0))
	id := w.pay(t, mchid, 200, 0)
	var group sync.WaitGroup
	for i := range 60 {
		body := wire(t, set(w.sharing(id, merchant(shop, 10)), "out_order_no", fmt.Sprint("n", i%30)))
		group.Go(func() {
			_, _ = w.handlers["POST "+base+"/orders"](&play.Call{Caller: mchid, Now: w.now, Emit: w.emit, Body: body})
		})
		group.Go(func() { w.book.Tick(w.now, w.emit) })
		group.Go(func() { _, _ = w.book.Taken(mchid, id) })
	}
	group.Wait()
	w.book.Tick(w.now, w.emit)
	assert.EqualValues(t, 200, w.balance(shop))
	assert.Zero(t, w.frozen(mchid))
	assert.Len(t, w.events, 20)
}

// The webhooks are sent when the Book is released: who gets one may call at once.
func TestAWebhookMayCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "", merchant(shop, 0))
	id := w.pay(t, mchid, 200, 0)
	w.share(t, id, merchant(shop, 10))
	called := false
	w.book.Tick(w.now, func(play.Event) {
		called = true
		assert.EqualValues(t, 190, w.left(t, id))
	})
	assert.True(t, called)
}

// Memory is bounded: what is done goes first, and is not shared again.
func TestOldOrdersAreDropped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.Limit = 10
	w.add(t, "", merchant(shop, 0))
	open := w.pay(t, mchid, 1000, 0)
	w.share(t, open, merchant(shop, 1))
	w.left(t, open)
	done := w.pay(t, mchid, 1000, 0)
	s := w.share(t, done, merchant(shop, 1))
	w.get(t, s)
	w.ok(t, "POST", "/return-orders", w.returning(s, shop, 1))
	w.ok(t, "POST", "/orders/unfreeze", w.unfreezing(done))
	w.left(t, done)
	ids := append(make([]string, 0, 8), open)
	for range 7 {
		id := w.pay(t, mchid, 1000, 0)
		w.share(t, id, merchant(shop, 1))
		w.left(t, id)
		ids = append(ids, id)
	}
	w.refused(t, "GET", "/orders/"+s.Text("out_order_no")+"?transaction_id="+done, nil, "RESOURCE_NOT_EXISTS", "")
	w.refused(t, "POST", "/orders", w.sharing(done, merchant(shop, 1)), "INVALID_REQUEST", "完结")
	w.refused(t, "POST", "/orders/unfreeze", w.unfreezing(done), "NOT_ENOUGH", "")
	require.Error(t, w.book.Expire(w.now, nil, mchid, done))
	assert.Zero(t, w.left(t, done))
	for _, id := range ids {
		assert.EqualValues(t, 999, w.left(t, id))
	}
	for range 20 { // of which none is finished
		id := w.pay(t, mchid, 1000, 0)
		w.share(t, id, merchant(shop, 1))
		w.left(t, id)
	}
	saved, err := w.book.Save()
	require.NoError(t, err)
	o, err := play.ParseObject(saved)
	require.NoError(t, err)
	assert.LessOrEqual(t, len(o.Object("shares")), 10)
	assert.LessOrEqual(t, len(o.Object("orders")), 10)
	w.refused(t, "POST", "/orders", w.sharing(open, merchant(shop, 1)), "INVALID_REQUEST", "完结")
	w.now = start.Add(month)
	w.book.Tick(w.now, w.emit)
	assert.Zero(t, w.ledger.Sum())
}

func TestLoadOfWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "", merchant(shop, 0))
	s := w.share(t, w.pay(t, mchid, 1000, 0), merchant(shop, 1))
	w.get(t, s)
	w.ok(t, "POST", "/return-orders", w.returning(s, shop, 1))
	saved, err := w.book.Save()
	require.NoError(t, err)
	k := mchid + "/" + s.Text("transaction_id")
	for _, row := range []struct {
		name string
		edit func(play.Object)
	}{
		{"an order out of the queue", func(o play.Object) { o["queue"] = []any{} }},
		{"a queue of nothing", func(o play.Object) { o["queue"] = []any{"x"} }},
		{"an order that is null", func(o play.Object) { o.Object("orders")[k] = nil }},
		{"no requests", func(o play.Object) { o["shares"] = play.Object{} }},
		{"no returns", func(o play.Object) { o["returns"] = play.Object{} }},
		{"a receiver that is null", func(o play.Object) {
			o.Object("shares").Object(mchid + "/" + s.Text("out_order_no"))["parts"] = []any{nil}
		}},
		{"a request without an order", func(o play.Object) { o.Object("orders").Object(k)["returns"] = nil }},
	} {
		t.Run(row.name, func(t *testing.T) {
			o, err := play.ParseObject(saved)
			require.NoError(t, err)
			row.edit(o)
			require.ErrorContains(t, w.book.Load([]byte(o.Canonical())), "sharing: Load: ")
		})
	}
	require.ErrorContains(t, w.book.Load([]byte(`{`)), "sharing: Load: ")
	again, err := w.book.Save()
	require.NoError(t, err)
	assert.JSONEq(t, string(saved), string(again), "the Book is as it was")
	require.NoError(t, sharing.New(w.ledger, w.orders).Load([]byte(`{}`)))
}
