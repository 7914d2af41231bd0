package batch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// Window is the number of jobs that are in work or waiting at a time, or fewer if they are
// large. That is what a run has in memory, beside some 50 bytes for each number.
const Window = 4096

// maxBytes is how much of them is in memory.
const maxBytes = 32 << 20

// genSize is the number of jobs of a generation, see mark. Two are open at a time.
const genSize = 32768

// Errors that end a run.
var (
	// ErrDrained: [Store.Drain] was called. What was begun is finished; run again for the rest.
	ErrDrained = errors.New("the run was drained")
	// ErrInput: with Strict, the input has lines that are no jobs. Nothing was sent.
	ErrInput = errors.New("the input has errors")
)

// Run does the jobs, each business number once, and yields a result for each line: as it is ready, or in
// the order of the input. Run it again with the same input after whatever ended it; what is
// finished is yielded again, from the store.
//
// An error that is not nil is the last that is yielded, with a zero Result: that of the context; or
// it wraps [ErrStore], [ErrBusy], [ErrDrained], [ErrInput], [ErrOtherMerchant] or [ErrVersion]; or
// WeChat Pay accepts no call of this Client (401); or the input cannot be read further. A line that is
// no job, or repeats a number, is a Result that is [Invalid].
//
// When the context ends or the loop is left, calls in flight are finished, which takes up to
// Config.Claim. The jobs are read by a goroutine of its own.
func Run(ctx context.Context, cfg Config, jobs iter.Seq2[Job, error]) iter.Seq2[Result, error] {
	return func(yield func(Result, error) bool) {
		r := &run{yield: yield, open: map[[16]byte]*pending{}, generations: map[int64]int{}, groups: map[string]*group{}, ordered: map[int64]Result{}}
		err := r.run(ctx, cfg, jobs)
		if err != nil && !r.left {
			yield(Result{}, err)
		}
	}
}

// A run feeds a store with jobs, and collects their results. All of it is in one goroutine, but for
// the input and the worker.
type run struct {
	cfg    Config
	store  *Store
	mark   *leased
	epoch  int64
	ledger *ledger
	rest   *rest
	local  localQueue // nil if jobs go through a server

	yield   func(Result, error) bool
	left    bool             // the caller has left the loop
	emitted int64            // the position of the next result, in input order
	ordered map[int64]Result // results that wait for those before

	open        map[[16]byte]*pending // jobs without a result
	bytes       int                   // of open jobs, and of results that wait
	gen         int64                 // the current generation
	assigned    int                   // its jobs
	generations map[int64]int         // the jobs of each that are not in the ledger yet
	groups      map[string]*group

	doubtAll bool  // the store may not know all that was sent
	sentBy   int64 // if so, it was sent before, in milliseconds
	count    counters
}

// A pending is a job without a result.
type pending struct {
	*task
	data     []byte // as published; nil if it is not
	bytes    int
	position int64 // in the input
	at       time.Time
}

func (r *run) run(ctx context.Context, cfg Config, jobs iter.Seq2[Job, error]) (err error) {
	if r.cfg, err = cfg.withDefaults(); err != nil {
		return err
	}
	r.store = r.cfg.Store
	if r.cfg.Strict {
		if err := r.cfg.strict(jobs); err != nil {
			return err
		}
	}
	if _, err := r.store.open(ctx, r.cfg.Client.CallerID()); err != nil {
		return err
	}
	m, err := r.store.begin(ctx, r.cfg.Name, r.cfg.FirstRun)
	if err != nil {
		return err
	}
	r.mark = &leased{store: r.store, mark: m, lost: make(chan error, 1)}
	r.epoch = m.Epoch
	r.sentBy = m.doubt(r.cfg.FirstRun, r.cfg.Claim)
	r.doubtAll = r.sentBy != 0
	base, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	renewing, end := context.WithCancel(base)
	var background sync.WaitGroup
	background.Go(func() { r.mark.renew(renewing) })
	if err = r.prepare(ctx, base); err == nil {
		err = r.drive(ctx, base, jobs)
	}
	end()
	background.Wait()
	if !errors.Is(err, ErrBusy) && !errors.Is(err, ErrStore) { // else it is another's now, or fails again
		err = errors.Join(err, r.close(base))
	}
	return err
}

