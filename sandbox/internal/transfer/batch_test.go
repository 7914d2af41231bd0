package transfer_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestLifeOfABatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := w.batching(200_000, 300, 400)
	created := w.OK(t, "POST", batches, body)
	no, id := created.Text("out_batch_no"), created.Text("batch_id")
	assert.Equal(t, "ACCEPTED", created.Text("batch_status"))
	assert.Regexp(t, `^103\d{37}$`, id)
	assert.EqualValues(t, 200_700, w.held())
	require.NoError(t, w.book.Settle(w.Now, w.Emit, mchid, no, "DETAIL1", "NAME_NOT_CORRECT"))
	assert.EqualValues(t, 200_400, w.held(), "what failed is given back at once")

	w.Now = w.Now.Add(time.Second)
	got := w.getBatch(t, no, "need_query_detail=true&detail_status=ALL")
	assert.Equal(t, kittest.Wire(t, play.Object{
		"mchid": mchid, "out_batch_no": no, "batch_id": id, "appid": appid, "batch_status": "FINISHED", "batch_type": "API",
		"batch_name": "报销单", "batch_remark": "四月", "total_amount": 200_700, "total_num": 3, "transfer_scene_id": "1001",
		"create_time": "2026-04-01T12:00:00+08:00", "update_time": "2026-04-01T12:00:01+08:00",
		"success_amount": 200_400, "success_num": 2, "fail_amount": 300, "fail_num": 1,
	}), got.Object("transfer_batch"))
	assert.Len(t, got.List("transfer_detail_list"), 3)
	assert.EqualValues(t, 200_400, w.paid())
	assert.EqualValues(t, funds-200_400, w.balance())
	assert.Equal(t, []play.Event{{
		URL: hook, Type: "MCHTRANSFER.BATCH.FINISHED", OriginalType: "mch_payment", Summary: "商家转账批次完成通知",
		Resource: play.Object{
			"out_batch_no": no, "batch_id": id, "batch_status": "FINISHED", "total_num": int64(3), "total_amount": int64(200_700),
			"success_amount": int64(200_400), "success_num": int64(2), "fail_amount": int64(300), "fail_num": int64(1),
			"update_time": "2026-04-01T12:00:01+08:00",
		},
	}}, w.Events())

	failed := w.OK(t, "GET", batches+"/out-batch-no/"+no+"/details/out-detail-no/DETAIL1", nil)
	assert.Equal(t, "FAIL", failed.Text("detail_status"))
	assert.Equal(t, "NAME_NOT_CORRECT", failed.Text("fail_reason"))
	assert.Equal(t, failed, w.OK(t, "GET", batches+"/batch-id/"+id+"/details/detail-id/"+failed.Text("detail_id"), nil))
	byID := w.OK(t, "GET", batches+"/batch-id/"+id+"?need_query_detail=true&detail_status=FAIL", nil)
	require.Len(t, byID.List("transfer_detail_list"), 1)
	assert.Equal(t, "DETAIL1", byID.List("transfer_detail_list")[0].Text("out_detail_no"))
	assert.Len(t, w.getBatch(t, no, "need_query_detail=true&detail_status=SUCCESS").List("transfer_detail_list"), 2)
	assert.False(t, w.getBatch(t, no, "need_query_detail=false").Has("transfer_detail_list"))
	assert.Equal(t, "FINISHED", w.OK(t, "POST", batches, body).Text("batch_status"))
	require.ErrorContains(t, w.book.Settle(w.Now, nil, mchid, no, "", ""), "待处理")
	require.ErrorContains(t, w.book.CloseBatch(w.Now, nil, mchid, no, "OVERDUE_CLOSE"), "处理完成")
	w.book.Tick(w.Now.Add(time.Hour), w.Emit)
	assert.EqualValues(t, 200_400, w.paid(), "it is paid once")
	assert.Empty(t, w.Events())
}

func TestStepsOfABatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.Delay = time.Minute
	no := w.batch(t, 300, 400)
	got := w.getBatch(t, no, "need_query_detail=true&detail_status=ALL")
	assert.Equal(t, "PROCESSING", got.Text("transfer_batch.batch_status"))
	assert.False(t, got.Has("transfer_detail_list"), "details are told of when it is finished")
	require.NoError(t, w.book.Settle(w.Now, w.Emit, mchid, no, "DETAIL0", ""))
	assert.EqualValues(t, 300, w.paid())
	detail := w.OK(t, "GET", batches+"/out-batch-no/"+no+"/details/out-detail-no/DETAIL1", nil)
	assert.Equal(t, "PROCESSING", detail.Text("detail_status"))
	assert.Empty(t, w.Events())
	w.Now = w.Now.Add(time.Minute)
	w.book.Tick(w.Now, w.Emit)
	assert.EqualValues(t, 700, w.paid())
	assert.Len(t, w.Events(), 1)

	no = w.batch(t, 300)
	require.NoError(t, w.book.Settle(w.Now, w.Emit, mchid, no, "", "OPENID_INVALID"))
	assert.Len(t, w.Events(), 1, "it is finished when all is decided")
	assert.EqualValues(t, 1, w.getBatch(t, no, "need_query_detail=false").Int("transfer_batch.fail_num"))
}

