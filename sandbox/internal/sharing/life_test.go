package sharing_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestEveryEndpointIsPlayed(t *testing.T) {
	t.Parallel()
	documented := slices.DeleteFunc(kittest.Documented(base+"/"), func(e string) bool { return e == "GET "+base+"/bills" })
	assert.Len(t, documented, 9)
	assert.ElementsMatch(t, documented, slices.Collect(maps.Keys(newWorld(t).Handlers)))
}

// A merchant shares, has a part returned, and unfreezes the rest.
func TestLifeOfAMerchantsOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.pay(t, mchid, 10_000, 60)
	w.add(t, "", merchant(shop, 0), person(openid, 0))
	assert.EqualValues(t, 9940, w.left(t, id))

	s := w.share(t, id, merchant(shop, 1000), person(openid, 500))
	assert.Equal(t, "PROCESSING", s.Text("state"))
	assert.Equal(t, "PENDING", s.List("receivers")[0].Text("result"))
	assert.Regexp(t, `^3008\d{24}$`, s.Text("order_id"))
	assert.Regexp(t, `^36011\d{18}$`, s.List("receivers")[0].Text("detail_id"))
	assert.EqualValues(t, 10_000-60, w.frozen(mchid), "it was accepted, not executed")

	w.Now = w.Now.Add(time.Second)
	done := w.get(t, s)
	assert.Equal(t, "FINISHED", done.Text("state"))
	assert.Equal(t, "SUCCESS", done.List("receivers")[1].Text("result"))
	assert.Equal(t, "2026-04-01T12:01:01+08:00", done.List("receivers")[0].Text("finish_time"))
	assert.EqualValues(t, 1000, w.balance(shop))
	assert.EqualValues(t, 8440, w.left(t, id))
	taken, finished := w.book.Taken(mchid, id)
	assert.EqualValues(t, 1500, taken)
	assert.False(t, finished)
	events := w.Events()
	require.Len(t, events, 1, "persons get none")
	assert.Equal(t, play.Event{
		URL: hook + "/" + shop, Type: "PROFITSHARING.SUCCESS", OriginalType: "profitsharing", Summary: "分账",
		Resource: play.Object{
			"mchid": mchid, "transaction_id": id, "order_id": s.Text("order_id"), "out_order_no": s.Text("out_order_no"),
			"success_time": "2026-04-01T12:01:01+08:00",
			"receiver":     play.Object{"type": "MERCHANT_ID", "account": shop, "amount": int64(1000), "description": "分给商户"},
		},
	}, events[0])

	r := w.OK(t, "POST", returns, w.returning(s, shop, 400))
	assert.Equal(t, "SUCCESS", r.Text("result"))
	assert.EqualValues(t, 600, w.balance(shop))
	assert.EqualValues(t, 400, w.balance(mchid), "it is the payer's at once")
	assert.EqualValues(t, 8440, w.left(t, id), "and is not shared again")
	assert.Equal(t, r, w.OK(t, "GET", returns+"/"+r.Text("out_return_no")+"?out_order_no="+s.Text("out_order_no"), nil))
	events = w.Events()
	require.Len(t, events, 1)
	assert.Equal(t, play.Event{
		URL: hook + "/" + mchid, Type: "PROFITSHARING.RETURN", OriginalType: "profitsharing", Summary: "分账回退",
		Resource: play.Object{
			"mchid": mchid, "transaction_id": id, "order_id": r.Text("return_id"), "out_order_no": r.Text("out_return_no"),
			"success_time": "2026-04-01T12:01:01+08:00",
			"receiver":     play.Object{"type": "MERCHANT_ID", "account": mchid, "amount": int64(400), "description": "退货"},
		},
	}, events[0], "the receiver is who shared")

	u := w.OK(t, "POST", unfreezes, w.unfreezing(id))
	assert.Equal(t, "PROCESSING", u.Text("state"))
	assert.Equal(t, []string{"SUCCESS"}, w.results(t, u))
	assert.EqualValues(t, 8440, w.get(t, u).List("receivers")[0].Int("amount"))
	assert.EqualValues(t, 8840, w.balance(mchid))
	assert.Zero(t, w.frozen(mchid))
	assert.Zero(t, w.left(t, id))
	assert.EqualValues(t, -10_000+500, w.ledger.Balance(ledger.World))
	assert.Zero(t, w.ledger.Sum())
	assert.Empty(t, w.Events(), "nothing tells of unfreezing")

	w.RefusedFor(t, "POST", shares, w.sharing(id, merchant(shop, 1)), "INVALID_REQUEST", "订单已完结分账")
	w.RefusedFor(t, "POST", unfreezes, w.unfreezing(id), "NOT_ENOUGH", "")
	w.OK(t, "POST", deletes, play.Object{"appid": appid, "type": "MERCHANT_ID", "account": shop})
	w.OK(t, "POST", returns, w.returning(s, shop, 600)) // both are allowed for returns
}

