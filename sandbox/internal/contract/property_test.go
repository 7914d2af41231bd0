package contract_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/contract"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// edges are the states that may follow a state, of contracts and of schedules.
var edges = map[string][]string{
	"SIGNED": {"TERMINATED"}, "NO_SCHEDULED": {"SCHEDULED", "EXPIRED"}, "SCHEDULED": {"PAID", "EXPIRED"},
}

// A history is a random one, and what must hold of it.
type history struct {
	*world
	random   kittest.Random
	ids      map[string]string // contract_id by out_contract_code
	last     map[string]string // the state when it was last looked at
	accepted map[string]string // the contract_id of an out_trade_no
	paid     map[string]int    // amounts of an out_trade_no
}

func newHistory(t *testing.T, seed uint64) *history {
	t.Helper()
	return &history{
		world: newWorld(t, seed%2 == 1), random: kittest.NewRandom(seed), ids: map[string]string{},
		last: map[string]string{}, accepted: map[string]string{}, paid: map[string]int{},
	}
}

func (h *history) step(t *testing.T) {
	t.Helper()
	code, no := fmt.Sprint("code-", h.random.IntN(8)), fmt.Sprint("number-", h.random.IntN(30))
	id, amount := h.ids[code], 100*(1+h.random.IntN(10))
	switch h.random.IntN(10) {
	case 0:
		h.Now = h.Now.Add(time.Duration(h.random.IntN(12)) * time.Hour)
	case 1, 2:
		body := kittest.With(h.presigned(code), "deduct_schedule.estimated_deduct_date", h.Now.Format(time.DateOnly))
		_, _ = h.Do(t, "POST", h.presigning("app"), body)
		if id, err := h.sign(code); err == nil {
			require.Empty(t, h.ids[code], "a code was signed twice")
			h.ids[code] = id
		}
	case 3, 4:
		if id != "" {
			_, _ = h.Do(t, "POST", h.scheduling(id), h.scheduled(amount))
		}
	case 5, 6:
		if id == "" {
			return
		}
		if _, refusal := h.Do(t, "POST", h.applying(), h.applied(id, no, amount)); refusal == nil {
			if known := h.accepted[no]; known != "" {
				require.Equal(t, known, id, "a number was accepted for two contracts")
			}
			h.accepted[no] = id
		}
	case 7, 8:
		before := h.ledger.Balance(ledger.World)
		if h.pay(no) == nil {
			require.Zero(t, h.paid[no], "a number was paid twice")
			h.paid[no] = int(before - h.ledger.Balance(ledger.World))
		}
	case 9:
		_ = h.book.FailToPay(h.Now, caller, no)
		if id != "" && h.random.IntN(12) == 0 {
			h.terminate(t, code)
		}
	}
}

func (h *history) hold(t *testing.T) {
	t.Helper()
	require.Zero(t, h.ledger.Sum())
	sum, of := 0, map[string]int{}
	for no, amount := range h.paid {
		sum += amount
		of[h.accepted[no]] += amount
	}
	require.EqualValues(t, sum, h.ledger.Balance(ledger.Merchant(h.payee()))+h.ledger.Balance(ledger.Fees))
	for code, id := range h.ids {
		o := h.get(t, code)
		require.Equal(t, id, o.Text("contract_id"))
		schedule := o.Object("deduct_schedule")
		for what, state := range map[string]string{code: o.Text("contract_state"), id: schedule.Text("schedule_state")} {
			if last := h.last[what]; last != "" && last != state {
				require.Contains(t, edges[last], state, "it was %s", last)
			}
			h.last[what] = state
		}
		require.EqualValues(t, of[id], schedule.Int("deduct_amount.total"), "a schedule is deducted once")
		require.LessOrEqual(t, schedule.Int("deduct_amount.total"), schedule.Int("scheduled_amount.total"))
		require.LessOrEqual(t, schedule.Int("scheduled_amount.total"), schedule.Int("estimated_deduct_amount.total"))
	}
}

func TestRandomHistories(t *testing.T) {
	t.Parallel()
	kittest.Seeds(t, 10, func(t *testing.T, seed uint64) {
		t.Helper()
		h := newHistory(t, seed)
		for range 250 {
			h.step(t)
			h.hold(t)
		}
		assert.NotEmpty(t, h.paid)
		told := strings.Count(strings.Join(h.Types(), " "), "TRANSACTION.SUCCESS")
		assert.Len(t, h.paid, told, "each deduction is told once")
	})
}

// A Book that was saved and loaded goes on as if nothing had been.
func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	h := newHistory(t, 99)
	for i := range 200 {
		if i%20 == 0 {
			h.book = kittest.Reload(t, h.World, h.book, contract.New(h.ledger))
		}
		h.step(t)
		h.hold(t)
	}
}

func TestLoadOfWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	w.signed(t, "code")
	kittest.NotWhole(t, "contract", w.book, contract.New(w.ledger), map[string]string{
		"a contract without its place": `{"contracts":{"items":{"a":{}},"queue":[]}}`,
		"a deduction that is null":     `{"debits":{"items":{"a":null},"queue":["a"]}}`,
		"a period that is null":        `{"contracts":{"items":{"a":{"periods":[null]}},"queue":["a"]}}`,
	})
}

func TestTheOldestFinishedContractsAreDropped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	w.book.Limit = 3
	open := w.plainly(t, "open")
	for _, code := range []string{"1", "2", "3", "4"} {
		w.signed(t, code)
		w.terminate(t, code)
	}
	w.OK(t, "POST", w.presigning("app"), w.presigned("asked"))
	for _, code := range []string{"5", "6", "7"} {
		w.signed(t, code)
		w.terminate(t, code)
	}
	_, err := w.sign("asked")
	require.NoError(t, err, "it waits for its user")
	for _, code := range []string{"1", "2", "3", "4"} {
		w.Refused(t, "GET", w.byCode(code), nil, "RESOURCE_NOT_EXISTS", 0, "")
	}
	for _, no := range []string{"number1", "number2", "number3", "number4"} {
		w.OK(t, "POST", w.applying(), w.applied(open, no, 1))
		if no != "number1" {
			require.NoError(t, w.pay(no))
		}
	}
	kittest.Same(t, w.pay("number2"), "RESOURCE_NOT_EXISTS", 0, "")
	require.NoError(t, w.pay("number1"))
}

// Of deductions at once one is made, and a webhook may call back: the Book is free by then.
func TestDeductionsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	id := w.signed(t, "code")
	w.OK(t, "POST", w.scheduling(id), w.scheduled(1000))
	w.third()
	var accepted, deducted atomic.Int64
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			no := fmt.Sprint("number", i)
			if _, refusal := w.Do(t, "POST", w.applying(), w.applied(id, no, 1000)); refusal == nil {
				accepted.Add(1)
			}
			emit := func(play.Event) { _, _ = w.book.Save() }
			if _, err := w.book.Pay(w.Now, emit, caller, no); err == nil {
				deducted.Add(1)
			}
			w.get(t, "code")
		})
	}
	all.Wait()
	assert.EqualValues(t, 1, accepted.Load())
	assert.EqualValues(t, 1, deducted.Load())
	assert.EqualValues(t, 994, w.ledger.Balance(ledger.Merchant(caller)))
}
