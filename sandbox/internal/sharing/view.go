package sharing

import (
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func getShare(t *turn) (any, error) {
	s := t.state().Shares[key(t.Caller, t.Vars["out_order_no"])]
	if s == nil || s.Order != key(t.Caller, t.Query.Get("transaction_id")) ||
		!t.state().Orders[s.Order].named(t.Query.Get("sub_mchid")) {
		return nil, missing()
	}
	return t.view(s), nil
}

func (t *turn) view(s *share) play.Object {
	o := t.state().Orders[s.Order]
	reply := play.Object{
		"transaction_id": o.Transaction, "out_order_no": s.No, "order_id": s.ID, "state": "FINISHED",
	}
	if o.Partner {
		reply["sub_mchid"] = o.Payer
	}
	list := make([]any, len(s.Parts))
	for i, p := range s.Parts {
		if p.Result == "PENDING" {
			reply["state"] = "PROCESSING"
		}
		list[i] = p.view()
	}
	if len(list) > 0 {
		reply["receivers"] = list
	}
	return reply
}

func (p *part) view() play.Object {
	view := play.Object{
		"type": p.Type, "account": p.Account, "amount": p.Amount, "description": p.Description, "result": p.Result,
		"detail_id": p.ID, "create_time": kit.Clock(p.Created), "finish_time": finishTime(p.Finished),
	}
	if p.Reason != "" {
		view["fail_reason"] = p.Reason
	}
	return view
}

// finishTime is always there: of what is not finished it is the beginning of Unix time.
func finishTime(at time.Time) string {
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	return kit.Clock(at)
}

func getReturn(t *turn) (any, error) {
	r := t.state().Returns[key(t.Caller, t.Vars["out_return_no"])]
	if r == nil || r.Share != key(t.Caller, t.Query.Get("out_order_no")) {
		return nil, missing()
	}
	if !t.state().Orders[t.state().Shares[r.Share].Order].named(t.Query.Get("sub_mchid")) {
		return nil, missing()
	}
	return t.viewReturn(r), nil
}

func (t *turn) viewReturn(r *giveBack) play.Object {
	s := t.state().Shares[r.Share]
	o := t.state().Orders[s.Order]
	view := play.Object{
		"order_id": s.ID, "out_order_no": s.No, "out_return_no": r.No, "return_id": r.ID, "return_mchid": r.Account,
		"amount": r.Amount, "description": r.Description, "result": r.Result,
		"create_time": kit.Clock(r.Created), "finish_time": finishTime(r.Finished),
	}
	if o.Partner {
		view["sub_mchid"] = o.Payer
	}
	if r.Reason != "" {
		view["fail_reason"] = r.Reason
	}
	return view
}

// amounts tells what is left to share, which is nothing of an order that is finished.
func amounts(t *turn) (any, error) {
	switch o := t.order(); {
	case !t.isPaid:
		return nil, missing()
	case !t.paid.ProfitSharing:
		return nil, kit.Invalid(0, "非分账订单")
	case t.over(o):
		return play.Object{"transaction_id": t.transaction, "unsplit_amount": 0}, nil
	default:
		return play.Object{"transaction_id": t.transaction, "unsplit_amount": t.left(o)}, nil
	}
}

func maxRatio(t *turn) (any, error) {
	sub := t.Vars["sub_mchid"]
	if err := checkSub("uri", "sub_mchid", t.Caller, sub); err != nil {
		return nil, err
	}
	return play.Object{"sub_mchid": sub, "max_ratio": t.book.ratio(t.Caller, sub)}, nil
}

// tell tells a merchant of money that it received.
func (t *turn) tell(o *order, kind, id, number, mchid string, p *part) {
	resource := play.Object{
		"transaction_id": o.Transaction, "order_id": id, "out_order_no": number, "success_time": kit.Clock(t.Now),
		"receiver": play.Object{"type": p.Type, "account": p.Account, "amount": p.Amount, "description": p.Description},
	}
	if o.Partner {
		resource["sp_mchid"], resource["sub_mchid"] = o.Caller, o.Payer
		mchid = o.Caller
	} else {
		resource["mchid"] = o.Caller
	}
	if t.book.NotifyURL == nil {
		return
	}
	summary := map[string]string{"SUCCESS": "分账", "RETURN": "分账回退"}[kind]
	t.Tell(play.Event{
		URL: t.book.NotifyURL(mchid), Type: "PROFITSHARING." + kind, OriginalType: "profitsharing", Summary: summary, Resource: resource,
	})
}
