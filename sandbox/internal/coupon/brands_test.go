package coupon_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// What one brand has does not exist for another, whatever it knows of it.
func TestBrandsDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.send(t, w.make(t, with("stock.store_scope", "SPECIFIC")), openid)
	b, id, _ := w.bundle(t)
	number := func(o play.Object) play.Object { return o.With(play.Object{"out_request_no": w.no()}) }
	stores := play.Object{"store_list": objects(play.Object{"store_id": "1"})}
	w.Caller = "999999"
	for _, r := range []request{
		{"GET", h.path(), nil},
		{"PATCH", h.path(), number(w.productBody("ALL", "NORMAL", "SINGLE").Only("display_info"))},
		{"POST", h.path() + "/deactivate", number(play.Object{"deactivate_reason": "x"})},
		{"POST", h.path() + "/stocks", number(play.Object{"stock": stockOf("ALL", "NORMAL")})},
		{"GET", h.path() + "/stocks", nil},
		{"GET", h.batch(), nil},
		{"PATCH", h.batch(), number(play.Object{"remark": "x"})},
		{"POST", h.batch() + "/deactivate", number(play.Object{"deactivate_reason": "x"})},
		{"POST", h.batch() + "/update-budget", number(play.Object{"update_mode": "MAX_COUNT", "current_max_count": 1000, "target_max_count": 2000})},
		{"POST", h.batch() + "/upload-coupon-codes", number(play.Object{"code_list": []any{"a"}})},
		{"POST", h.batch() + "/associate-stores", stores},
		{"POST", h.batch() + "/disassociate-stores", stores},
		{"GET", h.batch() + "/associated-stores", nil},
		{"POST", b.path() + "/stock-bundles", number(play.Object{"stock_bundle": bundleOf("NORMAL")})},
		{"PATCH", b.path() + "/stock-bundles/" + id, number(play.Object{"remark": "x"})},
		{"POST", b.path() + "/stock-bundles/" + id + "/associate-stores", stores},
		{"POST", users + openid + "/coupons", h.sending(w.no())},
		{"POST", users + openid + "/pre-send-coupon", h.sending(w.no())},
		{"GET", h.of("") + "?product_coupon_id=" + h.product + "&stock_id=" + h.stock + "&appid=" + appid, nil},
		{"POST", h.of("confirm"), number(h.body())},
		{"POST", h.of("use"), w.using(h)},
		{"POST", h.of("return"), number(h.body())},
		{"POST", h.of("deactivate"), number(h.body().With(play.Object{"deactivate_reason": "x"}))},
	} {
		t.Run(r.method+" "+r.path, func(t *testing.T) {
			w.Refused(t, r.method, r.path, r.body, "RESOURCE_NOT_EXISTS", 268578608, "")
		})
	}
	assert.EqualValues(t, 0, w.OK(t, "GET", users+openid+"/coupons?appid="+appid, nil).Int("total_count"))
	kittest.Same(t, w.book.Delete(w.Now, w.Caller, h.stock, h.code), "RESOURCE_NOT_EXISTS", 268578851, "")
	kittest.Same(t, w.book.Pause(w.Now, w.Caller, h.stock), "RESOURCE_NOT_EXISTS", 268578608, "")
	kittest.Same(t, w.book.Approve(w.Now, w.Caller, h.product), "RESOURCE_NOT_EXISTS", 268578608, "")
}