// A service provider shares for its sub-merchant.
func TestLifeOfAPartnersOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.pay(t, sub, 10_000, 0)
	subPerson := play.Object{"type": "PERSONAL_SUB_OPENID", "account": openid, "amount": 100, "description": "分给个人"}
	w.add(t, sub, merchant(mchid, 0), person(openid, 0), subPerson)
	body := w.sharing(id, merchant(mchid, 1000), person(openid, 100), subPerson)
	body["sub_mchid"], body["sub_appid"], body["unfreeze_unsplit"] = sub, appid, true
	s := w.OK(t, "POST", shares, body)
	assert.Equal(t, sub, s.Text("sub_mchid"))
	assert.Equal(t, []string{"SUCCESS", "SUCCESS", "SUCCESS"}, w.results(t, s))
	assert.EqualValues(t, 1000, w.balance(mchid), "the service provider is a receiver")
	assert.EqualValues(t, 8800, w.balance(sub), "the rest is unfrozen")
	events := w.Events()
	require.Len(t, events, 1)
	assert.Equal(t, hook+"/"+mchid, events[0].URL)
	resource, _ := events[0].Resource.(play.Object)
	assert.Equal(t, play.Object{"sp_mchid": mchid, "sub_mchid": sub}, resource.Only("mchid", "sp_mchid", "sub_mchid"))
	w.RefusedFor(t, "GET", shares+"/"+s.Text("out_order_no")+"?transaction_id="+id, nil, "RESOURCE_NOT_EXISTS", "")

	back := kittest.With(w.returning(s, mchid, 1000), "sub_mchid", sub)
	r := w.OK(t, "POST", returns, kittest.With(kittest.With(back, "out_order_no", ""), "order_id", s.Text("order_id")))
	assert.Equal(t, sub, r.Text("sub_mchid"))
	assert.EqualValues(t, 9800, w.balance(sub))
	assert.Equal(t, hook+"/"+mchid, w.Events()[0].URL, "the service provider is told of its sub-merchants")
	q := "?sub_mchid=" + sub + "&out_order_no=" + s.Text("out_order_no")
	assert.Equal(t, r, w.OK(t, "GET", returns+"/"+r.Text("out_return_no")+q, nil))
	w.RefusedFor(t, "GET", returns+"/"+r.Text("out_return_no")+"?out_order_no="+s.Text("out_order_no"), nil, "RESOURCE_NOT_EXISTS", "")
}

func TestMaxRatio(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	assert.EqualValues(t, 3000, w.OK(t, "GET", base+"/merchant-configs/"+sub, nil).Int("max_ratio"))
	w.RefusedFor(t, "GET", base+"/merchant-configs/"+mchid, nil, "PARAM_ERROR", "")
	w.book.Ratio = func(caller, payer string) int {
		assert.Equal(t, []string{mchid, sub}, []string{caller, payer})
		return 5000
	}
	assert.EqualValues(t, 5000, w.OK(t, "GET", base+"/merchant-configs/"+sub, nil).Int("max_ratio"))
	id := w.pay(t, sub, 101, 0)
	w.add(t, sub, merchant(shop, 0))
	body := kittest.With(w.sharing(id, merchant(shop, 30)), "sub_mchid", sub)
	w.OK(t, "POST", shares, body)
	next := kittest.With(kittest.With(body, "out_order_no", "next"), "receivers", list(merchant(shop, 21)))
	w.RefusedFor(t, "POST", shares, next, "INVALID_REQUEST", "最大分账比例")
	w.OK(t, "POST", shares, kittest.With(next, "receivers", list(merchant(shop, 20))))
}

// The name in a reply is in the clear, and encrypted by who sends it.
func TestReceivers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := play.Object{"appid": appid, "type": "PERSONAL_OPENID", "account": openid, "name": "张三", "relation_type": "CUSTOM", "custom_relation": "代理商"}
	first := w.OK(t, "POST", adds, body)
	assert.Equal(t, kittest.Wire(t, body.Only("type", "account", "name", "relation_type", "custom_relation")), first)
	other := kittest.With(kittest.With(body, "name", "李四"), "relation_type", "STAFF")
	assert.Equal(t, first, w.OK(t, "POST", adds, other), "adding it again changes nothing")
	id := w.pay(t, mchid, 1000, 0)
	w.RefusedFor(t, "POST", shares, w.sharing(id, kittest.With(person(openid, 1), "name", "李四")), "INVALID_REQUEST", "姓名")
	w.share(t, id, kittest.With(person(openid, 1), "name", "张三"))
	name := play.Object{"appid": appid, "type": "PERSONAL_OPENID", "account": openid}
	assert.Equal(t, kittest.Wire(t, name.Only("type", "account")), w.OK(t, "POST", deletes, name))
	w.RefusedFor(t, "POST", deletes, name, "INVALID_REQUEST", "不存在")
	w.RefusedFor(t, "POST", shares, w.sharing(id, person(openid, 1)), "INVALID_REQUEST", "关系不存在")
	w.Caller = shop
	w.RefusedFor(t, "POST", deletes, name, "INVALID_REQUEST", "不存在")
}
