package trade

import "github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"

// feeOf is 0.60 % of an amount, rounded half up.
func feeOf(amount int64) int64 { return (amount*6 + 500) / 1000 }

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
		p.State, p.PaidAt, p.ID, p.Fee = paid, t.Now, t.newTransactionID(), feeOf(p.Total)
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
