package sharing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestRefusedReturns(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name          string
		edit          func(w *world, body play.Object)
		code, message string
	}{
		{"a request that is unknown", func(_ *world, b play.Object) { b["out_order_no"] = "x" }, "INVALID_REQUEST", "分账单不存在"},
		{"an id of another request", func(_ *world, b play.Object) { b["order_id"] = "1" }, "INVALID_REQUEST", "分账单不存在"},
		{"no request", func(_ *world, b play.Object) { delete(b, "out_order_no") }, "PARAM_ERROR", "至少"},
		{"a bad number", func(_ *world, b play.Object) { b["out_return_no"] = "回" }, "PARAM_ERROR", "单号"},
		{"a bad merchant", func(_ *world, b play.Object) { b["return_mchid"] = openid }, "PARAM_ERROR", "数字"},
		{"who received nothing", func(_ *world, b play.Object) { b["return_mchid"] = shop2 }, "INVALID_REQUEST", "回退方不存在"},
		{"nothing", func(_ *world, b play.Object) { b["amount"] = 0 }, "PARAM_ERROR", "大于 0"},
		{"too much", func(_ *world, b play.Object) { b["amount"] = 101 }, "INVALID_REQUEST", "超过可回退"},
		{"too late", func(w *world, _ play.Object) { w.Now = w.Now.Add(180*24*time.Hour + time.Second) }, "INVALID_REQUEST", "期限"},
		{"for a sub-merchant", func(_ *world, b play.Object) { b["sub_mchid"] = sub }, "PARAM_ERROR", "不符"},
		{"another's", func(w *world, _ play.Object) { w.Caller = shop }, "INVALID_REQUEST", "分账单不存在"},
		{"no description", func(_ *world, b play.Object) { b["description"] = string(make([]byte, 81)) }, "PARAM_ERROR", "长度"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.add(t, "", merchant(shop, 0))
			s := w.share(t, w.pay(t, mchid, 10_000, 0), merchant(shop, 100))
			w.get(t, s)
			body := w.returning(s, shop, 100)
			row.edit(w, body)
			w.RefusedFor(t, "POST", returns, body, row.code, row.message)
			assert.EqualValues(t, 100, w.balance(shop))
		})
	}
	t.Run("what was unfrozen", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		u := w.OK(t, "POST", unfreezes, w.unfreezing(w.pay(t, mchid, 10_000, 0)))
		w.get(t, u)
		w.RefusedFor(t, "POST", returns, w.returning(u, mchid, 1), "INVALID_REQUEST", "分账单不存在")
	})
	t.Run("for the fifty-first time", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.add(t, "", merchant(shop, 0))
		s := w.share(t, w.pay(t, mchid, 10_000, 0), merchant(shop, 100))
		w.get(t, s)
		for range 50 {
			w.OK(t, "POST", returns, w.returning(s, shop, 1))
		}
		w.RefusedFor(t, "POST", returns, w.returning(s, shop, 1), "INVALID_REQUEST", "50")
	})
}

// A return that failed is asked for again with another number.
func TestFailedReturns(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{"ACCOUNT_ABNORMAL", "BALANCE_NOT_ENOUGH", "TIME_OUT_CLOSED", "PAYER_ACCOUNT_ABNORMAL", "INVALID_REQUEST"} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.book.Delay = time.Second
			w.add(t, "", merchant(shop, 0))
			s := w.share(t, w.pay(t, mchid, 10_000, 0), merchant(shop, 100))
			w.Now = w.Now.Add(time.Second)
			w.get(t, s)
			r := w.OK(t, "POST", returns, w.returning(s, shop, 100))
			require.NoError(t, w.book.SettleReturn(w.Now, w.Emit, mchid, r.Text("out_return_no"), reason))
			o := w.OK(t, "GET", returns+"/"+r.Text("out_return_no")+"?out_order_no="+s.Text("out_order_no"), nil)
			assert.Equal(t, "FAILED", o.Text("result"))
			assert.Equal(t, reason, o.Text("fail_reason"))
			assert.EqualValues(t, 100, w.balance(shop))
			assert.Len(t, w.Events(), 1)
			again := w.OK(t, "POST", returns, w.returning(s, shop, 100))
			require.NoError(t, w.book.SettleReturn(w.Now, w.Emit, mchid, again.Text("out_return_no"), ""))
			assert.Zero(t, w.balance(shop))
			assert.Len(t, w.Events(), 1)
		})
	}
	t.Run("the receiver has spent it", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.add(t, "", merchant(shop, 0))
		s := w.share(t, w.pay(t, mchid, 10_000, 0), merchant(shop, 100))
		w.get(t, s)
		w.spend(t, shop, 1)
		r := w.OK(t, "POST", returns, w.returning(s, shop, 100))
		assert.Equal(t, []string{"FAILED", "BALANCE_NOT_ENOUGH"}, []string{r.Text("result"), r.Text("fail_reason")})
		assert.Equal(t, "SUCCESS", w.OK(t, "POST", returns, w.returning(s, shop, 99)).Text("result"))
	})
}
