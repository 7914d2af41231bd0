package payscore

import (
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

const onAccept = "OnAccept" // the service begins when the user confirms

// readTime reads a time as the pages write it, and as the handbook does. A day is the span
// from its first to its last second.
func readTime(text string) (from, to time.Time, ok bool) {
	for _, layout := range []string{moment, time.RFC3339} {
		if at, err := time.ParseInLocation(layout, text, kit.Shanghai); err == nil {
			return at, at, true
		}
	}
	day, err := time.ParseInLocation("20060102", text, kit.Shanghai)
	return day, day.Add(24*time.Hour - time.Second), err == nil
}

// checkStart checks the times that a new order expects.
func checkStart(t *kit.Turn) error {
	span := t.Body.Object("time_range")
	start := span.Text("start_time")
	if _, _, ok := readTime(start); start != "" && start != onAccept && !ok {
		return kit.Wrong("/time_range/start_time", "时间格式错误")
	}
	return ordered(span, start, t.Now)
}

// checkEnd checks the times that a service had. began is when the user confirmed it.
func (b *Book) checkEnd(t *kit.Turn, created play.Object, began time.Time) error {
	span := t.Body.Object("time_range")
	start := span.Text("start_time")
	if start == "" {
		start = created.Text("time_range.start_time")
	}
	if err := ordered(span, start, began); err != nil {
		return err
	}
	if from, _, ok := readTime(span.Text("end_time")); ok && from.After(t.Now) {
		return kit.WrongNumber("/time_range/end_time", endsTooEarly, "服务结束时间不能晚于当前时间")
	}
	return nil
}

// ordered checks that the end is not before the start.
func ordered(span play.Object, start string, accepted time.Time) error {
	end := span.Text("end_time")
	if end == "" {
		return nil
	}
	_, to, ok := readTime(end)
	if !ok {
		return kit.Wrong("/time_range/end_time", "时间格式错误")
	}
	from, _, ok := readTime(start)
	if start == onAccept {
		from, ok = accepted.Truncate(time.Second), true
	}
	if ok && to.Before(from) {
		return kit.WrongNumber("/time_range/end_time", endsTooEarly, "服务结束时间不能早于服务开始时间")
	}
	return nil
}
