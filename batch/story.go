package batch

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// A story is a number on its way to a result. Each step begins from what the store knows, and
// writes what it has found out before the next.
//
//	(nothing) ─┐
//	   ready ──┴▶ sending ──▶ ended
//	     ▲           │ unknown ▲
//	     │           ▼         │ found
//	     └─ absent ─ waiting ──┘
type story struct {
	worker *worker
	task   *task
	entry  *entry // nil if the store knows nothing
}

func (s *story) read(ctx context.Context) (err error) {
	s.entry, err = s.worker.store.entry(ctx, s.task)
	return err
}

func millis(t time.Time) int64     { return t.UnixMilli() }
func until(ms int64) time.Duration { return time.Until(time.UnixMilli(ms)) }

// step does what is next. now is false if the job has to wait.
func (s *story) step(ctx context.Context) (now bool, wait time.Duration, err error) {
	e := s.entry
	switch {
	case e == nil || e.State == ready:
		return s.send(ctx)
	case e.State == sending:
		// Somebody has claimed it. While the claim lasts, so may the call.
		if left := until(e.Until); left > 0 {
			return false, left + 10*time.Millisecond, nil
		}
		e.State, e.Doubt, e.SentBy = waiting, true, e.Until
		return s.ask(ctx)
	case until(e.AskAt) > 0:
		return false, until(e.AskAt), nil
	}
	return s.ask(ctx)
}

// claim writes that the number is being sent, before a byte of it leaves.
func (s *story) claim(ctx context.Context) error {
	w, t := s.worker, s.task
	e := s.entry
	if e == nil {
		e = &entry{Sends: t.Sends}
	}
	known := e.rev
	e.State, e.Epoch, e.Hash, e.Claim, e.AskAt = sending, t.Epoch, t.Hash, rand.Text(), 0
	e.Sends++
	e.Until = millis(time.Now().Add(w.plan.Claim))
	ctx, done := w.cfg.Trace(ctx, t.step(StepClaim, w.cfg.Name, e.Sends))
	err := w.store.write(ctx, t, e)
	done(err)
	if err != nil {
		return err
	}
	s.entry = e
	open, err := w.store.isOpen(ctx, t)
	if err == nil && !open {
		if known == 0 { // else it stays: the next run must learn that it may have been sent before
			w.store.forget(ctx, t, e)
		}
		err = errClosed
	}
	return err
}

// send claims the number, makes the call, and writes what became of it.
func (s *story) send(ctx context.Context) (now bool, wait time.Duration, err error) {
	w, t := s.worker, s.task
	if s.entry != nil && s.entry.Sends-t.Sends >= w.plan.Sends {
		return true, 0, s.end(ctx, s.stuck("it was sent as often as Config.Sends allows, and WeChat Pay does not know it"))
	}
	release, err := w.acquire(t.route())
	if err != nil {
		return false, 0, err
	}
	defer release()
	if err := s.claim(ctx); err != nil {
		return true, 0, err
	}
	e := s.entry
	end := time.UnixMilli(e.Until).Add(-w.plan.Claim / 8)
	a := w.call(ctx, t, StepSend, e.Sends, func(ctx context.Context, _ time.Time) answer { return w.caller.send(ctx, &t.Job, end) })
	return s.sent(ctx, a)
}

// sent writes what became of a call.
func (s *story) sent(ctx context.Context, a answer) (now bool, wait time.Duration, err error) {
	w, e := s.worker, s.entry
	switch a.verdict {
	case taken:
		return true, 0, s.end(ctx, s.result(Done, a))
	case refused:
		r := s.result(Refused, a)
		if !e.Doubt {
			return true, 0, s.end(ctx, r)
		}
		// An earlier send may have taken effect, and this one be refused for that.
		e.Refused, e.State, e.AskAt = r, waiting, 0
		return true, 0, nil
	case invalid:
		e.Sends--
		if e.Doubt {
			return true, 0, s.end(ctx, s.stuck(a.err.Error()))
		}
		return true, 0, s.end(ctx, s.result(Invalid, a))
	case limited, unsent, badKeys:
		if !a.doubtful() {
			e.Sends--
			e.State, e.Why = ready, a.err.Error()
			return s.turnedAway(ctx, a)
		}
	}
	e.State, e.Doubt, e.SentBy, e.Why = waiting, true, millis(time.Now()), a.err.Error()
	e.AskAt = millis(time.Now().Add(w.plan.AskAfter))
	return s.turnedAway(ctx, a)
}

// turnedAway writes where a number stands whose call has no answer, and what all others have to do.
func (s *story) turnedAway(ctx context.Context, a answer) (now bool, wait time.Duration, err error) {
	w := s.worker
	if err := s.record(ctx); err != nil {
		return true, 0, err
	}
	switch a.verdict {
	case limited:
		return false, time.Second, w.pause(ctx, a)
	case badKeys:
		return false, w.backoff(1), w.denied(a)
	}
	return false, w.backoff(1), nil
}

