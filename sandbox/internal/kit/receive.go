package kit

import (
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
)

// A Payment is what a payer paid to a merchant. Amount is in fen.
type Payment struct {
	MchID, Number, TransactionID string
	Amount                       int64
}

// Fee is what WeChat Pay keeps of an amount: 0.60 %, rounded to whole fen.
func Fee(amount int64) int64 { return (amount*6 + 500) / 1000 }

// Receive books a payment, less its fee. It panics for an amount that is not positive.
func Receive(l *ledger.Ledger, now time.Time, p Payment) {
	entry := ledger.Entry{At: now, Number: p.Number, ID: p.TransactionID, Order: p.TransactionID}
	pay, fee := entry, entry
	pay.Kind, pay.From, pay.To, pay.Amount = "pay", ledger.World, ledger.Merchant(p.MchID), p.Amount
	entries := []ledger.Entry{pay}
	if fee.Kind, fee.From, fee.To, fee.Amount = "fee", pay.To, ledger.Fees, Fee(p.Amount); fee.Amount > 0 {
		entries = append(entries, fee)
	}
	if err := l.Post(entries...); err != nil {
		panic("sandbox: " + err.Error()) // the fee is less than what was paid
	}
}
