package contract

import (
	"regexp"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A debit is a deduction that was accepted. State is ACCEPTED, then SUCCESS or FAILED.
type debit struct {
	Contract string      `json:"contract"` // its key
	Period   int64       `json:"period"`   // of a contract whose deductions are scheduled
	Body     play.Object `json:"body"`
	Print    string      `json:"print"`
	State    string      `json:"state"`
	ID       string      `json:"id,omitempty"` // transaction_id
	PaidAt   time.Time   `json:"paid_at"`
}

func debitKey(caller, outTradeNo string) string { return caller + "/" + outTradeNo }

var numberForm = regexp.MustCompile(`^[0-9A-Za-z_|*-]{6,32}$`)

func checkNumber(body play.Object) error {
	if !numberForm.MatchString(body.Text("out_trade_no")) {
		return kit.Wrong("/out_trade_no", "订单号应为 6 到 32 个数字、字母、_、-、| 或 *")
	}
	return nil
}

// used refuses a number that was used with other parameters, as orders do.
func used() error { return kit.Invalid(268498688, "订单号已使用且参数不一致") }

// apply accepts a deduction. Its outcome is another's to play: [Book.Pay] and [Book.FailToPay].
func (b *Book) apply(s side) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		err := kit.First(
			checkNumber(t.Body), checkAmount(t.Body, "", "amount"), kit.NotifyURL(t.Body, "transaction_notify_url"),
			kit.Longest(t.Body, "", "description", 127), kit.Longest(t.Body, "", "attach", 127))
		if err != nil {
			return nil, err
		}
		reply := t.Body.Only("out_trade_no").With(play.Object{"amount": fen(t.Body.Int("amount.total"))})
		c, err := b.named(t, s)
		if err != nil {
			return nil, err
		}
		if d := b.state.Debits.Get(debitKey(t.Caller, t.Body.Text("out_trade_no"))); d != nil {
			if d.Print != kit.Print(nil, t.Body) {
				return nil, used()
			}
			return reply, nil
		}
		p, err := c.due(t)
		if err != nil {
			return nil, err
		}
		b.accept(t, c, t.Body, p)
		return reply, nil
	}
}

// due returns the period of a deduction that may be made now; nil where there are none.
func (c *contract) due(t *kit.Turn) (*period, error) {
	if t.Body.Has("policy_period_id") != (c.Kind == insurance) {
		return nil, noContract()
	}
	if c.state(t.Now) != "SIGNED" {
		return nil, notSigned()
	}
	if c.Kind == plain {
		return nil, nil //nolint:nilnil // such a contract has no periods
	}
	p := c.period(t.Body.Int("policy_period_id"))
	switch {
	case p == nil && c.Kind == insurance:
		return nil, kit.Missing(0, "扣费周期不存在")
	case p == nil || p.state(t.Now) != "SCHEDULED":
		return nil, kit.Invalid(0, "扣费未预约，或已扣费、已过期")
	case kit.Day(t.Now) < p.Day:
		return nil, kit.Invalid(0, "未到可扣费日期")
	case p.Pending != "":
		return nil, kit.Invalid(0, "扣费处理中")
	case t.Body.Int("amount.total") > p.Scheduled:
		return nil, kit.Wrong("/amount/total", "扣费金额超过预约金额")
	}
	return p, nil
}

func (b *Book) accept(t *kit.Turn, c *contract, body play.Object, p *period) *debit {
	d := &debit{Contract: c.Key, Body: body, Print: kit.Print(nil, body), State: "ACCEPTED"}
	if p != nil {
		d.Period, p.Pending = p.ID, body.Text("out_trade_no")
	}
	ended := func(d *debit) bool { return d.State != "ACCEPTED" }
	b.state.Debits.Add(debitKey(t.Caller, body.Text("out_trade_no")), d, kit.Limit(b.Limit), ended, func(string, *debit) {})
	return d
}

// settle books a deduction that succeeds, and tells of it.
func (b *Book) settle(t *kit.Turn, c *contract, d *debit) (transactionID string) {
	number, amount := d.Body.Text("out_trade_no"), d.Body.Int("amount.total")
	d.State = "SUCCESS"
	id := kit.TransactionID("000070", t.Now, b.next())
	d.ID, d.PaidAt = id, t.Now
	kit.Receive(b.ledger, t.Now, kit.Payment{MchID: c.payee(), Number: number, TransactionID: id, Amount: amount})
	t.Tell(play.Event{
		URL: d.Body.Text("transaction_notify_url"), Type: "TRANSACTION.SUCCESS", OriginalType: "transaction", Summary: "支付成功",
		Resource: c.order(d, t.Now, id),
	})
	return id
}

// order is a deduction as WeChat Pay tells of orders that were paid.
func (c *contract) order(d *debit, now time.Time, id string) play.Object {
	parties := c.parties()
	payer := parties.Only("openid", "sp_openid", "sub_openid")
	v := parties.Only("mchid", "appid", "sp_mchid", "sp_appid", "sub_mchid", "sub_appid").With(play.Object{
		"out_trade_no": d.Body["out_trade_no"], "transaction_id": id, "trade_type": "PAP", "trade_state": "SUCCESS",
		"trade_state_desc": "支付成功", "bank_type": "OTHERS", "success_time": kit.Clock(now), "payer": payer,
		"amount": play.Object{
			"total": d.Body.Int("amount.total"), "payer_total": d.Body.Int("amount.total"), "currency": "CNY", "payer_currency": "CNY",
		},
	})
	if d.Body.Has("attach") {
		v["attach"] = d.Body["attach"]
	}
	return v
}

// outcome plays how a deduction ends.
func (b *Book) outcome(now time.Time, emit func(play.Event), caller, outTradeNo string, f func(*kit.Turn, *contract, *debit, *period) (string, error)) (string, error) {
	return kit.Act(&b.mu, now, emit, caller, func(t *kit.Turn) (string, error) {
		d := b.state.Debits.Get(debitKey(caller, outTradeNo))
		if d == nil {
			return "", kit.Missing(0, "订单不存在")
		}
		c := b.state.Contracts.Get(d.Contract)
		switch {
		case c == nil: // it was dropped
			return "", noContract()
		case d.State != "ACCEPTED":
			return "", kit.Invalid(0, "扣费已结束")
		}
		p := c.period(d.Period)
		if p != nil && p.Pending != outTradeNo {
			p = nil
		}
		return f(t, c, d, p)
	})
}

// Pay has a deduction that was accepted succeed, and returns the transaction_id. It sends
// TRANSACTION.SUCCESS. That the contract has ended since does not matter, but a period must
// not be over.
func (b *Book) Pay(now time.Time, emit func(play.Event), caller, outTradeNo string) (transactionID string, err error) {
	return b.outcome(now, emit, caller, outTradeNo, func(t *kit.Turn, c *contract, d *debit, p *period) (string, error) {
		if p != nil {
			if p.state(now) == "EXPIRED" {
				return "", kit.Invalid(0, "已过可扣费日期")
			}
			p.Deducted, p.Paid, p.Pending = d.Body.Int("amount.total"), kit.Day(now), ""
		}
		return b.settle(t, c, d), nil
	})
}

// FailToPay has a deduction that was accepted fail: the user lacks the money. It may be tried
// again with another number. No webhook tells of it.
func (b *Book) FailToPay(now time.Time, caller, outTradeNo string) error {
	_, err := b.outcome(now, nil, caller, outTradeNo, func(_ *kit.Turn, _ *contract, d *debit, p *period) (string, error) {
		d.State = "FAILED"
		if p != nil {
			p.Pending = ""
		}
		return "", nil
	})
	return err
}
