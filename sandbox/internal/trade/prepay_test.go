package trade_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// products are all ways to order a payment, with the field and the form of their answer.
var products = []struct{ path, field, form, kind string }{
	{directly + "/jsapi", "prepay_id", `^wx[0-9]{14}[0-9a-f]{20}$`, "JSAPI"},
	{directly + "/app", "prepay_id", `^wx`, "APP"},
	{directly + "/h5", "h5_url", `^https://wx\.tenpay\.com/.+prepay_id=wx.+&package=`, "MWEB"},
	{directly + "/native", "code_url", `^weixin://wxpay/bizpayurl\?pr=.{9}$`, "NATIVE"},
	{directly + "/jsapi-with-contract", "prepay_id", `^wx`, "JSAPI"},
	{directly + "/app-with-contract", "prepay_id", `^wx`, "APP"},
	{partner + "/jsapi", "prepay_id", `^wx`, "JSAPI"},
	{partner + "/miniprogram", "prepay_id", `^wx`, "JSAPI"},
	{partner + "/scannedpos", "prepay_id", `^wx`, "JSAPI"},
	{partner + "/app", "prepay_id", `^wx`, "APP"},
	{partner + "/h5", "h5_url", `^https://wx\.tenpay\.com/`, "MWEB"},
	{partner + "/native", "code_url", `^weixin://`, "NATIVE"},
	{partner + "/jsapi-with-contract", "prepay_id", `^wx`, "JSAPI"},
	{partner + "/app-with-contract", "prepay_id", `^wx`, "APP"},
}

func TestEachProductIsOrderedPaidAndFound(t *testing.T) {
	t.Parallel()
	for _, row := range products {
		t.Run(row.path, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			o := w.order(row.path, play.Object{"attach": "a"})
			first := w.OK(t, "POST", o.path, o.body)
			assert.Regexp(t, row.form, first.Text(row.field))
			w.Now = w.Now.Add(4 * time.Minute)
			assert.Equal(t, first, w.OK(t, "POST", o.path, o.body), "the same twice")
			open := w.get(t, o)
			assert.Equal(t, "NOTPAY", open.Text("trade_state"))
			assert.False(t, open.Has("transaction_id"))

			id, err := w.book.Pay(w.Now, w.Emit, mchid, o.number())
			require.NoError(t, err)
			assert.Regexp(t, `^4200[0-9]{24}$`, id)
			twice, err := w.book.Pay(w.Now, w.Emit, mchid, o.number())
			require.NoError(t, err)
			assert.Equal(t, id, twice)
			found := w.get(t, o)
			assert.Equal(t, found, w.OK(t, "GET", o.prefix()+"/id/"+id+o.query(), nil))
			assert.Equal(t, []string{"SUCCESS", row.kind, "2026-04-01T12:04:00+08:00", id},
				[]string{found.Text("trade_state"), found.Text("trade_type"), found.Text("success_time"), found.Text("transaction_id")})
			assert.EqualValues(t, 1000, found.Int("amount.payer_total"))

			events := w.Events()
			require.Len(t, events, 1, "one webhook, however often it is paid")
			assert.Equal(t, []string{hook, "TRANSACTION.SUCCESS", "transaction", "支付成功"},
				[]string{events[0].URL, events[0].Type, events[0].OriginalType, events[0].Summary})
			resource := kittest.Wire(t, events[0].Resource)
			for _, name := range []string{"mchid", "sp_mchid", "sub_mchid", "out_trade_no", "transaction_id", "trade_type", "trade_state", "attach", "success_time", "payer"} {
				assert.Equal(t, found[name], resource[name], name)
			}
		})
	}
}

