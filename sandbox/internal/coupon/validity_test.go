package coupon_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	m, err := time.ParseInLocation("2006-01-02 15:04:05", text, kit.Shanghai)
	require.NoError(t, err)
	return m
}

const (
	when   = "stock.single_usage_rule.coupon_available_period."
	hourly = 3600
)

// The period is from April 1st, 00:00:00, to June 30th, 23:59:59, in Shanghai.
func TestValidity(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, received, days, begin, end string }{
		{"all of the period", "2026-04-01 12:00:00", "", "2026-04-01 12:00:00", "2026-06-30 23:59:59"},
		{"received before it", "2026-03-01 12:00:00", "", "2026-04-01 00:00:00", "2026-06-30 23:59:59"},
		{"in its last second", "2026-06-30 23:59:59", "", "2026-06-30 23:59:59", "2026-06-30 23:59:59"},
		{"one day is the rest of it", "2026-04-10 12:00:00", "1", "2026-04-10 12:00:00", "2026-04-10 23:59:59"},
		{"one day at midnight is all of it", "2026-04-10 00:00:00", "1", "2026-04-10 00:00:00", "2026-04-10 23:59:59"},
		{"three days", "2026-04-10 12:00:00", "3", "2026-04-10 12:00:00", "2026-04-12 23:59:59"},
		{"days across a month", "2026-04-30 23:59:59", "2", "2026-04-30 23:59:59", "2026-05-01 23:59:59"},
		{"days count from the period", "2026-03-01 12:00:00", "3", "2026-04-01 00:00:00", "2026-04-03 23:59:59"},
		{"days end with the period", "2026-06-29 12:00:00", "30", "2026-06-29 12:00:00", "2026-06-30 23:59:59"},
		{"a wait of one day", "2026-04-10 12:00:00", "3+1", "2026-04-11 00:00:00", "2026-04-13 23:59:59"},
		{"a wait of thirty days", "2026-04-10 12:00:00", "1+30", "2026-05-10 00:00:00", "2026-05-10 23:59:59"},
		{"a wait before the period", "2026-03-01 12:00:00", "1+30", "2026-04-01 00:00:00", "2026-04-01 23:59:59"},
		{"a wait longer than the period", "2026-06-30 12:00:00", "3+5", "2026-06-30 23:59:59", "2026-06-30 23:59:59"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			var edits []edit
			if row.days != "" {
				days, wait := parseDays(row.days)
				edits = append(edits, with(when+"available_days", days), with(when+"wait_days_after_receive", wait))
			}
			h := w.make(t, edits...)
			w.Now = moment(t, row.received)
			o := w.get(t, w.send(t, h, openid))
			assert.Equal(t, moment(t, row.begin).Format(time.RFC3339), o.Text("valid_begin_time"))
			assert.Equal(t, moment(t, row.end).Format(time.RFC3339), o.Text("valid_end_time"))
		})
	}
}

// parseDays reads 3 and 3+1: days, and days of waiting.
func parseDays(text string) (days, wait int) {
	for _, c := range text {
		if c == '+' {
			days, wait = wait, 0
			continue
		}
		wait = 10*wait + int(c-'0')
	}
	if days == 0 {
		return wait, 0
	}
	return days, wait
}

// The state of a confirmed coupon that is received at noon of April 10th, for two days after
// one of waiting.
func TestStateFollowsTheClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.make(t, with(when+"available_days", 2), with(when+"wait_days_after_receive", 1))
	w.Now = moment(t, "2026-04-10 12:00:00")
	mine, unconfirmed := w.send(t, h, openid), w.send(t, h, openid)
	w.confirm(t, mine)
	for _, row := range []struct{ name, now, state, unconfirmed string }{
		{"at once", "2026-04-10 12:00:00", "PENDING", "CONFIRMING"},
		{"before it begins", "2026-04-10 23:59:59", "PENDING", "CONFIRMING"},
		{"as it begins", "2026-04-11 00:00:00", "EFFECTIVE", "CONFIRMING"},
		{"in its last second", "2026-04-12 23:59:59", "EFFECTIVE", "CONFIRMING"},
		{"behind it", "2026-04-13 00:00:00", "EXPIRED", "EXPIRED"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w.Now = moment(t, row.now)
			assert.Equal(t, row.state, w.state(t, mine))
			assert.Equal(t, row.unconfirmed, w.state(t, unconfirmed))
		})
	}
	assert.Equal(t, "STOPPED", stateOn(t, w, h, "2026-07-01 00:00:00"))
	assert.Equal(t, "SENDING", stateOn(t, w, h, "2026-06-30 23:59:59"))
}

