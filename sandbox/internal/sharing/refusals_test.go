package sharing_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sharing"
)

func TestRefusedReceivers(t *testing.T) {
	t.Parallel()
	body := play.Object{"appid": appid, "type": "MERCHANT_ID", "account": shop, "name": "商户全称", "relation_type": "STORE"}
	for _, row := range []struct {
		name, field   string
		value         any
		code, message string
	}{
		{"a merchant without a name", "name", "", "PARAM_ERROR", "商户全称"},
		{"an account that is no number", "account", "x", "PARAM_ERROR", "数字"},
		{"the payer itself", "account", mchid, "INVALID_REQUEST", "分账方"},
		{"the user of a sub-merchant", "type", "PERSONAL_SUB_OPENID", "PARAM_ERROR", "服务商"},
		{"the service provider of nobody", "relation_type", "SERVICE_PROVIDER", "PARAM_ERROR", "服务商"},
		{"a relation without a name", "relation_type", "CUSTOM", "PARAM_ERROR", "长度"},
		{"the caller as its sub-merchant", "sub_mchid", mchid, "PARAM_ERROR", "自己"},
		{"a sub-merchant that is no number", "sub_mchid", "x", "PARAM_ERROR", "数字"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			newWorld(t).RefusedFor(t, "POST", adds, kittest.With(body, row.field, row.value), row.code, row.message)
		})
	}
	t.Run("the user of a sub-merchant without its appid", func(t *testing.T) {
		t.Parallel()
		b := kittest.With(kittest.With(body, "sub_mchid", sub), "type", "PERSONAL_SUB_OPENID")
		newWorld(t).RefusedFor(t, "POST", adds, b, "PARAM_ERROR", "PERSONAL_SUB_OPENID")
	})
	t.Run("a long openid", func(t *testing.T) {
		t.Parallel()
		b := kittest.With(kittest.With(body, "type", "PERSONAL_OPENID"), "account", strings.Repeat("o", 65))
		newWorld(t).RefusedFor(t, "POST", adds, b, "PARAM_ERROR", "长度")
	})
}

func TestTooManyReceivers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := play.Object{"appid": appid, "type": "PERSONAL_OPENID", "account": "", "relation_type": "USER"}
	call := func(i int) error {
		_, err := w.Handlers["POST "+adds](&play.Call{Caller: mchid, Now: w.Now, Emit: w.Emit, Body: kittest.With(body, "account", fmt.Sprint("o", i))})
		return err
	}
	for i := range 20_000 {
		require.NoError(t, call(i))
	}
	require.ErrorContains(t, call(20_000), "上限")
	require.NoError(t, call(19_999), "it is one of them")
	w.OK(t, "POST", deletes, kittest.With(body, "account", "o0").Only("appid", "type", "account"))
	require.NoError(t, call(20_000))
}

