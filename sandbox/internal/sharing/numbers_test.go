package sharing_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
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
		{"share", shares, "receivers", "与原请求不一致", list(merchant(shop, 99)), func(_ *testing.T, w *world, id string) play.Object {
			return w.sharing(id, merchant(shop, 100))
		}},
		{"unfreeze", unfreezes, "description", "参数不一致", "y", func(_ *testing.T, w *world, id string) play.Object {
			return w.unfreezing(id)
		}},
		{"return", returns, "amount", "参数不一致", 49, func(t *testing.T, w *world, id string) play.Object {
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
			first := w.OK(t, "POST", row.path, body)
			w.left(t, id) // it is executed
			frozen, free := w.frozen(mchid), w.balance(mchid)
			w.Events()
			again := w.OK(t, "POST", row.path, body)
			assert.Equal(t, first.Text("order_id"), again.Text("order_id"))
			assert.Equal(t, first.Text("return_id"), again.Text("return_id"))
			w.RefusedFor(t, "POST", row.path, kittest.With(body, row.change, row.value), "INVALID_REQUEST", row.message)
			w.left(t, id)
			assert.Equal(t, []int64{frozen, free}, []int64{w.frozen(mchid), w.balance(mchid)}, "no money moves again")
			assert.Empty(t, w.Events())
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
	body := kittest.With(w.unfreezing(id), "out_order_no", s.Text("out_order_no"))
	assert.Equal(t, s.Text("order_id"), w.OK(t, "POST", unfreezes, body).Text("order_id"))
	assert.EqualValues(t, 9900, w.left(t, id))
	w.RefusedFor(t, "POST", unfreezes, kittest.With(body, "transaction_id", other), "INVALID_REQUEST", "")
	u := w.OK(t, "POST", unfreezes, w.unfreezing(other))
	again := kittest.With(w.sharing(id, merchant(shop, 1)), "out_order_no", u.Text("out_order_no"))
	w.RefusedFor(t, "POST", shares, again, "INVALID_REQUEST", "不一致")
}

func TestARefusedNumberMayBeSentAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.pay(t, mchid, 10_000, 0)
	body := w.sharing(id, merchant(shop, 1))
	w.RefusedFor(t, "POST", shares, body, "INVALID_REQUEST", "关系不存在")
	w.add(t, "", merchant(shop, 0))
	w.OK(t, "POST", shares, body)
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
		body := kittest.With(w.sharing(id, merchant(shop, 10)), "out_order_no", fmt.Sprint("n", i%30))
		group.Go(func() { _, _ = w.Do(t, "POST", shares, body) })
		group.Go(func() { w.book.Tick(w.Now, w.Emit) })
		group.Go(func() { _, _ = w.book.Taken(mchid, id) })
	}
	group.Wait()
	w.book.Tick(w.Now, w.Emit)
	assert.EqualValues(t, 200, w.balance(shop))
	assert.Zero(t, w.frozen(mchid))
	assert.Len(t, w.Events(), 20)
}

// The webhooks are sent when the Book is released: who gets one may call at once.
func TestAWebhookMayCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "", merchant(shop, 0))
	id := w.pay(t, mchid, 200, 0)
	w.share(t, id, merchant(shop, 10))
	called := false
	w.book.Tick(w.Now, func(play.Event) {
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
	w.OK(t, "POST", returns, w.returning(s, shop, 1))
	w.OK(t, "POST", unfreezes, w.unfreezing(done))
	w.left(t, done)
	ids := append(make([]string, 0, 8), open)
	for range 7 {
		id := w.pay(t, mchid, 1000, 0)
		w.share(t, id, merchant(shop, 1))
		w.left(t, id)
		ids = append(ids, id)
	}
	w.RefusedFor(t, "GET", shares+"/"+s.Text("out_order_no")+"?transaction_id="+done, nil, "RESOURCE_NOT_EXISTS", "")
	w.RefusedFor(t, "POST", shares, w.sharing(done, merchant(shop, 1)), "INVALID_REQUEST", "完结")
	w.RefusedFor(t, "POST", unfreezes, w.unfreezing(done), "NOT_ENOUGH", "")
	require.Error(t, w.book.Expire(w.Now, nil, mchid, done))
	assert.Zero(t, w.left(t, done))
	for _, id := range ids {
		assert.EqualValues(t, 999, w.left(t, id))
	}
	for range 20 { // of which none is finished
		id := w.pay(t, mchid, 1000, 0)
		w.share(t, id, merchant(shop, 1))
		w.left(t, id)
	}
	o := kittest.Saved(t, w.book)
	assert.LessOrEqual(t, len(o.Object("shares")), 10)
	assert.LessOrEqual(t, len(o.Object("orders")), 10)
	w.RefusedFor(t, "POST", shares, w.sharing(open, merchant(shop, 1)), "INVALID_REQUEST", "完结")
	w.Now = start.Add(month)
	w.book.Tick(w.Now, w.Emit)
	assert.Zero(t, w.ledger.Sum())
}

func TestLoadOfWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "", merchant(shop, 0))
	s := w.share(t, w.pay(t, mchid, 1000, 0), merchant(shop, 1))
	w.get(t, s)
	w.OK(t, "POST", returns, w.returning(s, shop, 1))
	k := mchid + "/" + s.Text("transaction_id")
	kittest.NotWhole(t, "sharing", w.book, sharing.New(w.ledger, w.orders), kittest.Edited(t, w.book, map[string]func(play.Object){
		"an order out of the queue": func(o play.Object) { o["queue"] = []any{} },
		"a queue of nothing":        func(o play.Object) { o["queue"] = []any{"x"} },
		"an order that is null":     func(o play.Object) { o.Object("orders")[k] = nil },
		"no requests":               func(o play.Object) { o["shares"] = play.Object{} },
		"no returns":                func(o play.Object) { o["returns"] = play.Object{} },
		"a receiver that is null": func(o play.Object) {
			o.Object("shares").Object(mchid + "/" + s.Text("out_order_no"))["parts"] = []any{nil}
		},
		"a request without an order": func(o play.Object) { o.Object("orders").Object(k)["returns"] = nil },
	}))
}
