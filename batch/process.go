package batch

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// errClosed: a job that comes from the past. Its number has a result already.
var errClosed = errors.New("the job is closed")

// errStopped: the worker ends before the call has begun.
var errStopped = errors.New("the worker ends")

// acquire waits until a call may be made, or the worker ends.
func (w *worker) acquire(route string) (release func(), err error) {
	release, err = w.limits.acquire(w.live, route)
	if err != nil && w.live.Err() != nil {
		err = errStopped
	}
	return release, err
}

// process does a job as far as it goes now. It returns the result, or how long to wait before the
// next try, or an error that ends the worker.
func (w *worker) process(ctx context.Context, t *task) (result *Result, sentBy int64, wait time.Duration, err error) {
	if t.safe() {
		result, wait, err = w.processSafe(ctx, t)
		return result, 0, wait, err
	}
	s := &story{worker: w, task: t}
	// A number that comes for the first time is new. If it is not, the claim finds that out.
	if t.Doubt || t.tries > 1 {
		if err = s.read(ctx); err == nil && s.entry == nil && t.Doubt {
			s.entry = &entry{State: waiting, Doubt: true, Sends: t.Sends, SentBy: t.SentBy}
		}
	}
	for err == nil {
		if s.entry != nil && s.entry.Result != nil {
			return s.entry.Result, s.entry.SentBy, 0, nil
		}
		if s.entry != nil && s.entry.Hash != "" && s.entry.Hash != t.Hash {
			result = t.result(Invalid)
			result.Error = "the store knows this number with another body; nothing was sent"
			result.Sends = max(s.entry.Sends, 1) // of that one: the number is used
			return result, s.entry.SentBy, 0, nil
		}
		var now bool
		if now, wait, err = s.step(ctx); !now && err == nil {
			return nil, 0, wait, nil
		}
		if errors.Is(err, errLost) {
			err = s.read(ctx)
		}
	}
	return nil, 0, 0, err
}

// processSafe makes a call that takes no effect: it may be made again, and needs no entry.
func (w *worker) processSafe(ctx context.Context, t *task) (result *Result, wait time.Duration, err error) {
	release, err := w.acquire(t.route())
	if err != nil {
		return nil, 0, err
	}
	a := w.call(ctx, t, StepSend, 1, func(ctx context.Context, end time.Time) answer { return w.caller.send(ctx, &t.Job, end) })
	release()
	switch a.verdict {
	case taken:
		result = t.result(Done)
	case refused:
		result = t.result(Refused)
	case invalid:
		result = t.result(Invalid)
	case limited:
		return nil, time.Second, w.pause(ctx, a)
	case badKeys:
		return nil, w.backoff(1), w.denied(a)
	default:
		if t.tries < w.plan.Asks {
			return nil, w.backoff(t.tries), nil
		}
		result = t.result(Stuck)
	}
	result.Sends = max(t.tries, 1)
	a.fill(result)
	return result, 0, nil
}

// call makes a call within the claim.
func (w *worker) call(ctx context.Context, t *task, step string, send int, do func(context.Context, time.Time) answer) answer {
	end := time.Now().Add(w.plan.Claim - w.plan.Claim/8)
	ctx, done := w.cfg.Trace(ctx, t.step(step, w.cfg.Name, send))
	a := do(ctx, end)
	if a.verdict == taken || a.verdict == refused {
		w.denials.Store(0)
	}
	done(a.err)
	return a
}

// pause stops all workers after a 429.
func (w *worker) pause(ctx context.Context, a answer) error {
	wait := w.plan.Pause
	if a.after > 0 {
		wait = a.after
	}
	return w.rest.begin(ctx, wait)
}

// backoff is the wait before the next try, from the number of those that were made.
func (w *worker) backoff(tries int) time.Duration {
	return min(w.plan.AskAfter<<min(max(tries-1, 0), 16), max(10*time.Minute, w.plan.AskAfter))
}

// maxDenied is how many calls in a row may be answered with 401. One alone may be a request that
// net/http has repeated, with a nonce that is used up.
const maxDenied = 5

// denied counts a 401, and ends the worker where nothing else comes.
func (w *worker) denied(a answer) error {
	if w.denials.Add(1) < maxDenied {
		return nil
	}
	return fmt.Errorf("batch: WeChat Pay accepts no call of this Client, and nothing has taken effect by the last ones. "+
		"Correct the Config of the Client, and run again with the same input: %w", a.err)
}
