package coupon

import (
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A budget is how much of a stock may be sent, and what was.
type budget struct {
	Max     int64            `json:"max"`
	PerDay  int64            `json:"per_day"`  // 0: as many as Max
	PerUser int64            `json:"per_user"` // 0: as many as Max
	Sent    int64            `json:"sent"`
	Day     string           `json:"day"`     // of Today, in Shanghai
	Today   int64            `json:"today"`   // sent on Day
	SentTo  map[string]int64 `json:"sent_to"` // openid: coupons that are kept, in any state
}

const mostCoupons = 100_000_000

// checkSendRule checks the limits of a new stock or bundle.
func checkSendRule(body play.Object, at string, bundled bool) error {
	rule, at := body.Object("stock_send_rule"), at+"/stock_send_rule"
	if bundled {
		if err := kit.Needed(rule, at, "max_count_per_user"); err != nil {
			return err
		}
	}
	return kit.First(within(rule, at, "max_count", 1, mostCoupons), within(rule, at, "max_count_per_day", 1, mostCoupons),
		within(rule, at, "max_count_per_user", 1, 100))
}

func newBudget(body play.Object) budget {
	rule := body.Object("stock_send_rule")
	return budget{
		Max: rule.Int("max_count"), PerDay: rule.Int("max_count_per_day"), PerUser: rule.Int("max_count_per_user"),
		SentTo: map[string]int64{},
	}
}

func (b *budget) rule() play.Object {
	o := play.Object{"max_count": b.Max}
	if b.PerDay > 0 {
		o["max_count_per_day"] = b.PerDay
	}
	if b.PerUser > 0 {
		o["max_count_per_user"] = b.PerUser
	}
	return o
}

func (b *budget) sent(now time.Time) play.Object {
	return play.Object{"total_count": b.Sent, "today_count": b.today(now)}
}

func (b *budget) today(now time.Time) int64 {
	if b.Day != kit.Day(now) {
		return 0
	}
	return b.Today
}

// check tells whether one more may be sent; the limit for users is checked first.
func (b *budget) check(now time.Time, openid string) error {
	switch {
	case b.PerUser > 0 && b.SentTo[openid] >= b.PerUser:
		return invalid(userLimit, "用户领取数量已达上限")
	case b.Sent >= b.Max:
		return invalid(0, "批次发放数量已达上限")
	case b.PerDay > 0 && b.today(now) >= b.PerDay:
		return invalid(0, "批次当日发放数量已达上限")
	}
	return nil
}

func (b *budget) spend(now time.Time, openid string) {
	b.Today = b.today(now) + 1
	b.Day = kit.Day(now)
	b.Sent++
	b.SentTo[openid]++
}

// forget takes back what a dropped coupon counted for its user.
func (b *budget) forget(openid string) {
	if b.SentTo[openid]--; b.SentTo[openid] <= 0 {
		delete(b.SentTo, openid)
	}
}

// update sets a budget to target if it is still current. 0 stands for no limit a day, which
// only current can be.
func (b *budget) update(now time.Time, body play.Object) error {
	name, value, sent := "max_count", &b.Max, b.Sent
	if body.Text("update_mode") == "MAX_COUNT_PER_DAY" {
		name, value, sent = "max_count_per_day", &b.PerDay, b.today(now)
	}
	target := body.Int("target_" + name)
	if err := kit.First(kit.Needed(body, "", "target_"+name), within(body, "", "target_"+name, 1, mostCoupons)); err != nil {
		return err
	}
	switch {
	case body.Int("current_"+name) != *value:
		return invalid(0, "current_"+name+" 与当前预算不一致")
	case target < sent:
		return invalid(0, "target_"+name+" 小于已发放数量")
	}
	*value = target
	return nil
}

func updateStockBudget(t *turn) (string, error) {
	s, err := t.liveStock()
	if err != nil {
		return "", err
	}
	return "", s.Budget.update(t.Now, t.Body)
}

// updateBundleBudget changes all rounds or none.
func updateBundleBudget(t *turn) (string, error) {
	list, err := t.liveBundle()
	if err != nil {
		return "", err
	}
	changed := make([]budget, len(list))
	for i, s := range list {
		changed[i] = s.Budget
		if err := changed[i].update(t.Now, t.Body); err != nil {
			return "", err
		}
	}
	for i, s := range list {
		s.Budget = changed[i]
	}
	return "", nil
}
