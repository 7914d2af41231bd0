// Package v2pay plays APIv2 on the books of v3, which it asks in the words of v3: an order that
// was made by one of the two can be queried, closed and refunded by the other. It keeps only what
// v3 does not know: which orders, refunds and contracts are told of in XML, and their digest.
package v2pay

import (
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/contract"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/trade"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Call is a call of APIv2, whose Body has the parameters in the words of APIv2.
type Call struct {
	*play.Call
	Digest signer.Digest // of its sign, which that of later notifications follows
}

// A Handler answers a call with the elements of its reply, but those that every reply has. Its
// error is a [*play.Refusal].
type Handler func(*Call) (play.Object, error)

// A Book plays the endpoints of orders, refunds and contracts. Its methods are safe for
// concurrent use.
type Book struct {
	trade    *trade.Book
	contract *contract.Book
	v3       map[string]play.Handler

	mu    sync.Mutex
	state state
}

// A state is all that a Book keeps.
type state struct {
	// Told is who is told of what in XML, by caller, kind and number.
	Told kit.Shelf[told] `json:"told"`
}

// told is what a notification has beyond that of v3.
type told struct {
	Digest signer.Digest `json:"digest"`
	Fields play.Object   `json:"fields"` // of the request
	Made   bool          `json:"made"`
	calls  int           // that are making it
}

// The kinds of what is told of.
const (
	anOrder   = "order"
	aRefund   = "refund"
	aContract = "contract"
)

// New returns a Book of the orders and contracts of others.
func New(orders *trade.Book, contracts *contract.Book) *Book {
	b := &Book{trade: orders, contract: contracts, v3: orders.Handlers()}
	for endpoint, handler := range contracts.Handlers() {
		b.v3[endpoint] = handler
	}
	return b
}

// Handlers returns the handlers of the endpoints that are played here, by their paths.
func (b *Book) Handlers() map[string]Handler {
	return map[string]Handler{
		"/pay/unifiedorder":       b.order,
		"/pay/orderquery":         b.queryOrder,
		"/pay/closeorder":         b.closeOrder,
		"/pay/micropay":           b.micropay,
		"/secapi/pay/reverse":     b.reverse,
		"/secapi/pay/refund":      b.refund,
		"/secapi/pay/refundv2":    b.refund,
		"/pay/refundquery":        b.queryRefunds,
		"/pay/refundqueryv2":      b.queryRefunds,
		"/papay/entrustweb":       b.presign,
		"/papay/h5entrustweb":     b.presign,
		"/papay/preentrustweb":    b.presign,
		"/papay/querycontract":    b.queryContract,
		"/papay/deletecontract":   b.deleteContract,
		"/pay/pappayapply":        b.deduct,
		"/pay/paporderquery":      b.queryDeduction,
		"/tools/shorturl":         shortURL,
		"/tools/authcodetoopenid": openID,
		"/payitil/report":         report,
	}
}

// ask calls an endpoint of v3, and returns its errors in the words of APIv2.
func (b *Book) ask(c *Call, endpoint string, vars map[string]string, query url.Values, body play.Object) (play.Object, error) {
	reply, err := b.v3[endpoint](&play.Call{Caller: c.Caller, Vars: vars, Query: query, Body: body, Now: c.Now, Emit: c.Emit})
	if err != nil {
		return nil, inWords(err)
	}
	o, _ := reply.(play.Object)
	return o, nil
}

// maxTold bounds what is kept; the oldest is told of in the form of v3 then.
const maxTold = 1_000_000

// telling makes something of which the merchant is told in XML. That is known before it is
// made: another call may tell of it at once. It is forgotten where no call made it.
func (b *Book) telling(c *Call, kind, number string, made func() (play.Object, error)) (play.Object, error) {
	k := key(c.Caller, kind, number)
	what := b.tell(c, k)
	o, err := made()
	b.mu.Lock()
	defer b.mu.Unlock()
	what.calls--
	what.Made = what.Made || err == nil
	if !what.Made && what.calls == 0 && b.state.Told.Get(k) == what {
		delete(b.state.Told.Items, k)
		b.state.Told.Queue = slices.DeleteFunc(b.state.Told.Queue, func(other string) bool { return other == k })
	}
	return o, err
}

func (b *Book) tell(c *Call, k string) *told {
	b.mu.Lock()
	defer b.mu.Unlock()
	what := b.state.Told.Get(k)
	if what == nil {
		what = &told{Digest: c.Digest, Fields: c.Body.Only("appid", "mch_id", "sub_appid", "sub_mch_id", "device_info", "fee_type", "request_serial", "sign_type")}
		b.state.Told.Add(k, what, maxTold, func(*told) bool { return true }, func(string, *told) {})
	}
	what.calls++
	return what
}

// toldOf returns how the merchant is told of something, or nil where it is by v3.
func (b *Book) toldOf(caller, kind, number string) *told {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state.Told.Get(key(caller, kind, number))
}

func key(caller, kind, number string) string { return caller + "/" + kind + "/" + number }

// Save returns what the Book keeps as JSON, for [Book.Load].
func (b *Book) Save() ([]byte, error) { return kit.Save(&b.mu, "v2pay", &b.state) }

// Load replaces what the Book keeps by what Save returned. Nothing is what an older sandbox
// saved.
func (b *Book) Load(data []byte) error {
	if len(data) == 0 {
		data = []byte("{}")
	}
	s, err := kit.Load("v2pay", data, func(s *state) error { return s.Told.Whole() })
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state = *s
	return nil
}

// refuse refuses a call with a code of APIv2.
func refuse(code, description string) error { return play.Refuse(http.StatusOK, code, description) }
