// Package coupon plays the life of product coupons (商品券) that a brand makes, sends and has
// used by itself: coupons, stocks and stock bundles, what users hold of them, and the
// webhooks. It knows nothing of HTTP and of signatures.
//
// The rules are those of the official guides. Where they name no status and code of a
// refusal, it is 400 INVALID_REQUEST, and 404 RESOURCE_NOT_EXISTS for what does not exist or
// is another brand's.
package coupon

import (
	"sync"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
)

// A Book holds the coupons of all brands. Its fields are set before its first use; its
// methods are safe for concurrent use.
type Book struct {
	// Limit is how many coupons of users are kept, 1,000,000 where it is 0; four times as
	// many request numbers are known, and as many tokens. The oldest that are finished
	// (used, expired, deleted, deactivated) are dropped first. A dropped coupon no longer
	// counts for what its user may receive.
	Limit int
	// Audit holds new coupons and stocks in AUDITING until [Book.Approve].
	Audit bool
	// AppID tells whether an AppID is associated with a brand. Where it is nil, those that
	// begin with wx are. It is called under the lock of the Book.
	AppID func(brandID, appid string) bool

	mu    sync.Mutex
	state state
	users map[string][]string // brand/openid: the keys of coupons, oldest first
}

// A state is all that a Book knows, as it is saved.
type state struct {
	Seq      int64                   `json:"seq"` // of the last id that was given
	Images   map[string]bool         `json:"images"`
	Notify   map[string]notifyConfig `json:"notify"` // of a brand
	Products map[string]*product     `json:"products"`
	Stocks   map[string]*stock       `json:"stocks"`
	Bundles  map[string]*bundle      `json:"bundles"`
	Coupons  map[string]*userCoupon  `json:"coupons"`  // stock/code
	Order    []string                `json:"order"`    // the keys of Coupons, oldest first
	Numbers  map[string]number       `json:"numbers"`  // brand/field/number
	Used     []string                `json:"used"`     // the keys of Numbers, oldest first
	Presends map[string]*presend     `json:"presends"` // by token
	Tokens   []string                `json:"tokens"`   // the keys of Presends, oldest first
}

// New returns an empty Book.
func New() *Book {
	b := &Book{}
	b.state.fill()
	b.index()
	return b
}

// fill makes the maps that are missing.
func (s *state) fill() {
	kit.Made(&s.Images)
	kit.Made(&s.Notify)
	kit.Made(&s.Products)
	kit.Made(&s.Stocks)
	kit.Made(&s.Bundles)
	kit.Made(&s.Coupons)
	kit.Made(&s.Numbers)
	kit.Made(&s.Presends)
}

func (b *Book) next() int64 {
	b.state.Seq++
	return b.state.Seq
}

// A turn is one call or action at a Book, which is locked while it is played.
type turn struct {
	*kit.Turn
	book *Book
}
