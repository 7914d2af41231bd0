package contract

import (
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// ByID returns what a contract of the caller itself is named by, from its contract_id.
func (b *Book) ByID(caller, contractID string) (planID int64, outContractCode string, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.byID[contractID]
	if c == nil || c.Mch != caller || c.Sub != "" {
		return 0, "", false
	}
	return c.Body.Int("plan_id"), c.Body.Text("out_contract_code"), true
}

// Deduction returns a deduction of the caller itself as an order query shows it: with its trade_state,
// and once it succeeded as its webhook tells it. Either number names it; the error is a [*play.Refusal].
func (b *Book) Deduction(caller, outTradeNo, transactionID string) (play.Object, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.state.Debits.Get(debitKey(caller, outTradeNo))
	if transactionID != "" {
		d = b.paidBy(caller, transactionID)
	}
	if d == nil {
		return nil, kit.Missing(0, "订单不存在")
	}
	c := b.state.Contracts.Get(d.Contract)
	switch {
	case c == nil || c.Sub != "":
		return nil, kit.Missing(0, "订单不存在")
	case d.State == "SUCCESS":
		return c.order(d, d.PaidAt, d.ID), nil
	}
	state := play.Object{"trade_state": "ACCEPT", "trade_state_desc": "已接收，等待扣款"}
	if d.State == "FAILED" {
		state = play.Object{"trade_state": "PAYERROR", "trade_state_desc": "扣款失败"}
	}
	return d.Body.Only("out_trade_no", "attach").With(state, play.Object{"trade_type": "PAP", "amount": fen(d.Body.Int("amount.total"))}), nil
}

// paidBy returns the deduction of a transaction_id. They are few: it looks at all.
func (b *Book) paidBy(caller, transactionID string) *debit {
	for k, d := range b.state.Debits.Items {
		if d.ID == transactionID && k == debitKey(caller, d.Body.Text("out_trade_no")) {
			return d
		}
	}
	return nil
}
