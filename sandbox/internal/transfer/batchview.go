package transfer

import (
	"strconv"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// The details of a page.
const (
	leastPerPage = 20 // and where no limit is given
	mostPerPage  = 100
)

// batch returns the one that the path names.
func (t *turn) batch() (*batch, error) {
	key := batchKey(t.Caller, t.Vars["out_batch_no"])
	if id, ok := t.Vars["batch_id"]; ok {
		key = t.book.ids[t.Caller+"/"+id]
	}
	b := t.state().Batches[key]
	if b == nil || t.Now.After(b.Created.Add(queryWindow)) {
		return nil, missing()
	}
	t.lookBatch(b)
	return b, nil
}

func (b *batch) created() play.Object {
	return play.Object{"out_batch_no": b.No, "batch_id": b.ID, "create_time": kit.Clock(b.Created), "batch_status": b.Status}
}

func (b *batch) view() play.Object {
	count, amount := b.sums("")
	paid, paidAmount := b.sums(success)
	failed, failedAmount := b.sums(fail)
	view := play.Object{
		"mchid": b.Caller, "out_batch_no": b.No, "batch_id": b.ID, "appid": b.AppID, "batch_status": b.Status, "batch_type": "API",
		"batch_name": b.Name, "batch_remark": b.Remark, "total_amount": amount, "total_num": count,
		"create_time": kit.Clock(b.Created), "update_time": kit.Clock(b.Updated), "transfer_scene_id": b.Scene,
		"success_amount": paidAmount, "success_num": paid, "fail_amount": failedAmount, "fail_num": failed,
	}
	if b.Reason != "" {
		view["close_reason"] = b.Reason
	}
	return view
}

// getBatch tells of a batch, and of its details once it is finished.
func getBatch(t *turn) (play.Object, error) {
	b, err := t.batch()
	if err != nil {
		return nil, err
	}
	reply := play.Object{"transfer_batch": b.view()}
	if t.Query.Get("need_query_detail") != "true" {
		return reply, nil
	}
	status, offset, limit, err := t.page()
	if err != nil {
		return nil, err
	}
	if !b.final() {
		return reply, nil
	}
	reply["offset"], reply["limit"] = offset, limit
	page := []any{}
	for _, d := range b.Details {
		switch {
		case status != "ALL" && status != d.Status:
		case offset > 0:
			offset--
		case len(page) < limit:
			page = append(page, play.Object{"detail_id": d.ID, "out_detail_no": d.No, "detail_status": d.Status})
		}
	}
	reply["transfer_detail_list"] = page
	return reply, nil
}

// page returns which details are asked for.
func (t *turn) page() (status string, offset, limit int, err error) {
	status, limit = t.Query.Get("detail_status"), leastPerPage
	switch status {
	case "ALL", success, fail:
	default:
		return "", 0, 0, play.WrongField("query", "detail_status", "取值应为 ALL、SUCCESS、FAIL 之一")
	}
	if text := t.Query.Get("offset"); text != "" {
		if offset, err = strconv.Atoi(text); err != nil || offset < 0 {
			return "", 0, 0, play.WrongField("query", "offset", "应为不小于 0 的整数")
		}
	}
	if text := t.Query.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < leastPerPage || limit > mostPerPage {
			return "", 0, 0, play.WrongField("query", "limit", "取值应为 20 到 100")
		}
	}
	return status, offset, limit, nil
}

// detail returns the one of a batch that has a number of the merchant or an id, or nil.
func (b *batch) detail(name string) *detail {
	for _, d := range b.Details {
		if d.No == name || d.ID == name {
			return d
		}
	}
	return nil
}

func getDetail(t *turn) (play.Object, error) {
	b, err := t.batch()
	if err != nil {
		return nil, err
	}
	d := b.detail(t.Vars["out_detail_no"] + t.Vars["detail_id"]) // the path has one of them
	if d == nil {
		return nil, missing()
	}
	view := play.Object{
		"mchid": b.Caller, "out_batch_no": b.No, "batch_id": b.ID, "appid": b.AppID, "out_detail_no": d.No, "detail_id": d.ID,
		"detail_status": d.Status, "transfer_amount": d.Amount, "transfer_remark": d.Remark, "openid": d.OpenID,
		"initiate_time": kit.Clock(b.Created), "update_time": kit.Clock(d.Updated),
	}
	if d.Name != "" {
		view["user_name"] = d.Name
	}
	if d.Reason != "" {
		view["fail_reason"] = d.Reason
	}
	return view, nil
}
