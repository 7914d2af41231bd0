package coupon_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/coupon"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestEveryEndpointIsPlayed(t *testing.T) {
	t.Parallel()
	documented := slices.DeleteFunc(kittest.Documented(base+"/"), func(e string) bool { return strings.HasSuffix(e, "/upload-image") })
	assert.Len(t, documented, 29)
	assert.ElementsMatch(t, documented, slices.Collect(maps.Keys(coupon.New().Handlers())))
}

func TestLifeOfEachType(t *testing.T) {
	t.Parallel()
	for _, scope := range []string{"ALL", "SINGLE"} {
		for _, kind := range []string{"NORMAL", "DISCOUNT", "EXCHANGE"} {
			if scope == "ALL" && kind == "EXCHANGE" {
				continue
			}
			t.Run(scope+" "+kind+" SINGLE", func(t *testing.T) { t.Parallel(); liveSingle(t, scope, kind) })
			t.Run(scope+" "+kind+" PROGRESSIVE_BUNDLE", func(t *testing.T) { t.Parallel(); liveBundle(t, scope, kind) })
		}
	}
}

func liveSingle(t *testing.T, scope, kind string) {
	t.Helper()
	w := newWorld(t)
	w.OK(t, "POST", configs, play.Object{"notify_url": hook})
	o := w.OK(t, "POST", products, w.productBody(scope, kind, "SINGLE"))
	h := held{product: o.Text("product_coupon_id"), stock: o.Text("stock.stock_id")}
	assert.Equal(t, "EFFECTIVE", o.Text("state"))
	assert.Equal(t, "SENDING", o.Text("stock.state"))
	assert.Equal(t, kind, w.OK(t, "GET", h.path(), nil).Text("type"))

	sent := w.OK(t, "POST", users+openid+"/coupons", h.sending(w.no()).With(play.Object{"attach": "a",
		"coupon_tag_info": play.Object{"coupon_tag_list": []any{"MEMBER"}, "member_tag_info": play.Object{"member_card_id": "m"}}}))
	h.code = sent.Text("coupon_code")
	assert.Equal(t, "CONFIRMING", sent.Text("coupon_state"))
	assert.Equal(t, "API", sent.Text("send_channel"))
	events := w.Events()
	require.Len(t, events, 1)
	assert.Equal(t, []string{hook, "PRODUCT_COUPON.SEND", "product_coupon"}, []string{events[0].URL, events[0].Type, events[0].OriginalType})
	assert.Equal(t, play.Object{
		"coupon_code": h.code, "product_coupon_id": h.product, "stock_id": h.stock, "openid": openid, "send_channel": "API",
		"send_request_no": sent.Text("send_request_no"), "receive_time": "2026-04-01T12:00:00+08:00",
		"valid_begin_time": "2026-04-01T12:00:00+08:00", "valid_end_time": "2026-06-30T23:59:59+08:00",
	}, events[0].Resource)

	assert.Equal(t, "EFFECTIVE", w.confirm(t, h).Text("coupon_state"))
	for range 2 { // used, returned, and used again
		used := w.OK(t, "POST", h.of("use"), w.using(h))
		assert.Equal(t, "USED", used.Text("coupon_state"))
		assert.Equal(t, "1900000001", used.Text("single_usage_detail.associated_order_info.mchid"))
		assert.Empty(t, used.Text("single_usage_detail.return_request_no"))
		back := w.OK(t, "POST", h.of("return"), h.body().With(play.Object{"out_request_no": w.no()}))
		assert.Equal(t, "EFFECTIVE", back.Text("coupon_state"))
		assert.NotEmpty(t, back.Text("single_usage_detail.return_request_no"))
	}
	assert.Equal(t, []string{"USE", "RETURN", "USE", "RETURN"}, w.types())
	w.OK(t, "POST", h.of("deactivate"), h.body().With(play.Object{"out_request_no": w.no(), "deactivate_reason": "测试"}))
	off := w.get(t, h)
	assert.Equal(t, "DEACTIVATED", off.Text("coupon_state"))
	assert.Equal(t, "测试", off.Text("deactivate_reason"))
	assert.EqualValues(t, 1, off.Int("stock.sent_count_info.today_count"))
	assert.Empty(t, w.types(), "nothing tells of a deactivation")
}

