// Package transfer plays transfers of merchants to users (商家转账): those that the user
// confirms, the older ones in batches, their receipts and webhooks. It knows nothing of HTTP
// and of signatures.
//
// A transfer is taken from what the merchant can spend when it is accepted, and held until it
// is paid or given back. WeChat Pay may also accept one that is short of money, and leave it
// PROCESSING until there is more; here it is refused as NOT_ENOUGH, which is documented too.
package transfer

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/due"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
)

// A Book holds the transfers of all merchants. Its fields are set before its first use; its
// methods are safe for concurrent use.
type Book struct {
	// Limit is how many transfers are kept, 1,000,000 where it is 0; each detail of a batch is
	// one. The oldest that are finished are dropped first, with their receipts; those that are
	// not are kept in any case, since they hold money. The number of a dropped one is free.
	Limit int
	// Delay is how long each step of WeChat Pay takes: accepting a transfer, paying it,
	// canceling it, and making a receipt. Where it is 0 a transfer waits for its user, and is
	// paid when the user confirms, at once; the others are done when looked at next.
	Delay time.Duration
	// AppID tells whether an AppID is associated with a merchant. Where it is nil, those that
	// begin with wx or ww are. It is called under the lock of the Book.
	AppID func(mchid, appid string) bool
	// Host is the beginning of download URLs; where it is empty, that of WeChat Pay.
	Host string

	ledger *ledger.Ledger

	mu    sync.Mutex
	state state
	ids   map[string]string // caller/transfer_bill_no or batch_id: the key of a bill or batch
	files map[string]string // a token: the key of a receipt
	due   due.Queue         // the keys of bills and batches; it may name what is done or dropped
	full  int               // more transfers than this are too many
}

// A state is all that a Book knows, as it is saved.
type state struct {
	Seq      int64               `json:"seq"`      // of the last id that was given
	Bills    map[string]*bill    `json:"bills"`    // bill/caller/out_bill_no
	Batches  map[string]*batch   `json:"batches"`  // batch/caller/out_batch_no
	Queue    []string            `json:"queue"`    // the keys of both, oldest first
	Size     int                 `json:"size"`     // how many transfers they are
	Receipts map[string]*receipt `json:"receipts"` // by the key of what was paid
}

// New returns an empty Book that moves money in l.
func New(l *ledger.Ledger) *Book {
	b := &Book{ledger: l}
	b.state.fill()
	b.index()
	return b
}

// fill makes the maps that are missing.
func (s *state) fill() {
	kit.Made(&s.Bills)
	kit.Made(&s.Batches)
	kit.Made(&s.Receipts)
}

// A turn is one call or action at a Book, which is locked while it is played.
type turn struct {
	*kit.Turn
	book *Book
}

func (t *turn) state() *state { return &t.book.state }

// id returns 40 digits, of which the kind are the first.
func (t *turn) id(kind string) string {
	t.state().Seq++
	return kind + "00007110099999118" + t.Now.In(kit.Shanghai).Format("20060102") + fmt.Sprintf("%012d", t.state().Seq)
}

func billKey(caller, number string) string  { return "bill/" + caller + "/" + number }
func batchKey(caller, number string) string { return "batch/" + caller + "/" + number }

// look does what is due of a bill or batch.
func (t *turn) look(key string) {
	if b := t.state().Bills[key]; b != nil {
		t.lookBill(b)
	} else if b := t.state().Batches[key]; b != nil {
		t.lookBatch(b)
	}
}

func (t *turn) checkAppID() error {
	appid := t.Body.Text("appid")
	known := strings.HasPrefix(appid, "wx") || strings.HasPrefix(appid, "ww")
	if t.book.AppID != nil {
		known = t.book.AppID(t.Caller, appid)
	}
	if !known {
		return kit.Invalid(0, "商户号与 AppID 未绑定")
	}
	return nil
}
