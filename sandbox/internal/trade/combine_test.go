package trade_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// combined is a request for a combined order of sub-orders of 1000 each.
func (w *world) combined(product string, subs ...play.Object) play.Object {
	list := make([]any, len(subs))
	for i, edit := range subs {
		list[i] = play.Object{
			"mchid": mchid, "sub_mchid": sub, "attach": "a", "amount": play.Object{"total_amount": 1000, "currency": "CNY"},
			"out_trade_no": w.no(), "description": "书",
		}.With(edit)
	}
	body := play.Object{
		"combine_appid": appid, "combine_mchid": mchid, "combine_out_trade_no": w.no(), "notify_url": hook, "sub_orders": list,
		"combine_payer_info": play.Object{"openid": user},
		"scene_info":         play.Object{"device_id": "1", "payer_client_ip": "203.0.113.5"},
	}
	if product == "/h5" {
		body["scene_info"] = play.Object{"device_id": "1", "payer_client_ip": "203.0.113.5", "h5_info": play.Object{"type": "Wap"}}
	}
	return body
}

func combinedAt(body play.Object) string {
	return combine + "/out-trade-no/" + body.Text("combine_out_trade_no")
}

func closing(body play.Object) play.Object {
	list := make([]any, 0, 2)
	for _, s := range body["sub_orders"].([]any) {
		list = append(list, s.(play.Object).Only("mchid", "sub_mchid", "out_trade_no"))
	}
	return play.Object{"combine_appid": appid, "sub_orders": list}
}

func statesOf(o play.Object) []string {
	subs := o.List("sub_orders")
	list := make([]string, 0, len(subs))
	for _, s := range subs {
		list = append(list, s.Text("trade_state"))
	}
	return list
}

func TestCombinedOrdersArePaidAllAtOnce(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ product, field string }{
		{"/jsapi", "prepay_id"}, {"/app", "prepay_id"}, {"/native", "code_url"}, {"/h5", "h5_url"},
	} {
		t.Run(row.product, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			own := play.Object{"sub_mchid": mchid}
			shared := play.Object{"settle_info": play.Object{"profit_sharing": true}, "sub_appid": "wx2"}
			if row.product == "/app" || row.product == "/jsapi" {
				shared = play.Object{"profit_sharing": true, "sub_appid": "wx2"} // as it once was
			}
			body := w.combined(row.product, own, shared)
			if row.product == "/jsapi" {
				body["combine_payer_info"] = play.Object{"openid": user, "sub_openid": user}
			}
			made := w.OK(t, "POST", combine+row.product, body)
			assert.NotEmpty(t, made.Text(row.field))
			assert.Equal(t, made, w.OK(t, "POST", combine+row.product, body), "the same twice")
			assert.Equal(t, []string{"NOTPAY", "NOTPAY"}, statesOf(w.OK(t, "GET", combinedAt(body), nil)))

			id, err := w.book.Pay(w.Now, w.Emit, mchid, body.Text("combine_out_trade_no"))
			require.NoError(t, err)
			found := w.OK(t, "GET", combinedAt(body), nil)
			assert.Equal(t, []string{"SUCCESS", "SUCCESS"}, statesOf(found))
			assert.Equal(t, id, found.Text("combine_transaction_id"))
			assert.EqualValues(t, 994, w.money.Balance(ledger.Merchant(mchid)))
			assert.EqualValues(t, 994, w.money.Balance(ledger.Frozen(sub)))
			assert.EqualValues(t, 12, w.money.Balance(ledger.Fees))

			events := w.Events()
			require.Len(t, events, 1, "one webhook for all")
			resource := kittest.Wire(t, events[0].Resource)
			assert.Equal(t, found.Text("combine_out_trade_no"), resource.Text("combine_out_trade_no"))
			parts := resource.List("sub_orders")
			require.Len(t, parts, 2)
			assert.Equal(t, "2026-04-01T12:00:00.000+08:00", parts[0].Text("success_time"))
			for i, part := range found.List("sub_orders") {
				assert.Equal(t, part.Text("transaction_id"), parts[i].Text("transaction_id"))
				assert.Equal(t, part["amount"], parts[i]["amount"])
				assert.Equal(t, part["sub_openid"], parts[i]["sub_openid"])
				is, ok := w.book.Paid(mchid, part.Text("transaction_id"))
				require.True(t, ok)
				assert.Equal(t, part.Text("out_trade_no"), is.OutTradeNo)
				w.RefusedFor(t, "GET", directly+"/id/"+is.TransactionID+"?mchid="+mchid, nil, "ORDER_NOT_EXIST", "")
			}
			w.RefusedFor(t, "POST", combine+row.product, body, "ORDERPAID", "")
			w.RefusedFor(t, "POST", combinedAt(body)+"/close", closing(body), "ORDERPAID", "")
		})
	}
}

