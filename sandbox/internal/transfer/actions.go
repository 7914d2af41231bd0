package transfer

import (
	"slices"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// failReasons are why a user gets nothing.
var failReasons = []string{
	"ACCOUNT_FROZEN", "REAL_NAME_CHECK_FAIL", "NAME_NOT_CORRECT", "OPENID_INVALID", "TRANSFER_QUOTA_EXCEED",
	"DAY_RECEIVED_QUOTA_EXCEED", "MONTH_RECEIVED_QUOTA_EXCEED", "DAY_RECEIVED_COUNT_EXCEED", "PRODUCT_AUTH_CHECK_FAIL",
	"OVERDUE_CLOSE", "ID_CARD_NOT_CORRECT", "ACCOUNT_NOT_EXIST", "TRANSFER_RISK",
}

var closeReasons = []string{"MERCHANT_REVOCATION", "OVERDUE_CLOSE"}

func oneOf(list []string, reason string) error {
	if !slices.Contains(list, reason) {
		return kit.Wrong("/reason", "取值应为 "+strings.Join(list, "、")+" 之一")
	}
	return nil
}

// act is what a user or WeChat Pay does at a time; emit gets the webhooks, and may be nil.
func (b *Book) act(now time.Time, emit func(play.Event), caller string, f func(*turn) error) error {
	return kit.Do(&b.mu, now, emit, caller, func(t *kit.Turn) error { return f(&turn{t, b}) })
}

// Confirm has the user take a transfer that is in WAIT_USER_CONFIRM. Errors are a
// [*play.Refusal], as of all actions.
func (b *Book) Confirm(now time.Time, emit func(play.Event), caller, outBillNo string) error {
	return b.act(now, emit, caller, func(t *turn) error {
		x, err := t.found(billKey(caller, outBillNo))
		if err != nil {
			return err
		}
		if x.State != waiting {
			return kit.Invalid(0, "当前单据状态为 "+x.State)
		}
		x.State = transferring
		if t.later(x); t.book.Delay == 0 {
			t.lookBill(x)
		}
		return nil
	})
}

// Decline has a transfer fail that was not paid yet, for a reason such as "ACCOUNT_FROZEN". A
// user who does not confirm is the reason "OVERDUE_CLOSE", which "" is too.
func (b *Book) Decline(now time.Time, emit func(play.Event), caller, outBillNo, reason string) error {
	if reason == "" {
		reason = "OVERDUE_CLOSE"
	}
	return b.act(now, emit, caller, func(t *turn) error {
		x, err := t.found(billKey(caller, outBillNo))
		if err = kit.First(err, oneOf(failReasons, reason)); err != nil {
			return err
		}
		switch x.State {
		case accepted, waiting, transferring:
			t.finishBill(x, fail, reason)
			return nil
		}
		return kit.Invalid(0, "当前单据状态为 "+x.State)
	})
}

// Settle has WeChat Pay decide on transfers of a batch: of one detail, or of all that are not
// decided where outDetailNo is "". They are paid, or fail for a reason such as
// "NAME_NOT_CORRECT". What is due of the batch is not done before, so that all of a batch that
// nobody has looked at can fail.
func (b *Book) Settle(now time.Time, emit func(play.Event), caller, outBatchNo, outDetailNo, reason string) error {
	return b.act(now, emit, caller, func(t *turn) error {
		x := t.state().Batches[batchKey(caller, outBatchNo)]
		if x == nil || outDetailNo != "" && x.detail(outDetailNo) == nil {
			return missing()
		}
		if reason != "" {
			if err := oneOf(failReasons, reason); err != nil {
				return err
			}
		}
		did := false
		for _, d := range x.Details {
			if outDetailNo == "" || d.No == outDetailNo || d.ID == outDetailNo {
				did = t.finishDetail(x, d, reason) || did
			}
		}
		if !did {
			return kit.Invalid(0, "没有待处理的转账明细")
		}
		t.finishBatch(x)
		return nil
	})
}

// CloseBatch closes a batch of which nothing is decided: by the merchant in the console, which is
// "MERCHANT_REVOCATION", or since it took too long, "OVERDUE_CLOSE".
func (b *Book) CloseBatch(now time.Time, emit func(play.Event), caller, outBatchNo, reason string) error {
	return b.act(now, emit, caller, func(t *turn) error {
		x := t.state().Batches[batchKey(caller, outBatchNo)]
		if x == nil {
			return missing()
		}
		if err := oneOf(closeReasons, reason); err != nil {
			return err
		}
		if left, _ := x.sums(processing); int(left) < len(x.Details) {
			return kit.Invalid(0, "批次已有处理完成的明细，不能关闭")
		}
		t.closeBatch(x, reason)
		return nil
	})
}

// Tick does what is due of all transfers; else it is done when it is looked at.
func (b *Book) Tick(now time.Time, emit func(play.Event)) {
	b.mu.Lock()
	keys := b.due.Take(now)
	b.mu.Unlock()
	for _, key := range keys { // each with the lock to itself, so that nobody waits for all
		_ = b.act(now, emit, "", func(t *turn) error {
			t.look(key)
			return nil
		})
	}
}
