package trade

import (
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// act is what a payer or WeChat Pay does at a time; emit gets the webhooks, and may be nil.
func (b *Book) act(now time.Time, emit func(play.Event), caller string, f func(*turn) error) error {
	return kit.Do(&b.mu, now, emit, caller, func(t *kit.Turn) error { return f(b.turn(t)) })
}

// Pay has the payer pay an order of the caller, by its out_trade_no, or a combined order, by
// its combine_out_trade_no. It returns the transaction_id; of a combined order it is the
// combine_transaction_id. The webhook is TRANSACTION.SUCCESS, but for payment codes, which
// have none. For a paid order it returns the transaction_id again, and does nothing. Errors
// are a [*play.Refusal], as of all actions.
func (b *Book) Pay(now time.Time, emit func(play.Event), caller, outTradeNo string) (transactionID string, err error) {
	err = b.act(now, emit, caller, func(t *turn) error {
		o, err := t.payable(outTradeNo)
		if err != nil {
			return err
		}
		if !o.isPaid() {
			t.take(o)
			t.Tell(t.paidEvent(o))
		}
		transactionID = o.ID
		return nil
	})
	return transactionID, err
}

// payable returns an order that is paid, or can be.
func (t *turn) payable(number string) (*order, error) {
	o := t.Orders[key(t.Caller, number)]
	if o == nil || o.Combine != "" {
		part := o != nil
		if o = t.Combined[key(t.Caller, number)]; o == nil && part {
			return nil, kit.Invalid(0, "合单支付的子单不能单独支付，应使用 combine_out_trade_no")
		}
	}
	if o == nil {
		return nil, noOrder()
	}
	switch t.stateOf(o) {
	case closed, revoked:
		return nil, orderClosed()
	case payError:
		return nil, numbered(400, "INVALID_REQUEST", notValid, "付款码支付已失败")
	case unpaid:
		if t.lapsed(o) {
			return nil, numbered(400, "INVALID_REQUEST", notValid, "预支付交易会话已失效，应使用相同参数重新下单")
		}
	}
	return o, nil
}

// FailToPay has the payer try, and fail, to pay an order: for want of money (BALANCE), by a
// wrong password (PASSWORD), or because the payer or the bank refuses (REFUSED). An order by
// a payment code is PAYERROR then; any other stays NOTPAY, and can be paid later. With the
// reason USERPAYING the payer is asked for the password, and nothing changes. There is no
// webhook.
func (b *Book) FailToPay(now time.Time, caller, outTradeNo, reason string) error {
	return b.act(now, nil, caller, func(t *turn) error {
		o, err := t.payable(outTradeNo)
		switch {
		case err != nil:
			return err
		case o.isPaid():
			return orderPaid()
		}
		switch reason {
		case "BALANCE", "PASSWORD", "REFUSED":
			if o.Type == microPay {
				o.State = payError
			}
		case "USERPAYING":
		default:
			return kit.Invalid(0, "reason 应为 BALANCE、PASSWORD、REFUSED、USERPAYING 之一")
		}
		return nil
	})
}

// A Paid order is what the sharing of its money asks for. Amounts are in fen.
type Paid struct {
	Receiver                  string // mchid, or sub_mchid
	OutTradeNo, TransactionID string
	Total                     int64
	Refunded                  int64 // by refunds that are not closed
	Fee                       int64 // less what came back with the refunds
	PaidAt                    time.Time
	ProfitSharing             bool // its money was paid to ledger.Frozen
}

// Paid returns a paid order of the caller by its transaction_id. What an order that nothing
// was shared of has in ledger.Frozen is Total less Refunded and Fee.
func (b *Book) Paid(caller, transactionID string) (Paid, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.state.Orders[b.state.Transactions[transactionID]]
	if o == nil || o.Owner != caller {
		return Paid{}, false
	}
	return Paid{
		Receiver: o.receiver(), OutTradeNo: o.Number, TransactionID: o.ID, Total: o.Total, Refunded: o.Refunded,
		Fee: o.Fee - o.FeeBack, PaidAt: o.PaidAt, ProfitSharing: o.Sharing,
	}, true
}
