package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
)

func TestMoneyIsNeitherMadeNorLost(t *testing.T) {
	t.Parallel()
	l := ledger.New()
	at := time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	shop := ledger.Merchant("1900000109")
	require.NoError(t, l.Post(
		ledger.Entry{At: at, Kind: "pay", From: ledger.World, To: shop, Amount: 690, Number: "1"},
		ledger.Entry{At: at, Kind: "fee", From: shop, To: ledger.Fees, Amount: 4, Number: "1"},
	))
	assert.EqualValues(t, 686, l.Balance(shop))
	assert.Zero(t, l.Sum())

	err := l.Post(
		ledger.Entry{At: at.Add(time.Hour), Kind: "fee", From: shop, To: ledger.Fees, Amount: 1},
		ledger.Entry{At: at.Add(time.Hour), Kind: "refund", From: shop, To: ledger.World, Amount: 686},
	)
	require.ErrorIs(t, err, ledger.ErrShort)
	assert.EqualValues(t, 686, l.Balance(shop), "all or nothing")
	require.NoError(t, l.Post(ledger.Entry{At: at.Add(time.Hour), Kind: "refund", From: shop, To: ledger.World, Amount: 686}))
	assert.Zero(t, l.Balance(shop))
	assert.Zero(t, l.Sum())
	assert.Len(t, l.Between(at, at.Add(time.Hour)), 2)
	assert.Len(t, l.Between(at, at.Add(2*time.Hour)), 3)
	assert.Panics(t, func() { _ = l.Post(ledger.Entry{Kind: "pay", From: shop, To: ledger.World}) }, "nothing is no amount")
}

func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	l := ledger.New()
	require.NoError(t, l.Post(ledger.Entry{At: time.Unix(1, 0).UTC(), Kind: "pay", From: ledger.World, To: ledger.Merchant("1"), Amount: 5, Number: "n", ID: "i", Order: "o"}))
	data, err := l.Save()
	require.NoError(t, err)
	other := ledger.New()
	require.NoError(t, other.Load(data))
	assert.EqualValues(t, 5, other.Balance(ledger.Merchant("1")))
	assert.Equal(t, l.Between(time.Time{}, time.Now()), other.Between(time.Time{}, time.Now()))
	require.Error(t, other.Load([]byte("x")))
	assert.EqualValues(t, 5, other.Balance(ledger.Merchant("1")), "what cannot be read changes nothing")
}

func TestTheOldestEntriesAreDropped(t *testing.T) {
	t.Parallel()
	l := ledger.New()
	l.Limit = 20
	for i := range 50 {
		require.NoError(t, l.Post(ledger.Entry{At: time.Unix(int64(i), 0), Kind: "pay", From: ledger.World, To: ledger.Merchant("1"), Amount: 1}))
	}
	kept := l.Between(time.Time{}, time.Unix(100, 0))
	assert.LessOrEqual(t, len(kept), 20)
	assert.Equal(t, int64(49), kept[len(kept)-1].At.Unix())
	assert.EqualValues(t, 50, l.Balance(ledger.Merchant("1")), "balances stay")
}

// TestWhatIsFrozenForAnOrder: the money of one never stands in for that of another.
func TestWhatIsFrozenForAnOrder(t *testing.T) {
	t.Parallel()
	frozen, shop := ledger.Frozen("1"), ledger.Merchant("1")
	entry := func(from, to, order string, amount int64) ledger.Entry {
		return ledger.Entry{At: time.Unix(1, 0).UTC(), Kind: "x", From: from, To: to, Amount: amount, Order: order}
	}
	l := ledger.New()
	require.NoError(t, l.Post(entry(ledger.World, frozen, "a", 100), entry(frozen, shop, "a", 60), entry(ledger.World, frozen, "b", 100)))
	saved, err := l.Save()
	require.NoError(t, err)
	loaded := ledger.New()
	require.NoError(t, loaded.Load(saved))
	for name, l := range map[string]*ledger.Ledger{"as it was booked": l, "as it was loaded": loaded} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.EqualValues(t, 40, l.FrozenFor("a"))
			require.ErrorIs(t, l.Post(entry(frozen, ledger.World, "a", 41)), ledger.ErrShort)
			require.ErrorIs(t, l.Post(entry(frozen, ledger.World, "a", 20), entry(frozen, shop, "a", 21)), ledger.ErrShort)
			assert.EqualValues(t, 140, l.Balance(frozen), "nothing moved")
			require.NoError(t, l.Post(entry(shop, ledger.World, "a", 60), entry(frozen, ledger.World, "a", 40)))
			assert.Zero(t, l.FrozenFor("a"))
			assert.EqualValues(t, 100, l.FrozenFor("b"))
			assert.Zero(t, l.Sum())
		})
	}
}

// TestNothingIsFrozenForDroppedOrders: memory is bounded.
func TestNothingIsFrozenForDroppedOrders(t *testing.T) {
	t.Parallel()
	l := ledger.New()
	l.Limit = 20
	pay := func(order string) {
		require.NoError(t, l.Post(ledger.Entry{At: time.Unix(1, 0), Kind: "pay", From: ledger.World, To: ledger.Frozen("1"), Amount: 5, Order: order}))
	}
	pay("first")
	for range 30 {
		pay("later")
	}
	assert.Zero(t, l.FrozenFor("first"))
	assert.EqualValues(t, 5*len(l.Between(time.Time{}, time.Unix(2, 0))), l.FrozenFor("later"))
	require.ErrorIs(t, l.Post(ledger.Entry{At: time.Unix(1, 0), Kind: "share", From: ledger.Frozen("1"), To: ledger.World, Amount: 1, Order: "first"}), ledger.ErrShort)
}
