package trade_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/trade"
)

func code(end string) play.Object {
	return play.Object{"payer": play.Object{"auth_code": "13006109882800" + end}}
}

func TestPaymentsByACode(t *testing.T) {
	t.Parallel()
	for _, product := range []string{directly + "/codepay", partner + "/codepay"} {
		t.Run(product, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			o := w.order(product)
			reply := w.OK(t, "POST", o.path, o.body)
			assert.Equal(t, "SUCCESS", reply.Text("trade_state"))
			assert.Equal(t, "MICROPAY", reply.Text("trade_type"))
			assert.EqualValues(t, 1000, reply.Int("amount.payer_total"))
			assert.Equal(t, "SUCCESS", w.state(t, o))
			w.RefusedFor(t, "POST", o.path, o.body, "ORDERPAID", "")
			w.Refused(t, "POST", o.at("close"), o.who(), "INVALID_REQUEST", 268449641, "")
			w.OK(t, "POST", o.at("reverse"), o.body.Only("appid", "mchid", "sp_mchid", "sub_mchid"))
			w.OK(t, "POST", o.at("reverse"), o.body.Only("appid", "mchid", "sp_mchid", "sub_mchid"))
			assert.Equal(t, "REVOKED", w.state(t, o))
			for _, account := range []string{ledger.World, ledger.Fees, ledger.Merchant(mchid), ledger.Merchant(sub)} {
				assert.Zero(t, w.money.Balance(account), account)
			}
			assert.Empty(t, w.Events(), "there is no webhook")
			_, err := w.book.Pay(w.Now, nil, mchid, o.number())
			require.ErrorContains(t, err, "ORDER_CLOSED")
		})
	}
}

// A payer who is asked for the password pays, fails, or does neither until it is reversed.
func TestUserPaying(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		act   func(w *world, o order) error
		state string
	}{
		{"pays", func(w *world, o order) error { _, err := w.book.Pay(w.Now, w.Emit, mchid, o.number()); return err }, "SUCCESS"},
		{"fails", func(w *world, o order) error { return w.book.FailToPay(w.Now, mchid, o.number(), "PASSWORD") }, "PAYERROR"},
		{"waits", func(w *world, o order) error { return w.book.FailToPay(w.Now, mchid, o.number(), "USERPAYING") }, "USERPAYING"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			o := w.order(directly+"/codepay", code(trade.CodeUserPaying))
			reply := w.OK(t, "POST", o.path, o.body)
			assert.Equal(t, "USERPAYING", reply.Text("trade_state"))
			assert.Equal(t, reply, w.OK(t, "POST", o.path, o.body), "the same twice")
			require.NoError(t, row.act(w, o))
			assert.Equal(t, row.state, w.state(t, o))
			assert.Empty(t, w.Events())
			w.OK(t, "POST", o.at("reverse"), o.body.Only("appid", "mchid"))
			assert.Equal(t, "REVOKED", w.state(t, o))
			assert.Zero(t, w.money.Balance(ledger.World))
		})
	}
}

func TestACodeWithoutMoney(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.order(directly+"/codepay", code(trade.CodeNotEnough))
	w.RefusedFor(t, "POST", o.path, o.body, "NOT_ENOUGH", "")
	assert.Equal(t, "PAYERROR", w.state(t, o))
	_, err := w.book.Pay(w.Now, nil, mchid, o.number())
	require.ErrorContains(t, err, "INVALID_REQUEST")
	w.RefusedFor(t, "POST", o.path, o.body, "ORDER_CLOSED", "")
}

func TestRefusedReversals(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, product string
		before        func(*testing.T, *world, order)
		code          string
	}{
		{"of an order without a code", "/app", nil, "INVALID_REQUEST"},
		{"after 7 days", "/codepay", wait(7*24*time.Hour + time.Second), "INVALID_REQUEST"},
		{"after a refund", "/codepay", func(t *testing.T, w *world, o order) { t.Helper(); w.OK(t, "POST", refunds, w.back(o, 1)) }, "INVALID_REQUEST"},
		{"of another merchant", "/codepay", func(_ *testing.T, w *world, _ order) { w.Caller = "1" }, "PARAM_ERROR"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			o := w.place(t, directly+row.product)
			if row.before != nil {
				row.before(t, w, o)
			}
			w.RefusedFor(t, "POST", o.at("reverse"), o.body.Only("appid", "mchid"), row.code, "")
		})
	}
}

// What a query shows of it is what is documented of other orders.
func TestQueriesOfReversedOrders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.place(t, partner+"/codepay", sharing, play.Object{"sub_appid": "wx2"})
	w.Now = w.Now.Add(7 * 24 * time.Hour)
	w.OK(t, "POST", o.at("reverse"), o.body.Only("sp_mchid", "sub_mchid"))
	assert.Equal(t, "REVOKED", w.state(t, o), "on the seventh day")
	assert.Equal(t, true, w.get(t, o).Get("settle_info.profit_sharing"))
	assert.True(t, w.get(t, o).Has("payer.sub_openid"))
}

// A failed attempt leaves an order as it was, but for one by a code.
func TestFailToPay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.place(t, directly+"/jsapi")
	for _, reason := range []string{"BALANCE", "PASSWORD", "REFUSED", "USERPAYING"} {
		require.NoError(t, w.book.FailToPay(w.Now, mchid, o.number(), reason))
		assert.Equal(t, "NOTPAY", w.state(t, o))
	}
	require.ErrorContains(t, w.book.FailToPay(w.Now, mchid, o.number(), "x"), "reason")
	require.ErrorContains(t, w.book.FailToPay(w.Now, mchid, "none", "BALANCE"), "ORDER_NOT_EXIST")
	payIt(t, w, o)
	require.ErrorContains(t, w.book.FailToPay(w.Now, mchid, o.number(), "BALANCE"), "ORDERPAID")
}
