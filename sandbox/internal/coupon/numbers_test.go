package coupon_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// Each call with a number has its effect once; the same number with another body, or at
// another endpoint, is refused.
func TestNumbers(t *testing.T) {
	t.Parallel()
	numbered := func(w *world, o play.Object) play.Object { return o.With(play.Object{"out_request_no": w.no()}) }
	rows := []struct {
		name   string
		call   func(*world) request
		change string // of the body
		value  any
	}{
		{"create", func(w *world) request {
			return request{"POST", products, w.productBody("ALL", "NORMAL", "SINGLE")}
		}, "out_product_no", "p-2"},
		{"create with a bundle", func(w *world) request {
			return request{"POST", products, w.productBody("SINGLE", "EXCHANGE", "PROGRESSIVE_BUNDLE")}
		}, "out_product_no", "p-2"},
		{"change a coupon", func(w *world) request {
			return request{"PATCH", w.make(w.t).path(), numbered(w, w.productBody("ALL", "NORMAL", "SINGLE").Only("display_info"))}
		}, "display_info.name", "另一个名称"},
		{"deactivate a coupon", func(w *world) request {
			return request{"POST", w.make(w.t).path() + "/deactivate", numbered(w, play.Object{"deactivate_reason": "x"})}
		}, "deactivate_reason", "y"},
		{"add a stock", func(w *world) request {
			return request{"POST", w.make(w.t).path() + "/stocks", numbered(w, play.Object{"stock": stockOf("ALL", "NORMAL")})}
		}, "stock.remark", "y"},
		{"change a stock", func(w *world) request {
			return request{"PATCH", w.make(w.t).batch(), numbered(w, play.Object{"remark": "x"})}
		}, "remark", "y"},
		{"deactivate a stock", func(w *world) request {
			return request{"POST", w.make(w.t).batch() + "/deactivate", numbered(w, play.Object{"deactivate_reason": "x"})}
		}, "deactivate_reason", "y"},
		{"a budget", func(w *world) request {
			return request{"POST", w.make(w.t).batch() + "/update-budget", numbered(w, play.Object{
				"update_mode": "MAX_COUNT_PER_DAY", "current_max_count_per_day": 0, "target_max_count_per_day": 5})}
		}, "target_max_count_per_day", 6},
		{"codes", func(w *world) request {
			h := w.make(w.t, with("stock.coupon_code_mode", "UPLOAD"))
			return request{"POST", h.batch() + "/upload-coupon-codes", numbered(w, play.Object{"code_list": []any{"a", "a", "b"}})}
		}, "code_list", []any{"c"}},
		{"add a bundle", func(w *world) request {
			h, _, _ := w.bundle(w.t)
			return request{"POST", h.path() + "/stock-bundles", numbered(w, play.Object{"stock_bundle": bundleOf("NORMAL")})}
		}, "stock_bundle.remark", "y"},
		{"change a bundle", func(w *world) request {
			h, id, _ := w.bundle(w.t)
			return request{"PATCH", h.path() + "/stock-bundles/" + id, numbered(w, play.Object{"remark": "x"})}
		}, "remark", "y"},
		{"a budget of a bundle", func(w *world) request {
			h, id, _ := w.bundle(w.t)
			return request{"POST", h.path() + "/stock-bundles/" + id + "/update-budget", numbered(w, play.Object{
				"update_mode": "MAX_COUNT", "current_max_count": 1000, "target_max_count": 5})}
		}, "target_max_count", 6},
		{"send", func(w *world) request {
			return request{"POST", users + openid + "/coupons", w.make(w.t).sending(w.no())}
		}, "attach", "y"},
		{"pre-send", func(w *world) request {
			return request{"POST", users + openid + "/pre-send-coupon", w.make(w.t).sending(w.no())}
		}, "attach", "y"},
		{"confirm", func(w *world) request {
			h := w.send(w.t, w.make(w.t), openid)
			return request{"POST", h.of("confirm"), numbered(w, h.body())}
		}, "stock_id", "1"},
		{"use", func(w *world) request {
			h := w.send(w.t, w.make(w.t), openid)
			w.confirm(w.t, h)
			return request{"POST", h.of("use"), w.using(h)}
		}, "store_id", "1"},
		{"return", func(w *world) request {
			h := w.send(w.t, w.make(w.t), openid)
			w.confirm(w.t, h)
			w.OK(w.t, "POST", h.of("use"), w.using(h))
			return request{"POST", h.of("return"), numbered(w, h.body())}
		}, "stock_id", "1"},
		{"deactivate what a user holds", func(w *world) request {
			h := w.send(w.t, w.make(w.t), openid)
			return request{"POST", h.of("deactivate"), numbered(w, h.body().With(play.Object{"deactivate_reason": "x"}))}
		}, "deactivate_reason", "y"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.OK(t, "POST", configs, play.Object{"notify_url": hook})
			r := row.call(w)
			w.Events()
			reply := w.OK(t, r.method, r.path, r.body)
			first := w.types()
			saved := kittest.Saved(t, w.book)
			assert.Equal(t, reply, w.OK(t, r.method, r.path, r.body))
			w.Refused(t, r.method, r.path, kittest.With(kittest.Wire(t, r.body), row.change, row.value), "ALREADY_EXISTS", 268578927, "")
			assert.Equal(t, saved, kittest.Saved(t, w.book), "nothing changes")
			assert.Empty(t, w.types(), "after %v nothing is sent", first)
		})
	}
}

func TestANumberIsForOneEndpoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.make(t)
	body := play.Object{"out_request_no": w.no(), "deactivate_reason": "x"}
	w.OK(t, "POST", h.batch()+"/deactivate", body)
	w.Refused(t, "POST", h.path()+"/deactivate", body, "ALREADY_EXISTS", 268578927, "")
	mine := w.send(t, w.make(t), openid)
	confirming := mine.body().With(play.Object{"out_request_no": w.no()})
	w.OK(t, "POST", mine.of("confirm"), confirming)
	w.Refused(t, "POST", mine.of("return"), confirming, "ALREADY_EXISTS", 268578927, "")
	w.Caller = "999999"
	b := w.productBody("ALL", "NORMAL", "SINGLE")
	w.OK(t, "POST", products, kittest.With(b, "out_request_no", body["out_request_no"])) // of another brand
}

func TestARefusedNumberMayBeSentAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.make(t)
	require.NoError(t, w.book.Pause(w.Now, brand, h.stock))
	body := h.sending(w.no())
	w.Refused(t, "POST", users+openid+"/coupons", body, "INVALID_REQUEST", 268577984, "")
	require.NoError(t, w.book.Resume(w.Now, brand, h.stock))
	w.OK(t, "POST", users+openid+"/coupons", body)
}

// A repetition gives the coupon as it is then.
func TestARepetitionShowsTheStateOfNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.make(t)
	body := h.sending(w.no())
	h.code = w.OK(t, "POST", users+openid+"/coupons", body).Text("coupon_code")
	w.confirm(t, h)
	assert.Equal(t, "EFFECTIVE", w.OK(t, "POST", users+openid+"/coupons", body).Text("coupon_state"))
}

// Memory is bounded: of what is finished the oldest goes first, and numbers go in turn.
func TestOldCouponsAreDropped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.Limit = 3
	h := w.make(t)
	list := make([]held, 0, 5)
	total := func() string {
		return strconv.Itoa(int(w.OK(t, "GET", users+openid+"/coupons?appid="+appid, nil).Int("total_count")))
	}
	for range 3 {
		list = append(list, w.send(t, h, openid))
	}
	require.NoError(t, w.book.Delete(w.Now, brand, h.stock, list[1].code))
	list = append(list, w.send(t, h, openid))
	assert.Equal(t, "3", total())
	w.Refused(t, "POST", list[1].of("confirm"), h.body().With(play.Object{"out_request_no": w.no()}), "RESOURCE_NOT_EXISTS", 268578851, "")
	list = append(list, w.send(t, h, openid))
	assert.Equal(t, "3", total(), "the limit holds where none is finished")
	assert.Equal(t, "CONFIRMING", w.state(t, list[4]))
	assert.EqualValues(t, 5, w.OK(t, "GET", h.batch(), nil).Int("sent_count_info.total_count"))
	for range 12 { // only unfinished ones
		w.send(t, h, openid)
		w.OK(t, "POST", users+openid+"/pre-send-coupon", h.sending(w.no()))
	}
	o := kittest.Saved(t, w.book)
	for name, most := range map[string]int{"coupons": 3, "order": 3, "numbers": 12, "used": 12, "presends": 3, "tokens": 3} {
		assert.Len(t, o[name], most, name)
	}
	assert.Equal(t, "3", total(), "what is dropped no longer counts for its user")
}
