package transfer_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestEveryEndpointIsPlayed(t *testing.T) {
	t.Parallel()
	documented := slices.DeleteFunc(kittest.Documented(bills, sign, "/v3/transfer/", "/v3/transfer-detail/"), func(e string) bool {
		return strings.Contains(e, "authorization") || strings.HasSuffix(e, "/transfer")
	})
	assert.ElementsMatch(t, documented, slices.Collect(maps.Keys(newWorld(t).Handlers)))
}

func TestConfirmed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := kittest.With(w.billing(400_000), "user_name", "张三")
	created := w.OK(t, "POST", bills, body)
	no := created.Text("out_bill_no")
	assert.Equal(t, "WAIT_USER_CONFIRM", created.Text("state"))
	assert.NotEmpty(t, created.Text("package_info"))
	assert.Regexp(t, `^133\d{37}$`, created.Text("transfer_bill_no"))
	assert.EqualValues(t, funds-400_000, w.balance(), "it cannot be spent twice")
	assert.Zero(t, w.paid())

	w.Now = w.Now.Add(time.Hour)
	require.NoError(t, w.book.Confirm(w.Now, w.Emit, mchid, no))
	assert.EqualValues(t, 400_000, w.paid())
	assert.Zero(t, w.held())
	got := w.get(t, no)
	assert.Equal(t, kittest.Wire(t, play.Object{
		"mch_id": mchid, "out_bill_no": no, "transfer_bill_no": created.Text("transfer_bill_no"), "appid": appid, "state": "SUCCESS",
		"transfer_amount": 400_000, "transfer_remark": "活动奖励", "openid": openid, "user_name": "张三",
		"create_time": "2026-04-01T12:00:00+08:00", "update_time": "2026-04-01T13:00:00+08:00",
	}), got)
	assert.Equal(t, got, w.OK(t, "GET", bills+"/transfer-bill-no/"+created.Text("transfer_bill_no"), nil))
	assert.Equal(t, []play.Event{{
		URL: hook, Type: "MCHTRANSFER.BILL.FINISHED", OriginalType: "mch_payment", Summary: "商家转账单据终态通知",
		Resource: play.Object{
			"mch_id": mchid, "out_bill_no": no, "transfer_bill_no": created.Text("transfer_bill_no"), "state": "SUCCESS",
			"transfer_amount": int64(400_000), "openid": openid,
			"create_time": "2026-04-01T12:00:00+08:00", "update_time": "2026-04-01T13:00:00+08:00",
		},
	}}, w.Events())
	again := w.OK(t, "POST", bills, body)
	assert.Equal(t, "SUCCESS", again.Text("state"))
	assert.Empty(t, again.Text("package_info"))
	require.ErrorContains(t, w.book.Confirm(w.Now, w.Emit, mchid, no), "SUCCESS")
	require.ErrorContains(t, w.book.Decline(w.Now, w.Emit, mchid, no, ""), "SUCCESS")
	w.RefusedFor(t, "POST", bills+"/out-bill-no/"+no+"/cancel", nil, "INVALID_REQUEST", "撤销")
	assert.EqualValues(t, 400_000, w.paid(), "it is paid once")
	assert.Zero(t, w.ledger.Sum())
}

