package sharing

import (
	"errors"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
)

// maxPerMonth is what a person receives in a calendar month, in fen.
const maxPerMonth = 200_000_00

// order returns what is known of the order that the turn is about, or nil.
func (t *turn) order() *order { return t.state().Orders[key(t.Caller, t.transaction)] }

// keepOrder returns it, and makes it known where it is not.
func (t *turn) keepOrder() *order {
	if o := t.order(); o != nil {
		return o
	}
	o := &order{
		Caller: t.Caller, Transaction: t.transaction, Payer: t.paid.Receiver,
		Partner: t.paid.Receiver != t.Caller, PaidAt: t.paid.PaidAt,
	}
	k := key(t.Caller, t.transaction)
	t.state().Orders[k] = o
	t.state().Queue = append(t.state().Queue, k)
	t.book.deadlines.Add(o.PaidAt.Add(window), k)
	t.drop(k)
	return o
}

// look executes what is due of the order.
func (t *turn) look() {
	o := t.order()
	if o != nil {
		for _, k := range o.Shares {
			if s := t.state().Shares[k]; !s.Due.After(t.Now) {
				t.settle(o, s, "", "")
			}
		}
		for _, k := range o.Returns {
			if r := t.state().Returns[k]; r.Result == "PROCESSING" && !r.Due.After(t.Now) {
				t.settleReturn(o, r, "")
			}
		}
	}
	late := t.isPaid && t.paid.ProfitSharing && !t.Now.Before(t.paid.PaidAt.Add(window))
	if late && (o != nil && !o.Finished || o == nil && t.paid.PaidAt.After(t.state().Horizon)) {
		t.finish(t.keepOrder())
	}
}

// finish ends the sharing of an order: what is left becomes the payer's.
func (t *turn) finish(o *order) {
	o.Finished = true
	t.release(o)
}

// settle ends what is pending of a request: of all receivers or of one account, with success
// or for a reason. It reports whether there was something.
func (t *turn) settle(o *order, s *share, account, reason string) (did bool) {
	for _, p := range s.Parts {
		if p.Result != "PENDING" || account != "" && account != p.Account {
			continue
		}
		did = true
		o.Pending -= p.Amount
		p.Finished, p.Reason = t.Now, reason
		if p.Reason == "" {
			p.Reason = t.move(o, s, p)
		}
		if p.Result = "SUCCESS"; p.Reason != "" {
			p.Result = "CLOSED"
		}
	}
	if o.Finished {
		t.release(o)
	}
	return did
}

// move pays a receiver, or returns the reason why not.
func (t *turn) move(o *order, s *share, p *part) (reason string) {
	if s.Unfreeze {
		p.Amount = min(p.Amount, t.left(o)) // what was refunded meanwhile is gone
		if p.Amount <= 0 || !t.post(o, "unfreeze", ledger.Merchant(o.Payer), p.Amount, s.No, s.ID) {
			return "PAYER_ACCOUNT_ABNORMAL"
		}
		return ""
	}
	sub := ""
	if o.Partner {
		sub = o.Payer
	}
	to, month := ledger.Merchant(p.Account), t.Now.In(kit.Shanghai).Format("2006-01")
	if p.Type != merchantID {
		to = ledger.World
	}
	_, related := t.state().Receivers[receiverKey(o.Caller, sub, p.Type, p.Account)]
	switch {
	case !related:
		return "NO_RELATION"
	case to == ledger.World && t.state().Persons[month][p.Account]+p.Amount > maxPerMonth:
		return "RECEIVER_RECEIPT_LIMIT"
	case p.Amount > t.left(o) || !t.post(o, "share", to, p.Amount, s.No, p.ID):
		return "PAYER_ACCOUNT_ABNORMAL"
	}
	if to == ledger.World {
		t.received(month, p)
	} else {
		t.tell(o, "SUCCESS", s.ID, s.No, p.Account, p)
	}
	return ""
}

// post moves what is frozen of an order.
func (t *turn) post(o *order, kind, to string, amount int64, number, id string) bool {
	err := t.book.ledger.Post(ledger.Entry{
		At: t.Now, Kind: kind, From: ledger.Frozen(o.Payer), To: to, Amount: amount, Number: number, ID: id, Order: o.Transaction,
	})
	if errors.Is(err, ledger.ErrShort) {
		return false
	}
	o.Taken += amount
	return true
}

// release unfreezes what is left of an order that is finished: what no request shares, and
// what was refused to receivers.
func (t *turn) release(o *order) {
	if left := t.left(o); t.isPaid && left > 0 {
		t.post(o, "unfreeze", ledger.Merchant(o.Payer), left, "", o.Transaction)
	}
}

// received counts what a person got this month; other months are over.
func (t *turn) received(month string, p *part) {
	if t.state().Persons[month] == nil {
		t.state().Persons = map[string]map[string]int64{month: {}}
	}
	t.state().Persons[month][p.Account] += p.Amount
}