// prepare reads the ledger, and makes the queue.
func (r *run) prepare(ctx, base context.Context) (err error) {
	if err := r.store.allow(ctx); err != nil {
		return err
	}
	if r.rest, err = watchRest(base, r.store); err != nil {
		return err
	}
	r.ledger, r.gen = newLedger(r.store), 1
	if err := r.ledger.begin(ctx); err != nil {
		return err
	}
	if err := r.ledger.fold(ctx); err != nil {
		return err
	}
	if err := r.ledger.load(ctx); err != nil {
		return err
	}
	if err := r.mark.change(ctx, func(*mark) {}); err != nil { // it is still this run's
		return err
	}
	if r.store.own {
		r.local = newLocalQueue()
	} else if err := r.makeQueue(ctx); err != nil {
		return err
	}
	return r.store.tell(ctx, r.cfg.plan(r.epoch))
}

// close leaves the store as a run that has ended well does, if nothing is open.
func (r *run) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if r.ledger != nil {
		if err := r.ledger.flush(ctx); err != nil {
			return err
		}
		r.publish(ctx)
	}
	if len(r.open) == 0 && r.ledger != nil {
		if err := r.store.retire(ctx, r.mark, r.gen+2); err != nil {
			return err
		}
	}
	return r.mark.change(ctx, func(m *mark) { m.Until = 0 })
}

// drive feeds and collects until all jobs have results, or something ends the run.
func (r *run) drive(ctx, base context.Context, jobs iter.Seq2[Job, error]) error {
	reports := make(chan report, 64) // each may hold a long reply
	sub, err := r.store.nc.Subscribe(r.store.doneSubject(r.epoch), func(msg *nats.Msg) {
		var got report
		if json.Unmarshal(msg.Data, &got) == nil && got.Result != nil {
			select {
			case reports <- got:
			case <-base.Done():
				return
			}
		}
		_ = msg.Respond(nil)
	})
	if err != nil {
		return failed("listening for results", err)
	}
	defer func() { _ = sub.Unsubscribe() }()
	in := feed(base, jobs)
	defer in.stop()
	worker := r.startWorker(ctx, reports)
	err = r.loop(ctx, base, in.items, reports, worker)
	worker.cancel()
	for worker.ended != nil { // what is in flight
		select {
		case got := <-reports:
			err = errors.Join(err, r.settle(base, got))
			continue
		case <-worker.ended:
		}
		break
	}
	for { // what the worker has finished since
		select {
		case got := <-reports:
			err = errors.Join(err, r.settle(base, got))
		default:
			return err
		}
	}
}

func (r *run) loop(ctx, base context.Context, items <-chan item, reports <-chan report, worker *localWorker) error {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		if items == nil && len(r.open) == 0 {
			return nil
		}
		from := items
		draining := r.rest.isDraining()
		if paused, _ := r.rest.isPaused(); paused || draining || !r.room() {
			from = nil
		}
		if draining && len(r.open) == 0 {
			return fmt.Errorf("batch: %w", ErrDrained)
		}
		var err error
		select {
		case <-ctx.Done():
			return r.stopped(ctx)
		case err = <-r.mark.lost:
		case it, more := <-from:
			if !more {
				items = nil
				continue
			}
			err = r.take(base, it)
		case got := <-reports:
			err = r.settle(base, got)
		case <-worker.ended:
			switch {
			case ctx.Err() != nil:
				return r.stopped(ctx)
			case worker.fault != nil:
				return worker.fault
			}
			return fmt.Errorf("batch: %w", ErrBusy)
		case <-tick.C:
			err = r.tend(base)
		}
		if err != nil {
			return err
		}
		if r.left {
			return nil
		}
	}
}

func (r *run) stopped(ctx context.Context) error {
	return fmt.Errorf("batch: stopped with %d jobs in work; run again with the same input: %w", len(r.open), context.Cause(ctx))
}

// A localWorker is the worker of a run's own process.
type localWorker struct {
	cancel context.CancelFunc
	ended  chan struct{} // nil if there is none
	fault  error
}

func (r *run) startWorker(ctx context.Context, reports chan<- report) *localWorker {
	l := &localWorker{cancel: func() {}}
	if r.cfg.InFlight < 0 {
		return l
	}
	ctx, l.cancel = context.WithCancel(ctx)
	ended := make(chan struct{})
	l.ended = ended
	var from queue = r.local
	if r.local == nil {
		from = &sharedQueue{store: r.store}
	}
	go func() {
		defer close(ended)
		l.fault = work(ctx, r.cfg, r.cfg.plan(r.epoch), from, reports)
	}()
	return l
}
