package batch

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
)

// A worker takes jobs from the queue of a store, and makes their calls.
type worker struct {
	cfg    Config
	store  *Store
	caller *caller
	rest   *rest
	plan   plan
	run    chan<- report // to the run, if it is this process's; nil if it is elsewhere
	queue  queue
	limits *limits

	denials atomic.Int32 // calls in a row that were answered with 401
	slots   chan struct{}
	wg      sync.WaitGroup

	live context.Context // ends when no more calls are to begin

	mu    sync.Mutex
	held  map[delivery]struct{} // what is in work, to tell the queue so
	fault error                 // why the worker ends
	end   context.CancelFunc
}

// Work joins the run of a store, until the context ends; what is in flight is then finished. It
// waits for a run that has not begun, and goes on with the next when one has ended. The error is
// that of the context, or wraps [ErrStore], or tells that WeChat Pay accepts no call of this
// Client (401).
func Work(ctx context.Context, cfg Config) error {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return err
	}
	switch {
	case cfg.InFlight < 0:
		return errors.New("batch: Config.InFlight of a worker is negative")
	case cfg.Store.own:
		return errors.New("batch: an embedded store has one worker, that of its run; use NATS for more")
	}
	if _, err := cfg.Store.open(ctx, cfg.Client.CallerID()); err != nil {
		return err
	}
	for ctx.Err() == nil {
		p, err := cfg.Store.plan(ctx)
		if err != nil {
			return err
		}
		if p.Epoch == 0 { // no run yet
			_ = sleep(ctx, 200*time.Millisecond)
			continue
		}
		if err := work(ctx, cfg, p, &sharedQueue{store: cfg.Store}, nil); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// work works for one run, until the context ends or there is another run.
func work(ctx context.Context, cfg Config, p plan, from queue, run chan<- report) error {
	caller, err := newCaller(cfg.Client)
	if err != nil {
		return err
	}
	// What is in flight outlives the context.
	base, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	rest, err := watchRest(base, cfg.Store)
	if err != nil {
		return err
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	w := &worker{
		cfg: cfg, store: cfg.Store, caller: caller, rest: rest, plan: p, run: run, live: ctx, slots: make(chan struct{}, cfg.InFlight),
		held: map[delivery]struct{}{}, queue: from, end: end, limits: newLimits(cfg.Store, cfg.Name, p.Limits, rest),
	}
	var background sync.WaitGroup
	background.Go(func() { w.limits.keep(base) })
	background.Go(func() { w.hold(base) })
	background.Go(func() { w.follow(ctx) })
	w.serve(ctx, base)
	w.wg.Wait()
	end()
	stop()
	background.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.fault
}

// serve takes as many jobs as there are free slots. More would wait here, while their time to be
// acknowledged passes.
func (w *worker) serve(ctx, base context.Context) {
	for ctx.Err() == nil {
		if paused, changed := w.rest.isPaused(); paused {
			select {
			case <-ctx.Done():
			case <-changed:
			}
			continue
		}
		free := w.take(ctx)
		if free == 0 {
			return
		}
		got, err := w.queue.fetch(ctx, free, func(d delivery) { w.begin(base, d) })
		for range free - got {
			<-w.slots
		}
		if err != nil && ctx.Err() == nil {
			_ = sleep(ctx, 50*time.Millisecond) // the queue is made again when a run begins
		}
	}
}

// take takes all free slots, and waits for one.
func (w *worker) take(ctx context.Context) (free int) {
	select {
	case w.slots <- struct{}{}:
		free++
	case <-ctx.Done():
		return 0
	}
	for {
		select {
		case w.slots <- struct{}{}:
			free++
		default:
			return free
		}
	}
}

// begin does a job, in a slot that is taken.
func (w *worker) begin(base context.Context, d delivery) {
	w.mu.Lock()
	w.held[d] = struct{}{}
	w.mu.Unlock()
	w.wg.Go(func() {
		defer func() {
			w.mu.Lock()
			delete(w.held, d)
			w.mu.Unlock()
			<-w.slots
		}()
		w.handle(base, d)
	})
}

// hold tells the queue that what is in work still is.
func (w *worker) hold(ctx context.Context) {
	for sleep(ctx, w.plan.Claim/4) == nil {
		w.mu.Lock()
		held := slices.Collect(maps.Keys(w.held))
		w.mu.Unlock()
		for _, d := range held {
			d.hold()
		}
	}
}

// follow ends the worker when there is another run.
func (w *worker) follow(ctx context.Context) {
	for sleep(ctx, time.Second) == nil {
		if p, err := w.store.plan(ctx); err == nil && p.Epoch != w.plan.Epoch {
			w.end()
		}
	}
}

// fail ends the worker.
func (w *worker) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fault == nil {
		w.fault = err
	}
	w.end()
}

// handle does one job as far as it goes now.
func (w *worker) handle(ctx context.Context, d delivery) {
	t := d.open(w)
	if t == nil {
		return
	}
	result, sentBy, wait, err := w.process(ctx, t)
	switch {
	case errors.Is(err, errClosed):
		d.done()
	case errors.Is(err, errStopped):
		d.again(0)
	case err != nil:
		d.again(time.Second)
		w.fail(err)
	case result == nil:
		d.again(max(wait, time.Millisecond))
	case w.report(ctx, t, result, sentBy):
		d.done()
	default:
		d.again(time.Second)
	}
}

// A report is a result on its way to the run.
type report struct {
	Key    string  `json:"k"`
	SentBy int64   `json:"t,omitzero"`
	Result *Result `json:"r"`
}

// report hands a result to the run, which may be busy. If it does not come to take it, the job comes
// back, and its result is still in the store.
func (w *worker) report(ctx context.Context, t *task, result *Result, sentBy int64) bool {
	ctx, done := w.cfg.Trace(ctx, t.step(StepReport, w.cfg.Name, result.Sends))
	if w.run != nil {
		select {
		case w.run <- report{t.Key, sentBy, result}:
		case <-ctx.Done():
		}
		done(ctx.Err())
		return ctx.Err() == nil
	}
	data, err := json.Marshal(report{t.Key, sentBy, result})
	for tries := 0; len(data) > 0 && tries < 20; tries++ {
		try, cancel := context.WithTimeout(ctx, 3*time.Second)
		_, err = w.store.nc.RequestWithContext(try, w.store.doneSubject(t.Epoch), data)
		cancel()
		if err == nil || errors.Is(err, nats.ErrNoResponders) { // the run has ended, or is about to be found dead
			break
		}
	}
	done(err)
	return err == nil
}
