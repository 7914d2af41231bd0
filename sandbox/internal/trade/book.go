// Package trade plays payments: orders of a merchant, of a service provider and combined
// ones, how their payers pay them, refunds, and the bills of them. It knows nothing of HTTP
// and of signatures.
//
// The rules are those of the official guides. Where they name no status and code of a
// refusal, it is 400 INVALID_REQUEST.
package trade

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A Book holds the orders and refunds of all callers. Its fields are set before its first
// use; its methods are safe for concurrent use.
type Book struct {
	// Limit is how many orders are kept, with their refunds; 1,000,000 where it is 0. The
	// oldest that are finished are dropped first, and are missing in later bills.
	Limit int
	// RefundDelay is how long a refund is PROCESSING before it succeeds by itself: at the
	// next call of its caller, or at [Book.Tick]. Where it is negative, a refund waits for
	// [Book.SettleRefund].
	RefundDelay time.Duration
	// Shared returns how much of a paid order of a caller was shared, is being shared or was
	// unfrozen, in fen, and whether nothing of it is shared any more. Where it is nil, nothing
	// is shared. It is called under the lock of the Book.
	Shared func(caller, transactionID string) (taken int64, over bool)
	// OnRefund is told of each refund of a caller's order that reached the payer, in fen, when
	// the Book is released. It may be nil.
	OnRefund func(now time.Time, emit func(play.Event), caller, transactionID string, amount int64)

	ledger *ledger.Ledger
	mu     sync.Mutex
	state  state
}

// A state is all that a Book knows, as it is saved.
type state struct {
	Seq          int64              `json:"seq"`          // of the last id that was given
	Orders       map[string]*order  `json:"orders"`       // owner/out_trade_no
	Combined     map[string]*order  `json:"combined"`     // owner/combine_out_trade_no
	Transactions map[string]string  `json:"transactions"` // the keys of Orders, by transaction_id
	Queue        []string           `json:"queue"`        // the keys of both, oldest first, after "o" and "c"
	Refunds      map[string]*refund `json:"refunds"`      // owner/out_refund_no
	RefundIDs    map[string]string  `json:"refund_ids"`   // the keys of Refunds, by refund_id
	Due          []due              `json:"due"`          // oldest first
}

// New returns an empty Book whose money moves through l.
func New(l *ledger.Ledger) *Book {
	b := &Book{ledger: l}
	b.state.fill()
	return b
}

// fill makes the maps that are missing.
func (s *state) fill() {
	kit.Made(&s.Orders)
	kit.Made(&s.Combined)
	kit.Made(&s.Transactions)
	kit.Made(&s.Refunds)
	kit.Made(&s.RefundIDs)
}

func key(owner, number string) string { return owner + "/" + number }

// ownerOf and numberOf return parts of a key, which take no memory beside it.
func ownerOf(key string) string  { return key[:strings.IndexByte(key, '/')] }
func numberOf(key string) string { return key[len(ownerOf(key))+1:] }

// A turn is one call or action: the Book is locked while it is played.
type turn struct {
	*kit.Turn
	*state
	book *Book
	body request // nothing where there is none
	mark mark    // of the request
}

func (b *Book) turn(t *kit.Turn) *turn { return &turn{Turn: t, state: &b.state, book: b} }

func (t *turn) next() int64 {
	t.Seq++
	return t.Seq
}

// scattered has six digits, so that the ids of one second do not look alike.
func scattered(n int64) string { return fmt.Sprintf("%06d", n*7919%1_000_000) }

func (t *turn) newTransactionID() string {
	n := t.next()
	return kit.TransactionID(scattered(n), t.Now, n)
}

// newRefundID has 29 digits.
func (t *turn) newRefundID() string {
	n := t.next()
	return fmt.Sprintf("5030%s%s%011d", scattered(n), t.Now.In(kit.Shanghai).Format("20060102"), n)
}
