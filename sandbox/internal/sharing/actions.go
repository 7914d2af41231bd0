package sharing

import (
	"slices"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// Why a receiver gets nothing, and why a return fails.
var (
	shareReasons = []string{
		"", "ACCOUNT_ABNORMAL", "NO_RELATION", "RECEIVER_HIGH_RISK", "RECEIVER_REAL_NAME_NOT_VERIFIED", "NO_AUTH",
		"RECEIVER_RECEIPT_LIMIT", "PAYER_ACCOUNT_ABNORMAL", "INVALID_REQUEST",
	}
	returnReasons = []string{
		"", "ACCOUNT_ABNORMAL", "BALANCE_NOT_ENOUGH", "TIME_OUT_CLOSED", "PAYER_ACCOUNT_ABNORMAL", "INVALID_REQUEST",
	}
)

// act is what WeChat Pay does at a time; emit gets the webhooks, and may be nil.
func (b *Book) act(now time.Time, emit func(play.Event), caller, transactionID string, f func(*turn) error) error {
	t := b.about(caller, transactionID)
	return kit.Do(&b.mu, now, emit, caller, func(k *kit.Turn) error {
		t.Turn = k
		return f(t)
	})
}

// Settle has WeChat Pay execute a request to share or to unfreeze that is PROCESSING: for one
// account of the receivers, or for all that are PENDING where it is "". A reason such as
// "ACCOUNT_ABNORMAL" closes them; with "" they succeed, where that is possible. Errors are a
// [*play.Refusal], as of all actions.
func (b *Book) Settle(now time.Time, emit func(play.Event), caller, outOrderNo, account, reason string) error {
	if !slices.Contains(shareReasons, reason) {
		return kit.Wrong("/reason", "取值应为 "+strings.Join(shareReasons[1:], "、")+" 之一")
	}
	transaction := b.transactionOf(caller, play.Object{"out_order_no": outOrderNo})
	return b.act(now, emit, caller, transaction, func(t *turn) error {
		s := t.state().Shares[key(caller, outOrderNo)]
		if s == nil {
			return missing()
		}
		if !t.settle(t.state().Orders[s.Order], s, account, reason) {
			return kit.Invalid(0, "没有待处理的分账接收方")
		}
		return nil
	})
}

// SettleReturn has WeChat Pay end a return that is PROCESSING, with success where that is
// possible, or for a reason such as "ACCOUNT_ABNORMAL".
func (b *Book) SettleReturn(now time.Time, emit func(play.Event), caller, outReturnNo, reason string) error {
	if !slices.Contains(returnReasons, reason) {
		return kit.Wrong("/reason", "取值应为 "+strings.Join(returnReasons[1:], "、")+" 之一")
	}
	return b.act(now, emit, caller, "", func(t *turn) error {
		r := t.state().Returns[key(caller, outReturnNo)]
		switch {
		case r == nil:
			return missing()
		case r.Result != "PROCESSING":
			return kit.Invalid(0, "回退单已处理")
		}
		t.settleReturn(t.state().Orders[t.state().Shares[r.Share].Order], r, reason)
		return nil
	})
}

// Expire has WeChat Pay unfreeze what is left of an order, as it does 30 days after it was
// paid. [Book.Tick] does so in time for orders that were shared; of others the Book does not
// know.
func (b *Book) Expire(now time.Time, emit func(play.Event), caller, transactionID string) error {
	return b.act(now, emit, caller, transactionID, func(t *turn) error {
		switch o := t.order(); {
		case !t.isPaid:
			return missing()
		case !t.paid.ProfitSharing:
			return kit.Invalid(0, "非分账订单")
		case t.over(o) && o == nil && t.Now.Before(t.paid.PaidAt.Add(window)):
			return kit.Invalid(0, "订单已完结分账") // it may be one that was dropped
		}
		t.look()
		t.finish(t.keepOrder())
		return nil
	})
}

// Tick executes what is due of all orders; else it is executed when it is looked at.
func (b *Book) Tick(now time.Time, emit func(play.Event)) {
	b.mu.Lock()
	keys := b.deadlines.Take(now)
	b.mu.Unlock()
	for _, k := range keys {
		caller, transaction, _ := strings.Cut(k, "/")
		_ = b.act(now, emit, caller, transaction, func(t *turn) error {
			t.look()
			return nil
		})
	}
}
