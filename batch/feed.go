package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"
)

// An item is what the input yields.
type item struct {
	job Job
	err error
}

type input struct {
	items chan item
	stop  func()
}

// feed reads the input in a goroutine, a little ahead.
func feed(ctx context.Context, jobs iter.Seq2[Job, error]) *input {
	ctx, cancel := context.WithCancel(ctx)
	in := &input{items: make(chan item, 256)}
	in.stop = func() {
		cancel()
		for end := time.After(time.Second); ; { // unless it hangs in a read
			select {
			case _, more := <-in.items:
				if !more {
					return
				}
			case <-end:
				return
			}
		}
	}
	go func() {
		defer close(in.items)
		line := 0
		for job, err := range jobs {
			line++
			if job.Line == 0 {
				job.Line = line
			}
			select {
			case in.items <- item{job, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return in
}

// strict reads the whole input, for Strict.
func (cfg *Config) strict(jobs iter.Seq2[Job, error]) error {
	seen := map[[16]byte]uint32{}
	var all []error
	line := 0
	for job, err := range jobs {
		line++
		if job.Line == 0 {
			job.Line = line
		}
		if err == nil {
			var t *task
			if t, err = compile(job, cfg.Client.CallerID()); err == nil {
				err = cfg.check(t.Job)
				if first := seen[t.id]; first != 0 {
					err = repeated(t, first)
				}
				seen[t.id] = uint32(job.Line) //nolint:gosec // lines are fewer
			}
			if err != nil {
				err = &LineError{job.Line, err}
			}
		}
		if err != nil {
			if all = append(all, err); len(all) == 20 {
				all = append(all, errors.New("and more"))
				break
			}
		}
	}
	if len(all) > 0 {
		return fmt.Errorf("batch: %w, and nothing was sent: %w", ErrInput, errors.Join(all...))
	}
	return nil
}

func (cfg *Config) check(job Job) error {
	if cfg.Check == nil {
		return nil
	}
	return cfg.Check(job)
}

func repeated(t *task, first uint32) error {
	if t.safe() {
		return fmt.Errorf("it repeats the call of line %d", first)
	}
	return fmt.Errorf("%s: it repeats the number of line %d; a number is one request, with one body", t.Job.Field, first)
}

// take takes a job from the input: it has a result already, or is no job, or is published.
func (r *run) take(ctx context.Context, it item) error {
	position := r.count.read
	r.count.read++
	var line *LineError
	if it.err != nil && !errors.As(it.err, &line) {
		return it.err
	}
	if line != nil {
		r.refuse(position, Job{Line: line.Line}, "", line.Err)
		return nil //nolint:nilerr // it is the line's, not the run's
	}
	t, err := compile(it.job, r.cfg.Client.CallerID())
	if err != nil {
		r.refuse(position, it.job, "", err)
		return nil
	}
	was := r.ledger.index[t.id]
	if was.line != 0 {
		r.refuse(position, t.Job, t.Value, repeated(t, was.line))
		return nil
	}
	r.ledger.index[t.id] = place{at: was.at, line: uint32(t.Line)} //nolint:gosec // lines are fewer
	t.Doubt, t.SentBy = r.doubtAll, r.sentBy
	if was.at != 0 {
		finished, err := r.recall(ctx, position, t, was.at)
		if finished || err != nil {
			return err
		}
	}
	if !t.Doubt && t.Sends == 0 {
		if err := r.cfg.check(t.Job); err != nil {
			r.refuse(position, t.Job, t.Value, err)
			return nil
		}
	}
	return r.begin(t, position)
}

// recall looks a number up that the ledger has. It reports whether that settles it.
func (r *run) recall(ctx context.Context, position int64, t *task, at uint64) (finished bool, err error) {
	k, err := r.ledger.get(ctx, at)
	if err != nil {
		return false, err
	}
	old := k.result
	if old.Outcome == Invalid && old.Sends == 0 { // nothing was sent, and the cause may be gone
		return false, nil
	}
	if k.hash != t.Hash {
		r.refuse(position, t.Job, t.Value, errors.New("the store knows this number with another body; nothing was sent. Numbers are never used twice"))
		return true, nil
	}
	if old.Outcome != doubted && (r.cfg.Again == nil || !r.cfg.Again(old)) {
		old.Line, old.Resumed = t.Line, true
		r.count.resumed++
		r.emit(position, old)
		return true, nil
	}
	t.Sends = old.Sends
	if old.Outcome == Refused || old.Outcome == Invalid {
		t.Doubt = r.doubtAll
		return false, nil
	}
	t.Doubt, t.SentBy = true, k.sentBy
	return false, nil
}

// refuse is the result of a line that is no job.
func (r *run) refuse(position int64, job Job, number string, err error) {
	t := &task{Job: job, Line: job.Line, Value: number}
	result := t.result(Invalid)
	result.Error = err.Error()
	r.emit(position, *result)
}

// begin puts a job into the queue, or behind another of its group.
func (r *run) begin(t *task, position int64) error {
	t.Epoch, t.Gen = r.epoch, r.gen
	p := &pending{task: t, position: position, bytes: len(t.Job.Body) + 512}
	if r.local == nil {
		data, err := exactly(t)
		if most := int(r.store.nc.MaxPayload()) - 1024; err == nil && len(data) > most {
			err = fmt.Errorf("it is longer than the %d bytes that the store takes", most)
		}
		if err != nil {
			r.refuse(position, t.Job, t.Value, err)
			return nil
		}
		p.data, p.bytes = data, len(data)
		t.Job = Job{Method: t.Job.Method, Path: t.Job.Path} // the rest is in data
	}
	r.assigned++
	r.generations[r.gen]++
	r.bytes += p.bytes
	r.open[t.id] = p
	if t.group != "" && !r.enter(p) {
		return nil
	}
	return r.put(p)
}

// exactly encodes a task without a change of its body, in which json.Marshal would escape <, > and &.
func exactly(t *task) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(t)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// put hands a job to the workers. If a queue on a server loses it, tend publishes it again.
func (r *run) put(p *pending) error {
	if r.local != nil {
		r.local.put(p.task)
		return nil
	}
	p.at = time.Now()
	if err := r.store.nc.Publish(r.store.jobSubject()+"."+p.Key, p.data); err != nil {
		return failed("writing to the queue", err)
	}
	return nil
}
