package trade_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/check"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/trade"
)

const (
	directly = "/v3/pay/transactions"
	partner  = "/v3/pay/partner/transactions"
	combine  = "/v3/combine-transactions"
	refunds  = "/v3/refund/domestic/refunds"

	mchid = "1900000001"
	sub   = "1900000109"
	appid = "wxd678efh567hg6787"
	user  = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
	hook  = "https://merchant.example.com/paid"
)

var cst = time.FixedZone("CST", 8*60*60)

// A world is a Book with a clock, and what it sent.
type world struct {
	book     *trade.Book
	money    *ledger.Ledger
	handlers map[string]play.Handler
	caller   string
	now      time.Time
	numbers  int

	mu     sync.Mutex
	events []play.Event
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{money: ledger.New(), caller: mchid, now: time.Date(2026, 4, 1, 12, 0, 0, 0, cst)}
	w.book = trade.New(w.money)
	w.handlers = w.book.Handlers()
	return w
}

func (w *world) emit(e play.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

// told are the events so far, which are forgotten.
func (w *world) told() []play.Event {
	list := w.events
	w.events = nil
	return list
}

func (w *world) no() string {
	w.numbers++
	return fmt.Sprintf("no_%06d", w.numbers)
}

// match returns the endpoint of a path that the Book plays, and its variables.
func (w *world) match(method, path string) (catalogue.Endpoint, map[string]string) {
	given := strings.Split(path, "/")
	for _, e := range catalogue.All() {
		named := strings.Split(e.Path, "/")
		if w.handlers[e.Method+" "+e.Path] == nil || e.Method != method || len(named) != len(given) {
			continue
		}
		vars, same := map[string]string{}, true
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

// do calls an endpoint. Its request and its reply must be as they are documented.
func (w *world) do(t *testing.T, method, path string, body play.Object) (play.Object, *play.Refusal) {
	t.Helper()
	u, err := url.Parse(path)
	require.NoError(t, err)
	e, vars := w.match(method, u.Path)
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
		require.NotNil(t, refusal)
		return nil, refusal
	}
	if reply == nil {
		require.Empty(t, e.Reply, "204 of an endpoint with a reply")
		return nil, nil
	}
	o := wire(t, reply)
	documented(t, e, o)
	return o, nil
}

// ok calls an endpoint that takes the request.
func (w *world) ok(t *testing.T, method, path string, body play.Object) play.Object {
	t.Helper()
	o, refusal := w.do(t, method, path, body)
	require.Nil(t, refusal)
	return o
}

func wire(t *testing.T, value any) play.Object {
	t.Helper()
	o, err := play.ParseObject([]byte(marshalled(t, value)))
	require.NoError(t, err)
	return o
}

func marshalled(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	require.NoError(t, err)
	return string(data)
}

// undocumented are fields that queries of an order have without a word in the lists of
// fields: the examples of the documentation have them, and merchants compare payer_total.
var undocumented = []string{"payer", "amount.payer_total", "amount.payer_currency"}

// documented checks that a reply has its required fields, of their types and values, and no
// others. What a query of an order by a payment code has is not documented; it has no
// notify_url.
func documented(t *testing.T, e catalogue.Endpoint, reply play.Object) {
	t.Helper()
	fields := e.Reply
	if reply.Text("trade_type") == "MICROPAY" {
		fields = slices.DeleteFunc(slices.Clone(fields), func(f catalogue.Field) bool { return f.Name == "notify_url" })
	}
	require.Nil(t, check.Body(fields, reply), "%s %s: %s", e.Method, e.Path, reply.Canonical())
	noOthers(t, e.Reply, map[string]any(reply), "")
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
			if i < 0 && slices.Contains(undocumented, where+name) {
				continue
			}
			require.GreaterOrEqual(t, i, 0, "%s is not documented", where+name)
			noOthers(t, fields[i].Fields, inner, where+name+".")
		}
	}
}

// An order is a request to prepay, and where its order is to be found.
type order struct {
	path string
	body play.Object
}

func (o order) number() string { return o.body.Text("out_trade_no") }

// prefix is the path of its endpoints.
func (o order) prefix() string {
	if strings.HasPrefix(o.path, partner) {
		return partner
	}
	return directly
}

// who are the merchants, as a query and a body name them.
func (o order) who() play.Object { return o.body.Only("mchid", "sp_mchid", "sub_mchid") }

func (o order) query() string {
	q := url.Values{}
	for name := range o.who() {
		q.Set(name, o.body.Text(name))
	}
	return "?" + q.Encode()
}

func (o order) at(action string) string {
	return strings.TrimSuffix(o.prefix()+"/out-trade-no/"+o.number()+"/"+action, "/")
}

// order is a request of the usual merchant, whose body edits change.
func (w *world) order(product string, edits ...play.Object) order {
	body := play.Object{"appid": appid, "mchid": mchid}
	if strings.HasPrefix(product, partner) {
		body = play.Object{"sp_appid": appid, "sp_mchid": mchid, "sub_mchid": sub}
	}
	body = body.With(play.Object{
		"description": "书", "out_trade_no": w.no(), "notify_url": hook, "amount": play.Object{"total": 1000, "currency": "CNY"},
	})
	switch kind := product[strings.LastIndex(product, "/")+1:]; kind {
	case "jsapi", "jsapi-with-contract", "miniprogram", "scannedpos":
		body["payer"] = play.Object{"openid": user}
		if body.Has("sp_mchid") {
			body["payer"] = play.Object{"sp_openid": user}
		}
	case "codepay":
		delete(body, "notify_url")
		body["payer"] = play.Object{"auth_code": "130061098828009406"}
		body["scene_info"] = play.Object{"store_info": play.Object{"id": "0001"}}
	case "h5":
		body["scene_info"] = play.Object{"payer_client_ip": "203.0.113.5", "h5_info": play.Object{"type": "Wap"}}
	}
	switch {
	case strings.HasSuffix(product, "/scannedpos"):
		body["scene_info"] = play.Object{"payer_client_ip": "203.0.113.5", "store_info": play.Object{"id": "0001"}}
	case strings.HasSuffix(product, "/jsapi-with-contract"):
		body["contract_info"] = play.Object{}
	case strings.HasSuffix(product, "/app-with-contract"):
		contract := play.Object{}
		for _, name := range []string{"plan_id", "contract_mchid", "contract_appid", "contract_code", "request_serial", "contract_display_account"} {
			contract[name] = "1"
		}
		body["contract_info"] = contract
	}
	return order{product, body.With(edits...)}
}

// place places an order.
func (w *world) place(t *testing.T, product string, edits ...play.Object) order {
	t.Helper()
	o := w.order(product, edits...)
	w.ok(t, "POST", o.path, o.body)
	return o
}

// pay places an order and has it paid.
func (w *world) pay(t *testing.T, product string, edits ...play.Object) (o order, id string) {
	t.Helper()
	o = w.place(t, product, edits...)
	id, err := w.book.Pay(w.now, w.emit, w.caller, o.number())
	require.NoError(t, err)
	return o, id
}

func (w *world) get(t *testing.T, o order) play.Object {
	t.Helper()
	return w.ok(t, "GET", o.at("")+o.query(), nil)
}

func (w *world) state(t *testing.T, o order) string {
	t.Helper()
	return w.get(t, o).Text("trade_state")
}

func costs(total int) play.Object {
	return play.Object{"amount": play.Object{"total": total, "currency": "CNY"}}
}

var sharing = play.Object{"settle_info": play.Object{"profit_sharing": true}}
