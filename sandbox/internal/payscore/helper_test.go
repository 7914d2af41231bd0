package payscore_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/payscore"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

const (
	caller  = "1900000109"
	subShop = "1900000110"
	openid  = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
	other   = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6p"
	hook    = "https://shop.example.com/payscore"
)

// A world is a Book as one of the two sides calls it.
type world struct {
	*kittest.World
	t       *testing.T // for the functions of tables
	book    *payscore.Book
	ledger  *ledger.Ledger
	partner bool
}

func newWorld(t *testing.T, partner bool) *world {
	t.Helper()
	l := ledger.New()
	w := &world{t: t, book: payscore.New(l), ledger: l, partner: partner}
	w.World = kittest.New(w.book.Handlers())
	return w
}

// sides runs a test as a merchant and as a partner.
func sides(t *testing.T, test func(w *world)) {
	t.Helper()
	for name, partner := range map[string]bool{"merchant": false, "partner": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newWorld(t, partner))
		})
	}
}

func (w *world) base() string {
	if w.partner {
		return "/v3/payscore/partner/"
	}
	return "/v3/payscore/"
}

func (w *world) sub() string {
	if w.partner {
		return subShop
	}
	return ""
}

// of is a body that names the service, and what its side has to name.
func (w *world) of(values play.Object) play.Object {
	o := play.Object{"service_id": "500001", "appid": "wxd678efh567hg6787"}.With(values)
	if w.partner {
		o["sub_mchid"] = subShop
	}
	return o
}

func (w *world) order(no string) play.Object {
	return w.of(play.Object{
		"out_order_no": no, "service_introduction": "租借充电宝", "notify_url": hook, "attach": "a",
		"post_payments": []any{play.Object{"name": "租金", "description": "每小时 1 元"}},
		"time_range":    play.Object{"start_time": "20260401100000"},
		"risk_fund":     play.Object{"name": "DEPOSIT", "amount": 10000},
		"location":      play.Object{"start_location": "here", "end_location": "there"},
	})
}

// costs is a body that completes or modifies an order: 100 less a discount.
func (w *world) costs(total int) play.Object {
	o := w.of(play.Object{
		"post_payments": []any{play.Object{"name": "租金", "amount": total + 30}, play.Object{"name": "赔偿", "amount": 70, "count": 2}},
		"total_amount":  total, "post_discounts": []any{play.Object{"name": "会员", "description": "减一元", "amount": 100}},
	})
	return o
}

func (w *world) modifies(total int) play.Object {
	return w.costs(total).With(play.Object{"reason": "用户投诉"})
}

func (w *world) path(no, action string) string { return w.base() + "serviceorder/" + no + "/" + action }

func (w *world) call(t *testing.T, no, action string, body play.Object) (play.Object, *play.Refusal) {
	t.Helper()
	return w.Do(t, "POST", w.path(no, action), body)
}

func (w *world) create(t *testing.T, no string) play.Object {
	t.Helper()
	return w.OK(t, "POST", w.base()+"serviceorder", w.order(no))
}

func (w *world) confirm(no string) error {
	_, err := w.book.Confirm(w.Now, w.Emit, w.Caller, w.sub(), no, openid, "")
	return err
}

func (w *world) pay(no string, amount int64) error {
	_, err := w.book.Pay(w.Now, w.Emit, w.Caller, w.sub(), no, amount)
	return err
}

// completed makes an order that costs an amount and is to be paid.
func (w *world) completed(t *testing.T, no string, total int) {
	t.Helper()
	w.create(t, no)
	require.NoError(t, w.confirm(no))
	w.OK(t, "POST", w.path(no, "complete"), w.costs(total))
}

func (w *world) get(t *testing.T, no string) play.Object {
	t.Helper()
	return w.OK(t, "GET", w.getting()+"&out_order_no="+no, nil)
}

func (w *world) getting() string {
	if w.partner {
		return w.base() + "serviceorder?service_id=500001&sub_mchid=" + subShop
	}
	return w.base() + "serviceorder?service_id=500001&appid=wxd678efh567hg6787"
}

// states are the three fields that tell where an order is.
func (w *world) states(t *testing.T, no string) [3]string {
	t.Helper()
	o := w.get(t, no)
	return [3]string{o.Text("state"), o.Text("state_description"), o.Text("collection.state")}
}

func (w *world) apply(t *testing.T, code string) play.Object {
	t.Helper()
	return w.OK(t, "POST", w.base()+"permissions", w.of(play.Object{"authorization_code": code, "notify_url": hook}))
}

func (w *world) open(t *testing.T, code, openid string) {
	t.Helper()
	w.apply(t, code)
	require.NoError(t, w.book.OpenService(w.Now, w.Emit, w.Caller, w.sub(), code, openid, ""))
}

const day = 24 * time.Hour
