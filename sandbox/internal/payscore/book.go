// Package payscore plays WeChat Pay Score (支付分): service orders of merchants and partners,
// with and without the user's confirmation, and what users authorise. It knows nothing of HTTP
// and of signatures.
//
// The rules are those of the official guides. Where they name no status and code of a refusal,
// it is 400 INVALID_REQUEST, and 404 RESOURCE_NOT_EXISTS for what does not exist or is
// another's.
package payscore

import (
	"sync"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
)

// A Book holds the orders and permissions of all callers. Its fields are set before its first
// use; its methods are safe for concurrent use.
type Book struct {
	// Limit is how many orders are kept, and as many permissions; 1,000,000 where it is 0. The
	// oldest that are finished are dropped first.
	Limit int
	// ServiceLimit is the most that one order may cost, in fen; 1,000,000 where it is 0. Of the
	// real ones WeChat Pay tells each merchant its own.
	ServiceLimit int64

	ledger *ledger.Ledger

	mu    sync.Mutex
	state state
	byID  map[string]*order            // by order_id
	doing map[string]map[string]*order // of a user, by key: those in DOING
	users map[string]*permission       // by user and service: the latest
}

// A state is all that a Book knows, as it is saved.
type state struct {
	Seq         int64                 `json:"seq"` // of the last id that was given
	Orders      kit.Shelf[order]      `json:"orders"`
	Permissions kit.Shelf[permission] `json:"permissions"`
}

// New returns an empty Book, whose debits are booked in l.
func New(l *ledger.Ledger) *Book {
	b := &Book{ledger: l}
	b.index()
	return b
}

func (b *Book) next() int64 {
	b.state.Seq++
	return b.state.Seq
}

func (b *Book) serviceLimit() int64 {
	if b.ServiceLimit > 0 {
		return b.ServiceLimit
	}
	return 1_000_000
}

// Save returns all that the Book knows as JSON, for [Book.Load]. Its fields and the money are
// not part.
func (b *Book) Save() ([]byte, error) { return kit.Save(&b.mu, "payscore", &b.state) }

// Load replaces all that the Book knows by what Save returned. After an error the Book is as
// it was.
func (b *Book) Load(data []byte) error {
	s, err := kit.Load("payscore", data, func(s *state) error {
		return kit.First(s.Orders.Whole(), s.Permissions.Whole())
	})
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state = *s
	b.index()
	return nil
}

// index makes anew what is found by other keys.
func (b *Book) index() {
	b.byID, b.doing, b.users = map[string]*order{}, map[string]map[string]*order{}, map[string]*permission{}
	for _, o := range b.state.Orders.Items {
		b.byID[o.ID] = o
		b.count(o)
	}
	for _, p := range b.state.Permissions.Items {
		b.remember(p)
	}
}
