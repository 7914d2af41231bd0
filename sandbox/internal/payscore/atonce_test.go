package payscore_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// Of debits at once no more is taken than an order costs.
func TestDebitsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	w.completed(t, "no", 1000)
	var taken atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			// A webhook may call back: the Book is free by then.
			emit := func(play.Event) { assert.NotPanics(t, func() { _, _ = w.book.Save() }) }
			if _, err := w.book.Pay(w.Now, emit, caller, "", "no", 300); err == nil {
				taken.Add(300)
			}
			w.get(t, "no")
		})
	}
	all.Wait()
	require.EqualValues(t, 900, taken.Load())
	assert.EqualValues(t, 900, w.ledger.Balance(ledger.Merchant(caller))+w.ledger.Balance(ledger.Fees))
	assert.EqualValues(t, 100, w.get(t, "no").Int("collection.paying_amount"))
}
