package coupon

import (
	"slices"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
)

// validity returns when a coupon that is received now is valid. Days are those of the
// calendar: one day is the rest of the day; one that waits begins at midnight. A coupon that
// is received before the period counts from its first day.
func (p *period) validity(now time.Time) (begin, end time.Time) {
	begin = now.Truncate(time.Second) // as it is written
	if p.Wait > 0 {
		begin = midnight(now, p.Wait)
	}
	begin, end = later(begin, p.Begin), p.End
	if p.Days > 0 {
		if last := midnight(begin, p.Days).Add(-time.Second); last.Before(end) {
			end = last
		}
	}
	if begin.After(end) {
		begin = end // the wait is longer than what is left
	}
	return begin, end
}

// midnight returns the beginning of the day of t, and of n days later.
func midnight(t time.Time, n int) time.Time {
	t = t.In(kit.Shanghai)
	return time.Date(t.Year(), t.Month(), t.Day()+n, 0, 0, 0, 0, kit.Shanghai)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// allows tells whether a coupon can be used at a time of its validity.
func (p *period) allows(now time.Time) bool {
	inSpan := func(s span) bool { return !now.Before(s.Begin) && !now.After(s.End) }
	if len(p.Spans) > 0 && !slices.ContainsFunc(p.Spans, inSpan) {
		return false
	}
	if len(p.Week) > 0 && !slices.Contains(p.Week, now.In(kit.Shanghai).Weekday()) {
		return false
	}
	second := int64(now.Sub(midnight(now, 0)) / time.Second)
	inHours := func(h hours) bool { return h.Begin <= second && second <= h.End }
	return len(p.Hours) == 0 || slices.ContainsFunc(p.Hours, inHours)
}

// stateOf returns the state that a coupon has now.
func (t *turn) stateOf(c *userCoupon) string {
	switch c.State {
	case "CONFIRMING", "EFFECTIVE":
		switch {
		case t.Now.After(c.End):
			return "EXPIRED"
		case c.State == "EFFECTIVE" && t.Now.Before(t.opens(c)):
			return "PENDING"
		}
	}
	return c.State
}

// never is when a round opens whose round before was not used.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// opens returns when a coupon begins to be usable: the beginning of its validity, or for the
// later rounds of a bundle interval_days after the round before was used.
func (t *turn) opens(c *userCoupon) time.Time {
	if c.Index == 0 {
		return c.Begin
	}
	before := t.book.state.Coupons[c.Rounds[c.Index-1]]
	switch {
	case before == nil: // it was dropped, as finished
		return c.Begin
	case before.State != "USED":
		return never
	}
	interval := int(t.book.state.Products[c.Product].Spec.Int("progressive_bundle_usage_info.interval_days"))
	if interval == 0 {
		return later(c.Begin, before.Use.Time)
	}
	return later(c.Begin, midnight(before.Use.Time, interval))
}