func liveBundle(t *testing.T, scope, kind string) {
	t.Helper()
	w := newWorld(t)
	w.OK(t, "POST", configs, play.Object{"notify_url": hook})
	o := w.OK(t, "POST", products, w.productBody(scope, kind, "PROGRESSIVE_BUNDLE"))
	stocks := o.List("stock_bundle.stock_list")
	require.Len(t, stocks, 3)
	codes, err := w.book.Claim(w.Now, w.Emit, brand, openid, o.Text("stock_bundle.stock_bundle_id"))
	require.NoError(t, err)
	require.Len(t, codes, 3)
	assert.Equal(t, []string{"SEND", "SEND", "SEND"}, w.types())

	rounds := make([]held, 0, len(codes))
	for i, code := range codes {
		h := held{o.Text("product_coupon_id"), stocks[i].Text("stock_id"), code}
		rounds = append(rounds, h)
		want := "PENDING"
		if i == 0 {
			want = "EFFECTIVE"
		}
		confirmed := w.confirm(t, h)
		assert.Equal(t, want, confirmed.Text("coupon_state"))
		assert.Equal(t, "BRAND_MANAGE", confirmed.Text("send_channel"))
		assert.EqualValues(t, i, confirmed.Int("user_product_coupon_bundle_info.user_coupon_bundle_index"))
		assert.EqualValues(t, i, confirmed.Int("stock.stock_bundle_info.stock_bundle_index"))
	}
	_, refusal := w.Do(t, "POST", rounds[1].of("use"), w.using(rounds[1]))
	assert.Equal(t, 272755715, refusal.Number, "the round before comes first")
	for i, h := range rounds {
		used := w.OK(t, "POST", h.of("use"), w.using(h))
		assert.EqualValues(t, i+1, used.Int("user_product_coupon_bundle_info.used_count"))
		assert.True(t, used.Has("progressive_bundle_usage_detail"))
		if i == 2 {
			break
		}
		assert.Equal(t, "PENDING", w.state(t, rounds[i+1]), "interval_days")
		w.Now = time.Date(2026, 4, 2+i, 0, 0, 0, 0, kit.Shanghai)
		assert.Equal(t, "EFFECTIVE", w.state(t, rounds[i+1]))
	}
	back := w.OK(t, "POST", rounds[2].of("return"), rounds[2].body().With(play.Object{"out_request_no": w.no()}))
	assert.EqualValues(t, 2, back.Int("user_product_coupon_bundle_info.used_count"))
	w.OK(t, "POST", rounds[2].of("deactivate"), rounds[2].body().With(play.Object{"out_request_no": w.no(), "deactivate_reason": "x"}))
	assert.Equal(t, []string{"USE", "USE", "USE", "RETURN"}, w.types())
	list := w.OK(t, "GET", users+openid+"/coupons?appid="+appid+"&user_coupon_bundle_id="+
		w.get(t, rounds[0]).Text("user_product_coupon_bundle_info.user_coupon_bundle_id"), nil)
	assert.EqualValues(t, 3, list.Int("total_count"))
}

// Without interval_days a round may be used at once, but not before the one before it.
func TestRoundsWithoutInterval(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := kittest.With(w.productBody("ALL", "NORMAL", "PROGRESSIVE_BUNDLE"), "progressive_bundle_usage_info.interval_days", 0)
	bundle := w.OK(t, "POST", products, body).Object("stock_bundle")
	codes, err := w.book.Claim(w.Now, w.Emit, brand, openid, bundle.Text("stock_bundle_id"))
	require.NoError(t, err)
	rounds := make([]held, 2)
	for i, s := range bundle.List("stock_list")[:2] {
		rounds[i] = held{s.Text("product_coupon_id"), s.Text("stock_id"), codes[i]}
		w.confirm(t, rounds[i])
	}
	early := w.using(rounds[1])
	w.Now = w.Now.Add(time.Second)
	w.OK(t, "POST", rounds[0].of("use"), w.using(rounds[0]))
	w.Refused(t, "POST", rounds[1].of("use"), early, "INVALID_REQUEST", 272755715, "")
	w.OK(t, "POST", rounds[1].of("use"), w.using(rounds[1]))
}

func TestNullIsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := w.productBody("ALL", "NORMAL", "SINGLE").With(play.Object{"out_product_no": nil})
	body.Object("stock")["remark"] = nil
	o := w.OK(t, "POST", products, body)
	assert.NotContains(t, o, "out_product_no")
	assert.NotContains(t, o.Object("stock"), "remark")
}

// Without an address there is no webhook, and the life is the same.
func TestNoAddressNoWebhook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.confirm(t, w.send(t, w.make(t), openid))
	assert.Empty(t, w.Events())
}

func TestDeactivationOfACouponEndsItsSending(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.make(t)
	second := w.OK(t, "POST", h.path()+"/stocks", play.Object{"out_request_no": w.no(), "stock": stockOf("ALL", "NORMAL")})
	mine := w.send(t, h, openid)
	off := w.OK(t, "POST", h.path()+"/deactivate", play.Object{"out_request_no": w.no(), "deactivate_reason": "停用"})
	assert.Equal(t, "DEACTIVATED", off.Text("state"))
	assert.Equal(t, "停用", off.Text("deactivate_reason"))
	stock := w.OK(t, "GET", h.path()+"/stocks/"+second.Text("stock_id"), nil)
	assert.Equal(t, "DEACTIVATED", stock.Text("state"))
	_, refusal := w.Do(t, "POST", users+openid+"/coupons", h.sending(w.no()))
	assert.Equal(t, 268577984, refusal.Number)
	w.confirm(t, mine)
	w.OK(t, "POST", mine.of("use"), w.using(mine)) // what a user holds stays
}

func TestChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.make(t)
	display := w.productBody("ALL", "NORMAL", "SINGLE").Object("display_info").With(play.Object{"name": "新的名称"})
	o := w.OK(t, "PATCH", h.path(), play.Object{"out_request_no": w.no(), "display_info": display})
	assert.Equal(t, "新的名称", o.Text("display_info.name"))
	assert.EqualValues(t, 1000, o.Int("single_usage_info.normal_coupon.discount_amount"), "the rest stays")

	o = w.OK(t, "PATCH", h.batch(), play.Object{"out_request_no": w.no(), "remark": "新备注", "store_scope": "SPECIFIC",
		"notify_config": play.Object{"notify_appid": "wx1"}, "coupon_display_info": nil})
	assert.Equal(t, "新备注", o.Text("remark"))
	assert.Equal(t, "SPECIFIC", o.Text("store_scope"))
	assert.Equal(t, "wx1", o.Text("notify_config.notify_appid"))
	assert.Equal(t, "QRCODE", o.Text("coupon_display_info.code_display_mode"), "null changes nothing")
	o = w.OK(t, "POST", h.batch()+"/deactivate", play.Object{"out_request_no": w.no(), "deactivate_reason": "停用"})
	assert.Equal(t, "DEACTIVATED", o.Text("state"))

	b, id, _ := w.bundle(t)
	path := b.path() + "/stock-bundles/" + id
	o = w.OK(t, "PATCH", path, play.Object{"out_request_no": w.no(), "remark": "每一轮"})
	for _, s := range o.List("stock_list") {
		assert.Equal(t, "每一轮", s.Text("remark"))
	}
	o = w.OK(t, "POST", b.path()+"/stock-bundles", play.Object{"out_request_no": w.no(), "stock_bundle": bundleOf("NORMAL")})
	assert.NotEqual(t, id, o.Text("stock_bundle_id"))
	list := w.OK(t, "GET", b.path()+"/stocks?stock_bundle_id="+id, nil)
	assert.EqualValues(t, 3, list.Int("total_count"))
}
