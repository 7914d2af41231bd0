package trade

import "github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"

// patience is how many of the oldest orders are looked at for one that is finished.
const patience = 8

// keep remembers a new order for when there are too many, and forgets others then. Those that
// are not finished go to the end of the queue, so that each order costs the same, and there
// is no long pause. Where none is finished, the next one goes: memory is bounded in any case.
func (t *turn) keep(entry string) {
	t.Queue = append(t.Queue, entry)
	for len(t.Orders) > kit.Limit(t.book.Limit) && len(t.Queue) > 1 {
		for range min(patience, len(t.Queue)-1) {
			if t.finished(t.Queue[0]) {
				break
			}
			t.Queue = append(t.Queue[1:], t.Queue[0])
		}
		if t.Queue[0] == entry { // all others are before it again
			t.Queue = append(t.Queue[1:], entry)
		}
		oldest := t.Queue[0]
		t.Queue = t.Queue[1:]
		t.forget(oldest)
	}
}

// entryOf returns the entry of the queue of a new order, of the kind 'o' or 'c', and its key,
// which is a part of it.
func entryOf(kind byte, owner, number string) (entry, k string) {
	entry = string(kind) + key(owner, number)
	return entry, entry[1:]
}

// entry returns the order that an entry of the queue names, and the keys of what it is paid by.
func (t *turn) entry(entry string) (o *order, keys []string) {
	if entry[0] == 'c' {
		o = t.Combined[entry[1:]]
		return o, o.Parts
	}
	return t.Orders[entry[1:]], []string{entry[1:]}
}

// finished tells whether nobody waits for an order.
func (t *turn) finished(entry string) bool {
	o, keys := t.entry(entry)
	for _, k := range keys {
		for _, number := range t.Orders[k].RefundKeys {
			if t.Refunds[number].State == processing {
				return false
			}
		}
	}
	state := t.stateOf(o)
	return state != unpaid && state != userPaying
}

func (t *turn) forget(entry string) {
	_, keys := t.entry(entry)
	if entry[0] == 'c' {
		delete(t.Combined, entry[1:])
	}
	for _, k := range keys {
		o := t.Orders[k]
		for _, number := range o.RefundKeys {
			delete(t.RefundIDs, t.Refunds[number].ID)
			delete(t.Refunds, number) // those that are due are skipped then
		}
		delete(t.Transactions, o.ID)
		delete(t.Orders, k)
	}
}
