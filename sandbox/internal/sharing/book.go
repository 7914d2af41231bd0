// Package sharing plays profit sharing (分账) of ordinary merchants and service providers: the
// receivers, the requests to share and to unfreeze, the returns, and their webhooks. It knows
// nothing of HTTP and of signatures.
//
// The rules are those of the official guides. Where they name no status and code of a
// refusal, it is 400 INVALID_REQUEST.
package sharing

import (
	"fmt"
	"sync"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/due"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
)

// Paid is what sharing needs to know of a paid order. Amounts are in fen.
type Paid struct {
	Receiver      string // the mchid that was paid: of a partner's order the sub_mchid
	OutTradeNo    string
	TransactionID string
	Total         int64
	Refunded      int64 // of Total, so far
	Fee           int64 // that was kept, and not given back by refunds
	PaidAt        time.Time
	ProfitSharing bool // it was placed with profit_sharing
}

// Orders knows what was paid. The Book asks it while it holds no lock, and what implements it
// may call [Book.Taken] under a lock of its own, but nothing else of the Book.
type Orders interface {
	// Paid returns the paid order of a caller, and whether there is one.
	Paid(caller, transactionID string) (Paid, bool)
}

// A Book holds the sharing of all merchants. Its fields are set before its first use; its
// methods are safe for concurrent use.
type Book struct {
	// Limit is how many requests (to share, to unfreeze, to return) are kept, 1,000,000 where
	// it is 0. The oldest orders are dropped first with their requests, those that are done
	// before others; no more is shared of an order that was dropped.
	Limit int
	// Delay is how long a request is PROCESSING. Where it is 0, a request to share or to
	// unfreeze is executed when it is looked at next, and a return at once; where it is
	// negative, nothing is before [Book.Settle] and [Book.SettleReturn].
	Delay time.Duration
	// Ratio returns how much of an order a merchant may share in all, in 1/10000. Where it is
	// nil it is 3000, which is 30 %. It is called under the lock of the Book.
	Ratio func(caller, mchid string) int
	// NotifyURL returns where the webhooks of a merchant go to, or "": it is set in the
	// console, and in no request. It is asked for the mchid that receives the money, in
	// partner mode for that of the service provider. Where it is nil none are sent. It is
	// called under the lock of the Book.
	NotifyURL func(mchid string) string

	ledger *ledger.Ledger
	orders Orders

	mu        sync.Mutex
	state     state
	shareIDs  map[string]string // order_id: the key of a share
	deadlines due.Queue         // when an order is to be looked at; it may name what is done or dropped
	full      int               // more requests or orders than this are too many
}

// A state is all that a Book knows, as it is saved.
type state struct {
	Seq       int64                       `json:"seq"` // of the last id that was given
	Receivers map[string]receiver         `json:"receivers"`
	Counts    map[string]int              `json:"counts"` // of the receivers of a merchant
	Orders    map[string]*order           `json:"orders"` // caller/transaction_id
	Queue     []string                    `json:"queue"`  // the keys of Orders, oldest first
	Shares    map[string]*share           `json:"shares"` // caller/out_order_no
	Returns   map[string]*giveBack        `json:"returns"`
	Persons   map[string]map[string]int64 `json:"persons"` // what a person received, by month and account
	// Horizon is when the newest of the orders that were dropped was paid. An order that is
	// unknown and no newer may be one of them.
	Horizon time.Time `json:"horizon"`
}

// An order is what was done with a paid order.
type order struct {
	Caller      string    `json:"caller"`
	Transaction string    `json:"transaction"`
	Payer       string    `json:"payer"` // who shares
	Partner     bool      `json:"partner"`
	PaidAt      time.Time `json:"paid_at"`
	Taken       int64     `json:"taken"`    // shared or unfrozen
	Pending     int64     `json:"pending"`  // to be, by requests that were accepted
	Finished    bool      `json:"finished"` // no more is shared
	Shares      []string  `json:"shares"`
	Returns     []string  `json:"returns"`
}

// New returns an empty Book that moves money in l.
func New(l *ledger.Ledger, orders Orders) *Book {
	b := &Book{ledger: l, orders: orders}
	b.state.fill()
	b.index()
	return b
}

// fill makes the maps that are missing.
func (s *state) fill() {
	kit.Made(&s.Receivers)
	kit.Made(&s.Counts)
	kit.Made(&s.Orders)
	kit.Made(&s.Shares)
	kit.Made(&s.Returns)
	kit.Made(&s.Persons)
}

// Taken returns how much of an order was shared, is being shared or was unfrozen, in fen, and
// whether it is over: nothing of it is shared any more, and nothing is frozen. It never asks
// [Orders].
func (b *Book) Taken(caller, transactionID string) (taken int64, over bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.state.Orders[key(caller, transactionID)]
	if o == nil {
		return 0, false
	}
	return o.Taken + o.Pending, o.Finished && o.Pending == 0
}

// A turn is one call or action: the Book is locked while it is played.
type turn struct {
	*kit.Turn
	book        *Book
	transaction string // that it is about, or ""
	paid        Paid
	isPaid      bool
}

// about asks for the order of a transaction, before the Book is locked.
func (b *Book) about(caller, transactionID string) *turn {
	t := &turn{book: b, transaction: transactionID}
	if transactionID != "" {
		t.paid, t.isPaid = b.orders.Paid(caller, transactionID)
	}
	return t
}

func (t *turn) state() *state { return &t.book.state }

// id returns the digits that are WeChat Pay's number of a request.
func (t *turn) id() string {
	return "3008450740" + t.Now.In(kit.Shanghai).Format("20060102") + fmt.Sprintf("%010d", t.next())
}

func (t *turn) next() int64 {
	t.state().Seq++
	return t.state().Seq
}

func key(caller, number string) string { return caller + "/" + number }
