package transfer_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// assertFile checks that a receipt names a file that there is.
func (w *world) assertFile(t *testing.T, receipt play.Object, path string) {
	t.Helper()
	u, err := url.Parse(receipt.Text("download_url"))
	require.NoError(t, err)
	assert.Equal(t, path, u.Path)
	file, ok := w.book.File(u.Query().Get("token"))
	require.True(t, ok)
	sum := sha256.Sum256(file)
	assert.Equal(t, []string{"SHA256", hex.EncodeToString(sum[:])}, []string{receipt.Text("hash_type"), receipt.Text("hash_value")})
}

func TestReceiptsOfABill(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	no := w.transfer(t, 5000)
	id := w.get(t, no).Text("transfer_bill_no")
	apply := play.Object{"out_bill_no": no}
	w.RefusedFor(t, "POST", sign+"/out-bill-no", apply, "INVALID_REQUEST", "回单")
	require.NoError(t, w.book.Confirm(w.Now, nil, mchid, no))
	w.RefusedFor(t, "GET", sign+"/out-bill-no/"+no, nil, "NOT_FOUND", "")
	w.book.Delay = time.Minute
	first := w.OK(t, "POST", sign+"/out-bill-no", apply)
	assert.Equal(t, kittest.Wire(t, play.Object{"state": "GENERATING", "create_time": "2026-04-01T12:00:00+08:00"}), first)
	assert.Equal(t, "GENERATING", w.OK(t, "GET", sign+"/out-bill-no/"+no, nil).Text("state"))
	w.Now = w.Now.Add(time.Minute)
	got := w.OK(t, "GET", sign+"/out-bill-no/"+no, nil)
	assert.Equal(t, "FINISHED", got.Text("state"))
	assert.Equal(t, "2026-04-01T12:01:00+08:00", got.Text("update_time"))
	assert.Contains(t, got.Text("download_url"), "&source=", "its endpoint requires it")
	w.assertFile(t, got, "/v3/transferdownload/elecvoucherfile")
	assert.Equal(t, got, w.OK(t, "GET", sign+"/transfer-bill-no/"+id, nil), "it is the same by either number")
	assert.Equal(t, "FINISHED", w.OK(t, "POST", sign+"/transfer-bill-no", play.Object{"transfer_bill_no": id}).Text("state"))
	w.book.Host = "https://localhost"
	assert.Contains(t, w.OK(t, "GET", sign+"/out-bill-no/"+no, nil).Text("download_url"), "https://localhost/v3/")
	_, ok := w.book.File("x")
	assert.False(t, ok)

	unnamed := w.OK(t, "POST", bills, w.billing(100)).Text("out_bill_no")
	require.NoError(t, w.book.Confirm(w.Now.Add(time.Hour), nil, mchid, unnamed))
	w.Now = w.Now.Add(2 * time.Hour)
	w.RefusedFor(t, "POST", sign+"/out-bill-no", play.Object{"out_bill_no": unnamed}, "INVALID_REQUEST", "姓名")
}

func TestReceiptsOfABatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const one = "/v3/transfer-detail/electronic-receipts"
	no := w.batch(t, 300, 400)
	require.NoError(t, w.book.Settle(w.Now, nil, mchid, no, "DETAIL1", "OPENID_INVALID"))
	applied := w.OK(t, "POST", "/v3/transfer/bill-receipt", play.Object{"out_batch_no": no})
	assert.Equal(t, "ACCEPTED", applied.Text("signature_status"))
	assert.Regexp(t, `^105\d{37}$`, applied.Text("signature_no"))
	assert.Empty(t, applied.Text("download_url"))
	got := w.OK(t, "GET", "/v3/transfer/bill-receipt/"+no, nil)
	assert.Equal(t, "FINISHED", got.Text("signature_status"))
	assert.Equal(t, applied.Text("signature_no"), got.Text("signature_no"))
	w.assertFile(t, got, "/v3/transferdownload/signfile")

	body := play.Object{"accept_type": "BATCH_TRANSFER", "out_batch_no": no, "out_detail_no": "DETAIL0"}
	query := one + "?accept_type=BATCH_TRANSFER&out_detail_no=DETAIL0&out_batch_no=" + no
	w.RefusedFor(t, "GET", query, nil, "NOT_FOUND", "")
	assert.Equal(t, "ACCEPTED", w.OK(t, "POST", one, body).Text("signature_status"))
	w.assertFile(t, w.OK(t, "GET", query, nil), "/v3/transferdownload/signfile")
	w.RefusedFor(t, "POST", one, kittest.With(body, "out_detail_no", "DETAIL1"), "INVALID_REQUEST", "回单")
	w.RefusedFor(t, "POST", one, kittest.With(body, "out_detail_no", "x"), "NOT_FOUND", "")
	w.RefusedFor(t, "POST", one, kittest.With(body, "accept_type", "TRANSFER_TO_POCKET"), "NOT_FOUND", "")
	w.RefusedFor(t, "POST", one, kittest.With(body, "out_batch_no", "x"), "NOT_FOUND", "")
	w.book.Delay = time.Hour
	w.RefusedFor(t, "POST", "/v3/transfer/bill-receipt", play.Object{"out_batch_no": w.batch(t, 300)}, "INVALID_REQUEST", "完成")
}
