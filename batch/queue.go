package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A queue gives jobs to a worker. It may lose them, or give one twice: the input is the truth, and
// the entries of the store decide.
type queue interface {
	// fetch begins up to count jobs, and returns how many. It waits a second for the first one.
	fetch(ctx context.Context, count int, begin func(delivery)) (got int, err error)
}

// A delivery is a job that a worker has, until it gives it back.
type delivery interface {
	// open returns the job, or nil if it is not for this worker; it has been given back then.
	open(w *worker) *task
	done()                     // it has a result
	again(after time.Duration) // it comes again
	hold()                     // it is still in work
}

// A localQueue is that of an embedded store, which no other process can have.
type localQueue chan *task

func newLocalQueue() localQueue { return make(localQueue, 2*Window) }

func (q localQueue) put(t *task) {
	select {
	case q <- t:
	default: // more than can be in work
		time.AfterFunc(time.Second, func() { q.put(t) })
	}
}

func (q localQueue) fetch(ctx context.Context, count int, begin func(delivery)) (got int, err error) {
	wait, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	for got < count {
		if got > 0 {
			select {
			case t := <-q:
				begin(localDelivery{q, t})
			default:
				return got, nil
			}
		} else {
			select {
			case t := <-q:
				begin(localDelivery{q, t})
			case <-wait.Done():
				return 0, nil
			}
		}
		got++
	}
	return got, nil
}

type localDelivery struct {
	queue localQueue
	task  *task
}

func (d localDelivery) open(*worker) *task {
	d.task.tries++
	return d.task
}

func (localDelivery) done() {}
func (localDelivery) hold() {}

func (d localDelivery) again(after time.Duration) {
	if after <= 0 {
		d.queue.put(d.task)
		return
	}
	time.AfterFunc(after, func() { d.queue.put(d.task) })
}

// makeQueue empties the queue of the server.
func (r *run) makeQueue(ctx context.Context) error {
	if err := persist(ctx, func(ctx context.Context) error { return r.store.rooms.queue.Purge(ctx) }); err != nil {
		return failed("making the queue", err)
	}
	err := persist(ctx, func(ctx context.Context) error {
		_, err := r.store.js.CreateOrUpdateConsumer(ctx, r.store.bucket("queue"), jetstream.ConsumerConfig{
			Durable: "workers", AckPolicy: jetstream.AckExplicitPolicy, AckWait: r.cfg.Claim, MaxDeliver: -1,
			MaxAckPending: 2 * Window, MemoryStorage: true,
		})
		return err
	})
	if err != nil {
		return failed("making the queue", err)
	}
	return nil
}

// A sharedQueue is a stream on a server.
type sharedQueue struct {
	store    *Store
	consumer jetstream.Consumer
}

func (q *sharedQueue) fetch(ctx context.Context, count int, begin func(delivery)) (got int, err error) {
	wait, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if q.consumer == nil {
		if q.consumer, err = q.store.js.Consumer(wait, q.store.bucket("queue"), "workers"); err != nil {
			return 0, err
		}
	}
	batch, err := q.consumer.Fetch(count, jetstream.FetchContext(wait))
	if err != nil {
		return 0, err
	}
	for msg := range batch.Messages() {
		got++
		begin(sharedDelivery{msg})
	}
	return got, batch.Error()
}

type sharedDelivery struct{ msg jetstream.Msg }

func (d sharedDelivery) open(w *worker) *task {
	t := &task{tries: tries(d.msg)}
	decoder := json.NewDecoder(bytes.NewReader(d.msg.Data()))
	decoder.UseNumber() // a long number must not lose digits
	switch err := decoder.Decode(t); {
	case err != nil || t.Epoch < w.plan.Epoch: // of a run that is over; the next one reads its input again
		d.done()
		return nil
	case t.Epoch > w.plan.Epoch:
		d.again(50 * time.Millisecond)
		w.end() // for the plan of that run
		return nil
	}
	return t
}

func (d sharedDelivery) done() { _ = d.msg.Ack() }
func (d sharedDelivery) hold() { _ = d.msg.InProgress() }

func (d sharedDelivery) again(after time.Duration) {
	if after <= 0 {
		_ = d.msg.Nak()
		return
	}
	_ = d.msg.NakWithDelay(after)
}

// tries is how often the queue has delivered a job.
func tries(msg jetstream.Msg) int {
	data, err := msg.Metadata()
	if err != nil {
		return 1
	}
	return int(data.NumDelivered) //nolint:gosec // a small number
}