func TestClosedBatches(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{"MERCHANT_REVOCATION", "OVERDUE_CLOSE"} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			no := w.batch(t, 300, 400)
			require.NoError(t, w.book.CloseBatch(w.Now, w.Emit, mchid, no, reason))
			got := w.getBatch(t, no, "need_query_detail=true&detail_status=FAIL")
			assert.Equal(t, "CLOSED", got.Text("transfer_batch.batch_status"))
			assert.Equal(t, reason, got.Text("transfer_batch.close_reason"))
			assert.Len(t, got.List("transfer_detail_list"), 2)
			assert.EqualValues(t, funds, w.balance())
			events := w.Events()
			require.Len(t, events, 1)
			assert.Equal(t, "MCHTRANSFER.BATCH.CLOSED", events[0].Type)
			assert.Equal(t, play.Object{
				"mchid": mchid, "out_batch_no": no, "batch_id": got.Text("transfer_batch.batch_id"), "batch_status": "CLOSED",
				"total_num": int64(2), "total_amount": int64(700), "close_reason": reason, "update_time": "2026-04-01T12:00:00+08:00",
			}, events[0].Resource)
			w.book.Tick(w.Now, w.Emit)
			assert.Empty(t, w.Events())
		})
	}
}

func TestPagesOfDetails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	amounts := make([]int, 130)
	for i := range amounts {
		amounts[i] = 30
	}
	no := w.batch(t, amounts...)
	for _, row := range []struct {
		query                       string
		first, count, offset, limit int
	}{
		{"", 0, 20, 0, 20},
		{"&offset=120", 120, 10, 120, 20},
		{"&limit=100", 0, 100, 0, 100},
		{"&offset=1&limit=50", 1, 50, 1, 50},
		{"&offset=130", 0, 0, 130, 20},
	} {
		t.Run("page "+row.query, func(t *testing.T) {
			o := w.getBatch(t, no, "need_query_detail=true&detail_status=ALL"+row.query)
			list := o.List("transfer_detail_list")
			require.Len(t, list, row.count)
			if row.count > 0 {
				assert.Equal(t, fmt.Sprint("DETAIL", row.first), list[0].Text("out_detail_no"))
			}
			assert.Equal(t, []int64{int64(row.offset), int64(row.limit)}, []int64{o.Int("offset"), o.Int("limit")})
		})
	}
	for _, query := range []string{"", "&detail_status=x", "&detail_status=ALL&offset=-1", "&detail_status=ALL&limit=19", "&detail_status=ALL&limit=101"} {
		t.Run("refused "+query, func(t *testing.T) {
			w.RefusedFor(t, "GET", batches+"/out-batch-no/"+no+"?need_query_detail=true"+query, nil, "PARAM_ERROR", "")
		})
	}
}

func TestRefusedBatches(t *testing.T) {
	t.Parallel()
	detail := func(o play.Object, name string, value any) {
		list, _ := o["transfer_detail_list"].([]any)
		d, _ := list[1].(map[string]any)
		d[name] = value
	}
	many := make([]int, 1001)
	for i := range many {
		many[i] = 30
	}
	for _, row := range []struct {
		name    string
		edit    func(w *world, body play.Object)
		message string
	}{
		{"a short number", func(_ *world, b play.Object) { b["out_batch_no"] = "abcd" }, "单号"},
		{"a bad number of a detail", func(_ *world, b play.Object) { detail(b, "out_detail_no", "DETAIL_1") }, "单号"},
		{"a number twice", func(_ *world, b play.Object) { detail(b, "out_detail_no", "DETAIL0") }, "重复"},
		{"a long name", func(_ *world, b play.Object) { b["batch_name"] = strings.Repeat("名", 33) }, "长度"},
		{"a long remark", func(_ *world, b play.Object) { b["batch_remark"] = strings.Repeat("名", 33) }, "长度"},
		{"another sum", func(_ *world, b play.Object) { b["total_amount"] = 701 }, "总金额"},
		{"another count", func(_ *world, b play.Object) { b["total_num"] = 3 }, "总笔数"},
		{"nothing", func(_ *world, b play.Object) { detail(b, "transfer_amount", 0) }, "金额"},
		{"0.29 yuan to somebody", func(_ *world, b play.Object) { detail(b, "transfer_amount", 29) }, "不支持传入收款用户姓名"},
		{"2,000 yuan to nobody", func(w *world, b play.Object) {
			w.Lenient = true // the catalogue wants names of all
			detail(b, "transfer_amount", 200_000)
			detail(b, "user_name", "")
		}, "姓名必填"},
		{"too many", func(w *world, b play.Object) {
			b["transfer_detail_list"] = w.batching(many...)["transfer_detail_list"]
		}, "1000"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			body := w.batching(300, 400)
			row.edit(w, body)
			w.RefusedFor(t, "POST", batches, body, "PARAM_ERROR", row.message)
			assert.EqualValues(t, funds, w.balance())
		})
	}
	t.Run("a fen to nobody is taken", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.Lenient = true
		body := kittest.With(w.batching(300, 1), "notify_url", "")
		detail(body, "user_name", "")
		no := w.OK(t, "POST", batches, body).Text("out_batch_no")
		assert.EqualValues(t, 2, w.getBatch(t, no, "need_query_detail=false").Int("transfer_batch.success_num"))
		assert.Empty(t, w.Events(), "there is no notify_url")
	})
}
