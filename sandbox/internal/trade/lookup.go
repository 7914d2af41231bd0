package trade

import (
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// PrepayID returns the prepay_id of an order of the caller: APIv2 tells it of every product.
func (b *Book) PrepayID(caller, outTradeNo string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if o := b.state.Orders[key(caller, outTradeNo)]; o != nil {
		return o.Token
	}
	return ""
}

// A RefundKey names refunds by the first of its numbers that is set; the last two are those of
// their order.
type RefundKey struct{ RefundID, OutRefundNo, TransactionID, OutTradeNo string }

// Refunds returns the refunds of the caller that a key names, oldest first, in the form of
// /v3/refund. Those of reversals have no number, and are left out. Errors are a [*play.Refusal].
func (b *Book) Refunds(now time.Time, emit func(play.Event), caller string, by RefundKey) (list []play.Object, err error) {
	err = b.act(now, emit, caller, func(t *turn) error {
		t.settleDue(caller)
		for _, k := range t.refundKeys(by) {
			if r := t.Refunds[k]; r != nil && r.Owner == caller && r.Body != "" {
				list = append(list, t.viewRefund(r))
			}
		}
		if len(list) == 0 {
			return kit.Missing(0, "退款单不存在")
		}
		return nil
	})
	return list, err
}

func (t *turn) refundKeys(by RefundKey) []string {
	o := t.ofTransaction(by.TransactionID)
	switch {
	case by.RefundID != "":
		return []string{t.RefundIDs[by.RefundID]}
	case by.OutRefundNo != "":
		return []string{key(t.Caller, by.OutRefundNo)}
	case by.TransactionID == "":
		o = t.Orders[key(t.Caller, by.OutTradeNo)]
	}
	if o == nil {
		return nil
	}
	return o.RefundKeys
}
