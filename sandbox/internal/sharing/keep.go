package sharing

import (
	"container/heap"
	"slices"
	"time"
)

// A deadline is when an order is to be looked at.
type deadline struct {
	at    time.Time
	order string // its key
}

// deadlines are a heap, the earliest first. They may name what is done or dropped.
type deadlines []deadline

func (d deadlines) Len() int           { return len(d) }
func (d deadlines) Less(i, j int) bool { return d[i].at.Before(d[j].at) }
func (d deadlines) Swap(i, j int)      { d[i], d[j] = d[j], d[i] }
func (d *deadlines) Push(x any)        { *d = append(*d, x.(deadline)) } //nolint:forcetypeassert // only add pushes
func (d *deadlines) Pop() any {
	last := (*d)[len(*d)-1]
	*d = (*d)[:len(*d)-1]
	return last
}

func (d *deadlines) add(at time.Time, order string) { heap.Push(d, deadline{at, order}) }

// due takes out what is due, each order once.
func (d *deadlines) due(now time.Time) (orders []string) {
	seen := map[string]bool{}
	for len(*d) > 0 && !(*d)[0].at.After(now) {
		next := heap.Pop(d).(deadline) //nolint:forcetypeassert // only add pushes
		if !seen[next.order] {
			seen[next.order] = true
			orders = append(orders, next.order)
		}
	}
	return orders
}

func (b *Book) limit() int {
	if b.Limit > 0 {
		return b.Limit
	}
	return 1_000_000
}

// drop forgets the oldest orders where there are too many requests, but not one: first those
// that are done, then others of which nothing is pending. It drops a tenth at once, so that
// going through all costs little for each.
func (t *turn) drop(except string) {
	s, limit := t.state(), t.book.limit()
	over := max(len(s.Shares)+len(s.Returns), len(s.Queue)) - limit
	if over <= 0 {
		return
	}
	over += limit / 10
	gone := map[string]bool{}
	for _, done := range []bool{true, false} {
		for _, k := range s.Queue {
			o := s.Orders[k]
			if over <= 0 || k == except || gone[k] || done && !o.Finished || t.waiting(o) {
				continue
			}
			over -= max(len(o.Shares)+len(o.Returns), 1)
			gone[k] = true
			t.forget(k, o)
		}
	}
	s.Queue = slices.DeleteFunc(s.Queue, func(k string) bool { return gone[k] })
	t.book.index()
}

// waiting reports whether something of an order is not executed.
func (t *turn) waiting(o *order) bool {
	return o.Pending > 0 || slices.ContainsFunc(o.Returns, func(k string) bool {
		return t.state().Returns[k].Result == "PROCESSING"
	})
}

func (t *turn) forget(k string, o *order) {
	s := t.state()
	for _, k := range o.Shares {
		delete(s.Shares, k)
	}
	for _, k := range o.Returns {
		delete(s.Returns, k)
	}
	delete(s.Orders, k)
	if o.PaidAt.After(s.Horizon) {
		s.Horizon = o.PaidAt
	}
}

// index makes shareIDs and the deadlines anew.
func (b *Book) index() {
	b.shareIDs, b.deadlines = map[string]string{}, nil
	for k, o := range b.state.Orders {
		if !o.Finished {
			b.deadlines = append(b.deadlines, deadline{o.PaidAt.Add(window), k})
		}
		for _, name := range o.Shares {
			s := b.state.Shares[name]
			b.shareIDs[key(o.Caller, s.ID)] = name
			if slices.ContainsFunc(s.Parts, func(p *part) bool { return p.Result == "PENDING" }) {
				b.deadlines = append(b.deadlines, deadline{s.Due, k})
			}
		}
		for _, name := range o.Returns {
			if r := b.state.Returns[name]; r.Result == "PROCESSING" {
				b.deadlines = append(b.deadlines, deadline{r.Due, k})
			}
		}
	}
	heap.Init(&b.deadlines)
}
