package payscore_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/payscore"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// edges are the states that may follow a state: state, state_description, collection.state.
var edges = map[string][]string{
	"CREATED":                        {"DOING USER_CONFIRM", "REVOKED", "EXPIRED"},
	"DOING USER_CONFIRM":             {"DOING MCH_COMPLETE USER_PAYING", "DONE", "REVOKED"},
	"DOING MCH_COMPLETE USER_PAYING": {"DONE USER_PAID", "DONE"},
}

// A history is a random one, and what must hold of it.
type history struct {
	*world
	random kittest.Random
	last   map[string]string // the state of an order when it was last looked at
	ids    map[string]string // order_id
	calls  []again           // that took effect
	paid   map[string]int64  // by debits
}

type again struct {
	target string
	body   play.Object
}

func newHistory(t *testing.T, seed uint64) *history {
	t.Helper()
	return &history{
		world: newWorld(t, seed%2 == 1), random: kittest.NewRandom(seed), last: map[string]string{},
		ids: map[string]string{}, paid: map[string]int64{},
	}
}

func (h *history) post(t *testing.T, target string, body play.Object) play.Object {
	t.Helper()
	o, refusal := h.Do(t, "POST", target, body)
	if refusal == nil {
		h.calls = append(h.calls, again{target, body})
	}
	return o
}

func (h *history) step(t *testing.T) {
	t.Helper()
	no := fmt.Sprint("no-", h.random.IntN(12))
	total := h.random.IntN(10) * 100
	switch h.random.IntN(12) {
	case 0:
		h.Now = h.Now.Add(time.Duration(h.random.IntN(72)) * time.Hour)
	case 1, 2:
		if o := h.post(t, h.base()+"serviceorder", h.order(no)); o != nil {
			if id := h.ids[no]; id != "" {
				require.Equal(t, id, o.Text("order_id"), "a number made two orders")
			}
			h.ids[no] = o.Text("order_id")
		}
	case 3, 4:
		user := fmt.Sprint("o", h.random.IntN(4))
		_, _ = h.book.Confirm(h.Now, h.Emit, h.Caller, h.sub(), no, user, "")
	case 5, 6:
		h.post(t, h.path(no, "complete"), h.costs(total))
	case 7:
		h.post(t, h.path(no, "modify"), h.modifies(total))
	case 8:
		if h.random.IntN(4) == 0 {
			h.post(t, h.path(no, "cancel"), h.of(play.Object{"reason": fmt.Sprint(h.random.IntN(2))}))
		}
	case 9, 10:
		h.debit(no)
	case 11:
		if len(h.calls) > 0 {
			h.repeat(t, kittest.Pick(h.random, h.calls...))
		}
	}
	h.hold(t)
}

func (h *history) debit(no string) {
	switch amount := int64(h.random.IntN(4)) * 90; h.random.IntN(5) {
	case 0:
		_ = h.book.FailToPay(h.Now, h.Caller, h.sub(), no)
	default:
		if id, err := h.book.Pay(h.Now, h.Emit, h.Caller, h.sub(), no, amount); err == nil {
			h.paid[no+"/"+id] = amount
		}
	}
}

// repeat makes a call again that took effect: it changes nothing but the last of its kind.
func (h *history) repeat(t *testing.T, c again) {
	t.Helper()
	before := h.ledger.Balance(ledger.Fees)
	_, refusal := h.Do(t, "POST", c.target, c.body)
	if !strings.HasSuffix(c.target, "/modify") {
		require.Nil(t, refusal, "%s", c.target)
	}
	require.Equal(t, before, h.ledger.Balance(ledger.Fees))
}

func (h *history) hold(t *testing.T) {
	t.Helper()
	require.Zero(t, h.ledger.Sum())
	received := int64(0)
	for no, id := range h.ids {
		o := h.get(t, no)
		require.Equal(t, id, o.Text("order_id"))
		state := strings.Join(strings.Fields(o.Text("state")+" "+o.Text("state_description")+" "+o.Text("collection.state")), " ")
		if last := h.last[no]; last != "" && last != state {
			require.Contains(t, edges[last], state, "%s was %s", no, last)
		}
		h.last[no] = state
		sum := int64(0)
		for _, d := range o.List("collection.details") {
			sum += d.Int("amount")
			_, known := h.paid[no+"/"+d.Text("transaction_id")]
			require.True(t, known, "nobody paid it")
		}
		require.Equal(t, sum, o.Int("collection.paid_amount"))
		require.Equal(t, o.Int("collection.total_amount"), sum+o.Int("collection.paying_amount"))
		received += sum
	}
	payee := caller
	if h.partner {
		payee = subShop
	}
	require.Equal(t, received, h.ledger.Balance(ledger.Merchant(payee))+h.ledger.Balance(ledger.Fees), "each debit was booked once")
}

func TestRandomHistories(t *testing.T) {
	t.Parallel()
	kittest.Seeds(t, 10, func(t *testing.T, seed uint64) {
		t.Helper()
		h := newHistory(t, seed)
		for range 200 {
			h.step(t)
		}
		paid := 0
		for _, event := range h.Events() {
			if event.Type == "PAYSCORE.USER_PAID" {
				paid++
			}
		}
		assert.Len(t, h.paid, paid, "each debit is told once")
	})
}

// A Book that was saved and loaded goes on as if nothing had been.
func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	h := newHistory(t, 98)
	h.open(t, "code", openid)
	for i := range 120 {
		if i%20 == 0 {
			h.book = kittest.Reload(t, h.World, h.book, payscore.New(h.ledger))
		}
		h.step(t)
	}
	h.OK(t, "POST", h.base()+"serviceorder", h.order("free").With(play.Object{"need_user_confirm": false, "openid": openid}))
	assert.Equal(t, "AVAILABLE", h.OK(t, "GET", h.byUser(openid), nil).Text("authorization_state"))
}

func TestLoadOfWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	w.create(t, "no")
	kittest.NotWhole(t, "payscore", w.book, payscore.New(w.ledger), kittest.Edited(t, w.book, map[string]func(play.Object){
		"an order without its place": func(o play.Object) { o.Object("orders")["queue"] = []any{} },
		"an order that is null":      func(o play.Object) { o.Object("orders").Object("items")[caller+"//no"] = nil },
		"a place of no permission": func(o play.Object) {
			o["permissions"] = play.Object{"items": play.Object{"b": play.Object{}}, "queue": []any{"a"}}
		},
	}))
}

// Memory is bounded in any case, and what is dropped no longer counts for its user.
func TestOpenOrdersThatAreDropped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	w.book.Limit = 2
	for _, no := range []string{"1", "2", "3", "4", "5"} {
		w.create(t, no)
		require.NoError(t, w.confirm(no))
	}
}

func TestTheOldestFinishedOrdersAreDropped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	w.book.Limit = 3
	w.create(t, "open")
	for _, no := range []string{"1", "2", "3", "4"} {
		w.create(t, no)
		w.OK(t, "POST", w.path(no, "cancel"), w.of(play.Object{"reason": "r"}))
	}
	for _, no := range []string{"1", "2"} {
		w.Refused(t, "GET", w.getting()+"&out_order_no="+no, nil, "RESOURCE_NOT_EXISTS", 271317510, "")
	}
	for _, no := range []string{"open", "3", "4"} {
		w.get(t, no)
	}
	for _, code := range []string{"1", "2", "3", "4", "5"} {
		w.apply(t, code)
	}
	w.Refused(t, "GET", w.byCode("1"), nil, "RESOURCE_NOT_EXISTS", 0, "")
}