func TestCombinedOrdersAreClosedAsTheyWereMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := w.combined("/app", nil, nil)
	w.OK(t, "POST", combine+"/app", body)
	refused := func(code string, edit func(play.Object)) {
		t.Helper()
		o := closing(body)
		edit(o)
		w.RefusedFor(t, "POST", combinedAt(body)+"/close", o, code, "")
	}
	refused("INVALID_REQUEST", func(o play.Object) { o["sub_orders"] = o["sub_orders"].([]any)[:1] })
	refused("INVALID_REQUEST", func(o play.Object) { o["sub_orders"].([]any)[0].(play.Object)["mchid"] = "1" })
	refused("PARAM_ERROR", func(o play.Object) { o["combine_appid"] = "wx1" })
	turned := closing(body)
	slices.Reverse(turned["sub_orders"].([]any))
	w.OK(t, "POST", combinedAt(body)+"/close", turned)
	w.OK(t, "POST", combinedAt(body)+"/close", turned)
	assert.Equal(t, []string{"CLOSED", "CLOSED"}, statesOf(w.OK(t, "GET", combinedAt(body), nil)))
	_, err := w.book.Pay(w.Now, nil, mchid, body.Text("combine_out_trade_no"))
	require.ErrorContains(t, err, "ORDER_CLOSED")
	w.RefusedFor(t, "POST", combine+"/app", body, "ORDER_CLOSED", "")
	w.Now = w.Now.Add(time.Hour)
	late := w.combined("/app", nil, nil)
	w.OK(t, "POST", combine+"/app", late)
	w.Now = w.Now.Add(7 * 24 * time.Hour)
	assert.Equal(t, []string{"CLOSED", "CLOSED"}, statesOf(w.OK(t, "GET", combinedAt(late), nil)))
	w.RefusedFor(t, "GET", combine+"/out-trade-no/none", nil, "ORDER_NOT_EXIST", "")
	w.RefusedFor(t, "POST", combine+"/out-trade-no/none/close", closing(late), "ORDER_NOT_EXIST", "")
}

