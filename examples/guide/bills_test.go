package guide_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestBills(t *testing.T) {
	s := sandboxtest.New(t)
	ctx := t.Context()
	for _, number := range []string{"bill-0001", "bill-0002", "bill-0003"} {
		_, err := s.Client.Chain("v3/pay/transactions/native").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
			"appid": "wxd678efh567hg6787", "mchid": s.Credentials.MchID, "description": "公仔,大号", "out_trade_no": number,
			"notify_url": "https://example.com/pay", "amount": wechatpay.M{"total": 1230},
		}})
		require.NoError(t, err)
		_, err = s.Gateway.Pay(number)
		require.NoError(t, err)
	}
	_, err := s.Client.Chain("v3/refund/domestic/refunds").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
		"out_trade_no": "bill-0001", "out_refund_no": "back-0001", "amount": wechatpay.M{"refund": 30, "total": 1230, "currency": "CNY"},
	}})
	require.NoError(t, err)
	day := s.Gateway.Now()
	file := filepath.Join(t.TempDir(), "trade.csv")
	var api *wechatpay.APIError
	require.ErrorAs(t, guide.DownloadTradeBill(ctx, s.Client, day, file), &api)
	assert.Equal(t, "NO_STATEMENT_EXIST", api.Code, "the day is not over")
	s.Gateway.AdvanceClock(24 * time.Hour)
	require.NoError(t, guide.DownloadTradeBill(ctx, s.Client, day, file))

	payment := func(number string) guide.Movement { return guide.Movement{Number: number} }
	books := map[guide.Movement]int64{
		payment("bill-0001"): 1230, payment("bill-0002"): 1230, payment("bill-0003"): 1230, {Number: "back-0001", Refund: true}: 30,
	}
	differences, err := guide.Reconcile(file, books)
	require.NoError(t, err)
	assert.Empty(t, differences)

	books[payment("bill-0002")] = 1000
	delete(books, payment("bill-0003"))
	books[payment("bill-0004")] = 5
	differences, err = guide.Reconcile(file, books)
	require.NoError(t, err)
	assert.ElementsMatch(t, []guide.Difference{
		{payment("bill-0002"), 1000, 1230}, {payment("bill-0003"), 0, 1230}, {payment("bill-0004"), 5, 0},
	}, differences)

	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	lines := strings.SplitAfter(string(whole), "\n")
	doubled := filepath.Join(t.TempDir(), "doubled.csv")
	require.NoError(t, os.WriteFile(doubled, []byte(lines[0]+lines[1]+strings.Join(lines[1:], "")), 0o600))
	differences, err = guide.Reconcile(doubled, map[guide.Movement]int64{
		payment("bill-0001"): 1230, payment("bill-0002"): 1230, payment("bill-0003"): 1230, {Number: "back-0001", Refund: true}: 30,
	})
	require.NoError(t, err)
	assert.Len(t, differences, 1, "a row that stands twice")

	require.NoError(t, os.WriteFile(file, whole[:len(whole)/2], 0o600))
	_, err = guide.Reconcile(file, books)
	require.Error(t, err, "a truncated bill")
}

func TestFen(t *testing.T) {
	for _, row := range []struct {
		yuan string
		fen  int64
		ok   bool
	}{
		{"12.30", 1230, true}, {"0.01", 1, true}, {"-3.00", -300, true}, {"12", 0, false}, {"1.2", 0, false}, {"1.x0", 0, false}, {"", 0, false},
	} {
		t.Run(row.yuan, func(t *testing.T) {
			fen, err := guide.Fen(row.yuan)
			assert.Equal(t, row.ok, err == nil, err)
			if row.ok {
				assert.Equal(t, row.fen, fen)
			}
		})
	}
}

func TestReconcileKnowsTheStates(t *testing.T) {
	s := sandboxtest.New(t)
	_, err := guide.ChargeOnce(t.Context(), s.Client, orderOf("bill-0009"), "134567890123456789", "store-1")
	require.NoError(t, err)
	s.Gateway.AdvanceClock(30 * time.Second)
	require.NoError(t, guide.Reverse(t.Context(), s.Client, orderOf("bill-0009")))
	day, file := s.Gateway.Now(), filepath.Join(t.TempDir(), "trade.csv")
	s.Gateway.AdvanceClock(24 * time.Hour)
	require.NoError(t, guide.DownloadTradeBill(t.Context(), s.Client, day, file))
	books := map[guide.Movement]int64{{Number: "bill-0009"}: 1800, {Number: "bill-0009", Refund: true}: 1800}
	differences, err := guide.Reconcile(file, books)
	require.NoError(t, err)
	assert.Empty(t, differences)

	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(string(whole), "REVOKED", "NEWSTATE")), 0o600))
	_, err = guide.Reconcile(file, books)
	require.ErrorContains(t, err, `"NEWSTATE"`)
}
