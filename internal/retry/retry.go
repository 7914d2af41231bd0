// Package retry is the retry loop of calls and downloads.
package retry

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// A Policy configures a loop.
type Policy struct {
	Attempts int // maximum, the first included
	// Wait is the first backoff, which doubles with each attempt up to MaxWait. It is
	// jittered between zero and twice its length.
	Wait, MaxWait time.Duration
}

// A Next says how to continue after an attempt. The zero Next is another attempt.
type Next struct {
	Stop  string        // the reason for no further attempt; "" for another one
	After time.Duration // the minimum wait before it
}

// Reasons of the loop itself to stop.
const (
	ContextEnded = "the context has ended"
	TooLate      = "the time left is too short for another attempt"
	Exhausted    = "the limit of RetryConfig.Attempts"
)

// Run calls try, with the number of the attempt, until try stops it, the attempts are used
// up or ctx ends. It waits before each further attempt, but not beyond the deadline of ctx.
// It returns the number of attempts and the reason for no further one.
func Run(ctx context.Context, p Policy, try func(number int) Next) (number int, stopped string) {
	var pauses *backoff.ExponentialBackOff
	for number = 1; ; number++ {
		next := try(number)
		switch {
		case next.Stop != "":
			return number, next.Stop
		case number >= p.Attempts:
			return number, Exhausted
		}
		if pauses == nil {
			pauses = p.pauses()
		}
		if stop := pause(ctx, max(pauses.NextBackOff(), next.After)); stop != "" {
			return number, stop
		}
	}
}

func (p Policy) pauses() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval = p.Wait, p.MaxWait
	b.Multiplier, b.RandomizationFactor = 2, 1
	return b
}

// pause waits, or returns the reason to stop.
func pause(ctx context.Context, wait time.Duration) (stop string) {
	if ctx.Err() != nil {
		return ContextEnded
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return TooLate
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ""
	case <-ctx.Done():
		return ContextEnded
	}
}