func TestRefusedCombinedOrders(t *testing.T) {
	t.Parallel()
	own := play.Object{"sub_mchid": mchid}
	many := func(n int, edit play.Object) []play.Object { return slices.Repeat([]play.Object{edit}, n) }
	for _, row := range []struct {
		name, product string
		subs          []play.Object
		edit          play.Object
		number        int
		code, field   string
	}{
		{"one of a merchant's own", "/app", many(1, own), nil, 268435464, "PARAM_ERROR", "/sub_orders"},
		{"eleven of a merchant's own", "/app", many(11, own), nil, 268435464, "PARAM_ERROR", "/sub_orders"},
		{"51 of a partner", "/app", many(51, nil), nil, 268435464, "PARAM_ERROR", "/sub_orders"},
		{"of another merchant", "/app", many(2, nil), play.Object{"combine_mchid": "1"}, 268447843, "PARAM_ERROR", "/combine_mchid"},
		{"a short number", "/app", many(2, nil), play.Object{"combine_out_trade_no": "1"}, 268435463, "PARAM_ERROR", "/combine_out_trade_no"},
		{"a short number of a sub-order", "/app", []play.Object{{"out_trade_no": "1"}}, nil, 268435463, "PARAM_ERROR", "/sub_orders/0/out_trade_no"},
		{"a long text", "/app", []play.Object{{"attach": strings.Repeat("1", 129)}}, nil, 268435462, "PARAM_ERROR", "/sub_orders/0/attach"},
		{"nothing", "/app", []play.Object{{"amount": play.Object{"total_amount": 0, "currency": "CNY"}}}, nil, 268435464, "PARAM_ERROR", "/sub_orders/0/amount/total_amount"},
		{"no merchant", "/app", []play.Object{{"mchid": "x"}}, nil, 0, "PARAM_ERROR", "/sub_orders/0/mchid"},
		{"no sub-merchant", "/app", []play.Object{{"sub_mchid": "x"}}, nil, 0, "PARAM_ERROR", "/sub_orders/0/sub_mchid"},
		{"the same number twice", "/app", many(2, play.Object{"out_trade_no": "twice_1"}), nil, 268498688, "INVALID_REQUEST", ""},
		{"a number that is taken", "/app", []play.Object{{"out_trade_no": "taken_1"}}, nil, 268498688, "INVALID_REQUEST", ""},
		{"no payer", "/jsapi", many(2, nil), play.Object{"combine_payer_info": play.Object{"sub_openid": ""}}, 268501013, "PARAM_ERROR", "/combine_payer_info/openid"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.place(t, directly+"/app", play.Object{"out_trade_no": "taken_1"})
			w.Refused(t, "POST", combine+row.product, w.combined(row.product, row.subs...).With(row.edit), row.code, row.number, row.field)
		})
	}
}

// A sub-order is paid with the others only, and one of another merchant is that merchant's.
func TestSubOrders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := w.combined("/app", play.Object{"sub_mchid": mchid}, play.Object{"mchid": "1900000002", "sub_mchid": "1900000002"})
	w.OK(t, "POST", combine+"/app", body)
	_, err := w.book.Pay(w.Now, nil, mchid, body["sub_orders"].([]any)[0].(play.Object).Text("out_trade_no"))
	require.ErrorContains(t, err, "combine_out_trade_no")
	_, err = w.book.Pay(w.Now, nil, mchid, body.Text("combine_out_trade_no"))
	require.NoError(t, err)
	id := w.OK(t, "GET", combinedAt(body), nil).List("sub_orders")[1].Text("transaction_id")
	_, mine := w.book.Paid(mchid, id)
	_, theirs := w.book.Paid("1900000002", id)
	assert.Equal(t, []bool{false, true}, []bool{mine, theirs})
}

// The names of a resource are in the order of WeChat Pay.
func TestResourcesAreInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pay(t, directly+"/jsapi")
	w.pay(t, partner+"/jsapi", play.Object{"sub_appid": "wx2", "payer": play.Object{"sp_openid": user, "sub_openid": user}})
	events := w.Events()
	require.Len(t, events, 2)
	for i, want := range []string{
		`^{"mchid":"1900000001","appid":"wxd678efh567hg6787","out_trade_no":"no_000001","transaction_id":"\d{28}","trade_type":"JSAPI",` +
			`"trade_state":"SUCCESS","trade_state_desc":"支付成功","bank_type":"OTHERS","attach":"","success_time":"2026-04-01T12:00:00\+08:00",` +
			`"payer":{"openid":"[^"]{28}"},"amount":{"total":1000,"payer_total":1000,"currency":"CNY","payer_currency":"CNY"}}$`,
		`^{"sp_mchid":"1900000001","sub_mchid":"1900000109","sp_appid":"wxd678efh567hg6787","sub_appid":"wx2","out_trade_no".*` +
			`"payer":{"sp_openid":"[^"]+","sub_openid":"[^"]+"}`,
	} {
		assert.Regexp(t, want, marshalled(t, events[i].Resource))
	}
}
