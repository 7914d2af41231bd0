package trade

import (
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// The values of status.
const (
	processing = "PROCESSING"
	succeeded  = "SUCCESS"
	abnormal   = "ABNORMAL" // the payer's bank takes no money; closed is another end
)

const (
	refundLife = 365 * 24 * time.Hour // since the payment
	maxRefunds = 50                   // of an order, those that closed not counted
)

// A refund is money that goes back to the payer of an order. It leaves the merchant when it
// is accepted, and comes back where the refund is closed.
type refund struct {
	Owner  string  `json:"owner"`
	Number string  `json:"number"` // out_refund_no; out_trade_no where the order was reversed
	ID     string  `json:"id"`
	Order  string  `json:"order"` // the key
	Mark   mark    `json:"print"` // of the request
	Body   request `json:"body"`  // nothing where the order was reversed

	State string    `json:"state"`
	Made  time.Time `json:"made"`
	DueAt time.Time `json:"due_at"` // when it succeeds by itself
	Done  time.Time `json:"done"`   // when it did
	Again mark      `json:"again"`  // of the request after ABNORMAL
	To    string    `json:"to"`     // user_received_account

	Amount     int64 `json:"amount"`
	Fee        int64 `json:"fee"`         // what of it WeChat Pay bears
	FromFrozen int64 `json:"from_frozen"` // what the merchant's frozen account bears
}

// apply is a request for a refund. It answers PROCESSING: that it succeeded is known later.
func apply(t *turn) (any, error) {
	k := key(t.Caller, t.Body.Text("out_refund_no"))
	r := t.Refunds[k]
	if r != nil && r.Mark != t.mark {
		return nil, kit.Invalid(0, "商户退款单号已存在，且参数不一致")
	}
	if r == nil {
		o, err := t.refundable()
		if err != nil {
			return nil, err
		}
		r = &refund{Owner: t.Caller, Number: t.Body.Text("out_refund_no"), Mark: t.mark, Body: t.body, Amount: t.Body.Int("amount.refund")}
		if err := t.refund(o, r, k); err != nil {
			return nil, err
		}
		t.wait(r)
	}
	return t.viewRefund(r), nil
}

// refundable checks a request for a refund, and returns its order.
func (t *turn) refundable() (*order, error) {
	amount := t.Body.Object("amount")
	if err := kit.First(
		checkRefundNumber(t.Body.Text("out_refund_no")), checkAmount("/amount", amount, "refund"), checkAmount("/amount", amount, "total"),
		kit.Longest(t.Body, "", "reason", 80), checkURL(t.Body),
	); err != nil {
		return nil, err
	}
	o, err := t.toRefund()
	switch {
	case err != nil:
		return nil, err
	case !o.isPaid() && t.stateOf(o) != closed:
		return nil, numbered(404, "RESOURCE_NOT_EXISTS", notExisting, "订单未支付")
	case o.State != paid && o.State != refunded:
		return nil, kit.Invalid(0, "订单状态不允许退款")
	case t.Now.After(o.PaidAt.Add(refundLife)):
		return nil, kit.Invalid(0, "订单已超过可退款的最大期限")
	case amount.Int("total") != o.Total:
		return nil, kit.Invalid(0, "订单金额或退款金额与之前请求不一致，请核实后再试")
	case amount.Int("refund") > o.Total-o.Refunded:
		return nil, kit.Invalid(0, "申请退款金额大于订单可退金额")
	case o.Refunds >= maxRefunds:
		return nil, kit.Invalid(0, "订单退款次数超过上限")
	case !sumsUp(amount):
		return nil, kit.Invalid(0, "退款出资金额之和应等于退款金额")
	}
	return o, nil
}

// toRefund returns the order that a request for a refund names by either number, or by both.
func (t *turn) toRefund() (*order, error) {
	id, number := t.Body.Text("transaction_id"), t.Body.Text("out_trade_no")
	o := t.ofTransaction(id)
	switch {
	case id == "" && number == "":
		return nil, kit.Wrong("/transaction_id", "transaction_id 和 out_trade_no 至少填写一个")
	case id == "":
		o = t.Orders[key(t.Caller, number)]
	case o != nil && number != "" && o.Number != number:
		return nil, kit.Invalid(0, "transaction_id 和 out_trade_no 不是同一订单")
	}
	if o == nil {
		return nil, numbered(404, "RESOURCE_NOT_EXISTS", notExisting, "订单不存在")
	}
	return o, checkSubOf(o, "body", t.Body.Text("sub_mchid"))
}

func sumsUp(amount play.Object) bool {
	sum := int64(0)
	for _, from := range amount.List("from") {
		sum += from.Int("amount")
	}
	return !amount.Has("from") || sum == amount.Int("refund")
}

// refund takes the money of a refund, and keeps it in PROCESSING.
func (t *turn) refund(o *order, r *refund, k string) error {
	r.Made, r.State, r.Order, r.ID, r.To = t.Now, processing, key(o.Owner, o.Number), t.newRefundID(), "支付用户零钱"
	if err := t.draw(o, r); err != nil {
		return err
	}
	o.State, o.Refunded, o.FeeBack, o.Refunds = refunded, o.Refunded+r.Amount, o.FeeBack+r.Fee, o.Refunds+1
	o.RefundKeys = append(o.RefundKeys, k)
	t.Refunds[k], t.RefundIDs[r.ID] = r, k
	return nil
}

// giveBack refunds the whole of an order that is reversed: at once, without a number and a
// webhook of its own.
func (t *turn) giveBack(o *order) error {
	r := &refund{Owner: o.Owner, Number: o.Number, Amount: o.Total}
	if err := t.refund(o, r, key(o.Owner, "/"+o.Number)); err != nil { // no out_refund_no has a slash
		return err
	}
	r.State, r.Done = succeeded, t.Now
	t.reached(r)
	return nil
}

func queryRefund(t *turn) (any, error) {
	r := t.Refunds[key(t.Caller, t.Vars["out_refund_no"])]
	if r == nil {
		return nil, kit.Missing(0, "退款单不存在")
	}
	if err := checkSubOf(t.Orders[r.Order], "query", t.Query.Get("sub_mchid")); err != nil {
		return nil, err
	}
	return t.viewRefund(r), nil
}

// viewRefund is a refund as all its endpoints show it.
func (t *turn) viewRefund(r *refund) play.Object {
	o := t.Orders[r.Order]
	money := play.Object{
		"total": o.Total, "refund": r.Amount, "payer_total": o.Total, "payer_refund": r.Amount, "settlement_refund": r.Amount,
		"settlement_total": o.Total, "discount_refund": 0, "currency": "CNY", "refund_fee": r.Fee,
	}
	if from := r.Body.object().Get("amount.from"); from != nil {
		money["from"] = from
	}
	v := play.Object{
		"refund_id": r.ID, "out_refund_no": r.Number, "transaction_id": o.ID, "out_trade_no": o.Number, "channel": "ORIGINAL",
		"user_received_account": r.To, "create_time": kit.Clock(r.Made), "status": r.State, "funds_account": "AVAILABLE", "amount": money,
	}
	if r.State == succeeded {
		v["success_time"] = kit.Clock(r.Done)
	}
	return v
}
