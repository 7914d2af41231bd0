package trade_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/trade"
)

// A Book that was saved and loaded goes on as if nothing had been.
func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	h := newHistory(t, 98)
	for i := range 300 {
		if i%30 == 0 {
			empty := trade.New(h.money)
			empty.RefundDelay = h.book.RefundDelay
			h.book = kittest.Reload(t, h.World, h.book, empty)
			h.hold(t)
		}
		h.step(t)
	}
	h.hold(t)
	h.billed(t)
}

func TestLoadOfWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o, _ := w.pay(t, directly+"/app")
	w.OK(t, "POST", refunds, w.back(o, 1))
	w.OK(t, "POST", combine+"/app", w.combined("/app", nil, nil))
	kittest.NotWhole(t, "trade", w.book, trade.New(ledger.New()), kittest.Edited(t, w.book, map[string]func(play.Object){
		"no orders":                     func(o play.Object) { o["orders"] = nil },
		"no combined orders":            func(o play.Object) { o["combined"] = nil },
		"no refunds":                    func(o play.Object) { o["refunds"] = nil },
		"an order that is null":         func(o play.Object) { o["orders"].(map[string]any)["1"] = nil },
		"a combined order that is null": func(o play.Object) { o["combined"].(map[string]any)["1"] = nil },
		"a combined order without its parts": func(o play.Object) {
			o["combined"].(map[string]any)["1"] = play.Object{"parts": []string{"x"}}
		},
		"a refund that is null":              func(o play.Object) { o["refunds"].(map[string]any)["1"] = nil },
		"a refund of nothing":                func(o play.Object) { o["refunds"].(map[string]any)["1"] = play.Object{"order": "x"} },
		"a transaction of nothing":           func(o play.Object) { o["transactions"].(map[string]any)["1"] = "x" },
		"a refund_id of nothing":             func(o play.Object) { o["refund_ids"].(map[string]any)["1"] = "x" },
		"nothing in the queue":               func(o play.Object) { o["queue"] = []string{""} },
		"an order in the queue only":         func(o play.Object) { o["queue"] = []string{"ox"} },
		"a combined order in the queue only": func(o play.Object) { o["queue"] = []string{"cx"} },
		"another form":                       func(o play.Object) { o["orders"] = "x" },
		"a body that is none":                func(o play.Object) { o["orders"].(map[string]any)["1"] = play.Object{"body": "x"} },
		"a short print":                      func(o play.Object) { o["orders"].(map[string]any)["1"] = play.Object{"print": "00"} },
		"a print without digits": func(o play.Object) {
			o["orders"].(map[string]any)["1"] = play.Object{"print": strings.Repeat("x", 64)}
		},
	}))
	require.NoError(t, w.book.Load([]byte(`{}`)))
	w.pay(t, directly+"/app")
}

// The oldest that are finished are forgotten, with all that belongs to them.
func TestTheLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.Limit, w.book.RefundDelay = 20, -1
	refund := func(o order) play.Object {
		body := w.back(o, 1)
		w.OK(t, "POST", refunds, body)
		require.NoError(t, w.book.SettleRefund(w.Now, nil, mchid, body.Text("out_refund_no"), "SUCCESS"))
		return body
	}
	open := w.place(t, directly+"/app")
	waits, _ := w.pay(t, directly+"/app")
	w.OK(t, "POST", refunds, w.back(waits, 1))
	first, id := w.pay(t, directly+"/app")
	gone := refund(first)
	combined := w.combined("/app", nil, nil)
	w.OK(t, "POST", combine+"/app", combined)
	w.OK(t, "POST", combinedAt(combined)+"/close", closing(combined))
	last := open
	for range 30 {
		last, _ = w.pay(t, directly+"/app")
		refund(last)
	}
	assert.Equal(t, "NOTPAY", w.state(t, open))
	assert.Equal(t, "REFUND", w.state(t, waits), "its refund is not over")
	assert.Equal(t, "REFUND", w.state(t, last))
	for _, path := range []string{first.at("") + first.query(), refunds + "/" + gone.Text("out_refund_no"), combinedAt(combined)} {
		_, refusal := w.Do(t, "GET", path, nil)
		require.NotNil(t, refusal, path)
		assert.Equal(t, 404, refusal.Status)
	}
	_, ok := w.book.Paid(mchid, id)
	assert.False(t, ok)
	o := kittest.Saved(t, w.book)
	for name, most := range map[string]int{"orders": 20, "combined": 0, "transactions": 19, "refunds": 19, "refund_ids": 19} {
		assert.LessOrEqual(t, len(o.Object(name)), most, name)
	}
	for range 30 {
		last = w.place(t, directly+"/app")
	}
	assert.Equal(t, "NOTPAY", w.state(t, last), "where none is finished, others are forgotten")
	saved, err := w.book.Save()
	require.NoError(t, err)
	assert.Less(t, strings.Count(string(saved), `"state":"NOTPAY"`), 21)
}

// A new order is never the one that is forgotten.
func TestTheSmallestLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.Limit = 1
	for range 5 {
		assert.Equal(t, "NOTPAY", w.state(t, w.place(t, directly+"/app")))
	}
}

// Any number of callers may order, pay and refund at once.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.order(directly + "/app")
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			c := func(body play.Object) *play.Call {
				return &play.Call{Caller: mchid, Body: body, Now: w.Now, Emit: w.Emit}
			}
			_, _ = w.Handlers["POST "+o.path](c(kittest.Wire(t, o.body)))
			_, _ = w.book.Pay(w.Now, w.Emit, mchid, o.number())
			_, _ = w.Handlers["POST "+refunds](c(kittest.Wire(t, w.backOf(o, fmt.Sprint("R", i)))))
			w.book.Tick(w.Now, w.Emit)
			_, _ = w.book.TradeBill(tomorrow, mchid, today, "ALL")
			_, _ = w.book.FundFlowBill(tomorrow, mchid, today, "BASIC")
			_, _ = w.book.Save()
		})
	}
	wait.Wait()
	types := map[string]int{}
	for _, e := range w.Events() {
		types[e.Type]++
	}
	assert.Equal(t, map[string]int{"TRANSACTION.SUCCESS": 1, "REFUND.SUCCESS": 3}, types, "three refunds of 300 are all that 1000 has")
}
