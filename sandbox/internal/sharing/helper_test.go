package sharing_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sharing"
)

const (
	base      = "/v3/profitsharing"
	adds      = base + "/receivers/add"
	deletes   = base + "/receivers/delete"
	shares    = base + "/orders"
	unfreezes = shares + "/unfreeze"
	returns   = base + "/return-orders"
	mchid     = "1900000109"
	sub       = "1900000110" // of the partner mchid
	shop      = "1900000201" // a receiver
	shop2     = "1900000202"
	openid    = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
	appid     = "wx8888888888888888"
	hook      = "https://shop.example.com/sharing"
)

// start is when the clock of a world begins.
var start = time.Date(2026, 4, 1, 12, 0, 0, 0, kit.Shanghai)

// orders are what was paid.
type orders struct {
	mu   sync.Mutex
	paid map[string]sharing.Paid
}

func (o *orders) Paid(caller, transactionID string) (sharing.Paid, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	p, ok := o.paid[caller+"/"+transactionID]
	return p, ok
}

// A world is a Book with a ledger, and orders that were paid.
type world struct {
	*kittest.World
	book    *sharing.Book
	ledger  *ledger.Ledger
	orders  *orders
	numbers int
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	w := &world{ledger: ledger.New(), orders: &orders{paid: map[string]sharing.Paid{}}}
	w.book = sharing.New(w.ledger, w.orders)
	w.book.NotifyURL = notifyURL
	w.World = kittest.New(w.book.Handlers())
	// The three have the same reply. The catalogue has the enums of the query one field too
	// far, and of unfreezing it says that every receiver has a fail_reason.
	w.Alike("POST "+shares, "POST "+unfreezes, "GET "+shares+"/{out_order_no}")
	return w
}

func notifyURL(mchid string) string { return hook + "/" + mchid }

func (w *world) no() string {
	w.numbers++
	return fmt.Sprintf("NO%06d", w.numbers)
}

// pay pays an order to share, of the caller or its sub-merchant, and returns its number.
func (w *world) pay(tb testing.TB, receiver string, total, fee int64) string {
	tb.Helper()
	id := fmt.Sprintf("4200%024d", len(w.orders.paid)+1)
	w.orders.paid[w.Caller+"/"+id] = sharing.Paid{
		Receiver: receiver, OutTradeNo: w.no(), TransactionID: id, Total: total, Fee: fee, PaidAt: w.Now, ProfitSharing: true,
	}
	entries := []ledger.Entry{{At: w.Now, Kind: "pay", From: ledger.World, To: ledger.Frozen(receiver), Amount: total, Order: id}}
	if fee > 0 {
		entries = append(entries, ledger.Entry{At: w.Now, Kind: "fee", From: ledger.Frozen(receiver), To: ledger.Fees, Amount: fee, Order: id})
	}
	require.NoError(tb, w.ledger.Post(entries...))
	w.Now = w.Now.Add(time.Minute)
	return id
}

// refund refunds what is frozen of an order.
func (w *world) refund(t *testing.T, id string, amount int64) {
	t.Helper()
	p := w.orders.paid[w.Caller+"/"+id]
	p.Refunded += amount
	w.orders.paid[w.Caller+"/"+id] = p
	require.NoError(t, w.ledger.Post(ledger.Entry{At: w.Now, Kind: "refund", From: ledger.Frozen(p.Receiver), To: ledger.World, Amount: amount, Order: id}))
}