func TestRefusedOrders(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, product string
		edit          play.Object
		number        int
		field         string
	}{
		{"of another merchant", "/jsapi", play.Object{"mchid": "1"}, 268447843, "/mchid"},
		{"a short number", "/jsapi", play.Object{"out_trade_no": "A1234"}, 268435463, "/out_trade_no"},
		{"a long number", "/jsapi", play.Object{"out_trade_no": strings.Repeat("1", 33)}, 268435462, "/out_trade_no"},
		{"a number with other signs", "/jsapi", play.Object{"out_trade_no": "A/1234"}, 0, "/out_trade_no"},
		{"nothing", "/jsapi", costs(0), 268435464, "/amount/total"},
		{"too much", "/jsapi", costs(1_000_000_001), 268435464, "/amount/total"},
		{"a fraction", "/jsapi-with-contract", play.Object{"amount": play.Object{"total": 1.5}}, 268435464, "/amount/total"},
		{"another currency", "/jsapi", play.Object{"amount": play.Object{"total": 1, "currency": "USD"}}, 0, "/amount/currency"},
		{"a long description", "/app", play.Object{"description": strings.Repeat("书", 128)}, 268435462, "/description"},
		{"a long attach", "/app", play.Object{"attach": strings.Repeat("书", 129)}, 268435462, "/attach"},
		{"no URL", "/app", play.Object{"notify_url": "example.com"}, 0, "/notify_url"},
		{"a URL with a query", "/app", play.Object{"notify_url": hook + "?"}, 0, "/notify_url"},
		{"a long URL", "/app", play.Object{"notify_url": hook + strings.Repeat("x", 255)}, 268435462, "/notify_url"},
		{"an end without a zone", "/app", play.Object{"time_expire": "2026-04-01T13:00:00"}, 0, "/time_expire"},
		{"an end that has come", "/app", play.Object{"time_expire": "2026-04-01T12:00:00+08:00"}, 268435464, "/time_expire"},
		{"a payer at home", "/h5", play.Object{"scene_info": play.Object{"payer_client_ip": "127.0.0.1"}}, 0, "/scene_info/payer_client_ip"},
		{"a code that is none", "/codepay", play.Object{"payer": play.Object{"auth_code": "160061098828009406"}}, 0, "/payer/auth_code"},
		{"of another partner", partner + "/app", play.Object{"sp_mchid": "1"}, 268447843, "/sp_mchid"},
		{"for the partner", partner + "/app", play.Object{"sub_mchid": mchid}, 268443705, "/sub_mchid"},
		{"for no number", partner + "/app", play.Object{"sub_mchid": "x"}, 0, "/sub_mchid"},
		{"of no payer", partner + "/miniprogram", play.Object{"payer": play.Object{}}, 268501013, "/payer/sp_openid"},
		{"of a payer without an AppID", partner + "/miniprogram", play.Object{"payer": play.Object{"sub_openid": user}}, 0, "/sub_appid"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if !strings.HasPrefix(row.product, "/v3") {
				row.product = directly + row.product
			}
			o := w.order(row.product, row.edit)
			w.Refused(t, "POST", o.path, o.body, "PARAM_ERROR", row.number, row.field)
			_, err := w.book.Pay(w.Now, nil, mchid, o.number())
			require.ErrorContains(t, err, "ORDER_NOT_EXIST", "nothing was kept")
		})
	}
}

func TestTheSameNumber(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		before  func(*testing.T, *world, order)
		product string
		edit    play.Object
		code    string
		number  int
	}{
		{"with another body", nil, "/jsapi", play.Object{"attach": "b"}, "INVALID_REQUEST", 268498688},
		{"at another product", nil, "/native", nil, "INVALID_REQUEST", 268498688},
		{"when it is paid", payIt, "/jsapi", nil, "ORDERPAID", 268449538},
		{"with another body when it is paid", payIt, "/jsapi", play.Object{"attach": "b"}, "ORDERPAID", 268449538},
		{"when it is refunded", paidThenRefunded, "/jsapi", nil, "ORDERPAID", 268449538},
		{"when it is closed", closeIt, "/jsapi", nil, "ORDER_CLOSED", 268447914},
		{"when its life is over", wait(7 * 24 * time.Hour), "/jsapi", nil, "ORDER_CLOSED", 268447914},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			o := w.place(t, directly+"/jsapi")
			if row.before != nil {
				row.before(t, w, o)
			}
			w.Refused(t, "POST", directly+row.product, o.body.With(row.edit), row.code, row.number, "")
		})
	}
}

func payIt(t *testing.T, w *world, o order) {
	t.Helper()
	_, err := w.book.Pay(w.Now, w.Emit, w.Caller, o.number())
	require.NoError(t, err)
}

func paidThenRefunded(t *testing.T, w *world, o order) {
	t.Helper()
	payIt(t, w, o)
	w.OK(t, "POST", refunds, w.back(o, 1))
}