// However a transfer ends, the money is where the state says, and one webhook tells of it.
func TestEnds(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, state, reason string
		do                  func(t *testing.T, w *world, no string)
	}{
		{"the user waits a day", "FAIL", "OVERDUE_CLOSE", func(_ *testing.T, w *world, _ string) {
			w.Now = w.Now.Add(24 * time.Hour)
			w.book.Tick(w.Now, w.Emit)
		}},
		{"the user waits a day, and is looked at", "FAIL", "OVERDUE_CLOSE", func(t *testing.T, w *world, no string) {
			t.Helper()
			w.Now = w.Now.Add(24 * time.Hour)
			require.ErrorContains(t, w.book.Confirm(w.Now, w.Emit, mchid, no), "FAIL")
		}},
		{"just in time", "SUCCESS", "", func(t *testing.T, w *world, no string) {
			t.Helper()
			w.Now = w.Now.Add(24*time.Hour - time.Second)
			w.book.Tick(w.Now, w.Emit)
			require.NoError(t, w.book.Confirm(w.Now, w.Emit, mchid, no))
		}},
		{"the user declines", "FAIL", "OVERDUE_CLOSE", func(t *testing.T, w *world, no string) {
			t.Helper()
			require.NoError(t, w.book.Decline(w.Now, w.Emit, mchid, no, ""))
		}},
		{"the user's account is frozen", "FAIL", "ACCOUNT_FROZEN", func(t *testing.T, w *world, no string) {
			t.Helper()
			require.NoError(t, w.book.Decline(w.Now, w.Emit, mchid, no, "ACCOUNT_FROZEN"))
		}},
		{"it is canceled", "CANCELLED", "", func(t *testing.T, w *world, no string) {
			t.Helper()
			assert.Equal(t, "CANCELING", w.cancel(t, no).Text("state"))
			require.ErrorContains(t, w.book.Confirm(w.Now, nil, mchid, "x"), "NOT_FOUND")
			assert.EqualValues(t, 5000, w.held(), "it is canceled when it is looked at next")
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			no := w.transfer(t, 5000)
			row.do(t, w, no)
			o := w.get(t, no)
			assert.Equal(t, row.state, o.Text("state"))
			assert.Equal(t, row.reason, o.Text("fail_reason"))
			events := w.Events()
			require.Len(t, events, 1)
			resource, _ := events[0].Resource.(play.Object)
			assert.Equal(t, row.state, resource.Text("state"))
			assert.Equal(t, row.reason, resource.Text("fail_reason"))
			paid := int64(0)
			if row.state == "SUCCESS" {
				paid = 5000
			}
			assert.Equal(t, paid, w.paid())
			assert.Equal(t, funds-paid, w.balance())
			assert.Zero(t, w.held())
			w.book.Tick(w.Now.Add(48*time.Hour), w.Emit)
			require.Error(t, w.book.Decline(w.Now, w.Emit, mchid, no, ""))
			assert.Empty(t, w.Events())
			assert.Equal(t, paid, w.paid())
		})
	}
}

// With a Delay each step of WeChat Pay is seen.
func TestSteps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.Delay = time.Minute
	body := w.billing(5000)
	created := w.OK(t, "POST", bills, body)
	no := created.Text("out_bill_no")
	assert.Equal(t, "ACCEPTED", created.Text("state"))
	assert.Empty(t, created.Text("package_info"))
	require.ErrorContains(t, w.book.Confirm(w.Now, nil, mchid, no), "ACCEPTED")
	w.Now = w.Now.Add(time.Minute)
	assert.NotEmpty(t, w.OK(t, "POST", bills, body).Text("package_info"))
	require.NoError(t, w.book.Confirm(w.Now, w.Emit, mchid, no))
	assert.Equal(t, "TRANSFERING", w.get(t, no).Text("state")) //nolint:misspell // as WeChat Pay spells it
	w.RefusedFor(t, "POST", bills+"/out-bill-no/"+no+"/cancel", nil, "INVALID_REQUEST", "撤销")
	assert.Zero(t, w.paid())
	w.Now = w.Now.Add(time.Minute)
	w.book.Tick(w.Now, w.Emit)
	assert.EqualValues(t, 5000, w.paid(), "it is paid without being looked at")
	assert.Len(t, w.Events(), 1)

	no = w.transfer(t, 5000)
	w.cancel(t, no)
	assert.Equal(t, "CANCELING", w.get(t, no).Text("state"))
	assert.Equal(t, "CANCELING", w.cancel(t, no).Text("state"))
	require.ErrorContains(t, w.book.Decline(w.Now, nil, mchid, no, ""), "CANCELING")
	w.Now = w.Now.Add(time.Minute)
	assert.Equal(t, "CANCELLED", w.cancel(t, no).Text("state"), "it may be canceled again")
	assert.Len(t, w.Events(), 1)
	require.ErrorContains(t, w.book.Decline(w.Now, nil, mchid, no, "x"), "PARAM_ERROR")
}

