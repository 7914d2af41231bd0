// Package ledger keeps the money of the sandbox: who paid what to whom. Every amount leaves
// one account and reaches another, so that none is made or lost.
package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"
)

// Accounts. Only those of merchants have a limit: they hold what they were paid.
const (
	World = "world" // whatever is outside: payers, banks and receivers
	Fees  = "fees"  // what WeChat Pay keeps
)

const (
	merchantPrefix = "merchant:"
	frozenPrefix   = "frozen:"
)

// Merchant is the account of what a merchant can spend.
func Merchant(mchid string) string { return merchantPrefix + mchid }

// Frozen is the account of what a merchant was paid and has yet to share. What of it is for an
// order is [Ledger.FrozenFor].
func Frozen(mchid string) string { return frozenPrefix + mchid }

// An Entry is an amount in fen that passed from one account to another.
type Entry struct {
	At       time.Time `json:"at"`
	Kind     string    `json:"kind"` // such as "pay", "refund", "fee", "share", "transfer"
	From, To string
	Amount   int64  `json:"amount"`
	Number   string `json:"number,omitempty"` // the merchant's: out_trade_no, out_refund_no, …
	ID       string `json:"id,omitempty"`     // WeChat Pay's: transaction_id, refund_id, …
	Order    string `json:"order,omitempty"`  // the transaction_id of the order that it belongs to
}

// ErrShort says that a merchant's account, or what of it is frozen for an order, has less than
// an amount.
var ErrShort = errors.New("ledger: the account has less than the amount")

// A Ledger is safe for concurrent use.
type Ledger struct {
	// Limit is the number of entries that are kept; the oldest are dropped first, without a
	// change of the balances. Default 4,000,000.
	Limit int

	mu     sync.Mutex
	state  state
	frozen map[string]int64 // of an order, by the entries that are kept; never 0
}

type state struct {
	Entries  []Entry          `json:"entries"`
	Balances map[string]int64 `json:"balances"`
}

// New returns an empty Ledger.
func New() *Ledger {
	return &Ledger{Limit: 4_000_000, state: state{Balances: map[string]int64{}}, frozen: map[string]int64{}}
}

// Post books entries, all or none. It returns [ErrShort] where a merchant's account would fall
// below zero, or what is frozen for an order that an entry names: nobody takes that of another
// order in its place, whoever else is at it. It panics for an amount that is not positive, or an account without a name.
func (l *Ledger) Post(entries ...Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	change, frozen := map[string]int64{}, map[string]int64{}
	for _, e := range entries {
		if e.Amount <= 0 || e.From == "" || e.To == "" {
			panic(fmt.Sprintf("ledger: invalid entry %+v", e)) // a bug of the part that plays it
		}
		change[e.From] -= e.Amount
		change[e.To] += e.Amount
		e.freeze(frozen)
	}
	for order, by := range frozen {
		if has := l.frozen[order]; has+by < 0 {
			return fmt.Errorf("%w: order %s has %d frozen, and %d are needed", ErrShort, order, has, -by)
		}
	}
	for account, by := range change {
		if limited(account) && l.state.Balances[account]+by < 0 {
			return fmt.Errorf("%w: %s has %d, and %d are needed", ErrShort, account, l.state.Balances[account], -by)
		}
	}
	for account, by := range change {
		l.state.Balances[account] += by
	}
	l.state.Entries = append(l.state.Entries, entries...)
	if over := len(l.state.Entries) - l.Limit; l.Limit > 0 && over > 0 {
		l.state.Entries = append([]Entry(nil), l.state.Entries[over+l.Limit/10:]...)
		l.index()
		return nil
	}
	for order, by := range frozen {
		l.freeze(order, by)
	}
	return nil
}

// freeze adds what an entry does to what is frozen for its order.
func (e *Entry) freeze(frozen map[string]int64) {
	if e.Order == "" {
		return
	}
	if strings.HasPrefix(e.To, frozenPrefix) {
		frozen[e.Order] += e.Amount
	}
	if strings.HasPrefix(e.From, frozenPrefix) {
		frozen[e.Order] -= e.Amount
	}
}

func (l *Ledger) freeze(order string, by int64) {
	if l.frozen[order] += by; l.frozen[order] == 0 {
		delete(l.frozen, order)
	}
}

// index makes anew what is frozen. An order whose payment was dropped has nothing.
func (l *Ledger) index() {
	l.frozen = map[string]int64{}
	for i := range l.state.Entries {
		l.state.Entries[i].freeze(l.frozen)
	}
	maps.DeleteFunc(l.frozen, func(_ string, fen int64) bool { return fen <= 0 })
}

func limited(account string) bool {
	return strings.HasPrefix(account, merchantPrefix) || strings.HasPrefix(account, frozenPrefix)
}

// Balance returns what an account has, in fen.
func (l *Ledger) Balance(account string) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state.Balances[account]
}

// FrozenFor returns what is frozen for an order, in fen.
func (l *Ledger) FrozenFor(transactionID string) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.frozen[transactionID]
}

// Between returns the entries from one time on and before another, in order.
func (l *Ledger) Between(from, to time.Time) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []Entry
	for _, e := range l.state.Entries {
		if !e.At.Before(from) && e.At.Before(to) {
			found = append(found, e)
		}
	}
	return found
}

// Sum returns the sum of all balances, which is always 0.
func (l *Ledger) Sum() (sum int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, balance := range l.state.Balances {
		sum += balance
	}
	return sum
}

// Save returns the state as JSON.
func (l *Ledger) Save() ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return json.Marshal(l.state)
}

// Load replaces the state by one that Save returned.
func (l *Ledger) Load(data []byte) error {
	var loaded state
	if err := json.Unmarshal(data, &loaded); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if loaded.Balances == nil {
		loaded.Balances = map[string]int64{}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = loaded
	l.index()
	return nil
}
