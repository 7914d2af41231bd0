package contract

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// The sizes of a page are not documented.
const (
	usualPerPage = 20
	mostPerPage  = 100
)

// periods lists those of an insurance.
func (b *Book) periods(t *kit.Turn) (play.Object, error) {
	c, err := b.byCode(t, side{}, insurance)
	if err != nil {
		return nil, err
	}
	limit, offset := int64(usualPerPage), int64(0)
	for _, parameter := range []struct {
		name        string
		to          *int64
		least, most int64
	}{{"limit", &limit, 1, mostPerPage}, {"offset", &offset, 0, 1 << 31}} {
		text := t.Query.Get(parameter.name)
		if text == "" {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < parameter.least || n > parameter.most {
			return nil, play.WrongField("query", parameter.name, fmt.Sprintf("取值应为 %d 到 %d", parameter.least, parameter.most))
		}
		*parameter.to = n
	}
	from := min(offset, int64(len(c.Periods)))
	page := c.Periods[from:min(from+limit, int64(len(c.Periods)))]
	data := make([]any, len(page))
	for i, p := range page {
		data[i] = p.view(t.Now)
	}
	return play.Object{"data": data, "limit": limit, "offset": offset, "total_count": len(c.Periods)}, nil
}

func (b *Book) insured(t *kit.Turn) (*contract, error) {
	c, err := b.named(t, side{})
	if err == nil && c.Kind != insurance {
		err = noContract()
	}
	return c, err
}

// renew gives an insurance whose periods are over more of them. It sends
// INSURANCE_ENTRUST.RENEW.
func (b *Book) renew(t *kit.Turn) (play.Object, error) {
	more, err := readPeriods(t.Body)
	if err != nil {
		return nil, err
	}
	c, err := b.insured(t)
	if err != nil {
		return nil, err
	}
	mark := kit.Print(t.Vars, t.Body)
	switch {
	case c.RenewedBy == mark:
		return nil, nil
	case c.state(t.Now) != "TO_BE_RENEWED":
		return nil, kit.Invalid(0, "协议不是待续期状态")
	}
	for i, p := range more {
		if c.period(p.ID) != nil {
			return nil, kit.Wrong("/policy_periods/"+strconv.Itoa(i)+"/policy_period_id", "扣费周期编号重复")
		}
	}
	c.Periods = append(c.Periods, more...)
	c.RenewedBy = mark
	c.tell(t, "RENEW", "保险商户委托代扣续期完成")
	return nil, nil
}

// modify replaces the periods of an insurance that are to come: those that are over stay, and
// one that was scheduled is given up only where the call allows it.
func (b *Book) modify(t *kit.Turn) (play.Object, error) {
	more, err := readPeriods(t.Body)
	if err != nil {
		return nil, err
	}
	c, err := b.insured(t)
	if err != nil {
		return nil, err
	}
	kept := slices.DeleteFunc(slices.Clone(c.Periods), func(p *period) bool { return !p.over(t.Now) })
	mark, reply := kit.Print(t.Vars, t.Body), play.Object{"policy_periods": t.Body["policy_periods"]}
	if c.ModifiedBy == mark {
		return c.cancelled(reply), nil
	}
	if c.state(t.Now) != "SIGNED" {
		return nil, notSigned()
	}
	for i, p := range more {
		if (&contract{Periods: kept}).period(p.ID) != nil {
			return nil, kit.Wrong("/policy_periods/"+strconv.Itoa(i)+"/policy_period_id", "扣费周期已结束")
		}
	}
	cancelled := int64(0)
	for _, p := range c.Periods {
		switch {
		case p.over(t.Now) || p.Scheduled == 0:
		case p.Pending != "":
			return nil, kit.Invalid(0, "扣费处理中")
		case t.Body.Get("allow_cancel_scheduled") != true:
			return nil, kit.Invalid(0, "存在已预约的扣费周期")
		default:
			cancelled = p.ID
		}
	}
	c.Periods, c.ModifiedBy, c.Cancelled = slices.Concat(kept, more), mark, cancelled
	return c.cancelled(reply), nil
}

func (c *contract) cancelled(reply play.Object) play.Object {
	if c.Cancelled != 0 {
		reply["cancel_scheduled_policy_period_id"] = c.Cancelled
	}
	return reply
}