// ask makes the query, and decides by its answer.
func (s *story) ask(ctx context.Context) (now bool, wait time.Duration, err error) {
	w, t, e := s.worker, s.task, s.entry
	ask := t.Job.Ask
	if ask == nil {
		r := s.stuck("it may have taken effect, and there is no query for it; look it up in the merchant console, or give Job.Ask")
		r.Outcome = Unknown
		return true, 0, s.end(ctx, r)
	}
	release, err := w.acquire(strings.TrimPrefix(ask.Path, "/"))
	if err != nil {
		return false, 0, err
	}
	a := w.call(ctx, t, StepAsk, e.Sends, func(ctx context.Context, end time.Time) answer { return w.caller.ask(ctx, ask, end) })
	release()
	e.Asks++
	switch a.verdict {
	case taken:
		return true, 0, s.end(ctx, s.found(a))
	case limited:
		return false, time.Second, w.pause(ctx, a)
	case badKeys:
		return false, w.backoff(1), w.denied(a)
	case refused:
		if slices.Contains(ask.absent(), a.failure.Code) && (a.failure.StatusCode == http.StatusNotFound || isV2(ask.Path)) {
			return s.absent(ctx)
		}
	}
	e.Fails++
	if e.Why = a.err.Error(); e.Fails >= w.plan.Asks {
		return true, 0, s.end(ctx, s.stuck("the query gives no answer: "+e.Why))
	}
	e.AskAt = millis(time.Now().Add(w.backoff(e.Fails)))
	return false, until(e.AskAt), s.record(ctx)
}

func (a *Ask) absent() []string {
	if len(a.Absent) == 0 {
		return []string{"NOT_FOUND", "ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS"}
	}
	return a.Absent
}

// found is the result of a number that WeChat Pay knows.
func (s *story) found(a answer) *Result {
	data, _ := body(a.reply)
	for path, want := range s.task.Job.Ask.Same {
		have := gjson.GetBytes(data, path)
		if have.Exists() && !same(have, want) {
			r := s.result(Stuck, a)
			r.ByQuery = true
			r.Error = fmt.Sprintf("WeChat Pay knows this number with another %s: it belongs to another request", path)
			return r
		}
	}
	r := s.result(Done, a)
	r.ByQuery = true
	return r
}

// same compares a value of a reply with one of the job. APIv2 has texts alone.
func same(have gjson.Result, want any) bool {
	return reflect.DeepEqual(have.Value(), want) || have.String() == fmt.Sprint(want)
}

// absent is a signed "not found". It is believed once the last request has had the time to arrive.
func (s *story) absent(ctx context.Context) (now bool, wait time.Duration, err error) {
	w, e := s.worker, s.entry
	if left := until(e.SentBy) + w.plan.AbsentAfter; left > 0 && e.Refused == nil {
		e.AskAt, e.Fails = millis(time.Now().Add(left)), 0
		return false, left, s.record(ctx)
	}
	if e.Refused != nil {
		e.Refused.Asks = e.Asks
		return true, 0, s.end(ctx, e.Refused)
	}
	return s.send(ctx)
}

// record writes where the story stands.
func (s *story) record(ctx context.Context) error {
	w, t, e := s.worker, s.task, s.entry
	e.Epoch, e.Hash, e.Claim = t.Epoch, t.Hash, rand.Text()
	ctx, done := w.cfg.Trace(ctx, t.step(StepRecord, w.cfg.Name, e.Sends))
	err := w.store.write(ctx, t, e)
	done(err)
	return err
}

// end writes the result. If another worker has changed the entry meanwhile, a proof that the number
// has taken effect still counts; anything else is found out anew.
func (s *story) end(ctx context.Context, r *Result) error {
	for {
		e := s.entry
		if e == nil {
			e = &entry{}
		}
		e.State, e.Result, e.Refused, e.Until, e.AskAt, e.Why = ended, r, nil, 0, 0, ""
		s.entry = e
		err := s.record(ctx)
		if !errors.Is(err, errLost) {
			return err
		}
		if err := s.read(ctx); err != nil {
			return err
		}
		if s.entry != nil && s.entry.Result != nil || r.Outcome != Done {
			return nil
		}
		if open, err := s.worker.store.isOpen(ctx, s.task); err != nil || !open {
			return errors.Join(err, errClosed)
		}
	}
}

func (s *story) result(outcome Outcome, a answer) *Result {
	r := s.task.result(outcome)
	if s.entry != nil {
		r.Sends, r.Asks = s.entry.Sends, s.entry.Asks
	}
	a.fill(r)
	return r
}

func (s *story) stuck(why string) *Result {
	r := s.task.result(Stuck)
	r.Error = why
	if s.entry != nil {
		r.Sends, r.Asks = s.entry.Sends, s.entry.Asks
		if s.entry.Why != "" && !strings.Contains(why, s.entry.Why) {
			r.Error += "; the last error: " + s.entry.Why
		}
	}
	return r
}

// isOpen reads the mark, see there. That of an embedded store is written by this process alone.
func (s *Store) isOpen(ctx context.Context, t *task) (bool, error) {
	if m := s.now.Load(); s.own && m != nil {
		return m.open(t), nil
	}
	m, err := s.mark(ctx)
	return m.open(t), err
}
