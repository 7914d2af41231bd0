package trade_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A history is a random one, and what must hold of it.
type history struct {
	*world
	random   kittest.Random
	orders   []*sale
	requests []request // that took effect
	began    time.Time
	moved    map[string]int64 // out of an account otherwise, by the account
	told     map[string]bool  // the webhooks so far
}

type request struct {
	path string
	body play.Object
}

// A sale is an order, as its merchant remembers it.
type sale struct {
	number, combined, id, receiver string
	total                          int64
	sharing                        bool
	backs                          map[string]int64 // refunds that are not closed
}

func newHistory(t *testing.T, seed uint64) *history {
	t.Helper()
	h := &history{world: newWorld(t), random: kittest.NewRandom(seed), moved: map[string]int64{}, told: map[string]bool{}}
	h.book.RefundDelay = time.Duration(seed%3) * 20 * time.Hour
	h.began = h.Now
	return h
}

// try remembers a request that took effect.
func (h *history) try(t *testing.T, path string, body play.Object) play.Object {
	t.Helper()
	o, refusal := h.Do(t, "POST", path, body)
	if refusal != nil {
		return nil
	}
	h.requests = append(h.requests, request{path, body})
	return o
}

// step does something at random; much of it is refused.
func (h *history) step(t *testing.T) {
	t.Helper()
	switch n := h.random.IntN(20); {
	case n == 0:
		h.Now = h.Now.Add(time.Duration(h.random.IntN(20*60)) * time.Minute)
	case n == 1:
		h.book.Tick(h.Now, h.Emit)
	case n < 7 || len(h.orders) == 0:
		h.sell(t)
	case n == 7 && len(h.requests) > 0:
		again := kittest.Pick(h.random, h.requests...)
		_, _ = h.Do(t, "POST", again.path, again.body)
	case n == 8:
		s := kittest.Pick(h.random, h.orders...)
		_, _ = h.Do(t, "POST", directly+"/out-trade-no/"+s.number+"/close", play.Object{"mchid": mchid})
	case n == 9:
		s := kittest.Pick(h.random, h.orders...)
		if _, refusal := h.Do(t, "POST", directly+"/out-trade-no/"+s.number+"/reverse", play.Object{"appid": appid, "mchid": mchid}); refusal == nil && s.id != "" {
			s.backs["reversed"] = s.total
		}
	case n == 10:
		h.take(kittest.Pick(h.random, ledger.Merchant(mchid), ledger.Merchant(sub)), "")
	case n == 11:
		if s := kittest.Pick(h.random, h.orders...); s.sharing && s.id != "" {
			h.take(ledger.Frozen(s.receiver), s.id)
		}
	case n < 16:
		h.pay(t, kittest.Pick(h.random, h.orders...))
	default:
		h.refund(t, kittest.Pick(h.random, h.orders...))
	}
}

// take moves money out of an account: of what is frozen, at most what is for the order.
func (h *history) take(account, order string) {
	most := h.money.Balance(account)
	if order != "" {
		most = 0
		for _, e := range h.money.Between(h.began, h.Now.AddDate(1, 0, 0)) {
			if e.Order == order && e.To == account {
				most += e.Amount
			} else if e.Order == order && e.From == account {
				most -= e.Amount
			}
		}
	}
	if amount := h.random.Int64N(most + 1); amount > 0 {
		h.moved[account] += amount
		_ = h.money.Post(ledger.Entry{At: h.Now, Kind: "share", From: account, To: ledger.World, Amount: amount, Order: order})
	}
}

func (h *history) sell(t *testing.T) {
	t.Helper()
	total := 1 + h.random.IntN(3000)
	edits := []play.Object{costs(total)}
	shared := h.random.IntN(2) == 0
	if shared {
		edits = append(edits, sharing)
	}
	product := kittest.Pick(h.random, directly+"/jsapi", directly+"/h5", directly+"/codepay", partner+"/app", "combined")
	if product == "combined" {
		h.sellCombined(t)
		return
	}
	o := h.order(product, edits...)
	reply := h.try(t, o.path, o.body)
	require.NotNil(t, reply)
	s := &sale{number: o.number(), id: reply.Text("transaction_id"), receiver: mchid, total: int64(total), sharing: shared, backs: map[string]int64{}}
	if o.prefix() == partner {
		s.receiver = sub
	}
	h.orders = append(h.orders, s)
}

func (h *history) sellCombined(t *testing.T) {
	t.Helper()
	body := h.combined("/app", play.Object{"sub_mchid": mchid}, nil)
	require.NotNil(t, h.try(t, combine+"/app", body))
	for i, part := range body["sub_orders"].([]any) {
		h.orders = append(h.orders, &sale{
			number: part.(play.Object).Text("out_trade_no"), combined: body.Text("combine_out_trade_no"),
			receiver: []string{mchid, sub}[i], total: 1000, backs: map[string]int64{},
		})
	}
}

func (h *history) pay(t *testing.T, s *sale) {
	t.Helper()
	number := s.number
	if s.combined != "" {
		number = s.combined
	}
	id, err := h.book.Pay(h.Now, h.Emit, mchid, number)
	switch {
	case err != nil:
	case s.combined == "":
		s.id = id
	default:
		paid := h.OK(t, "GET", combine+"/out-trade-no/"+s.combined, nil)
		for _, part := range paid.List("sub_orders") {
			for _, other := range h.orders {
				if other.number == part.Text("out_trade_no") {
					other.id = part.Text("transaction_id")
				}
			}
		}
	}
}

func (h *history) refund(t *testing.T, s *sale) {
	t.Helper()
	amount := kittest.Pick(h.random, 1, s.total/3, s.total, 1+h.random.Int64N(s.total))
	body := play.Object{
		"out_trade_no": s.number, "out_refund_no": h.no(), "notify_url": hook,
		"amount": play.Object{"refund": max(amount, 1), "total": s.total, "currency": "CNY"},
	}
	if s.receiver == sub {
		body["sub_mchid"] = sub
	}
	if h.try(t, refunds, body) == nil {
		return
	}
	s.backs[body.Text("out_refund_no")] = max(amount, 1)
	status := kittest.Pick(h.random, "", "", "SUCCESS", "ABNORMAL", "CLOSED")
	if status == "" {
		return
	}
	require.NoError(t, h.book.SettleRefund(h.Now, h.Emit, mchid, body.Text("out_refund_no"), status))
	if status == "CLOSED" {
		delete(s.backs, body.Text("out_refund_no"))
	}
}

func TestRandomHistories(t *testing.T) {
	t.Parallel()
	kittest.Seeds(t, 20, func(t *testing.T, seed uint64) {
		t.Helper()
		h := newHistory(t, seed)
		for i := range 300 {
			if h.step(t); i%50 == 49 {
				h.hold(t)
			}
		}
		h.hold(t)
		h.billed(t)
		h.hold(t)
	})
}
