package sharing_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/check"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sharing"
)

const (
	base   = "/v3/profitsharing"
	mchid  = "1900000109"
	sub    = "1900000110" // of the partner mchid
	shop   = "1900000201" // a receiver
	shop2  = "1900000202"
	openid = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
	appid  = "wx8888888888888888"
	hook   = "https://shop.example.com/sharing"
)

var (
	cst   = time.FixedZone("CST", 8*60*60)
	start = time.Date(2026, 4, 1, 12, 0, 0, 0, cst)
)

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

// A world is a Book with a ledger and a clock, and what it sent.
type world struct {
	book     *sharing.Book
	ledger   *ledger.Ledger
	orders   *orders
	handlers map[string]play.Handler
	caller   string
	now      time.Time
	numbers  int

	mu     sync.Mutex
	events []play.Event
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{ledger: ledger.New(), orders: &orders{paid: map[string]sharing.Paid{}}, caller: mchid, now: start}
	w.book = sharing.New(w.ledger, w.orders)
	w.configure()
	return w
}

func (w *world) configure() {
	w.book.NotifyURL = func(mchid string) string { return hook + "/" + mchid }
	w.handlers = w.book.Handlers()
}

func (w *world) emit(e play.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

func (w *world) no() string {
	w.numbers++
	return fmt.Sprintf("NO%06d", w.numbers)
}

// pay pays an order to share, of the caller or its sub-merchant, and returns its number.
func (w *world) pay(t *testing.T, receiver string, total, fee int64) string {
	t.Helper()
	id := fmt.Sprintf("4200%024d", len(w.orders.paid)+1)
	w.orders.paid[w.caller+"/"+id] = sharing.Paid{
		Receiver: receiver, OutTradeNo: w.no(), TransactionID: id, Total: total, Fee: fee, PaidAt: w.now, ProfitSharing: true,
	}
	entries := []ledger.Entry{{At: w.now, Kind: "pay", From: ledger.World, To: ledger.Frozen(receiver), Amount: total, Order: id}}
	if fee > 0 {
		entries = append(entries, ledger.Entry{At: w.now, Kind: "fee", From: ledger.Frozen(receiver), To: ledger.Fees, Amount: fee, Order: id})
	}
	require.NoError(t, w.ledger.Post(entries...))
	w.now = w.now.Add(time.Minute)
	return id
}

// refund refunds what is frozen of an order.
func (w *world) refund(t *testing.T, id string, amount int64) {
	t.Helper()
	p := w.orders.paid[w.caller+"/"+id]
	p.Refunded += amount
	w.orders.paid[w.caller+"/"+id] = p
	require.NoError(t, w.ledger.Post(ledger.Entry{At: w.now, Kind: "refund", From: ledger.Frozen(p.Receiver), To: ledger.World, Amount: amount, Order: id}))
}

var endpoints = sync.OnceValue(func() []catalogue.Endpoint {
	return slices.DeleteFunc(slices.Clone(catalogue.All()), func(e catalogue.Endpoint) bool {
		return !strings.HasPrefix(e.Path, base+"/") || e.Path == base+"/bills"
	})
})

// match returns the endpoint of a path, and its variables.
func match(method, path string) (catalogue.Endpoint, map[string]string) {
	given := strings.Split(path, "/")
	for _, e := range endpoints() {
		vars, named := map[string]string{}, strings.Split(e.Path, "/")
		if e.Method != method || len(named) != len(given) {
			continue
		}
		same := true
		for i, segment := range named {
			if name, isVar := strings.CutPrefix(segment, "{"); isVar {
				vars[strings.TrimSuffix(name, "}")] = given[i]
			} else if segment != given[i] {
				same = false
			}
		}
		if same {
			return e, vars
		}
	}
	panic("no endpoint " + method + " " + path)
}

// do calls an endpoint by its path behind base. Its request and its reply must be as they are
// documented.
func (w *world) do(t *testing.T, method, path string, body play.Object) (play.Object, *play.Refusal) {
	t.Helper()
	u, err := url.Parse(base + path)
	require.NoError(t, err)
	e, vars := match(method, u.Path)
	c := &play.Call{Caller: w.caller, Vars: vars, Query: u.Query(), Now: w.now, Emit: w.emit}
	if body != nil {
		c.Body = wire(t, body)
		require.Nil(t, check.Body(e.JSON, c.Body), "the request is not as documented")
	}
	require.Nil(t, check.Query(e.Query, c.Query))
	require.Nil(t, check.Vars(e.Vars, c.Vars))
	reply, err := w.handlers[e.Method+" "+e.Path](c)
	if err != nil {
		var refusal *play.Refusal
		require.ErrorAs(t, err, &refusal)
		return nil, refusal
	}
	o := wire(t, reply)
	fields := e.Reply
	if strings.HasPrefix(e.Path, base+"/orders") {
		// The three have the same reply. The catalogue has the enums of the query one field too
		// far, and of unfreezing it says that every receiver has a fail_reason.
		create, _ := match("POST", base+"/orders")
		fields = create.Reply
	}
	require.Nil(t, check.Body(fields, o), "%s %s: %s", e.Method, e.Path, o.Canonical())
	noOthers(t, fields, map[string]any(o), e.Path)
	return o, nil
}

// ok calls an endpoint that takes the request.
func (w *world) ok(t *testing.T, method, path string, body play.Object) play.Object {
	t.Helper()
	o, refusal := w.do(t, method, path, body)
	require.Nil(t, refusal)
	return o
}

// refused calls an endpoint that refuses the request.
func (w *world) refused(t *testing.T, method, path string, body play.Object, code, message string) {
	t.Helper()
	_, refusal := w.do(t, method, path, body)
	assertRefusal(t, refusal, code, message)
}

var statuses = map[string]int{"INVALID_REQUEST": 400, "PARAM_ERROR": 400, "NOT_ENOUGH": 403, "RESOURCE_NOT_EXISTS": 404}

func assertRefusal(t *testing.T, refusal *play.Refusal, code, message string) {
	t.Helper()
	require.NotNil(t, refusal)
	assert.Equal(t, code, refusal.Code, refusal.Message)
	assert.Equal(t, statuses[code], refusal.Status)
	assert.Contains(t, refusal.Message, message)
}

func wire(t *testing.T, value any) play.Object {
	t.Helper()
	data, err := json.Marshal(value)
	require.NoError(t, err)
	o, err := play.ParseObject(data)
	require.NoError(t, err)
	return o
}

func noOthers(t *testing.T, fields catalogue.Fields, value any, where string) {
	t.Helper()
	switch v := value.(type) {
	case []any:
		for _, element := range v {
			noOthers(t, fields, element, where)
		}
	case map[string]any:
		for name, inner := range v {
			i := slices.IndexFunc(fields, func(f catalogue.Field) bool { return f.Name == name })
			require.GreaterOrEqual(t, i, 0, "%s: %s is not documented", where, name)
			noOthers(t, fields[i].Fields, inner, where+"."+name)
		}
	}
}
