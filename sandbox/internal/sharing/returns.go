package sharing

import (
	"strconv"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

const (
	maxReturns   = 50 // of a request to share
	returnWindow = 180 * 24 * time.Hour
)

// A giveBack is a request that a receiver returns what it got.
type giveBack struct {
	ID          string    `json:"id"` // return_id
	No          string    `json:"no"`
	Share       string    `json:"share"` // its key
	Print       string    `json:"print"`
	Account     string    `json:"account"`
	Amount      int64     `json:"amount"`
	Description string    `json:"description"`
	Due         time.Time `json:"due"`
	Result      string    `json:"result"`
	Reason      string    `json:"reason,omitempty"`
	Created     time.Time `json:"created"`
	Finished    time.Time `json:"finished"`
}

// createReturn returns money of a receiver, at once or when it is due. It does not become
// shareable again.
func createReturn(t *turn) (any, error) {
	body := t.Body
	err := kit.First(checkSub("body", "/sub_mchid", t.Caller, body.Text("sub_mchid")), checkNumber(body, "out_return_no"),
		kit.Length(body, "", "description", 1, 80))
	switch {
	case err != nil:
		return nil, err
	case !mchidForm.MatchString(body.Text("return_mchid")):
		return nil, kit.Wrong("/return_mchid", "商户号应为数字")
	case body.Int("amount") < 1:
		return nil, kit.Wrong("/amount", "回退金额应大于 0")
	case body.Text("order_id") == "" && body.Text("out_order_no") == "":
		return nil, kit.Wrong("/out_order_no", "order_id 和 out_order_no 至少填写一个")
	}
	mark, k := kit.Digest(body.Canonical()), key(t.Caller, body.Text("out_return_no"))
	if known := t.state().Returns[k]; known != nil {
		if known.Print != mark {
			return nil, kit.Invalid(0, "回退单号已使用且参数不一致")
		}
		return t.viewReturn(known), nil
	}
	o, s, p, err := t.mayReturn()
	if err != nil {
		return nil, err
	}
	p.Back += body.Int("amount")
	r := &giveBack{
		ID: t.id(), No: body.Text("out_return_no"), Share: key(t.Caller, s.No), Print: mark, Account: p.Account,
		Amount: body.Int("amount"), Description: body.Text("description"), Result: "PROCESSING",
		Created: t.Now, Due: t.due(),
	}
	t.state().Returns[k] = r
	o.Returns = append(o.Returns, k)
	if t.book.Delay != 0 {
		t.book.deadlines.Add(r.Due, s.Order)
	} else {
		t.settleReturn(o, r, "")
	}
	t.drop(s.Order)
	return t.viewReturn(r), nil
}

// shareOf returns the request to share that a return is about, or nil.
func (b *Book) shareOf(caller string, body play.Object) *share {
	id, no := body.Text("order_id"), body.Text("out_order_no")
	k := key(caller, no)
	if id != "" {
		k = b.shareIDs[key(caller, id)]
	}
	s := b.state.Shares[k]
	if s == nil || no != "" && no != s.No {
		return nil
	}
	return s
}

// mayReturn returns the request to share, and what its receiver got.
func (t *turn) mayReturn() (*order, *share, *part, error) {
	s := t.book.shareOf(t.Caller, t.Body)
	if s == nil || s.Unfreeze {
		return nil, nil, nil, kit.Invalid(0, "分账单不存在")
	}
	o := t.state().Orders[s.Order]
	if !o.named(t.Body.Text("sub_mchid")) {
		return nil, nil, nil, kit.Wrong("/sub_mchid", "与分账单的商户号不符")
	}
	p, count := s.receiver(t.Body.Text("return_mchid")), 0
	for _, k := range o.Returns {
		if t.state().Returns[k].Share == key(t.Caller, s.No) {
			count++
		}
	}
	switch {
	case p == nil:
		return nil, nil, nil, kit.Invalid(0, "回退方不存在")
	case t.Now.After(p.Finished.Add(returnWindow)):
		return nil, nil, nil, kit.Invalid(0, "已超过分账回退期限")
	case count >= maxReturns:
		return nil, nil, nil, kit.Invalid(0, "同一笔分账单最多发起 "+strconv.Itoa(maxReturns)+" 次回退")
	case t.Body.Int("amount") > p.Amount-p.Back:
		return nil, nil, nil, kit.Invalid(0, "回退金额超过可回退金额")
	}
	return o, s, p, nil
}

// named reports whether a sub_mchid, which may be "", is that of the order.
func (o *order) named(sub string) bool { return o.Partner && sub == o.Payer || !o.Partner && sub == "" }

// receiver returns what a merchant got, or nil.
func (s *share) receiver(mchid string) *part {
	for _, p := range s.Parts {
		if p.Type == merchantID && p.Account == mchid && p.Result == "SUCCESS" {
			return p
		}
	}
	return nil
}

// settleReturn ends a return, with success or for a reason.
func (t *turn) settleReturn(o *order, r *giveBack, reason string) {
	s := t.state().Shares[r.Share]
	if reason == "" {
		err := t.book.ledger.Post(ledger.Entry{
			At: t.Now, Kind: "share_return", From: ledger.Merchant(r.Account), To: ledger.Merchant(o.Payer),
			Amount: r.Amount, Number: r.No, ID: r.ID, Order: o.Transaction,
		})
		if err != nil {
			reason = "BALANCE_NOT_ENOUGH"
		}
	}
	r.Finished, r.Reason = t.Now, reason
	if reason != "" {
		r.Result = "FAILED"
		s.receiver(r.Account).Back -= r.Amount
		return
	}
	r.Result = "SUCCESS"
	t.tell(o, "RETURN", r.ID, r.No, o.Payer, &part{Type: merchantID, Account: o.Payer, Amount: r.Amount, Description: r.Description})
}
