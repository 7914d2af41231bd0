package coupon

import (
	"strconv"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A period is when the coupons of a stock can be used.
type period struct {
	Begin time.Time      `json:"begin"`
	End   time.Time      `json:"end"`
	Days  int            `json:"days"`  // from the first day of validity; 0: to End
	Wait  int            `json:"wait"`  // days after the receipt
	Week  []time.Weekday `json:"week"`  // empty: any
	Hours []hours        `json:"hours"` // of these days, empty: any
	Spans []span         `json:"spans"` // empty: any
}

// hours are seconds of a day, both included.
type hours struct {
	Begin int64 `json:"begin"`
	End   int64 `json:"end"`
}

// A span is a time in which coupons can be used, both ends included.
type span struct {
	Begin time.Time `json:"begin"`
	End   time.Time `json:"end"`
}

var weekdays = map[string]time.Weekday{
	"SUNDAY": time.Sunday, "MONDAY": time.Monday, "TUESDAY": time.Tuesday, "WEDNESDAY": time.Wednesday,
	"THURSDAY": time.Thursday, "FRIDAY": time.Friday, "SATURDAY": time.Saturday,
}

// parsePeriod reads and checks coupon_available_period; at is where it stands, leastDays the
// least of available_days.
func parsePeriod(o play.Object, at string, leastDays int64) (period, error) {
	whole, err := parseSpan(o, at, "available_begin_time", "available_end_time")
	if err != nil {
		return period{}, err
	}
	if whole.End.Sub(whole.Begin) > 365*24*time.Hour {
		return period{}, kit.Wrong(at+"/available_end_time", "可用时间应不超过 365 天")
	}
	p := period{Begin: whole.Begin, End: whole.End, Days: int(o.Int("available_days")), Wait: int(o.Int("wait_days_after_receive"))}
	if err := kit.First(within(o, at, "available_days", leastDays, 365), within(o, at, "wait_days_after_receive", 0, 30)); err != nil {
		return period{}, err
	}
	irregular := o.List("irregular_available_period_list")
	switch {
	case o.Has("wait_days_after_receive") && !o.Has("available_days"):
		return period{}, kit.Wrong(at+"/wait_days_after_receive", "应与 available_days 同时填写")
	case len(irregular) > 2:
		return period{}, kit.Wrong(at+"/irregular_available_period_list", "应不超过 2 个")
	case len(irregular) > 0 && (o.Has("available_days") || o.Has("wait_days_after_receive") || o.Has("weekly_available_period")):
		return period{}, kit.Wrong(at+"/irregular_available_period_list", "不能与 available_days、wait_days_after_receive、weekly_available_period 同时填写")
	}
	for i, entry := range irregular {
		s, err := parseSpan(entry, at+"/irregular_available_period_list/"+strconv.Itoa(i), "begin_time", "end_time")
		if err != nil {
			return period{}, err
		}
		p.Spans = append(p.Spans, s)
	}
	return p, p.parseWeek(o.Object("weekly_available_period"), at+"/weekly_available_period")
}

func parseSpan(o play.Object, at, begin, end string) (span, error) {
	from, err := time.Parse(time.RFC3339, o.Text(begin))
	if err != nil {
		return span{}, kit.Wrong(at+"/"+begin, "时间应为 RFC 3339 格式")
	}
	to, err := time.Parse(time.RFC3339, o.Text(end))
	if err != nil {
		return span{}, kit.Wrong(at+"/"+end, "时间应为 RFC 3339 格式")
	}
	if !from.Before(to) {
		return span{}, kit.Wrong(at+"/"+end, end+" 应晚于 "+begin)
	}
	return span{from, to}, nil
}

func (p *period) parseWeek(o play.Object, at string) error {
	if o == nil {
		return nil
	}
	days, _ := o.Get("day_list").([]any)
	if len(days) == 0 {
		return kit.Wrong(at+"/day_list", "缺少可用星期")
	}
	for _, day := range days {
		name, _ := day.(string)
		p.Week = append(p.Week, weekdays[name])
	}
	const lastSecond = 24*60*60 - 1
	for i, entry := range o.List("day_period_list") {
		here := at + "/day_period_list/" + strconv.Itoa(i)
		if err := kit.First(kit.Needed(entry, here, "begin_time", "end_time"),
			within(entry, here, "begin_time", 0, lastSecond),
			within(entry, here, "end_time", entry.Int("begin_time"), lastSecond)); err != nil {
			return err
		}
		p.Hours = append(p.Hours, hours{entry.Int("begin_time"), entry.Int("end_time")})
	}
	return nil
}
