package transfer

import (
	"slices"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/due"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
)

// keep notes a new bill or batch of so many transfers, and forgets the oldest that are
// finished where there are too many. It drops a tenth at once, and does not look again before
// there are a tenth more, so that going through all costs little for each.
func (t *turn) keep(key string, transfers int) {
	s, limit := t.state(), kit.Limit(t.book.Limit)
	s.Queue = append(s.Queue, key)
	if s.Size += transfers; s.Size <= max(limit, t.book.full) {
		return
	}
	s.Queue = slices.DeleteFunc(s.Queue, func(k string) bool {
		if k == key || s.Size <= limit-limit/10 {
			return false
		}
		t.look(k)
		return t.forget(k)
	})
	t.book.full = s.Size + limit/10
	t.book.index()
}

// forget forgets a bill or batch that is finished, with its receipts.
func (t *turn) forget(key string) bool {
	s := t.state()
	if b := s.Bills[key]; b != nil && b.final() {
		delete(s.Bills, key)
		delete(s.Receipts, key)
		s.Size--
		return true
	}
	if b := s.Batches[key]; b != nil && b.final() {
		for _, d := range b.Details {
			delete(s.Receipts, key+"/"+d.No)
		}
		delete(s.Batches, key)
		delete(s.Receipts, key)
		s.Size -= len(b.Details)
		return true
	}
	return false
}

// index makes ids, files and what is due anew.
func (b *Book) index() {
	b.ids, b.files, b.due = map[string]string{}, map[string]string{}, due.Queue{}
	for key, x := range b.state.Bills {
		b.ids[x.Caller+"/"+x.ID] = key
		if !x.final() {
			b.due.Add(x.Due, key)
			b.due.Add(x.Created.Add(confirmWithin), key)
		}
	}
	for key, x := range b.state.Batches {
		b.ids[x.Caller+"/"+x.ID] = key
		if !x.final() {
			b.due.Add(x.Due, key)
		}
	}
	for key := range b.state.Receipts {
		b.files[token(key)] = key
	}
}
