// Package payout plays what APIv2 pays to users and v3 does not know: red packets (现金红包) and
// transfers that reach the user at once (企业付款). Their money leaves the merchant's account in
// the one ledger. It knows nothing of HTTP and of signatures.
package payout

import (
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A Book holds the payments of all callers. Its methods are safe for concurrent use.
type Book struct {
	ledger *ledger.Ledger
	mu     sync.Mutex
	state  state
}

// A state is all that a Book knows, as it is saved.
type state struct {
	Seq       int64              `json:"seq"`       // of the last id that was given
	Packets   kit.Shelf[payment] `json:"packets"`   // by caller and mch_billno
	Transfers kit.Shelf[payment] `json:"transfers"` // by caller and partner_trade_no
	Waiting   []string           `json:"waiting"`   // the keys of packets that may go back, oldest first
}

// A payment went to a user, or of a red packet waits for the user.
type payment struct {
	Caller   string      `json:"caller"`
	Number   string      `json:"number"`
	ID       string      `json:"id"`
	Print    string      `json:"print"` // of the request
	Body     play.Object `json:"body"`
	Amount   int64       `json:"amount"`
	Made     time.Time   `json:"made"`
	Received time.Time   `json:"received"` // a red packet, by the user
	Returned time.Time   `json:"returned"` // a red packet, to the merchant
}

const limit = 1_000_000 // of each kind; the oldest are dropped first

// New returns an empty Book whose money moves through l.
func New(l *ledger.Ledger) *Book { return &Book{ledger: l} }

// Handlers returns the handlers of the endpoints, by their paths.
func (b *Book) Handlers() map[string]play.Handler {
	handlers := map[string]play.Handler{}
	for path, part := range map[string]kit.Part{
		"/mmpaymkttransfers/sendredpack":         b.send,
		"/mmpaymkttransfers/gethbinfo":           b.queryPacket,
		"/mmpaymkttransfers/promotion/transfers": b.transfer,
		"/mmpaymkttransfers/gettransferinfo":     b.queryTransfer,
	} {
		handlers[path] = func(c *play.Call) (any, error) {
			return kit.Run(&b.mu, c, func(t *kit.Turn) (play.Object, error) {
				b.giveBack(t.Now)
				return part(t)
			})
		}
	}
	return handlers
}

// pay makes a payment, or finds the one that the same request made before.
func (b *Book) pay(t *kit.Turn, on *kit.Shelf[payment], number, kind string, amount int64) (p *payment, fresh bool, err error) {
	k, mark := key(t.Caller, number), kit.Print(nil, t.Body)
	if p = on.Get(k); p != nil {
		if p.Print != mark {
			return nil, false, refuse("FATAL_ERROR", "两次请求参数不一致")
		}
		return p, false, nil
	}
	b.state.Seq++
	p = &payment{Caller: t.Caller, Number: number, Print: mark, Body: t.Body, Amount: amount, Made: t.Now}
	p.ID = fmt.Sprintf("1000%s%s%010d", "0000", t.Now.In(kit.Shanghai).Format("20060102"), b.state.Seq)
	err = b.ledger.Post(ledger.Entry{At: t.Now, Kind: kind, From: ledger.Merchant(t.Caller), To: ledger.World, Amount: amount, Number: number, ID: p.ID})
	if err != nil {
		return nil, false, refuse("NOTENOUGH", "帐号余额不足，请充值后重试")
	}
	on.Add(k, p, limit, func(*payment) bool { return true }, func(string, *payment) {})
	return p, true, nil
}

func key(caller, number string) string { return caller + "/" + number }

func refuse(code, description string) error { return play.Refuse(http.StatusOK, code, description) }

var numberForm = regexp.MustCompile(`^[0-9A-Za-z]{1,32}$`)

func spaced(at time.Time) string { return at.In(kit.Shanghai).Format("2006-01-02 15:04:05") }

// Save returns all that the Book knows as JSON, for [Book.Load].
func (b *Book) Save() ([]byte, error) { return kit.Save(&b.mu, "payout", &b.state) }

// Load replaces all that the Book knows by what Save returned. Nothing is what an older
// sandbox saved.
func (b *Book) Load(data []byte) error {
	if len(data) == 0 {
		data = []byte("{}")
	}
	s, err := kit.Load("payout", data, func(s *state) error { return kit.First(s.Packets.Whole(), s.Transfers.Whole()) })
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state = *s
	return nil
}
