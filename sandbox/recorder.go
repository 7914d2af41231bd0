package sandbox

import (
	"sync"
	"time"
)

// An Exchange is a request that the gateway received, with its verdict and its reply.
type Exchange struct {
	At            time.Time `json:"at"`
	Method        string    `json:"method"`
	Target        string    `json:"target"`
	Body          string    `json:"body,omitempty"`
	SignedMessage string    `json:"signed_message,omitempty"` // what a good signature covers
	Refused       string    `json:"refused,omitempty"`        // why the signature was refused; "" if it was good, or not looked at
	Fault         string    `json:"fault,omitempty"`          // of the reply
	Status        int       `json:"status"`
	RequestID     string    `json:"request_id,omitempty"`
	Reply         string    `json:"reply,omitempty"`
}

const (
	maxExchanges = 1000
	maxRecorded  = 8 << 10 // bytes of a body or a target
)

// A recorder keeps the last exchanges.
type recorder struct {
	mu   sync.Mutex
	list []Exchange // a ring, once it is full
	next int
}

func (r *recorder) add(e Exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.list) < maxExchanges {
		r.list = append(r.list, e)
		return
	}
	r.list[r.next] = e
	r.next = (r.next + 1) % maxExchanges
}

func (r *recorder) all() []Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append(append([]Exchange(nil), r.list[r.next:]...), r.list[:r.next]...)
}

func (r *recorder) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list, r.next = nil, 0
}

// Exchanges returns the last 1,000 exchanges, the oldest first. Of each text they have the
// first 8 KB.
func (g *Gateway) Exchanges() []Exchange {
	if g.checkMade() != nil {
		return nil
	}
	return g.exchanges.all()
}

func cut(text string) string { return text[:min(len(text), maxRecorded)] }