func stateOn(t *testing.T, w *world, h held, now string) string {
	t.Helper()
	w.Now = moment(t, now)
	return w.OK(t, "GET", h.batch(), nil).Text("state")
}

func TestHoursOfUse(t *testing.T) {
	t.Parallel()
	lunch := play.Object{"begin_time": 11 * hourly, "end_time": 14*hourly - 1}
	dinner := play.Object{"begin_time": 17 * hourly, "end_time": 24*hourly - 1}
	weekly := play.Object{"weekly_available_period": play.Object{
		"day_list": []any{"MONDAY", "SUNDAY"}, "day_period_list": objects(lunch, dinner)}}
	days := play.Object{"weekly_available_period": play.Object{"day_list": []any{"MONDAY"}}}
	irregular := play.Object{"irregular_available_period_list": objects(span(10, 11), span(20, 21))}
	for _, row := range []struct {
		name string
		rule play.Object
		now  string
		ok   bool
	}{
		{"before lunch", weekly, "2026-04-06 10:59:59", false},
		{"lunch begins", weekly, "2026-04-06 11:00:00", true},
		{"lunch ends", weekly, "2026-04-06 13:59:59", true},
		{"after lunch", weekly, "2026-04-06 14:00:00", false},
		{"the last second of a day", weekly, "2026-04-05 23:59:59", true},
		{"a day that is none", weekly, "2026-04-07 12:00:00", false},
		{"a whole day begins", days, "2026-04-06 00:00:00", true},
		{"a whole day ends", days, "2026-04-06 23:59:59", true},
		{"the day before", days, "2026-04-05 23:59:59", false},
		{"the day after", days, "2026-04-07 00:00:00", false},
		{"a period begins", irregular, "2026-04-10 00:00:00", true},
		{"a period ends", irregular, "2026-04-11 00:00:00", true},
		{"between periods", irregular, "2026-04-11 00:00:01", false},
		{"the second period", irregular, "2026-04-20 12:00:00", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			h := w.make(t, with("stock.single_usage_rule.coupon_available_period", available().With(row.rule)))
			h = w.send(t, h, openid)
			w.confirm(t, h)
			w.Now = moment(t, row.now).UTC() // the zone of the clock is not that of the rule
			_, refusal := w.Do(t, "POST", h.of("use"), w.using(h))
			if row.ok {
				assert.Nil(t, refusal)
				return
			}
			kittest.Same(t, refusal, "INVALID_REQUEST", 272755717, "")
		})
	}
}

// A brand tells of a use when it can: what counts is when it was.
func TestUseIsToldLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.send(t, w.make(t, with(when+"weekly_available_period", play.Object{"day_list": []any{"WEDNESDAY"}})), openid)
	w.confirm(t, h)
	body := w.using(h)
	w.Now = moment(t, "2026-04-02 09:00:00")
	assert.Equal(t, "2026-04-01T12:00:00+08:00", w.OK(t, "POST", h.of("use"), body).Text("single_usage_detail.use_time"))
}

func TestReturnDoesNotRenewValidity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.send(t, w.make(t, with(when+"available_days", 1)), openid)
	w.confirm(t, h)
	w.OK(t, "POST", h.of("use"), w.using(h))
	w.Now = w.Now.AddDate(0, 0, 5)
	assert.Equal(t, "USED", w.state(t, h), "a used coupon does not expire")
	o := w.OK(t, "POST", h.of("return"), h.body().With(play.Object{"out_request_no": w.no()}))
	assert.Equal(t, "EXPIRED", o.Text("coupon_state"))
}

func TestDayOfTheBudget(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.make(t, with("stock.stock_send_rule.max_count_per_day", 1))
	w.Now = moment(t, "2026-04-10 23:59:59")
	w.send(t, h, openid)
	w.Refused(t, "POST", users+openid+"/coupons", h.sending(w.no()), "INVALID_REQUEST", 0, "")
	w.Now = moment(t, "2026-04-11 00:00:00")
	assert.EqualValues(t, 0, w.OK(t, "GET", h.batch(), nil).Int("sent_count_info.today_count"))
	w.send(t, h, openid)
	o := w.OK(t, "GET", h.batch(), nil)
	assert.EqualValues(t, 1, o.Int("sent_count_info.today_count"))
	assert.EqualValues(t, 2, o.Int("sent_count_info.total_count"))
}
