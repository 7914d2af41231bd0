package complaint

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// Complain has a payer complain about a transaction of the caller, or of one of the merchants
// of a partner, and returns the complaint_id. It sends COMPLAINT.CREATE to the address that the
// caller set. A payer who complained about it already goes on with [Book.Continue]. As of all
// actions, emit may be nil, and errors are a [*play.Refusal].
func (b *Book) Complain(now time.Time, emit func(play.Event), caller string, about Case) (complaintID string, err error) {
	if about.MchID == "" {
		about.MchID = caller
	}
	if about.Type == "" {
		about.Type = "OTHERS"
	}
	if about.Refund == 0 {
		about.Refund = about.Amount
	}
	if about.Problem == "" {
		about.Problem = about.Text
	}
	about.Pictures = slices.Clone(about.Pictures)
	return kit.Act(&b.mu, now, emit, caller, func(t *kit.Turn) (string, error) {
		if err := b.check(about); err != nil {
			return "", err
		}
		c := &complaint{Caller: caller, Case: about, Time: now, State: "PENDING", Times: 1, Waiting: true}
		if old := b.open[c.order()]; old != nil {
			return "", kit.Invalid(0, "订单已被投诉："+old.ID)
		}
		c.Seq = b.next()
		c.ID = fmt.Sprintf("2002018%s%012d", now.In(kit.Shanghai).Format("20060102"), c.Seq)
		b.add(t, c, log{Operator: payer, Type: "USER_CREATE_COMPLAINT", Details: about.Text, Images: about.Pictures})
		finished := func(c *complaint) bool { return c.State == "PROCESSED" }
		b.state.Complaints.Add(c.ID, c, kit.Limit(b.Limit), finished, func(_ string, old *complaint) { b.forget(old) })
		b.remember(c)
		b.tell(t, c, "CREATE_COMPLAINT")
		return c.ID, nil
	})
}

func (b *Book) check(about Case) error {
	switch {
	case about.TransactionID == "" || about.OutTradeNo == "":
		return kit.Wrong("/transaction_id", "transaction_id 和 out_trade_no 为必填")
	case about.Amount <= 0:
		return kit.Wrong("/amount", "订单金额应大于 0")
	case about.Refund < 0 || about.Refund > about.Amount:
		return kit.Wrong("/refund", "申请退款金额应不超过订单金额")
	case !slices.Contains([]string{"REFUND", "SERVICE_NOT_WORK", "OTHERS"}, about.Type):
		return kit.Wrong("/type", "取值应为 REFUND、SERVICE_NOT_WORK、OTHERS 之一")
	}
	return kit.First(checkText(about.Text), b.known("/pictures", about.Pictures))
}

func checkText(text string) error {
	if text == "" || utf8.RuneCountInString(text) > 300 {
		return kit.Wrong("/text", "长度应为 1 到 300 个字符")
	}
	return nil
}

// with plays what happens to a complaint.
func (b *Book) with(now time.Time, emit func(play.Event), caller, complaintID string, f func(*kit.Turn, *complaint) error) error {
	return kit.Do(&b.mu, now, emit, caller, func(t *kit.Turn) error {
		c := b.state.Complaints.Get(complaintID)
		if c == nil || c.Caller != caller {
			return kit.Missing(0, "投诉单不存在")
		}
		return f(t, c)
	})
}

// Respond has the payer write to the merchant, with the media ids of pictures. It sends
// COMPLAINT.STATE_CHANGE, although the state stays.
func (b *Book) Respond(now time.Time, emit func(play.Event), caller, complaintID, text string, pictures ...string) error {
	return b.with(now, emit, caller, complaintID, func(t *kit.Turn, c *complaint) error {
		if c.State == "PROCESSED" {
			return done()
		}
		return b.wrote(t, c, "USER_RESPONSE", "USER_RESPONSE", text, pictures)
	})
}

// Continue has the payer go on with a complaint that was processed: it is PENDING again, and
// what the merchant decided about a refund no longer counts. It sends COMPLAINT.STATE_CHANGE.
func (b *Book) Continue(now time.Time, emit func(play.Event), caller, complaintID, text string, pictures ...string) error {
	return b.with(now, emit, caller, complaintID, func(t *kit.Turn, c *complaint) error {
		if c.State != "PROCESSED" {
			return kit.Invalid(0, "投诉单未处理完成")
		}
		if err := b.wrote(t, c, "USER_CONTINUE_COMPLAINT", "CONTINUE_COMPLAINT", text, pictures); err != nil {
			return err
		}
		c.State, c.Decision, c.Decided = "PENDING", "", ""
		c.Times++
		return nil
	})
}

func (b *Book) wrote(t *kit.Turn, c *complaint, kind, action, text string, pictures []string) error {
	if err := kit.First(checkText(text), b.known("/pictures", pictures)); err != nil {
		return err
	}
	b.add(t, c, log{Operator: payer, Type: kind, Details: text, Images: slices.Clone(pictures)})
	c.Waiting = true
	b.tell(t, c, action)
	return nil
}

// Withdraw has the payer take a complaint back: it is PROCESSED. No webhook tells of it.
func (b *Book) Withdraw(now time.Time, caller, complaintID string) error {
	return b.with(now, nil, caller, complaintID, func(t *kit.Turn, c *complaint) error {
		if c.State == "PROCESSED" {
			return done()
		}
		b.add(t, c, log{Operator: payer, Type: "USER_REVOKE_COMPLAINT"})
		c.State, c.Waiting = "PROCESSED", false
		return nil
	})
}

// Refunded tells of a refund of an amount, in fen, that reached the payer of a transaction.
// Where nobody complained about it, nothing happens. A full refund, and one that the merchant
// approved, sends COMPLAINT.STATE_CHANGE; the state stays.
func (b *Book) Refunded(now time.Time, emit func(play.Event), caller, transactionID string, amount int64) {
	_ = kit.Do(&b.mu, now, emit, caller, func(t *kit.Turn) error {
		c := b.open[caller+"/"+transactionID]
		if c == nil || amount <= 0 {
			return nil
		}
		c.Refunded += amount
		kind, action := "COMPLAINT_PARTIAL_REFUNDED_SYSTEM_MESSAGE", "REFUND_SUCCESS"
		if c.Refunded >= c.Case.Amount {
			kind, action = "COMPLAINT_FULL_REFUNDED_SYSTEM_MESSAGE", "SELLER_REFUND"
		}
		b.add(t, c, log{Operator: system, Type: kind})
		if action == "SELLER_REFUND" || c.Decision == "APPROVE" {
			b.tell(t, c, action)
		}
		return nil
	})
}
