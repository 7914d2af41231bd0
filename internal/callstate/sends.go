package callstate

import "context"

// An Outcome is the outcome of one send. An attempt has several sends if net/http repeats a
// request on a new connection.
type Outcome int

// The outcome of a send is Unknown from the moment that the transport has the request.
const (
	Unknown     Outcome = iota // it may have taken effect
	NeverSent                  // it was certainly not written
	NotAccepted                // 401 or 429, or a 400 about the certificate of APIv2, which precede processing
	Refused                    // a 4xx with an error as body, signed by WeChat Pay
	outcomes                   // the number of outcomes
)

// Started records that the transport has the request.
func (s *State) Started() {
	s.started.Add(1)
	s.outcomes[Unknown].Add(1)
}

// SetOutcome sets the outcome of the current send. extra is the number of further sends by
// the transport, whose outcomes stay unknown.
func (s *State) SetOutcome(outcome Outcome, extra int32) {
	s.Revise(Unknown, outcome)
	s.outcomes[Unknown].Add(extra)
}

// Revise changes the outcome of one send.
func (s *State) Revise(from, to Outcome) {
	s.outcomes[from].Add(-1)
	s.outcomes[to].Add(1)
}

// Sends returns the number of sends with an unknown outcome, and whether the transport ever
// had the request. If not, a middleware may have sent it by other means.
func (s *State) Sends() (unknown int, started bool) {
	return int(s.outcomes[Unknown].Load()), s.started.Load() > 0
}

// A Snapshot has the counts before an attempt. It is zero outside of a call.
type Snapshot struct {
	state            *State
	started, written int32
}

// Take returns a Snapshot of the call that ctx belongs to.
func Take(ctx context.Context) Snapshot {
	s := From(ctx)
	if s == nil {
		return Snapshot{}
	}
	return Snapshot{s, s.started.Load(), s.written()}
}

// written returns the number of sends that were or may have been written.
func (s *State) written() int32 {
	return s.outcomes[Unknown].Load() + s.outcomes[NotAccepted].Load() + s.outcomes[Refused].Load()
}

// NeverSent reports whether no send since the Snapshot was written. It is false if the
// transport never had the request, since a middleware may have sent it by other means. known
// is false outside of a call.
func (p Snapshot) NeverSent() (neverSent, known bool) {
	if p.state == nil {
		return false, false
	}
	return p.state.started.Load() > p.started && p.state.written() == p.written, true
}
