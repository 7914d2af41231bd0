package sharing

import (
	"fmt"
	"strconv"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

const (
	maxRequests  = 50 // of an order
	maxPerShare  = 50 // receivers
	tooSoon      = time.Minute
	window       = 30 * 24 * time.Hour // then the rest is unfrozen
	usualRatio   = 3000
	unfreezeText = "解冻给分账方"
)

// A share is a request to share or to unfreeze, which was accepted.
type share struct {
	ID       string    `json:"id"` // order_id
	No       string    `json:"no"`
	Order    string    `json:"order"` // the key of the order
	Print    string    `json:"print"` // of the body
	Unfreeze bool      `json:"unfreeze"`
	Due      time.Time `json:"due"`
	Parts    []*part   `json:"parts"`
}

// A part is what one receiver gets.
type part struct {
	Type        string    `json:"type"`
	Account     string    `json:"account"`
	Description string    `json:"description"`
	Amount      int64     `json:"amount"`
	Back        int64     `json:"back"` // returned, or being returned
	Result      string    `json:"result"`
	Reason      string    `json:"reason,omitempty"`
	ID          string    `json:"id"` // detail_id
	Created     time.Time `json:"created"`
	Finished    time.Time `json:"finished"`
}

// createShare accepts a request to share. The same number and body give what became of it.
func createShare(t *turn) (any, error) {
	body := t.Body
	if err := t.checkOrder(body.Text("sub_mchid")); err != nil {
		return nil, err
	}
	if err := checkNumber(body, "out_order_no"); err != nil {
		return nil, err
	}
	mark := kit.Digest(body.Canonical())
	if known := t.state().Shares[key(t.Caller, body.Text("out_order_no"))]; known != nil {
		if known.Print != mark {
			return nil, kit.Invalid(0, "分账接收方与原请求不一致")
		}
		return t.view(known), nil
	}
	parts, err := t.parts()
	if err != nil {
		return nil, err
	}
	sum := total(parts)
	if err := kit.First(t.mayShare(), t.enough(sum)); err != nil {
		return nil, err
	}
	end, _ := body["unfreeze_unsplit"].(bool)
	o := t.keepOrder()
	s := t.accept(o, &share{No: body.Text("out_order_no"), Print: mark, Parts: parts})
	if o.Finished = end; end && len(parts) == 0 {
		t.release(o) // there is nobody to wait for
	}
	return t.view(s), nil
}

// checkOrder checks that there is a paid order to share, of the merchant that is named.
func (t *turn) checkOrder(sub string) error {
	if err := checkSub("body", "/sub_mchid", t.Caller, sub); err != nil {
		return err
	}
	partner := t.isPaid && t.paid.Receiver != t.Caller
	switch {
	case !t.isPaid:
		return kit.Invalid(0, "订单不存在或未支付")
	case partner && sub == "":
		return kit.WrongNumber("/sub_mchid", needsSubMchid, "服务商模式必填 sub_mchid")
	case partner && sub != t.paid.Receiver, !partner && sub != "":
		return kit.Wrong("/sub_mchid", "与订单的商户号不符")
	case !t.paid.ProfitSharing:
		return kit.Invalid(0, "非分账订单不支持分账")
	}
	return nil
}

// mayShare checks what was done with the order before.
func (t *turn) mayShare() error {
	o := t.order()
	switch {
	case t.Now.Before(t.paid.PaidAt.Add(tooSoon)):
		return kit.Invalid(0, "订单处理中，暂时无法分账，请稍后再试")
	case t.over(o):
		return kit.Invalid(0, "订单已完结分账")
	case o != nil && t.count(o) >= maxRequests:
		return kit.Invalid(0, "同一笔订单最多发起 "+strconv.Itoa(maxRequests)+" 次分账")
	}
	return nil
}

// count returns the requests to share an order.
func (t *turn) count(o *order) (n int) {
	for _, k := range o.Shares {
		if !t.state().Shares[k].Unfreeze {
			n++
		}
	}
	return n
}

// over reports whether no more is shared of an order, which may be nil.
func (t *turn) over(o *order) bool {
	if o != nil {
		return o.Finished
	}
	return !t.paid.PaidAt.After(t.state().Horizon) || !t.Now.Before(t.paid.PaidAt.Add(window))
}

// enough checks that there is a sum to share, and that it stays within the ratio, which is of
// all that was shared of the order.
func (t *turn) enough(sum int64) error {
	o := t.order()
	if sum > t.left(o) {
		return notEnough("分账金额不足")
	}
	shared := sum
	if o != nil {
		for _, k := range o.Shares {
			shared += t.state().Shares[k].shared()
		}
	}
	if shared*10_000 > t.paid.Total*int64(t.book.ratio(t.Caller, t.paid.Receiver)) {
		return kit.Invalid(0, "分账金额超过最大分账比例")
	}
	return nil
}

func (b *Book) ratio(caller, mchid string) int {
	if b.Ratio == nil {
		return usualRatio
	}
	return b.Ratio(caller, mchid)
}

// shared is what a request shares, without what was refused to receivers.
func (s *share) shared() (sum int64) {
	for _, p := range s.Parts {
		if !s.Unfreeze && p.Result != "CLOSED" {
			sum += p.Amount
		}
	}
	return sum
}

// left is what an order, which may be nil, has to share.
func (t *turn) left(o *order) int64 {
	left := t.paid.Total - t.paid.Fee - t.paid.Refunded
	if o != nil {
		left -= o.Taken + o.Pending
	}
	return max(left, 0)
}

// parts reads the receivers.
func (t *turn) parts() ([]*part, error) {
	list := t.Body.List("receivers")
	end, _ := t.Body["unfreeze_unsplit"].(bool)
	if len(list) > maxPerShare || len(list) == 0 && !end {
		return nil, kit.Wrong("/receivers", fmt.Sprintf("应有 1 到 %d 个分账接收方", maxPerShare))
	}
	parts, seen := make([]*part, len(list)), map[string]bool{}
	for i, r := range list {
		at := "/receivers/" + strconv.Itoa(i)
		if err := kit.First(t.checkPart(r, at), t.related(r)); err != nil {
			return nil, err
		}
		name := r.Text("type") + "/" + r.Text("account")
		if seen[name] {
			return nil, kit.Wrong(at+"/account", "同一分账接收方只能出现一次")
		}
		seen[name] = true
		parts[i] = t.part(r.Text("type"), r.Text("account"), r.Text("description"), r.Int("amount"))
	}
	return parts, nil
}

func (t *turn) part(kind, account, description string, amount int64) *part {
	return &part{
		Type: kind, Account: account, Description: description, Amount: amount, Result: "PENDING",
		Created: t.Now, ID: fmt.Sprintf("36011%018d", t.next()),
	}
}

// checkPart checks a receiver of a request. 1e13 fen is more than any order.
func (t *turn) checkPart(r play.Object, at string) error {
	appid := map[string]string{"PERSONAL_OPENID": "appid", subOpenID: "sub_appid"}[r.Text("type")]
	switch {
	case r.Int("amount") < 1 || r.Int("amount") > 1e13:
		return kit.Wrong(at+"/amount", "分账金额应大于 0")
	case appid != "" && t.Body.Text(appid) == "":
		return kit.Wrong("/"+appid, "接收方类型为 "+r.Text("type")+" 时必填")
	}
	return kit.First(checkAccount(r, at, t.paid.Receiver, t.paid.Receiver != t.Caller), kit.Length(r, at, "description", 1, 80))
}

// related checks that a receiver was added, and its name where one is given.
func (t *turn) related(r play.Object) error {
	known, ok := t.state().Receivers[receiverKey(t.Caller, t.Body.Text("sub_mchid"), r.Text("type"), r.Text("account"))]
	switch name := r.Text("name"); {
	case !ok:
		return kit.Invalid(0, "分账接收方关系不存在，请先添加分账接收方")
	case name != "" && known.Name != "" && name != known.Name:
		return kit.Invalid(0, "分账接收方姓名与实名不符")
	}
	return nil
}

func total(parts []*part) (sum int64) {
	for _, p := range parts {
		sum += p.Amount
	}
	return sum
}

// never is when a request is due that only [Book.Settle] executes.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// due returns when a request of now is executed by itself.
func (t *turn) due() time.Time {
	if t.book.Delay < 0 {
		return never
	}
	return t.Now.Add(t.book.Delay)
}

// accept keeps a request, which is executed when it is due.
func (t *turn) accept(o *order, s *share) *share {
	s.ID, s.Order, s.Due = t.id(), key(o.Caller, o.Transaction), t.due()
	o.Pending += total(s.Parts)
	k := key(t.Caller, s.No)
	o.Shares = append(o.Shares, k)
	t.state().Shares[k] = s
	t.book.shareIDs[key(t.Caller, s.ID)] = k
	t.book.deadlines.Add(s.Due, s.Order)
	t.drop(s.Order)
	return s
}