func closeIt(t *testing.T, w *world, o order) {
	t.Helper()
	w.OK(t, "POST", o.at("close"), o.who())
}

func wait(d time.Duration) func(*testing.T, *world, order) {
	return func(_ *testing.T, w *world, _ order) { w.Now = w.Now.Add(d) }
}

// What the payer pays with lapses before the order does; the same request renews it.
func TestPrepayIDsLapse(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		product, field string
		life           time.Duration
	}{
		{"/jsapi", "prepay_id", 2 * time.Hour},
		{"/native", "code_url", 2 * time.Hour},
		{"/h5", "h5_url", 5 * time.Minute},
	} {
		t.Run(row.product, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			o := w.order(directly + row.product)
			ask := func() string { return w.OK(t, "POST", o.path, o.body).Text(row.field) }
			before := ask()
			w.Now = w.Now.Add(row.life - time.Second)
			require.Equal(t, before, ask())
			w.Now = w.Now.Add(time.Second)
			_, err := w.book.Pay(w.Now, nil, mchid, o.number())
			require.ErrorContains(t, err, "268447914")
			assert.Equal(t, "NOTPAY", w.state(t, o), "the order lives")
			assert.NotEqual(t, before, ask())
			payIt(t, w, o)
		})
	}
}

func TestOrdersEnd(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		edit play.Object
		life time.Duration
	}{
		{"after 7 days", nil, 7 * 24 * time.Hour},
		{"at time_expire", play.Object{"time_expire": "2026-04-01T13:00:00+08:00"}, time.Hour},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			o := w.place(t, directly+"/jsapi", row.edit)
			w.Now = w.Now.Add(row.life - time.Second)
			assert.Equal(t, "NOTPAY", w.state(t, o))
			w.Now = w.Now.Add(time.Second)
			assert.Equal(t, "CLOSED", w.state(t, o))
			_, err := w.book.Pay(w.Now, nil, mchid, o.number())
			require.ErrorContains(t, err, "ORDER_CLOSED")
			closeIt(t, w, o)
		})
	}
}

func TestCloseAndQuery(t *testing.T) {
	t.Parallel()
	for _, product := range []string{directly + "/app", partner + "/app"} {
		t.Run(product, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			o := w.place(t, product)
			closeIt(t, w, o)
			closeIt(t, w, o)
			assert.Equal(t, "CLOSED", w.state(t, o))
			bought, id := w.pay(t, product)
			refused := func(code string, number int, method, path string, body play.Object) {
				t.Helper()
				_, refusal := w.Do(t, method, path, body)
				require.NotNil(t, refusal)
				assert.Equal(t, code, refusal.Code)
				assert.Equal(t, number, refusal.Number)
			}
			refused("ORDERPAID", 268449538, "POST", bought.at("close"), bought.who())
			none := w.order(product)
			refused("ORDER_NOT_EXIST", 268512771, "POST", none.at("close"), none.who())
			refused("ORDER_NOT_EXIST", 268512771, "GET", none.at("")+none.query(), nil)
			refused("ORDER_NOT_EXIST", 268512771, "GET", o.prefix()+"/id/4200"+none.query(), nil)
			refused("PARAM_ERROR", 268447843, "GET", o.at("")+strings.ReplaceAll(o.query(), "mchid="+mchid, "mchid=1"), nil)
			away := order{directly + "/app", play.Object{"mchid": mchid, "out_trade_no": o.number()}}
			if o.prefix() == directly {
				away = order{partner + "/app", play.Object{"sp_mchid": mchid, "sub_mchid": sub, "out_trade_no": o.number()}}
			}
			refused("ORDER_NOT_EXIST", 268512771, "GET", away.at("")+away.query(), nil)
			if o.prefix() == partner {
				refused("PARAM_ERROR", 268447845, "GET", o.at("")+strings.Replace(o.query(), sub, "1", 1), nil)
			}
			w.Caller = "1900000002"
			mine := strings.ReplaceAll(bought.query(), mchid, w.Caller)
			refused("ORDER_NOT_EXIST", 268512771, "GET", bought.prefix()+"/id/"+id+mine, nil)
			refused("ORDER_NOT_EXIST", 268512771, "GET", bought.at("")+mine, nil)
		})
	}
}
