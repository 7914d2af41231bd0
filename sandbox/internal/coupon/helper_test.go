package coupon_test

import (
	"encoding/json"
	"errors"
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
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/coupon"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

const (
	base   = "/brand/marketing/product-coupon"
	brand  = "120344"
	appid  = "wx233544546545989"
	openid = "oh-394z-6CGkNoJrsDLTTUKiAnp4"
	other  = "oh-394z-6CGkNoJrsDLTTUKiAnp5"
	image  = "https://wxpaylogo.qpic.cn/wxpaylogo/a/0"
	hook   = "https://brand.example.com/coupons"
)

var cst = time.FixedZone("CST", 8*60*60)

// at is a Wednesday.
func at(hour, minute, second int) time.Time {
	return time.Date(2026, 4, 1, hour, minute, second, 0, cst)
}

// A world is a Book with a clock, and what it sent.
type world struct {
	t        *testing.T // for the functions of tables
	book     *coupon.Book
	handlers map[string]play.Handler
	brand    string
	now      time.Time
	numbers  int

	mu     sync.Mutex
	events []play.Event
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, book: coupon.New(), brand: brand, now: at(12, 0, 0)}
	w.book.AddImage(image)
	w.handlers = w.book.Handlers()
	return w
}

func (w *world) emit(e play.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

// types are those of the events so far, which are forgotten.
func (w *world) types() []string {
	list := make([]string, 0, len(w.events))
	for _, e := range w.events {
		list = append(list, strings.TrimPrefix(e.Type, "PRODUCT_COUPON."))
	}
	w.events = nil
	return list
}

func (w *world) no() string {
	w.numbers++
	return fmt.Sprintf("no_%06d", w.numbers)
}

var endpoints = sync.OnceValue(func() []catalogue.Endpoint {
	return slices.DeleteFunc(slices.Clone(catalogue.All()), func(e catalogue.Endpoint) bool {
		return !strings.HasPrefix(e.Path, base+"/")
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
	c := &play.Call{Caller: w.brand, Vars: vars, Query: u.Query(), Now: w.now, Emit: w.emit}
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
	data, err := json.Marshal(value)
	require.NoError(t, err)
	o, err := play.ParseObject(data)
	require.NoError(t, err)
	return o
}

// documented checks that a reply has its required fields, of their types and values, and no
// others.
func documented(t *testing.T, e catalogue.Endpoint, reply play.Object) {
	t.Helper()
	require.Nil(t, check.Body(e.Reply, reply), "%s %s: %s", e.Method, e.Path, reply.Canonical())
	noOthers(t, e.Reply, map[string]any(reply), e.Path)
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

// A held coupon is what the requests about it name.
type held struct{ product, stock, code string }

// make creates a coupon of scope ALL, whose body edits change.
func (w *world) make(t *testing.T, edits ...func(play.Object)) held {
	t.Helper()
	body := w.productBody("ALL", "NORMAL", "SINGLE")
	for _, edit := range edits {
		edit(body)
	}
	o := w.ok(t, "POST", "/product-coupons", body)
	return held{product: o.Text("product_coupon_id"), stock: o.Text("stock.stock_id")}
}

func (w *world) bundle(t *testing.T) (h held, id string, stocks []play.Object) {
	t.Helper()
	o := w.ok(t, "POST", "/product-coupons", w.productBody("ALL", "NORMAL", "PROGRESSIVE_BUNDLE"))
	list := o.List("stock_bundle.stock_list")
	return held{product: o.Text("product_coupon_id")}, o.Text("stock_bundle.stock_bundle_id"), list
}

func (h held) path() string  { return "/product-coupons/" + h.product }
func (h held) batch() string { return h.path() + "/stocks/" + h.stock }

func (h held) body() play.Object {
	return play.Object{"product_coupon_id": h.product, "stock_id": h.stock, "appid": appid}
}

func (h held) sending(no string) play.Object {
	return h.body().With(play.Object{"send_request_no": no})
}

func (w *world) send(t *testing.T, h held, user string) held {
	t.Helper()
	h.code = w.ok(t, "POST", "/users/"+user+"/coupons", h.sending(w.no())).Text("coupon_code")
	return h
}

// of is the path of a coupon of the usual user.
func (h held) of(action string) string {
	return strings.TrimSuffix("/users/"+openid+"/coupons/"+h.code+"/"+action, "/")
}

func (w *world) confirm(t *testing.T, h held) play.Object {
	t.Helper()
	return w.ok(t, "POST", h.of("confirm"), h.body().With(play.Object{"out_request_no": w.no()}))
}

// using is the body of a use now.
func (w *world) using(h held) play.Object {
	return h.body().With(play.Object{
		"out_request_no": w.no(), "use_time": w.now.Format(time.RFC3339),
		"associated_order_info": play.Object{"transaction_id": "4200000000202604010000000001", "mchid": "1900000001"},
	})
}

func (w *world) get(t *testing.T, h held) play.Object {
	t.Helper()
	q := url.Values{"product_coupon_id": {h.product}, "stock_id": {h.stock}, "appid": {appid}}
	return w.ok(t, "GET", h.of("")+"?"+q.Encode(), nil)
}

func (w *world) state(t *testing.T, h held) string {
	t.Helper()
	return w.get(t, h).Text("coupon_state")
}

// numberOf is the number of a refusal, or -1 of another error and 0 of none.
func numberOf(err error) int {
	var refusal *play.Refusal
	switch {
	case err == nil:
		return 0
	case errors.As(err, &refusal):
		return refusal.Number
	}
	return -1
}