func TestRefusedSharing(t *testing.T) {
	t.Parallel()
	many := make([]play.Object, 51)
	for i := range many {
		many[i] = person(fmt.Sprint("o", i), 1)
	}
	for _, row := range []struct {
		name          string
		edit          func(w *world, id string, body play.Object)
		code, message string
	}{
		{"an order that is unknown", func(_ *world, _ string, b play.Object) { b["transaction_id"] = "1" }, "INVALID_REQUEST", "订单不存在"},
		{"another's order", func(w *world, _ string, _ play.Object) { w.Caller = shop }, "INVALID_REQUEST", "订单不存在"},
		{"a sub-merchant of no partner", func(_ *world, _ string, b play.Object) { b["sub_mchid"] = sub }, "PARAM_ERROR", "不符"},
		{"an order without sharing", func(w *world, id string, _ play.Object) {
			p := w.orders.paid[mchid+"/"+id]
			p.ProfitSharing = false
			w.orders.paid[mchid+"/"+id] = p
		}, "INVALID_REQUEST", "非分账订单"},
		{"a bad number", func(_ *world, _ string, b play.Object) { b["out_order_no"] = "a b" }, "PARAM_ERROR", "单号"},
		{"less than a minute after paying", func(w *world, _ string, _ play.Object) { w.Now = w.Now.Add(-time.Second) }, "INVALID_REQUEST", "处理中"},
		{"thirty days after paying", func(w *world, _ string, _ play.Object) { w.Now = start.Add(30 * 24 * time.Hour) }, "INVALID_REQUEST", "完结"},
		{"nobody", func(_ *world, _ string, b play.Object) { delete(b, "receivers") }, "PARAM_ERROR", "1 到 50"},
		{"too many", func(_ *world, _ string, b play.Object) { b["receivers"] = list(many...) }, "PARAM_ERROR", "1 到 50"},
		{"one twice", func(_ *world, _ string, b play.Object) {
			b["receivers"] = list(merchant(shop, 1), merchant(shop, 2))
		}, "PARAM_ERROR", "一次"},
		{"one that was not added", func(_ *world, _ string, b play.Object) { b["receivers"] = list(merchant(shop2, 1)) }, "INVALID_REQUEST", "关系不存在"},
		{"nothing", func(_ *world, _ string, b play.Object) { b["receivers"] = list(merchant(shop, 0)) }, "PARAM_ERROR", "大于 0"},
		{"a debt", func(_ *world, _ string, b play.Object) { b["receivers"] = list(merchant(shop, -1)) }, "PARAM_ERROR", "大于 0"},
		{"too much to count", func(_ *world, _ string, b play.Object) { b["receivers"] = list(merchant(shop, 1e15)) }, "PARAM_ERROR", "大于 0"},
		{"no description", func(_ *world, _ string, b play.Object) {
			b["receivers"] = list(kittest.With(merchant(shop, 1), "description", strings.Repeat("分", 81)))
		}, "PARAM_ERROR", "长度"},
		{"a person without an appid", func(_ *world, _ string, b play.Object) {
			delete(b, "appid")
			b["receivers"] = list(person(openid, 1))
		}, "PARAM_ERROR", "必填"},
		{"more than there is", func(w *world, id string, b play.Object) {
			w.refund(t, id, 9000)
			b["receivers"] = list(merchant(shop, 900), person(openid, 41))
		}, "NOT_ENOUGH", "不足"},
		{"more than the ratio", func(_ *world, _ string, b play.Object) { b["receivers"] = list(merchant(shop, 3001)) }, "INVALID_REQUEST", "最大分账比例"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.add(t, "", merchant(shop, 0), person(openid, 0))
			id := w.pay(t, mchid, 10_000, 60)
			body := w.sharing(id, merchant(shop, 1))
			row.edit(w, id, body)
			w.RefusedFor(t, "POST", shares, body, row.code, row.message)
			assert.Zero(t, w.balance(shop))
		})
	}
}

func TestRefusedForAPartner(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, sub, merchant(shop, 0))
	id := w.pay(t, sub, 10_000, 60)
	w.Refused(t, "POST", shares, w.sharing(id, merchant(shop, 1)), "PARAM_ERROR", 268443704, "/sub_mchid")
	w.Refused(t, "POST", shares, kittest.With(w.sharing(id, merchant(shop, 1)), "sub_mchid", mchid), "PARAM_ERROR", 268443705, "/sub_mchid")
	w.RefusedFor(t, "POST", shares, kittest.With(w.sharing(id, merchant(shop, 1)), "sub_mchid", "1"), "PARAM_ERROR", "不符")
	w.RefusedFor(t, "POST", shares, kittest.With(w.sharing(id, merchant(sub, 1)), "sub_mchid", sub), "INVALID_REQUEST", "分账方")
	s := w.OK(t, "POST", shares, kittest.With(w.sharing(id, merchant(shop, 1)), "sub_mchid", sub))
	w.get(t, s)
	w.RefusedFor(t, "POST", returns, w.returning(s, shop, 1), "PARAM_ERROR", "不符")
}

