package trade

import (
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
)

// take books the payment of an order, or of all parts of a combined one, and its fee.
func (t *turn) take(o *order) {
	orders := []*order{o}
	if len(o.Parts) > 0 {
		orders = orders[:0]
		for _, k := range o.Parts {
			orders = append(orders, t.Orders[k])
		}
		o.State, o.PaidAt = paid, t.Now
	}
	var entries []ledger.Entry
	for _, p := range orders {
		p.State, p.PaidAt, p.ID, p.Fee = paid, t.Now, t.newTransactionID(), kit.Fee(p.Total)
		t.Transactions[p.ID] = key(p.Owner, p.Number)
		e := ledger.Entry{At: t.Now, Number: p.Number, ID: p.ID, Order: p.ID}
		entries = move(entries, e, "pay", ledger.World, p.account(), p.Total)
		entries = move(entries, e, "fee", p.account(), ledger.Fees, p.Fee)
	}
	if err := t.book.ledger.Post(entries...); err != nil {
		panic("sandbox: " + err.Error()) // a fee is never more than its amount
	}
}

// move adds an entry to a list, where there is an amount.
func move(entries []ledger.Entry, e ledger.Entry, kind, from, to string, amount int64) []ledger.Entry {
	if amount == 0 {
		return entries
	}
	e.Kind, e.From, e.To, e.Amount = kind, from, to, amount
	return append(entries, e)
}

// draw books what a refund takes: the share of the fee from WeChat Pay, the rest from what is
// frozen for the order, then from what the merchant can spend.
func (t *turn) draw(o *order, r *refund) error {
	r.Fee = min(max(feeShare(o, r.Amount)-o.FeeBack, 0), r.Amount)
	r.FromFrozen = min(t.frozen(o), r.Amount-r.Fee)
	e := ledger.Entry{At: t.Now, Number: r.Number, ID: r.ID, Order: o.ID}
	entries := move(nil, e, "refund", ledger.Frozen(o.receiver()), ledger.World, r.FromFrozen)
	entries = move(entries, e, "refund", ledger.Merchant(o.receiver()), ledger.World, r.Amount-r.Fee-r.FromFrozen)
	entries = move(entries, e, "refund_fee", ledger.Fees, ledger.World, r.Fee)
	if err := t.book.ledger.Post(entries...); err != nil {
		return kit.Refuse(403, "NOT_ENOUGH", 0, "基本账户余额不足，请充值后重新发起")
	}
	return nil
}

// feeShare is what of the fee has come back after another refund, rounded half up: all of it
// when all is refunded.
func feeShare(o *order, more int64) int64 {
	return (2*o.Fee*(o.Refunded+more) + o.Total) / (2 * o.Total)
}

// undo brings the money of a refund back to where it came from.
func (t *turn) undo(o *order, r *refund) {
	e := ledger.Entry{At: t.Now, Number: r.Number, ID: r.ID, Order: o.ID}
	entries := move(nil, e, "refund_closed", ledger.World, ledger.Frozen(o.receiver()), r.FromFrozen)
	entries = move(entries, e, "refund_closed", ledger.World, ledger.Merchant(o.receiver()), r.Amount-r.Fee-r.FromFrozen)
	entries = move(entries, e, "refund_fee", ledger.World, ledger.Fees, r.Fee)
	if err := t.book.ledger.Post(entries...); err != nil {
		panic("sandbox: " + err.Error()) // nobody loses by it who has a limit
	}
	o.Refunded, o.FeeBack, o.Refunds = o.Refunded-r.Amount, o.FeeBack-r.Fee, o.Refunds-1
}

// frozen is what of the money of an order is left to share. Who shares it names the order in
// the ledger.
func (t *turn) frozen(o *order) int64 {
	if !o.Sharing { // and the ledger, which is long, need not be searched
		return 0
	}
	account, left := ledger.Frozen(o.receiver()), int64(0)
	for _, e := range t.book.ledger.Between(o.PaidAt, t.Now.Add(time.Nanosecond)) {
		switch {
		case e.Order != o.ID:
		case e.To == account:
			left += e.Amount
		case e.From == account:
			left -= e.Amount
		}
	}
	return max(min(left, t.book.ledger.Balance(account)), 0)
}