// A number that was short of money is sent again when there is more.
func TestShortOfMoney(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	no := w.transfer(t, 600_000)
	body := kittest.With(w.billing(600_000), "user_name", "张三")
	w.RefusedFor(t, "POST", bills, body, "NOT_ENOUGH", "")
	w.RefusedFor(t, "GET", bills+"/out-bill-no/"+body.Text("out_bill_no"), nil, "NOT_FOUND", "")
	w.RefusedFor(t, "POST", batches, w.batching(300_000, 300_000), "NOT_ENOUGH", "")
	w.cancel(t, no)
	w.get(t, no)
	w.OK(t, "POST", bills, body)
}

func TestAppIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.AppID = func(m, a string) bool { return m == mchid && a == "wx1" }
	w.RefusedFor(t, "POST", bills, w.billing(100), "INVALID_REQUEST", "AppID")
	w.OK(t, "POST", bills, kittest.With(w.billing(100), "appid", "wx1"))
	w.RefusedFor(t, "POST", batches, w.batching(100), "INVALID_REQUEST", "AppID")
}

func TestWhatDoesNotExist(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.Now
	body := w.billing(100)
	created := w.OK(t, "POST", bills, body)
	batch := w.OK(t, "POST", batches, w.batching(100))
	bill, no := "/out-bill-no/"+created.Text("out_bill_no"), batch.Text("out_batch_no")
	for _, row := range []struct {
		name, caller, method, path string
		after                      time.Duration
	}{
		{"a bill", mchid, "GET", bills + "/out-bill-no/x", 0},
		{"a bill by its id", mchid, "GET", bills + "/transfer-bill-no/1", 0},
		{"another's bill", other, "GET", bills + bill, 0},
		{"another's bill by its id", other, "GET", bills + "/transfer-bill-no/" + created.Text("transfer_bill_no"), 0},
		{"another's bill to cancel", other, "POST", bills + bill + "/cancel", 0},
		{"an old bill", mchid, "GET", bills + bill, 30*24*time.Hour + time.Second},
		{"a batch", mchid, "GET", batches + "/out-batch-no/x?need_query_detail=false", 0},
		{"another's batch", other, "GET", batches + "/out-batch-no/" + no + "?need_query_detail=false", 0},
		{"another's batch by its id", other, "GET", batches + "/batch-id/" + batch.Text("batch_id") + "?need_query_detail=false", 0},
		{"an old batch", mchid, "GET", batches + "/out-batch-no/" + no + "?need_query_detail=false", 30*24*time.Hour + time.Second},
		{"a detail", mchid, "GET", batches + "/out-batch-no/" + no + "/details/out-detail-no/x", 0},
		{"a detail of no batch", mchid, "GET", batches + "/out-batch-no/x/details/out-detail-no/DETAIL0", 0},
		{"a receipt of a bill", mchid, "GET", sign + "/out-bill-no/x", 0},
		{"a receipt of a batch", mchid, "GET", "/v3/transfer/bill-receipt/x", 0},
		{"a receipt of a detail", mchid, "GET", "/v3/transfer-detail/electronic-receipts?accept_type=BATCH_TRANSFER&out_detail_no=x&out_batch_no=" + no, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			w.Caller, w.Now = row.caller, start.Add(row.after)
			w.RefusedFor(t, row.method, row.path, nil, "NOT_FOUND", "")
		})
	}
	for name, err := range map[string]error{
		"confirm":           w.book.Confirm(start, nil, other, body.Text("out_bill_no")),
		"decline":           w.book.Decline(start, nil, other, body.Text("out_bill_no"), ""),
		"settle":            w.book.Settle(start, nil, other, no, "", ""),
		"settle a detail":   w.book.Settle(start, nil, mchid, no, "x", ""),
		"close":             w.book.CloseBatch(start, nil, other, no, "OVERDUE_CLOSE"),
		"close of a reason": w.book.CloseBatch(start, nil, mchid, no, "x"),
		"fail of a reason":  w.book.Settle(start, nil, mchid, no, "", "x"),
	} {
		var refusal *play.Refusal
		require.ErrorAs(t, err, &refusal, name)
	}
}
