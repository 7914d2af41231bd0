package callstate_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
)

func TestSends(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name      string
		steps     func(s *callstate.State)
		unsettled int
		started   bool
	}{
		{"nothing yet", func(*callstate.State) {}, 0, false},
		{"under way", func(s *callstate.State) { s.Started() }, 1, true},
		{"two under way", func(s *callstate.State) { s.Started(); s.Started() }, 2, true},
		{"never sent", func(s *callstate.State) { s.Started(); s.SetOutcome(callstate.NeverSent, 0) }, 0, true},
		{"not accepted", func(s *callstate.State) { s.Started(); s.SetOutcome(callstate.NotAccepted, 0) }, 0, true},
		{"refused", func(s *callstate.State) { s.Started(); s.SetOutcome(callstate.Refused, 0) }, 0, true},
		{"answered in a way that settles nothing", func(s *callstate.State) { s.Started(); s.SetOutcome(callstate.Unknown, 0) }, 1, true},
		{"refused, after the transport sent it twice more", func(s *callstate.State) { s.Started(); s.SetOutcome(callstate.Refused, 2) }, 2, true},
		{"refused after one that is unsettled", func(s *callstate.State) {
			s.Started()
			s.Started()
			s.SetOutcome(callstate.Refused, 0)
		}, 1, true},
		{"not accepted, and on better knowledge unsettled", func(s *callstate.State) {
			s.Started()
			s.SetOutcome(callstate.NotAccepted, 0)
			s.Revise(callstate.NotAccepted, callstate.Unknown)
		}, 1, true},
		{"unsettled, and on better knowledge refused", func(s *callstate.State) {
			s.Started()
			s.SetOutcome(callstate.Unknown, 0)
			s.Revise(callstate.Unknown, callstate.Refused)
		}, 0, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := callstate.From(newCall(t, callstate.Info{}).Context())
			row.steps(s)
			unsettled, started := s.Sends()
			assert.Equal(t, row.unsettled, unsettled)
			assert.Equal(t, row.started, started)
		})
	}
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name      string
		before    func(s *callstate.State)
		after     func(s *callstate.State)
		neverSent bool
	}{
		{"the transport was not reached", func(*callstate.State) {}, func(*callstate.State) {}, false},
		{"it certainly did not leave", func(*callstate.State) {}, func(s *callstate.State) {
			s.Started()
			s.SetOutcome(callstate.NeverSent, 0)
		}, true},
		{"it may have left", func(*callstate.State) {}, func(s *callstate.State) { s.Started() }, false},
		{"the transport sent it once more", func(*callstate.State) {}, func(s *callstate.State) {
			s.Started()
			s.SetOutcome(callstate.NeverSent, 1)
		}, false},
		{"it was answered, though not accepted", func(*callstate.State) {}, func(s *callstate.State) {
			s.Started()
			s.SetOutcome(callstate.NotAccepted, 0)
			s.Started()
			s.SetOutcome(callstate.NeverSent, 0)
		}, false},
		{"an earlier attempt may have left", func(s *callstate.State) { s.Started() }, func(s *callstate.State) {
			s.Started()
			s.SetOutcome(callstate.NeverSent, 0)
		}, true},
		{"only an earlier attempt did not leave", func(s *callstate.State) {
			s.Started()
			s.SetOutcome(callstate.NeverSent, 0)
		}, func(*callstate.State) {}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			ctx := newCall(t, callstate.Info{}).Context()
			row.before(callstate.From(ctx))
			snapshot := callstate.Take(ctx)
			row.after(callstate.From(ctx))
			neverSent, known := snapshot.NeverSent()
			assert.Equal(t, row.neverSent, neverSent)
			assert.True(t, known)
		})
	}
}

func TestSnapshotOutsideOfACall(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name     string
		snapshot callstate.Snapshot
	}{
		{"taken", callstate.Take(t.Context())},
		{"zero", callstate.Snapshot{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			neverSent, known := row.snapshot.NeverSent()
			assert.False(t, neverSent)
			assert.False(t, known)
		})
	}
}

func TestStateIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	s := callstate.From(newCall(t, callstate.Info{}).Context())
	var group sync.WaitGroup
	for i := range 50 {
		group.Go(func() {
			s.Started()
			s.SetAttempt(i + 1)
			s.SetStopped("stopped")
			s.SetVerified(200, "c2ln", nil)
			s.SetOutcome(callstate.Outcome(i%2), 0)
		})
	}
	group.Wait()
	unsettled, started := s.Sends()
	require.True(t, started)
	assert.Equal(t, 25, unsettled)
	assert.True(t, s.IsVerified(200, "c2ln", nil))
}
