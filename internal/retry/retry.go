// Package retry is the retry loop of calls and downloads.
package retry

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// A Policy bounds a loop.
type Policy struct {
	Attempts int // at most, the first included
	// Wait is about how long the first pause is; each further one is twice as long, up to
	// MaxWait. All are jittered between nothing and twice their length.
	Wait, MaxWait time.Duration
}

// A Next is what an attempt asks for. The zero Next is another attempt.
type Next struct {
	Stop  string        // why there must be no further attempt; "" for another one
	After time.Duration // the least pause before it
}

// Reasons to stop that the loop itself finds.
const (
	ContextEnded = "the context has ended"
	TooLate      = "the time left is too short for another attempt"
	Exhausted    = "no attempts left"
)

// Run calls try, with the number of the attempt, until it asks to stop, the attempts are
// used up or ctx ends. Before each further attempt it pauses, under ctx, and begins
// nothing that the deadline of ctx would cut off. It returns the number of the last
// attempt, and why it was the last.
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

// pause waits, or returns why not.
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
