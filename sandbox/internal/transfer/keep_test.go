package transfer_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
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
			first := w.OK(t, "POST", row.path, body)
			again := w.OK(t, "POST", row.path, body)
			for _, name := range []string{"transfer_bill_no", "batch_id", "package_info", "create_time"} {
				assert.Equal(t, first.Text(name), again.Text(name))
			}
			w.RefusedFor(t, "POST", row.path, kittest.With(body, row.change, "另"), "INVALID_REQUEST", "不一致")
			assert.EqualValues(t, funds-100, w.balance())
			w.Caller = other
			w.RefusedFor(t, "POST", row.path, body, "NOT_ENOUGH", "")
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
	require.NoError(t, w.book.Confirm(w.Now, nil, mchid, done))
	w.OK(t, "POST", sign+"/out-bill-no", play.Object{"out_bill_no": done})
	receipt := w.OK(t, "GET", sign+"/out-bill-no/"+done, nil)
	batch := w.batch(t, 30, 30, 30)
	w.getBatch(t, batch, "need_query_detail=false")
	w.OK(t, "POST", "/v3/transfer/bill-receipt", play.Object{"out_batch_no": batch})
	w.OK(t, "POST", "/v3/transfer-detail/electronic-receipts", play.Object{"accept_type": "BATCH_TRANSFER", "out_batch_no": batch, "out_detail_no": "DETAIL0"})
	for range 16 { // one too many
		w.transfer(t, 30)
	}
	w.RefusedFor(t, "GET", bills+"/out-bill-no/"+done, nil, "NOT_FOUND", "")
	w.RefusedFor(t, "GET", batches+"/out-batch-no/"+batch+"?need_query_detail=false", nil, "NOT_FOUND", "")
	assert.Equal(t, "WAIT_USER_CONFIRM", w.get(t, open).Text("state"))
	_, ok := w.book.File(receipt.Text("download_url")[len(receipt.Text("download_url"))-32:])
	assert.False(t, ok)
	for range 20 { // none of which is finished
		w.transfer(t, 30)
	}
	assert.Equal(t, "WAIT_USER_CONFIRM", w.get(t, open).Text("state"), "it holds money")
	w.Now = w.Now.Add(24 * time.Hour)
	for range 30 { // when the others are looked at, they are finished
		w.transfer(t, 30)
	}
	assert.LessOrEqual(t, len(kittest.Saved(t, w.book).Object("bills")), 30+2)
	assert.Empty(t, kittest.Saved(t, w.book).Object("receipts"))
	w.RefusedFor(t, "GET", bills+"/out-bill-no/"+open, nil, "NOT_FOUND", "")
	assert.Len(t, w.Events(), 1+37, "but each was told of")
	assert.EqualValues(t, 30*30, w.held())
}

// What waits for WeChat Pay goes on after a Load.
func TestLoadOfWhatIsDue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.Delay = time.Minute
	no := w.transfer(t, 30)
	w.Now = w.Now.Add(time.Minute)
	require.NoError(t, w.book.Confirm(w.Now, nil, mchid, no))
	w.batch(t, 40)
	w.transfer(t, 50)
	w.book = kittest.Reload(t, w.World, w.book, transfer.New(w.ledger))
	w.book.Tick(w.Now.Add(time.Minute), w.Emit)
	assert.EqualValues(t, 70, w.paid())
	w.book.Tick(w.Now.Add(24*time.Hour), w.Emit)
	assert.EqualValues(t, funds-70, w.balance())
	assert.Len(t, w.Events(), 3)
}

func TestLoadOfWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	no := w.transfer(t, 30)
	require.NoError(t, w.book.Confirm(w.Now, nil, mchid, no))
	w.OK(t, "POST", sign+"/out-bill-no", play.Object{"out_bill_no": no})
	batch := w.batch(t, 30)
	billKey, batchKey := "bill/"+mchid+"/"+no, "batch/"+mchid+"/"+batch
	kittest.NotWhole(t, "transfer", w.book, transfer.New(w.ledger), kittest.Edited(t, w.book, map[string]func(play.Object){
		"a bill out of the queue": func(o play.Object) { o["queue"] = []any{batchKey} },
		"a bill in it twice":      func(o play.Object) { o["queue"] = []any{batchKey, batchKey} },
		"a bill that is null":     func(o play.Object) { o.Object("bills")[billKey] = nil },
		"a bill of another":       func(o play.Object) { o.Object("bills").Object(billKey)["caller"] = other },
		"a batch that is null":    func(o play.Object) { o.Object("batches")[batchKey] = nil },
		"a batch of nothing":      func(o play.Object) { o.Object("batches").Object(batchKey)["details"] = []any{} },
		"a detail that is null":   func(o play.Object) { o.Object("batches").Object(batchKey)["details"] = []any{nil} },
		"another size":            func(o play.Object) { o["size"] = 3 },
		"a receipt that is null":  func(o play.Object) { o.Object("receipts")[billKey] = nil },
	}))
}
