package callstate

import "context"

// An Outcome is what is known of one sending of a request.
type Outcome int

// A sending is Unsettled from the moment that the transport has it.
const (
	Unsettled   Outcome = iota // it may have taken effect
	NeverSent                  // it certainly did not leave
	NotAccepted                // it was answered with 401 or 429, which come before a request is accepted
	Refused                    // WeChat Pay signed a 4xx
	outcomes                   // how many there are
)

// Started notes that the transport is given the request.
func (s *State) Started() {
	s.started.Add(1)
	s.outcomes[Unsettled].Add(1)
}

// Settle gives the sending at hand its outcome. extra is how many further sendings the
// transport made by itself, which stay unsettled.
func (s *State) Settle(outcome Outcome, extra int32) {
	s.Revise(Unsettled, outcome)
	s.outcomes[Unsettled].Add(extra)
}

// Revise changes the outcome of one sending, on better knowledge.
func (s *State) Revise(from, to Outcome) {
	s.outcomes[from].Add(-1)
	s.outcomes[to].Add(1)
}

// Sends are the sendings that may have taken effect, and whether the transport was given
// the request at all: a middleware may have sent it elsewhere.
func (s *State) Sends() (unsettled int, started bool) {
	return int(s.outcomes[Unsettled].Load()), s.started.Load() > 0
}

// A Snapshot is how things stood before an attempt. The zero Snapshot is one outside of a
// call.
type Snapshot struct {
	state              *State
	started, unsettled int32
}

// Take makes a Snapshot of the call that ctx belongs to.
func Take(ctx context.Context) Snapshot {
	s := From(ctx)
	if s == nil {
		return Snapshot{}
	}
	return Snapshot{s, s.started.Load(), s.outcomes[Unsettled].Load()}
}

// NeverSent reports whether the sendings since the Snapshot certainly did not leave. known
// is false outside of a call. What never came to the transport may have gone elsewhere.
func (p Snapshot) NeverSent() (neverSent, known bool) {
	if p.state == nil {
		return false, false
	}
	return p.state.started.Load() > p.started && p.state.outcomes[Unsettled].Load() == p.unsettled, true
}
