package payscore

import (
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// act plays what happens to an order. subMchid is "" for a merchant's own; as of all actions,
// errors are a [*play.Refusal].
func act[T any](b *Book, now time.Time, emit func(play.Event), caller, subMchid, outOrderNo string, f func(*kit.Turn, *order) (T, error)) (T, error) {
	return kit.Act(&b.mu, now, emit, caller, func(t *kit.Turn) (result T, err error) {
		o := b.state.Orders.Get(orderKey(caller, subMchid, outOrderNo))
		if o == nil {
			return result, kit.Missing(noOrder, "单据不存在")
		}
		result, err = f(t, o)
		if err == nil {
			b.count(o)
		}
		return result, err
	})
}

const queryPrefix = "Q"

func orderID(queryID string) string { return strings.TrimPrefix(queryID, queryPrefix) }

// Confirm has a user accept an order, and returns the query_id that the merchant's page gets.
// openid is that of appid, and subOpenID that of sub_appid, where a partner's order has one.
// It sends PAYSCORE.USER_CONFIRM.
func (b *Book) Confirm(now time.Time, emit func(play.Event), caller, subMchid, outOrderNo, openid, subOpenID string) (queryID string, err error) {
	return act(b, now, emit, caller, subMchid, outOrderNo, func(t *kit.Turn, o *order) (string, error) {
		if o.state(now) != "CREATED" {
			return "", kit.Invalid(wrongState, "当前订单状态不合法")
		}
		if openid == "" {
			return "", kit.Wrong("/openid", "openid 为空")
		}
		if err := b.agree(t, o, openid, subOpenID); err != nil {
			return "", err
		}
		o.tell(t, "USER_CONFIRM", "支付分订单用户已确认")
		return queryPrefix + o.ID, nil
	})
}

// Pay has a debit of an order succeed, or its user pay by hand, and returns the
// transaction_id. amount is in fen; 0 is all that is left to pay. It sends PAYSCORE.USER_PAID.
func (b *Book) Pay(now time.Time, emit func(play.Event), caller, subMchid, outOrderNo string, amount int64) (transactionID string, err error) {
	return act(b, now, emit, caller, subMchid, outOrderNo, func(t *kit.Turn, o *order) (string, error) {
		if !o.payable() {
			return "", kit.Invalid(notPayable, "订单不是待支付状态")
		}
		rest := o.Total - o.paid()
		if amount == 0 {
			amount = rest
		}
		if amount < 0 || amount > rest {
			return "", kit.Wrong("/amount", "支付金额超过待支付金额")
		}
		id := kit.TransactionID("000060", now, b.next())
		kit.Receive(b.ledger, now, kit.Payment{MchID: o.payee(), Number: outOrderNo, TransactionID: id, Amount: amount})
		o.Details = append(o.Details, detail{
			Amount: amount, Type: "NEWTON", Time: now.In(kit.Shanghai).Format(moment), ID: id,
		})
		o.Failing = false
		o.settle()
		o.tell(t, "USER_PAID", "用户支付成功")
		return id, nil
	})
}

// FailToPay has a debit of an order fail: the user lacks the money. Until [Book.Pay] that user
// gets no new orders. No webhook tells of it.
func (b *Book) FailToPay(now time.Time, caller, subMchid, outOrderNo string) error {
	_, err := act(b, now, nil, caller, subMchid, outOrderNo, func(_ *kit.Turn, o *order) (struct{}, error) {
		if !o.payable() {
			return struct{}{}, kit.Invalid(notPayable, "订单不是待支付状态")
		}
		o.Failing = true
		return struct{}{}, nil
	})
	return err
}
