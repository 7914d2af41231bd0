package trade_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
)

// What was not shared pays for a refund first, then what the merchant can spend.
func TestRefundsOfSharedOrders(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name                     string
		shared, refund           int64
		frozen, spendable, other int64 // the other order's frozen money stays
	}{
		{"nothing was shared", 0, 500, 497, 994, 994},
		{"some was shared", 800, 500, 0, 994 - 303, 994},
		{"all was shared", 994, 500, 0, 994 - 497, 994},
		{"all is refunded", 0, 1000, 0, 994, 994},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.pay(t, directly+"/app")
			w.pay(t, directly+"/app", sharing)
			o, id := w.pay(t, directly+"/app", sharing)
			if row.shared > 0 {
				require.NoError(t, w.money.Post(ledger.Entry{
					At: w.Now, Kind: "share", From: ledger.Frozen(mchid), To: ledger.World, Amount: row.shared, Order: id,
				}))
			}
			body := w.back(o, int(row.refund))
			w.OK(t, "POST", refunds, body)
			assert.Equal(t, row.frozen+row.other, w.money.Balance(ledger.Frozen(mchid)))
			assert.Equal(t, row.spendable, w.money.Balance(ledger.Merchant(mchid)))
			is, _ := w.book.Paid(mchid, id)
			assert.True(t, is.ProfitSharing)
			if row.shared == 0 {
				assert.Equal(t, row.frozen, is.Total-is.Refunded-is.Fee)
			}
			require.NoError(t, w.book.SettleRefund(w.Now, nil, mchid, body.Text("out_refund_no"), "CLOSED"))
			assert.Equal(t, 994-row.shared+row.other, w.money.Balance(ledger.Frozen(mchid)))
			assert.EqualValues(t, 994, w.money.Balance(ledger.Merchant(mchid)))
		})
	}
}

func TestTheFee(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		total int
		fee   int64
	}{{1, 0}, {83, 0}, {84, 1}, {249, 1}, {250, 2}, {1000, 6}, {1_000_000_000, 6_000_000}} {
		t.Run(fmt.Sprint(row.total), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.pay(t, directly+"/app", costs(row.total))
			assert.Equal(t, row.fee, w.money.Balance(ledger.Fees))
			assert.Equal(t, int64(row.total)-row.fee, w.money.Balance(ledger.Merchant(mchid)))
		})
	}
}
