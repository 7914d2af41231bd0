package trade_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/trade"
)

// hold checks what must hold at any time.
func (h *history) hold(t *testing.T) {
	t.Helper()
	require.Zero(t, h.money.Sum())
	have, fees := map[string]int64{}, int64(0)
	for _, s := range h.orders {
		back := int64(0)
		for _, amount := range s.backs {
			back += amount
		}
		require.LessOrEqual(t, back, s.total, "more came back than was paid")
		if s.id == "" {
			require.Zero(t, back)
			continue
		}
		is, ok := h.book.Paid(mchid, s.id)
		require.True(t, ok)
		require.Equal(t, trade.Paid{
			Receiver: s.receiver, OutTradeNo: s.number, TransactionID: s.id, Total: s.total, Refunded: back, Fee: is.Fee,
			PaidAt: is.PaidAt, ProfitSharing: s.sharing,
		}, is)
		// Refunds that were closed in between may have left a fen of it.
		require.InDelta(t, float64(s.total-back)*0.006, float64(is.Fee), 1.5, "the fee is that of what was not refunded")
		fees += is.Fee
		have[s.receiver] += s.total - back - is.Fee
	}
	require.Equal(t, fees, h.money.Balance(ledger.Fees))
	for _, id := range []string{mchid, sub} {
		spendable, frozen := h.money.Balance(ledger.Merchant(id)), h.money.Balance(ledger.Frozen(id))
		require.GreaterOrEqual(t, spendable, int64(0))
		require.GreaterOrEqual(t, frozen, int64(0))
		out := h.moved[ledger.Merchant(id)] + h.moved[ledger.Frozen(id)]
		require.Equal(t, have[id]-out, spendable+frozen, "the ledger agrees with the orders of %s", id)
	}
	h.heard(t)
}

// heard checks that each number took effect once.
func (h *history) heard(t *testing.T) {
	t.Helper()
	for _, e := range h.Events() {
		resource := kittest.Wire(t, e.Resource)
		what := e.Type + resource.Text("out_refund_no") + resource.Text("combine_out_trade_no") + resource.Text("out_trade_no")
		require.False(t, h.told[what], what)
		h.told[what] = true
	}
}

// billed checks that the bills of all days add up to the orders and refunds.
func (h *history) billed(t *testing.T) {
	t.Helper()
	h.book.Tick(h.Now.Add(100*time.Hour), h.Emit)
	sold, back, fees, balances := int64(0), int64(0), int64(0), map[string]int64{}
	end := h.Now.AddDate(0, 0, 7)
	for day := h.began; day.Before(end); day = day.AddDate(0, 0, 1) {
		date := day.Format(time.DateOnly)
		if bill, err := h.book.TradeBill(end, mchid, date, "ALL"); err == nil {
			rows, summary := read(t, bill)
			assert.Equal(t, strconv.Itoa(len(rows)), summary.Get("总交易单数"))
			sum := int64(0)
			for _, row := range rows {
				assert.True(t, strings.HasPrefix(row.Get("交易时间"), date))
				sold, back, sum = sold+fen(t, row.Get("订单金额")), back+fen(t, row.Get("申请退款金额")), sum+fen(t, row.Get("订单金额"))
				fees += fen(t, strings.TrimSuffix(row.Get("手续费"), "000"))
			}
			assert.Equal(t, sum, fen(t, summary.Get("订单总金额")))
		}
		for _, id := range []string{mchid, sub} {
			if bill, err := h.book.FundFlowBill(end, id, date, "BASIC"); err == nil {
				rows, summary := read(t, bill)
				balances[id] += fen(t, summary.Get("收入金额")) - fen(t, summary.Get("支出金额"))
				assert.Equal(t, balances[id], fen(t, rows[len(rows)-1].Get("账户结余(元)")))
			}
		}
	}
	for _, id := range []string{mchid, sub} {
		assert.Equal(t, balances[id], h.money.Balance(ledger.Merchant(id))+h.money.Balance(ledger.Frozen(id)))
	}
	wantSold, wantBack, waiting := h.totals(t)
	assert.Equal(t, wantSold, sold)
	assert.Equal(t, wantBack, back)
	assert.Equal(t, h.money.Balance(ledger.Fees)+waiting, fees)
}

// totals are what was sold, what came back, and the fees of refunds that are not over, which
// came back but are in no bill.
func (h *history) totals(t *testing.T) (sold, back, waiting int64) {
	t.Helper()
	for _, s := range h.orders {
		if s.id == "" {
			continue
		}
		sold += s.total
		query := ""
		if s.receiver == sub {
			query = "?sub_mchid=" + sub
		}
		for number, amount := range s.backs {
			if number == "reversed" {
				back += amount
				continue
			}
			switch is := h.OK(t, "GET", refunds+"/"+number+query, nil); is.Text("status") {
			case "SUCCESS":
				back += amount
			default:
				waiting += is.Int("amount.refund_fee")
			}
		}
	}
	return sold, back, waiting
}

func fen(t *testing.T, yuan string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(strings.Replace(yuan, ".", "", 1), 10, 64)
	require.NoError(t, err)
	return n
}
