package transfer

import (
	"fmt"
	"strconv"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

const maxDetails = 1000

// The states of a batch that bills do not have; PROCESSING is also that of a detail.
const (
	processing = "PROCESSING"
	finished   = "FINISHED"
	closed     = "CLOSED"
)

// A batch is transfers that no user confirms.
type batch struct {
	Caller  string    `json:"caller"`
	No      string    `json:"no"`
	ID      string    `json:"id"`
	Print   string    `json:"print"`
	AppID   string    `json:"appid"`
	Name    string    `json:"name"`
	Remark  string    `json:"remark"`
	Scene   string    `json:"scene"`
	Notify  string    `json:"notify,omitempty"`
	Status  string    `json:"status"`
	Reason  string    `json:"reason,omitempty"` // why it was closed
	Due     time.Time `json:"due"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
	Details []*detail `json:"details"`
}

// A detail is one transfer of a batch.
type detail struct {
	No      string    `json:"no"`
	ID      string    `json:"id"`
	OpenID  string    `json:"openid"`
	Name    string    `json:"name,omitempty"`
	Amount  int64     `json:"amount"`
	Remark  string    `json:"remark"`
	Status  string    `json:"status"`
	Reason  string    `json:"reason,omitempty"`
	Updated time.Time `json:"updated"`
}

func (b *batch) key() string { return batchKey(b.Caller, b.No) }

func (b *batch) final() bool { return b.Status == finished || b.Status == closed }

// sums returns how many details have a status, and their amount; "" is any.
func (b *batch) sums(status string) (count, amount int64) {
	for _, d := range b.Details {
		if status == "" || d.Status == status {
			count++
			amount += d.Amount
		}
	}
	return count, amount
}

// createBatch accepts a batch. The same number and body give what became of it.
func createBatch(t *turn) (play.Object, error) {
	body := t.Body
	if err := checkNumber(body, "", "out_batch_no", 5); err != nil {
		return nil, err
	}
	mark := kit.Digest(body.Canonical())
	if known := t.state().Batches[batchKey(t.Caller, body.Text("out_batch_no"))]; known != nil {
		if known.Print != mark {
			return nil, kit.Invalid(0, "商家批次单号已存在，且请求参数与原单不一致")
		}
		t.lookBatch(known)
		return known.created(), nil
	}
	details, err := t.details()
	err = kit.First(err, t.checkAppID(), kit.Length(body, "", "batch_name", 1, 32), kit.Length(body, "", "batch_remark", 1, 32))
	if err != nil {
		return nil, err
	}
	b := &batch{
		Caller: t.Caller, No: body.Text("out_batch_no"), ID: t.id("103"), Print: mark, AppID: body.Text("appid"),
		Name: body.Text("batch_name"), Remark: body.Text("batch_remark"), Scene: body.Text("transfer_scene_id"),
		Notify: body.Text("notify_url"), Status: accepted, Due: t.Now.Add(t.book.Delay), Created: t.Now, Updated: t.Now, Details: details,
	}
	count, amount := b.sums("")
	switch {
	case count != body.Int("total_num"):
		return nil, kit.Wrong("/total_num", "转账总笔数与明细笔数不一致")
	case amount != body.Int("total_amount"):
		return nil, kit.Wrong("/total_amount", "转账总金额与明细金额之和不一致")
	}
	if err := t.hold(amount, b.No, b.ID); err != nil {
		return nil, err
	}
	t.state().Batches[b.key()] = b
	t.book.ids[t.Caller+"/"+b.ID] = b.key()
	t.book.due.Add(b.Due, b.key())
	t.keep(b.key(), len(details))
	return b.created(), nil
}

func (t *turn) details() ([]*detail, error) {
	list := t.Body.List("transfer_detail_list")
	if len(list) > maxDetails {
		return nil, kit.Wrong("/transfer_detail_list", "一个批次最多 "+strconv.Itoa(maxDetails)+" 笔转账")
	}
	details, seen := make([]*detail, len(list)), make(map[string]bool, len(list))
	for i, o := range list {
		at := fmt.Sprintf("/transfer_detail_list/%d", i)
		if err := kit.First(checkNumber(o, at, "out_detail_no", 5), checkPayee(o, at)); err != nil {
			return nil, err
		}
		no := o.Text("out_detail_no")
		if seen[no] {
			return nil, kit.Wrong(at+"/out_detail_no", "商家明细单号重复")
		}
		seen[no] = true
		details[i] = &detail{
			No: no, ID: t.id("104"), OpenID: o.Text("openid"), Name: o.Text("user_name"), Amount: o.Int("transfer_amount"),
			Remark: o.Text("transfer_remark"), Status: processing, Updated: t.Now,
		}
	}
	return details, nil
}

// lookBatch does what is due of a batch.
func (t *turn) lookBatch(b *batch) {
	switch {
	case b.final():
	case b.Due.After(t.Now):
		b.Status = processing
	default:
		for _, d := range b.Details {
			t.finishDetail(b, d, "")
		}
		t.finishBatch(b)
	}
}

// finishDetail pays what is to be paid, or gives it back for a reason. It reports whether
// there was something.
func (t *turn) finishDetail(b *batch, d *detail, reason string) bool {
	if d.Status != processing {
		return false
	}
	d.Updated, d.Reason = t.Now, reason
	if reason == "" {
		d.Status = success
		t.pay(b.Caller, d.Amount, d.No, d.ID)
	} else {
		d.Status = fail
		t.giveBack(b.Caller, d.Amount, d.No, d.ID)
	}
	return true
}

// finishBatch finishes a batch of which all is decided, and tells the merchant.
func (t *turn) finishBatch(b *batch) {
	b.Updated, b.Status = t.Now, processing
	if left, _ := b.sums(processing); left > 0 {
		return
	}
	b.Status = finished
	total := b.view()
	t.tellBatch(b, "商家转账批次完成通知", total.Only("out_batch_no", "batch_id", "batch_status", "total_num", "total_amount",
		"success_amount", "success_num", "fail_amount", "fail_num", "update_time"))
}

// closeBatch closes a batch of which nothing is decided.
func (t *turn) closeBatch(b *batch, reason string) {
	for _, d := range b.Details {
		t.finishDetail(b, d, "OVERDUE_CLOSE")
	}
	b.Status, b.Reason, b.Updated = closed, reason, t.Now
	t.tellBatch(b, "商家转账批次关闭通知", b.view().Only("mchid", "out_batch_no", "batch_id", "batch_status", "total_num", "total_amount",
		"close_reason", "update_time"))
}

func (t *turn) tellBatch(b *batch, summary string, resource play.Object) {
	t.Tell(play.Event{
		URL: b.Notify, Type: "MCHTRANSFER.BATCH." + b.Status, OriginalType: "mch_payment", Summary: summary, Resource: resource,
	})
}
