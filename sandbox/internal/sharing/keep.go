package sharing

import (
	"slices"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/due"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
)

// drop forgets the oldest orders where there are too many requests, but not one: first those
// that are done, then others of which nothing is pending. It drops a tenth at once, and does
// not look again before there are a tenth more, so that going through all costs little for
// each.
func (t *turn) drop(except string) {
	s, limit := t.state(), kit.Limit(t.book.Limit)
	size := max(len(s.Shares)+len(s.Returns), len(s.Queue))
	if size <= max(limit, t.book.full) {
		return
	}
	over := size - limit + limit/10
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
	t.book.full = max(len(s.Shares)+len(s.Returns), len(s.Queue)) + limit/10
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
	b.shareIDs, b.deadlines = map[string]string{}, due.Queue{}
	for k, o := range b.state.Orders {
		if !o.Finished {
			b.deadlines.Add(o.PaidAt.Add(window), k)
		}
		for _, name := range o.Shares {
			s := b.state.Shares[name]
			b.shareIDs[key(o.Caller, s.ID)] = name
			if slices.ContainsFunc(s.Parts, func(p *part) bool { return p.Result == "PENDING" }) {
				b.deadlines.Add(s.Due, k)
			}
		}
		for _, name := range o.Returns {
			if r := b.state.Returns[name]; r.Result == "PROCESSING" {
				b.deadlines.Add(r.Due, k)
			}
		}
	}
}
