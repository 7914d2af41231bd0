package contract

import (
	"strconv"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// inPath returns the contract in the path, which has to be one whose deductions are
// scheduled, and the number of its period.
func (b *Book) inPath(t *kit.Turn, s side) (c *contract, periodID int64, err error) {
	if c, err = b.named(t, s); err != nil {
		return nil, 0, err
	}
	id, ofInsurance := t.Vars["policy_period_id"]
	if ofInsurance != (c.Kind == insurance) {
		return nil, 0, noContract()
	}
	if c.Kind == plain {
		return nil, 0, kit.Invalid(0, "协议不是预约扣费类型")
	}
	periodID, _ = strconv.ParseInt(id, 10, 64)
	if ofInsurance && c.period(periodID) == nil {
		return nil, 0, kit.Missing(0, "扣费周期不存在")
	}
	return c, periodID, nil
}

func (b *Book) getSchedule(s side) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		c, id, err := b.inPath(t, s)
		if err != nil {
			return nil, err
		}
		if p := c.period(id); p != nil {
			return p.view(t.Now), nil
		}
		return play.Object{"schedule_state": "NO_SCHEDULED"}, nil
	}
}

// schedule says what will be deducted: once in a period, and no more than was planned.
func (b *Book) schedule(s side) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		name := "schedule_amount"
		if t.Body.Has("scheduled_amount") { // of insurances
			name = "scheduled_amount"
		}
		if err := checkAmount(t.Body, "", name); err != nil {
			return nil, err
		}
		c, id, err := b.inPath(t, s)
		if err != nil {
			return nil, err
		}
		amount, mark := t.Body.Int(name+".total"), kit.Print(t.Vars, t.Body)
		p := c.period(id)
		if p != nil && p.Print == mark && !p.again(t) {
			return p.view(t.Now), nil
		}
		if c.state(t.Now) != "SIGNED" {
			return nil, notSigned()
		}
		if p == nil || p.again(t) {
			p = &period{Day: kit.Day(t.Now), Estimate: amount, Late: true}
		}
		if state := p.state(t.Now); state != "NO_SCHEDULED" {
			return nil, kit.Invalid(0, "扣费预约状态为 "+state)
		}
		if amount > p.Estimate {
			return nil, kit.Wrong("/"+name+"/total", "预约金额超过预计扣费金额")
		}
		p.Scheduled, p.Print = amount, mark
		if p.Late {
			c.Periods = []*period{p}
		}
		return p.view(t.Now), nil
	}
}

// again tells whether a schedule may follow on one that is over: where none was planned, from
// the next day on. Until then the same call is the same schedule.
func (p *period) again(t *kit.Turn) bool {
	return p.Late && p.over(t.Now) && p.Paid != kit.Day(t.Now)
}

// notify has WeChat Pay tell the user of a deduction that will come, or that failed and will be
// tried again. It changes nothing.
func (b *Book) notify(s side) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		if err := kit.Whole(t.Body.Object("estimated_amount"), "/estimated_amount", "amount", 1, 100_000_000_000); err != nil {
			return nil, err
		}
		c, err := b.named(t, s)
		if err == nil && c.state(t.Now) != "SIGNED" {
			err = notSigned()
		}
		return nil, err
	}
}
