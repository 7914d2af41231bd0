package complaint_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/complaint"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// edges are the states that may follow a state.
var edges = map[string][]string{
	"PENDING": {"PROCESSING", "PROCESSED"}, "PROCESSING": {"PROCESSED"}, "PROCESSED": {"PENDING"},
}

// A history is a random one, and what must hold of it.
type history struct {
	*world
	random kittest.Random
	ids    []string
	last   map[string]string
	once   map[string]string // log_id by complaint and idempotent_id
}

func newHistory(t *testing.T, seed uint64) *history {
	t.Helper()
	return &history{world: newWorld(t), random: kittest.NewRandom(seed), last: map[string]string{}, once: map[string]string{}}
}

func (h *history) step(t *testing.T) {
	t.Helper()
	if len(h.ids) == 0 || h.random.IntN(6) == 0 {
		c := about(fmt.Sprint(h.random.IntN(10)))
		c.Immediate = h.random.IntN(2) == 0
		if id, err := h.book.Complain(h.Now, h.Emit, caller, c); err == nil {
			h.ids = append(h.ids, id)
		}
		h.Now = h.Now.Add(time.Hour)
		return
	}
	id := kittest.Pick(h.random, h.ids...)
	switch h.random.IntN(8) {
	case 0:
		_, _ = h.Do(t, "POST", path(id, "response"), reply())
	case 1:
		_, _ = h.Do(t, "POST", path(id, "complete"), play.Object{"complainted_mchid": caller})
	case 2:
		_, _ = h.Do(t, "POST", path(id, "update-refund-progress"), play.Object{"action": "APPROVE", "launch_refund_day": h.random.IntN(2)})
	case 3:
		_ = h.book.Respond(h.Now, h.Emit, caller, id, "x")
	case 4:
		_ = h.book.Continue(h.Now, h.Emit, caller, id, "x")
	case 5:
		_ = h.book.Withdraw(h.Now, caller, id)
	case 6:
		h.book.Refunded(h.Now, h.Emit, caller, fmt.Sprint("42000000", h.random.IntN(10)), 300)
	case 7:
		no := fmt.Sprint(h.random.IntN(3))
		if o, refusal := h.Do(t, "POST", path(id, "response-immediate-service"), message("x", no)); refusal == nil {
			if known := h.once[id+no]; known != "" {
				require.Equal(t, known, o.Text("log_id"), "an answer was given twice")
			}
			h.once[id+no] = o.Text("log_id")
		}
	}
}

func (h *history) hold(t *testing.T) {
	t.Helper()
	listed := h.OK(t, "GET", list+"?begin_date=2026-04-01&end_date=2026-05-01&limit=50", nil).List("data")
	require.Len(t, listed, len(h.ids))
	for i, c := range listed {
		id, state := c.Text("complaint_id"), c.Text("complaint_state")
		require.Equal(t, h.ids[i], id)
		if last := h.last[id]; last != "" && last != state {
			require.Contains(t, edges[last], state)
		}
		h.last[id] = state
		if state == "PROCESSED" {
			require.Equal(t, false, c.Get("incoming_user_response"))
		}
		times := 1
		for _, kind := range h.logs(t, id) {
			if kind == "USER_CONTINUE_COMPLAINT" {
				times++
			}
		}
		require.EqualValues(t, times, c.Int("user_complaint_times"))
	}
}

func TestRandomHistories(t *testing.T) {
	t.Parallel()
	kittest.Seeds(t, 8, func(t *testing.T, seed uint64) {
		t.Helper()
		h := newHistory(t, seed)
		for range 120 {
			h.step(t)
			h.hold(t)
		}
	})
}

// A Book that was saved and loaded goes on as if nothing had been.
func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	h := newHistory(t, 99)
	for i := range 100 {
		if i%20 == 0 {
			h.book = kittest.Reload(t, h.World, h.book, complaint.New())
		}
		h.step(t)
		h.hold(t)
	}
	data, ok := h.book.Image("m2")
	assert.True(t, ok)
	assert.Equal(t, "m2", string(data))
}

func TestLoadOfWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.a(t, "1")
	kittest.NotWhole(t, "complaint", w.book, complaint.New(), kittest.Edited(t, w.book, map[string]func(play.Object){
		"no place":                   func(o play.Object) { o.Object("complaints")["queue"] = []any{} },
		"an upload without an image": func(o play.Object) { o["uploads"] = []any{"a"} },
	}))
}

func TestTheOldestProcessedComplaintsAreDropped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.Limit = 3
	open := w.a(t, "open")
	ids := make([]string, 4)
	for i := range ids {
		ids[i] = w.a(t, fmt.Sprint(i))
		require.NoError(t, w.book.Withdraw(w.Now, caller, ids[i]))
	}
	for _, id := range ids[:2] {
		w.Refused(t, "GET", list+"/"+id, nil, "RESOURCE_NOT_EXISTS", 0, "")
	}
	listed := w.OK(t, "GET", list+"?begin_date=2026-04-01&end_date=2026-04-01", nil).List("data")
	require.Len(t, listed, 3)
	assert.Equal(t, open, listed[0].Text("complaint_id"))
	w.a(t, "0")
}

// A webhook may call back: the Book is free by then.
func TestCallsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.a(t, "1")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			emit := func(play.Event) { _, _ = w.book.Save() }
			_ = w.book.Respond(w.Now, emit, caller, id, "x", "m2")
			w.OK(t, "POST", path(id, "response"), reply())
			w.get(t, id)
		})
	}
	all.Wait()
	assert.Len(t, w.logs(t, id), 17)
}
