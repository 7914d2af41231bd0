package trade

import (
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
		account, e := p.account(), ledger.Entry{At: t.Now, Number: p.Number, ID: p.ID, Order: p.ID}
		entries = move(entries, e, "pay", ledger.World, account, p.Total)
		entries = move(entries, e, "fee", account, ledger.Fees, p.Fee)
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
// frozen for the order, then from what the merchant can spend. It looks again where somebody
// shared or unfroze what was frozen at the same time.
func (t *turn) draw(o *order, r *refund) error {
	r.Fee = min(max(feeShare(o, r.Amount)-o.FeeBack, 0), r.Amount)
	need := r.Amount - r.Fee
	for {
		frozen := t.book.ledger.FrozenFor(o.ID)
		if err := t.mayDraw(o, need, frozen); err != nil {
			return err
		}
		r.FromFrozen = min(frozen, need)
		e := ledger.Entry{At: t.Now, Number: r.Number, ID: r.ID, Order: o.ID}
		entries := move(nil, e, "refund", ledger.Frozen(o.receiver()), ledger.World, r.FromFrozen)
		entries = move(entries, e, "refund", ledger.Merchant(o.receiver()), ledger.World, need-r.FromFrozen)
		entries = move(entries, e, "refund_fee", ledger.Fees, ledger.World, r.Fee)
		switch err := t.book.ledger.Post(entries...); {
		case err == nil:
			return nil
		case t.book.ledger.FrozenFor(o.ID) == frozen:
			return kit.Refuse(403, "NOT_ENOUGH", 0, "基本账户余额不足，请充值后重新发起")
		}
	}
}

// mayDraw refuses a refund while its order is being shared, and one of more than what is left of
// a shared order, until that was unfrozen. What is frozen was looked at before, so that what is
// shared meanwhile counts as being shared.
func (t *turn) mayDraw(o *order, need, frozen int64) error {
	taken, over := t.shared(o)
	if over || taken == 0 {
		return nil
	}
	gone := o.Total - o.Fee - frozen
	for _, k := range o.RefundKeys {
		if r := t.Refunds[k]; r.State != closed {
			gone -= r.FromFrozen
		}
	}
	switch {
	case taken > gone:
		return kit.Invalid(0, "订单分账处理中，请稍后再试")
	case frozen > 0 && need > frozen:
		return kit.Invalid(0, "退款金额超过订单剩余的冻结金额，请先解冻剩余资金")
	}
	return nil
}

// shared is [Book].Shared of an order.
func (t *turn) shared(o *order) (taken int64, over bool) {
	if !o.Sharing || t.book.Shared == nil {
		return 0, false
	}
	return t.book.Shared(o.Owner, o.ID)
}

// feeShare is what of the fee has come back after another refund, rounded half up: all of it
// when all is refunded.
func feeShare(o *order, more int64) int64 {
	return (2*o.Fee*(o.Refunded+more) + o.Total) / (2 * o.Total)
}

// undo brings the money of a refund back to where it came from. Nobody would unfreeze it once
// the sharing of the order is over.
func (t *turn) undo(o *order, r *refund) {
	frozen := ledger.Frozen(o.receiver())
	if _, over := t.shared(o); over {
		frozen = ledger.Merchant(o.receiver())
	}
	e := ledger.Entry{At: t.Now, Number: r.Number, ID: r.ID, Order: o.ID}
	entries := move(nil, e, "refund_closed", ledger.World, frozen, r.FromFrozen)
	entries = move(entries, e, "refund_closed", ledger.World, ledger.Merchant(o.receiver()), r.Amount-r.Fee-r.FromFrozen)
	entries = move(entries, e, "refund_fee", ledger.World, ledger.Fees, r.Fee)
	if err := t.book.ledger.Post(entries...); err != nil {
		panic("sandbox: " + err.Error()) // nobody loses by it who has a limit
	}
	o.Refunded, o.FeeBack, o.Refunds = o.Refunded-r.Amount, o.FeeBack-r.Fee, o.Refunds-1
}
