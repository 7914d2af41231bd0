package transfer_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/transfer"
)

// Each number takes effect once; with another body it is refused.
func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, path, change string
		body               func(*world) play.Object
	}{
		{"bill", bills, "transfer_remark", func(w *world) play.Object { return w.billing(100) }},
		{"batch", batches, "batch_remark", func(w *world) play.Object { return w.batching(100) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			body := row.body(w)
			first := w.ok(t, "POST", row.path, body)
			again := w.ok(t, "POST", row.path, body)
			for _, name := range []string{"transfer_bill_no", "batch_id", "package_info", "create_time"} {
				assert.Equal(t, first.Text(name), again.Text(name))
			}
			w.refused(t, "POST", row.path, set(body, row.change, "另"), "INVALID_REQUEST", "不一致")
			assert.EqualValues(t, funds-100, w.balance())
			w.caller = other
			w.refused(t, "POST", row.path, body, "NOT_ENOUGH", "")
		})
	}
}

// Memory is bounded: the oldest that are finished go first, and those that hold money stay.
func TestOldTransfersAreDropped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.Limit = 20
	open := w.transfer(t, 30)
	done := w.transfer(t, 30)
	require.NoError(t, w.book.Confirm(w.now, nil, mchid, done))
	w.ok(t, "POST", sign+"/out-bill-no", play.Object{"out_bill_no": done})
	receipt := w.ok(t, "GET", sign+"/out-bill-no/"+done, nil)
	batch := w.batch(t, 30, 30, 30)
	w.getBatch(t, batch, "need_query_detail=false")
	w.ok(t, "POST", "/v3/transfer/bill-receipt", play.Object{"out_batch_no": batch})
	w.ok(t, "POST", "/v3/transfer-detail/electronic-receipts", play.Object{"accept_type": "BATCH_TRANSFER", "out_batch_no": batch, "out_detail_no": "DETAIL0"})
	for range 16 { // one too many
		w.transfer(t, 30)
	}
	w.refused(t, "GET", bills+"/out-bill-no/"+done, nil, "NOT_FOUND", "")
	w.refused(t, "GET", batches+"/out-batch-no/"+batch+"?need_query_detail=false", nil, "NOT_FOUND", "")
	assert.Equal(t, "WAIT_USER_CONFIRM", w.get(t, open).Text("state"))
	_, ok := w.book.File(receipt.Text("download_url")[len(receipt.Text("download_url"))-32:])
	assert.False(t, ok)
	for range 20 { // none of which is finished
		w.transfer(t, 30)
	}
	assert.Equal(t, "WAIT_USER_CONFIRM", w.get(t, open).Text("state"), "it holds money")
	w.now = w.now.Add(24 * time.Hour)
	for range 30 { // when the others are looked at, they are finished
		w.transfer(t, 30)
	}
	assert.LessOrEqual(t, len(size(t, w, "bills")), 30+2)
	assert.Empty(t, size(t, w, "receipts"))
	w.refused(t, "GET", bills+"/out-bill-no/"+open, nil, "NOT_FOUND", "")
	assert.Len(t, w.events, 1+37, "but each was told of")
	assert.EqualValues(t, 30*30, w.held())
}

// size is a part of what the Book knows.
func size(t *testing.T, w *world, name string) play.Object {
	t.Helper()
	saved, err := w.book.Save()
	require.NoError(t, err)
	o, err := play.ParseObject(saved)
	require.NoError(t, err)
	return o.Object(name)
}

// What waits for WeChat Pay goes on after a Load.
func TestLoadOfWhatIsDue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.Delay = time.Minute
	no := w.transfer(t, 30)
	w.now = w.now.Add(time.Minute)
	require.NoError(t, w.book.Confirm(w.now, nil, mchid, no))
	w.batch(t, 40)
	w.transfer(t, 50)
	saved, err := w.book.Save()
	require.NoError(t, err)
	w.book = transfer.New(w.ledger)
	require.NoError(t, w.book.Load(saved))
	w.book.Tick(w.now.Add(time.Minute), w.emit)
	assert.EqualValues(t, 70, w.paid())
	w.book.Tick(w.now.Add(24*time.Hour), w.emit)
	assert.EqualValues(t, funds-70, w.balance())
	assert.Len(t, w.events, 3)
}

func TestLoadOfWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	no := w.transfer(t, 30)
	require.NoError(t, w.book.Confirm(w.now, nil, mchid, no))
	w.ok(t, "POST", sign+"/out-bill-no", play.Object{"out_bill_no": no})
	batch := w.batch(t, 30)
	saved, err := w.book.Save()
	require.NoError(t, err)
	billKey, batchKey := "bill/"+mchid+"/"+no, "batch/"+mchid+"/"+batch
	for _, row := range []struct {
		name string
		edit func(play.Object)
	}{
		{"a bill out of the queue", func(o play.Object) { o["queue"] = []any{batchKey} }},
		{"a bill in it twice", func(o play.Object) { o["queue"] = []any{batchKey, batchKey} }},
		{"a bill that is null", func(o play.Object) { o.Object("bills")[billKey] = nil }},
		{"a bill of another", func(o play.Object) { o.Object("bills").Object(billKey)["caller"] = other }},
		{"a batch that is null", func(o play.Object) { o.Object("batches")[batchKey] = nil }},
		{"a batch of nothing", func(o play.Object) { o.Object("batches").Object(batchKey)["details"] = []any{} }},
		{"a detail that is null", func(o play.Object) { o.Object("batches").Object(batchKey)["details"] = []any{nil} }},
		{"another size", func(o play.Object) { o["size"] = 3 }},
		{"a receipt that is null", func(o play.Object) { o.Object("receipts")[billKey] = nil }},
	} {
		t.Run(row.name, func(t *testing.T) {
			o, err := play.ParseObject(saved)
			require.NoError(t, err)
			row.edit(o)
			require.ErrorContains(t, w.book.Load([]byte(o.Canonical())), "transfer: Load: ")
		})
	}
	require.ErrorContains(t, w.book.Load([]byte(`{`)), "transfer: Load: ")
	again, err := w.book.Save()
	require.NoError(t, err)
	assert.JSONEq(t, string(saved), string(again), "the Book is as it was")
	require.NoError(t, transfer.New(w.ledger).Load([]byte(`{}`)))
}
