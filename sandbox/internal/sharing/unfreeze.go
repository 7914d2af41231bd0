package sharing

import "github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"

// unfreeze accepts a request to give the payer what is left of an order. A number that a
// request to share has is answered by that request, and nothing is unfrozen.
func unfreeze(t *turn) (any, error) {
	body := t.Body
	err := kit.First(t.checkOrder(body.Text("sub_mchid")), checkNumber(body, "out_order_no"), kit.Length(body, "", "description", 1, 80))
	if err != nil {
		return nil, err
	}
	mark := kit.Digest(body.Canonical())
	if known := t.state().Shares[key(t.Caller, body.Text("out_order_no"))]; known != nil {
		if known.Order != key(t.Caller, t.transaction) || known.Unfreeze && known.Print != mark {
			return nil, kit.Invalid(0, "分账单号已使用且参数不一致")
		}
		return t.view(known), nil
	}
	o := t.order()
	left := t.left(o)
	switch {
	case t.Now.Before(t.paid.PaidAt.Add(tooSoon)):
		return nil, kit.Invalid(0, "订单处理中，请稍后再试")
	case t.over(o) || left == 0:
		return nil, notEnough("分账已完成，剩余待分金额为 0")
	}
	o = t.keepOrder()
	o.Finished = true
	rest := t.part(merchantID, o.Payer, unfreezeText, left)
	return t.view(t.accept(o, &share{No: body.Text("out_order_no"), Print: mark, Unfreeze: true, Parts: []*part{rest}})), nil
}