// Only requests that were accepted count.
func TestFiftyRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "", merchant(shop, 0))
	id := w.pay(t, mchid, 10_000, 0)
	for range 50 {
		w.RefusedFor(t, "POST", shares, w.sharing(id, merchant(shop, 3001)), "INVALID_REQUEST", "")
		w.share(t, id, merchant(shop, 1))
	}
	w.RefusedFor(t, "POST", shares, w.sharing(id, merchant(shop, 1)), "INVALID_REQUEST", "50")
	w.OK(t, "POST", unfreezes, w.unfreezing(id))
	w.left(t, id)
	assert.EqualValues(t, 50, w.balance(shop))
	assert.EqualValues(t, 9950, w.balance(mchid))
}

func TestWhatDoesNotExist(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "", merchant(shop, 0))
	id := w.pay(t, mchid, 10_000, 0)
	plain := w.pay(t, mchid, 10_000, 0)
	p := w.orders.paid[mchid+"/"+plain]
	p.ProfitSharing = false
	w.orders.paid[mchid+"/"+plain] = p
	s := w.share(t, id, merchant(shop, 1))
	w.get(t, s)
	r := w.OK(t, "POST", returns, w.returning(s, shop, 1))
	no, back := s.Text("out_order_no"), r.Text("out_return_no")
	for _, row := range []struct{ name, caller, path, code string }{
		{"a request", mchid, shares + "/x?transaction_id=" + id, "RESOURCE_NOT_EXISTS"},
		{"a request of another order", mchid, shares + "/" + no + "?transaction_id=1", "RESOURCE_NOT_EXISTS"},
		{"a request for a sub-merchant", mchid, shares + "/" + no + "?sub_mchid=1&transaction_id=" + id, "RESOURCE_NOT_EXISTS"},
		{"another's request", shop, shares + "/" + no + "?transaction_id=" + id, "RESOURCE_NOT_EXISTS"},
		{"a return", mchid, returns + "/x?out_order_no=" + no, "RESOURCE_NOT_EXISTS"},
		{"a return of another request", mchid, returns + "/" + back + "?out_order_no=x", "RESOURCE_NOT_EXISTS"},
		{"another's return", shop, returns + "/" + back + "?out_order_no=" + no, "RESOURCE_NOT_EXISTS"},
		{"an order", mchid, base + "/transactions/1/amounts", "RESOURCE_NOT_EXISTS"},
		{"another's order", shop, base + "/transactions/" + id + "/amounts", "RESOURCE_NOT_EXISTS"},
		{"sharing of an order", mchid, base + "/transactions/" + plain + "/amounts", "INVALID_REQUEST"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w.Caller = row.caller
			w.RefusedFor(t, "GET", row.path, nil, row.code, "")
		})
	}
	w.Caller = mchid
	w.RefusedFor(t, "POST", unfreezes, w.unfreezing(plain), "INVALID_REQUEST", "非分账订单")
	for name, err := range map[string]error{
		"settle":           w.book.Settle(w.Now, nil, mchid, "x", "", ""),
		"settle a return":  w.book.SettleReturn(w.Now, nil, mchid, "x", ""),
		"expire":           w.book.Expire(w.Now, nil, mchid, "1"),
		"settle what is":   w.book.Settle(w.Now, nil, mchid, no, "", ""),
		"a return that is": w.book.SettleReturn(w.Now, nil, mchid, back, ""),
		"a reason":         w.book.Settle(w.Now, nil, mchid, no, "", "BALANCE_NOT_ENOUGH"),
		"a return reason":  w.book.SettleReturn(w.Now, nil, mchid, back, "NO_RELATION"),
		"expire no shares": w.book.Expire(w.Now, nil, mchid, plain),
	} {
		var refusal *play.Refusal
		require.ErrorAs(t, err, &refusal, name)
	}
	taken, finished := sharing.New(w.ledger, w.orders).Taken(mchid, id)
	assert.Zero(t, taken)
	assert.False(t, finished)
}
