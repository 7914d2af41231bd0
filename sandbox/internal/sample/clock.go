package sample

import (
	"regexp"
	"strings"
	"time"
)

// shanghai is the time zone of all times.
var shanghai = time.FixedZone("CST", 8*60*60)

var (
	isTime   = regexp.MustCompile(`(_time|_at|^time)$|^time_|deadline|^refund_dt$`)
	isDate   = regexp.MustCompile(`_date$|^date$`)
	isClock  = regexp.MustCompile(`^(begin|end)_day_time$`)
	isFuture = regexp.MustCompile(`(^|_)(end|expired?|expires|expire|deadline|delete|invalid|disabled|terminated?|frozen_end|estimated|next|over)(_|$)|_valid_date$`)
	isPast   = regexp.MustCompile(`^time_end$|^real_end_time$`) // although they have "end"
	isMade   = regexp.MustCompile(`(^|_)(create|build|accept|accepted|add|apply|register|sign|signed|begin|start|order|upload|initiate|authorize|authorization|submit|launch|reserve|complaint|effective|sale|access)(_|$)`)
)

// ofChange are the times of the last change: what is known of them is old.
var ofChange = regexp.MustCompile(`^(update|updated|modify|last_update)_time$`)

// moment returns a time for a name: when the thing was made, now, or later.
func (g *generator) moment(name string) time.Time {
	at := g.Now
	switch {
	case isPast.MatchString(name):
	case isFuture.MatchString(name):
		at = g.Made.AddDate(0, 0, 30)
	case isMade.MatchString(name):
		at = g.Made
	}
	return at.In(shanghai)
}

// clock returns a time as text, in the form that its name and its place have.
func (g *generator) clock(name, path string) string {
	at := g.moment(name)
	switch {
	case isClock.MatchString(name):
		if strings.HasPrefix(name, "end") {
			return "23:59:59"
		}
		return "00:00:00"
	case g.v2 != "":
		return at.Format(layoutV2(g.v2, name))
	case isDate.MatchString(name):
		return at.Format(time.DateOnly)
	case payscoreTimes[path+name]:
		return at.Format("20060102150405")
	}
	return at.Format(time.RFC3339)
}

// payscoreTimes are those of the orders of payment score, which have a form of their own.
var payscoreTimes = words(`time_range.start_time time_range.end_time collection.details[].paid_time`)
