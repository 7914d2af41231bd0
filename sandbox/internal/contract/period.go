package contract

import (
	"strconv"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A period is when an amount may be deducted, once.
type period struct {
	ID        int64  `json:"id"`        // policy_period_id; 0 where there is but one
	Day       string `json:"day"`       // the first
	Estimate  int64  `json:"estimate"`  // the most that may be scheduled, in fen
	Late      bool   `json:"late"`      // nothing was planned when the contract was signed
	Scheduled int64  `json:"scheduled"` // in fen; 0 before
	Print     string `json:"print"`     // of the call that scheduled it
	Pending   string `json:"pending"`   // the out_trade_no of the deduction that is running
	Deducted  int64  `json:"deducted"`  // in fen; 0 before
	Paid      string `json:"paid"`      // the day of it
}

// deductWithin is how many days a period has. The pages have only words for it.
const deductWithin = 7

func (p *period) last() string {
	day, _ := time.ParseInLocation(time.DateOnly, p.Day, kit.Shanghai) // it was checked
	return kit.Day(day.AddDate(0, 0, deductWithin-1))
}

// state is NO_SCHEDULED, SCHEDULED, PAID, or EXPIRED when its days are over.
func (p *period) state(now time.Time) string {
	switch {
	case p.Deducted > 0:
		return "PAID"
	case kit.Day(now) > p.last():
		return "EXPIRED"
	case p.Scheduled > 0:
		return "SCHEDULED"
	}
	return "NO_SCHEDULED"
}

func (p *period) over(now time.Time) bool {
	state := p.state(now)
	return state == "PAID" || state == "EXPIRED"
}

func fen(total int64) play.Object { return play.Object{"total": total, "currency": "CNY"} }

// view is a period with all that is known of it, by the names of schedules and of insurances.
func (p *period) view(now time.Time) play.Object {
	v := play.Object{
		"policy_period_id": p.ID, "policy_period_state": p.state(now), "schedule_state": p.state(now),
		"deduct_start_date": p.Day, "deduct_end_date": p.last(), "estimated_deduct_date": p.Day,
		"estimated_deduct_amount": fen(p.Estimate),
	}
	if p.Scheduled > 0 {
		v["scheduled_amount"] = fen(p.Scheduled)
	}
	if p.Deducted > 0 {
		v["deduct_amount"], v["deduct_date"] = fen(p.Deducted), p.Paid
	}
	return v
}

func checkAmount(o play.Object, at, name string) error {
	amount := o.Object(name)
	if currency := amount.Text("currency"); currency != "" && currency != "CNY" {
		return kit.Wrong(at+"/"+name+"/currency", "货币类型应为 CNY")
	}
	return kit.Whole(amount, at+"/"+name, "total", 1, 100_000_000_000)
}

func checkPlan(o play.Object, at string) error {
	if _, err := time.Parse(time.DateOnly, o.Text("estimated_deduct_date")); err != nil {
		return kit.Wrong(at+"/estimated_deduct_date", "日期格式应为 yyyy-MM-DD")
	}
	return checkAmount(o, at, "estimated_deduct_amount")
}

func planned(o play.Object) *period {
	return &period{
		ID: o.Int("policy_period_id"), Day: o.Text("estimated_deduct_date"), Estimate: o.Int("estimated_deduct_amount.total"),
	}
}

// readPeriods reads the periods of an insurance, each with a number of its own.
func readPeriods(body play.Object) ([]*period, error) {
	list := body.List("policy_periods")
	periods, known := make([]*period, len(list)), map[int64]bool{}
	for i, o := range list {
		at := "/policy_periods/" + strconv.Itoa(i)
		if err := kit.First(kit.Whole(o, at, "policy_period_id", 1, 1<<31), checkPlan(o, at)); err != nil {
			return nil, err
		}
		periods[i] = planned(o)
		if known[periods[i].ID] {
			return nil, kit.Wrong(at+"/policy_period_id", "扣费周期编号重复")
		}
		known[periods[i].ID] = true
	}
	return periods, nil
}

// period returns that with a number, or nil.
func (c *contract) period(id int64) *period {
	for _, p := range c.Periods {
		if p.ID == id {
			return p
		}
	}
	return nil
}
