package limit

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrSlow is the cause of a context that [Watch] cancels.
var ErrSlow = errors.New("the download is too slow")

// rateOver is how long the rate of a download is measured.
const rateOver = 30 * time.Second

// Watch cancels a download with [ErrSlow] if alive is not called for the length of silence,
// or if the bytes that it is called with come more slowly than minRate, in bytes per second.
// 0 or less means no limit.
func Watch(cancel context.CancelCauseFunc, silence time.Duration, minRate int64) (alive func(received int64), stop func()) {
	rate, touch, stop := Rate{Min: minRate, Over: rateOver}, func() {}, func() {}
	if silence > 0 {
		watchdog := time.AfterFunc(silence, func() { cancel(slowError(fmt.Sprintf("no data received for %s", silence))) })
		touch, stop = func() { watchdog.Reset(silence) }, func() { watchdog.Stop() }
	}
	return func(received int64) {
		touch()
		if rate.TooSlow(received) {
			cancel(slowError(fmt.Sprintf("fewer than %d bytes/s received for %s; set DownloadOptions.MinRate for a slower network", minRate, rateOver)))
		}
	}, stop
}

// A slowError is an ErrSlow with its reason.
type slowError string

func (e slowError) Error() string   { return string(e) + ": " + context.DeadlineExceeded.Error() }
func (e slowError) Unwrap() []error { return []error{ErrSlow, context.DeadlineExceeded} }

// A Rate measures whether a download is fast enough. It is not safe for concurrent use.
type Rate struct {
	// Min is the minimum rate in bytes per second. 0 or less means no limit.
	Min int64
	// Over is the length of one measurement. A new one begins when it ends.
	Over time.Duration

	since time.Time
	from  int64
}

// TooSlow takes the bytes received so far. It reports whether they were fewer than Min
// allows, since the last measurement.
func (r *Rate) TooSlow(received int64) bool {
	now := time.Now()
	switch elapsed := now.Sub(r.since); {
	case r.since.IsZero():
	case elapsed < r.Over:
		return false
	case r.Min > 0 && float64(received-r.from) < float64(r.Min)*elapsed.Seconds():
		return true
	}
	r.since, r.from = now, received
	return false
}
