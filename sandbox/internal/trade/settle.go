package trade

import (
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A due refund succeeds at a time, unless something else became of it.
type due struct {
	Refund string    `json:"refund"` // the key
	At     time.Time `json:"at"`
}

// wait lets a refund succeed by itself, later.
func (t *turn) wait(r *refund) {
	if t.book.RefundDelay >= 0 {
		r.DueAt = t.Now.Add(t.book.RefundDelay)
		t.Due = append(t.Due, due{t.RefundIDs[r.ID], r.DueAt})
	}
}

// settleDue ends the refunds that are due: those of an owner, or all where it is "".
func (t *turn) settleDue(owner string) {
	later := t.Due[:0]
	for i, d := range t.Due {
		if t.Now.Before(d.At) { // and so are those behind it
			later = append(later, t.Due[i:]...)
			break
		}
		r := t.Refunds[d.Refund]
		switch {
		case r == nil || r.State != processing || !r.DueAt.Equal(d.At): // forgotten, or settled before
		case owner != "" && r.Owner != owner:
			later = append(later, d)
		default:
			t.end(r, succeeded, d.At)
		}
	}
	t.Due = later
}

// end ends a refund at a time, and tells of it.
func (t *turn) end(r *refund, state string, at time.Time) {
	if state == closed {
		t.undo(t.Orders[r.Order], r)
	}
	r.State, r.Done = state, at
	t.Tell(play.Event{
		URL: r.Body.object().Text("notify_url"), Type: "REFUND." + state, OriginalType: "refund", Resource: r.notice(t.Orders[r.Order]),
		Summary: map[string]string{succeeded: "退款成功", closed: "退款关闭", abnormal: "退款异常"}[state],
	})
	t.reached(r)
}

// reached tells [Book].OnRefund of a refund that succeeded.
func (t *turn) reached(r *refund) {
	if tell := t.book.OnRefund; tell != nil && r.State == succeeded {
		id := t.Orders[r.Order].ID
		t.Later(func() { tell(t.Now, t.Emit, r.Owner, id, r.Amount) })
	}
}

// Tick ends the refunds of all callers that are due; see [Book].RefundDelay. Its webhooks are
// those of the calls of each.
func (b *Book) Tick(now time.Time, emit func(play.Event)) {
	_ = b.act(now, emit, "", func(t *turn) error { t.settleDue(""); return nil })
}

// SettleRefund ends a refund of the caller that is PROCESSING. The status is SUCCESS, CLOSED
// (the money goes back to the merchant) or ABNORMAL (the caller has to say where to). The
// webhook is REFUND with that status. It does nothing where the refund has the status.
func (b *Book) SettleRefund(now time.Time, emit func(play.Event), caller, outRefundNo, status string) error {
	return b.act(now, emit, caller, func(t *turn) error {
		r := t.Refunds[key(caller, outRefundNo)]
		switch {
		case r == nil:
			return kit.Missing(0, "退款单不存在")
		case status != succeeded && status != closed && status != abnormal:
			return kit.Invalid(0, "status 应为 SUCCESS、CLOSED、ABNORMAL 之一")
		case r.State == status:
			return nil
		case r.State != processing:
			return kit.Invalid(0, "退款单状态为 "+r.State)
		}
		t.end(r, status, now)
		return nil
	})
}

// applyAbnormal says where the money of an ABNORMAL refund goes, which is PROCESSING again.
func applyAbnormal(t *turn) (any, error) {
	r := t.Refunds[t.RefundIDs[t.Vars["refund_id"]]]
	if r == nil || r.Owner != t.Caller || r.Number != t.Body.Text("out_refund_no") {
		return nil, kit.Missing(0, "退款单不存在")
	}
	err := kit.First(checkSubOf(t.Orders[r.Order], "body", t.Body.Text("sub_mchid")), checkBankCard(t.Body))
	switch {
	case err != nil:
		return nil, err
	case r.Again == t.mark: // repeated
	case r.State != abnormal:
		return nil, kit.Invalid(0, "退款单状态不是 ABNORMAL")
	default:
		r.State, r.Again, r.To = processing, t.mark, "商户结算银行账户"
		if t.Body.Text("type") == "USER_BANK_CARD" {
			r.To = "用户银行卡"
		}
		t.wait(r)
	}
	return t.viewRefund(r), nil
}

func checkBankCard(body play.Object) error {
	if body.Text("type") != "USER_BANK_CARD" {
		return nil
	}
	for _, name := range []string{"bank_type", "bank_account", "real_name"} {
		if body.Text(name) == "" {
			return kit.Wrong("/"+name, "退款到用户银行卡时必填")
		}
	}
	return nil
}

// A refundNotice is the resource of the webhooks of a refund, in the order of WeChat Pay.
type refundNotice struct {
	MchID               string       `json:"mchid,omitempty"`
	SpMchID             string       `json:"sp_mchid,omitempty"`
	SubMchID            string       `json:"sub_mchid,omitempty"`
	TransactionID       string       `json:"transaction_id"`
	OutTradeNo          string       `json:"out_trade_no"`
	RefundID            string       `json:"refund_id"`
	OutRefundNo         string       `json:"out_refund_no"`
	RefundStatus        string       `json:"refund_status"`
	SuccessTime         string       `json:"success_time,omitempty"`
	UserReceivedAccount string       `json:"user_received_account"`
	Amount              refundAmount `json:"amount"`
}

type refundAmount struct {
	Total       int64 `json:"total"`
	Refund      int64 `json:"refund"`
	PayerTotal  int64 `json:"payer_total"`
	PayerRefund int64 `json:"payer_refund"`
}

func (r *refund) notice(o *order) refundNotice {
	n := refundNotice{
		TransactionID: o.ID, OutTradeNo: o.Number, RefundID: r.ID, OutRefundNo: r.Number, RefundStatus: r.State,
		UserReceivedAccount: r.To, Amount: refundAmount{o.Total, r.Amount, o.Total, r.Amount},
	}
	if n.MchID = o.Owner; o.Sub != "" {
		n.MchID, n.SpMchID, n.SubMchID = "", o.Owner, o.Sub
	}
	if r.State == succeeded {
		n.SuccessTime = kit.Clock(r.Done)
	}
	return n
}
