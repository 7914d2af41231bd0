package coupon_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/coupon"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

const (
	base     = "/brand/marketing/product-coupon"
	products = base + "/product-coupons"
	configs  = base + "/notify-configs"
	users    = base + "/users/"
	brand    = "120344"
	appid    = "wx233544546545989"
	openid   = "oh-394z-6CGkNoJrsDLTTUKiAnp4"
	other    = "oh-394z-6CGkNoJrsDLTTUKiAnp5"
	image    = "https://wxpaylogo.qpic.cn/wxpaylogo/a/0"
	hook     = "https://brand.example.com/coupons"
)

// A world is a Book whose brand has an image.
type world struct {
	*kittest.World
	t       *testing.T // for the functions of tables
	book    *coupon.Book
	numbers int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	b := coupon.New()
	b.AddImage(image)
	w := &world{World: kittest.New(b.Handlers()), t: t, book: b}
	w.Caller = brand
	return w
}

// types are those of the webhooks so far, which are forgotten.
func (w *world) types() []string {
	types := w.Types()
	for i := range types {
		types[i] = strings.TrimPrefix(types[i], "PRODUCT_COUPON.")
	}
	return types
}

func (w *world) no() string {
	w.numbers++
	return fmt.Sprintf("no_%06d", w.numbers)
}

// A held coupon is what the requests about it name.
type held struct{ product, stock, code string }

// make creates a coupon of scope ALL, whose body edits change.
func (w *world) make(t *testing.T, edits ...edit) held {
	t.Helper()
	body := w.productBody("ALL", "NORMAL", "SINGLE")
	for _, edit := range edits {
		body = edit(body)
	}
	o := w.OK(t, "POST", products, body)
	return held{product: o.Text("product_coupon_id"), stock: o.Text("stock.stock_id")}
}

func (w *world) bundle(t *testing.T) (h held, id string, stocks []play.Object) {
	t.Helper()
	o := w.OK(t, "POST", products, w.productBody("ALL", "NORMAL", "PROGRESSIVE_BUNDLE"))
	list := o.List("stock_bundle.stock_list")
	return held{product: o.Text("product_coupon_id")}, o.Text("stock_bundle.stock_bundle_id"), list
}

func (h held) path() string  { return products + "/" + h.product }
func (h held) batch() string { return h.path() + "/stocks/" + h.stock }

func (h held) body() play.Object {
	return play.Object{"product_coupon_id": h.product, "stock_id": h.stock, "appid": appid}
}

func (h held) sending(no string) play.Object {
	return h.body().With(play.Object{"send_request_no": no})
}

func (w *world) send(t *testing.T, h held, user string) held {
	t.Helper()
	h.code = w.OK(t, "POST", users+user+"/coupons", h.sending(w.no())).Text("coupon_code")
	return h
}

// of is the path of a coupon of the usual user.
func (h held) of(action string) string {
	return strings.TrimSuffix(users+openid+"/coupons/"+h.code+"/"+action, "/")
}

func (w *world) confirm(t *testing.T, h held) play.Object {
	t.Helper()
	return w.OK(t, "POST", h.of("confirm"), h.body().With(play.Object{"out_request_no": w.no()}))
}

// using is the body of a use now.
func (w *world) using(h held) play.Object {
	return h.body().With(play.Object{
		"out_request_no": w.no(), "use_time": w.Now.Format(time.RFC3339),
		"associated_order_info": play.Object{"transaction_id": "4200000000202604010000000001", "mchid": "1900000001"},
	})
}

func (w *world) get(t *testing.T, h held) play.Object {
	t.Helper()
	q := url.Values{"product_coupon_id": {h.product}, "stock_id": {h.stock}, "appid": {appid}}
	return w.OK(t, "GET", h.of("")+"?"+q.Encode(), nil)
}

func (w *world) state(t *testing.T, h held) string {
	t.Helper()
	return w.get(t, h).Text("coupon_state")
}
