package coupon_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestUploadOfCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.make(t, with("stock.coupon_code_mode", "UPLOAD"))
	upload := func(codes ...any) play.Object {
		return w.OK(t, "POST", h.batch()+"/upload-coupon-codes", play.Object{"out_request_no": w.no(), "code_list": codes})
	}
	o := upload("a", "b", "a", "x y", "a")
	assert.EqualValues(t, 5, o.Int("total_count"))
	assert.Equal(t, []any{"a", "b"}, o["success_code_list"])
	assert.Equal(t, []any{"a", "a"}, o["duplicate_code_list"])
	assert.Empty(t, o["already_exist_code_list"])
	require.Len(t, o.List("failed_code_list"), 1)
	assert.Equal(t, "x y", o.List("failed_code_list")[0].Text("coupon_code"))

	assert.Equal(t, "a", w.send(t, h, openid).code)
	o = upload("a", "b", "c")
	assert.Equal(t, []any{"a", "b"}, o["already_exist_code_list"], "one that was sent too")
	assert.Equal(t, []any{"c"}, o["success_code_list"])
	info := w.OK(t, "GET", h.batch(), nil).Object("coupon_code_count_info")
	assert.EqualValues(t, 3, info.Int("total_count"))
	assert.EqualValues(t, 2, info.Int("available_count"))
	w.book.Limit = 3
	assert.Equal(t, "RULE_LIMIT", upload("d").List("failed_code_list")[0].Text("code"), "memory is bounded")
}

func TestStores(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.make(t, with("stock.store_scope", "SPECIFIC"))
	stores := func(ids ...string) play.Object {
		list := make([]play.Object, 0, len(ids))
		for _, id := range ids {
			list = append(list, play.Object{"store_id": id})
		}
		return play.Object{"store_list": objects(list...)}
	}
	o := w.OK(t, "POST", h.batch()+"/associate-stores", stores("3", "1", "x", "2", "1"))
	assert.EqualValues(t, 5, o.Int("total_count"))
	assert.Equal(t, stores("3", "1", "2", "1")["store_list"], o["success_store_list"])
	require.Len(t, o.List("failed_store_list"), 1)
	assert.Equal(t, "PARAM_ERROR", o.List("failed_store_list")[0].Text("code"))

	o = w.OK(t, "GET", h.batch()+"/associated-stores?page_size=2", nil)
	assert.EqualValues(t, 3, o.Int("total_count"))
	assert.Equal(t, stores("3", "1")["store_list"], o["store_list"])
	token := o.Text("next_page_token")
	o = w.OK(t, "POST", h.batch()+"/disassociate-stores", stores("1", "9"))
	assert.Equal(t, stores("1")["store_list"], o["success_store_list"])
	assert.Equal(t, "RESOURCE_NOT_EXISTS", o.List("failed_store_list")[0].Text("code"))
	o = w.OK(t, "GET", h.batch()+"/associated-stores?page_size=2&page_token="+token, nil)
	assert.Equal(t, stores("2")["store_list"], o["store_list"], "the next page is that of before the change")
	assert.Empty(t, o.Text("next_page_token"))

	mine := w.send(t, h, openid)
	w.confirm(t, mine)
	w.OK(t, "POST", mine.of("use"), w.using(mine).With(play.Object{"store_id": "2"}))
}

func TestStoresOfABundle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h, id, list := w.bundle(t)
	path, one := h.path()+"/stock-bundles/"+id, play.Object{"store_list": objects(play.Object{"store_id": "1"})}
	w.Refused(t, "POST", path+"/associate-stores", one, "INVALID_REQUEST", 0, "")
	w.OK(t, "PATCH", path, play.Object{"out_request_no": w.no(), "store_scope": "SPECIFIC"})
	assert.Len(t, w.OK(t, "POST", path+"/associate-stores", one)["success_store_list"], 1)
	for _, s := range list {
		o := w.OK(t, "GET", h.path()+"/stocks/"+s.Text("stock_id")+"/associated-stores", nil)
		assert.EqualValues(t, 1, o.Int("total_count"))
	}
	assert.Len(t, w.OK(t, "POST", path+"/disassociate-stores", one)["success_store_list"], 1)
	assert.Len(t, w.OK(t, "POST", path+"/disassociate-stores", one)["failed_store_list"], 1)
}

func TestBudgets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.make(t)
	update := func(path, name string, current, target int) play.Object {
		body := play.Object{"out_request_no": w.no(), "update_mode": map[string]string{
			"max_count": "MAX_COUNT", "max_count_per_day": "MAX_COUNT_PER_DAY"}[name], "target_" + name: target}
		if current > 0 {
			body["current_"+name] = current
		}
		return w.OK(t, "POST", path+"/update-budget", body)
	}
	o := update(h.batch(), "max_count", 1000, 2000)
	assert.EqualValues(t, 2000, o.Int("stock_send_rule.max_count"))
	assert.False(t, o.Has("stock_send_rule.max_count_per_day"))
	o = update(h.batch(), "max_count_per_day", 0, 10)
	assert.EqualValues(t, 10, o.Int("stock_send_rule.max_count_per_day"))
	assert.EqualValues(t, 20, update(h.batch(), "max_count_per_day", 10, 20).Int("stock_send_rule.max_count_per_day"))

	b, id, list := w.bundle(t)
	path := b.path() + "/stock-bundles/" + id
	for _, s := range update(path, "max_count", 1000, 10).List("stock_list") {
		assert.EqualValues(t, 10, s.Int("stock_send_rule.max_count"))
	}
	update(b.path()+"/stocks/"+list[2].Text("stock_id"), "max_count", 10, 20)
	_, refusal := w.Do(t, "POST", path+"/update-budget", play.Object{"out_request_no": w.no(), "update_mode": "MAX_COUNT",
		"current_max_count": 10, "target_max_count": 30})
	kittest.Same(t, refusal, "INVALID_REQUEST", 0, "")
	o = w.OK(t, "GET", b.path()+"/stocks/"+list[0].Text("stock_id"), nil)
	assert.EqualValues(t, 10, o.Int("stock_send_rule.max_count"), "all rounds change, or none")
}

func TestPaging(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.make(t)
	want := append(make([]string, 0, 25), h.stock)
	for range 24 {
		o := w.OK(t, "POST", h.path()+"/stocks", play.Object{"out_request_no": w.no(), "stock": stockOf("ALL", "NORMAL")})
		want = append(want, o.Text("stock_id"))
	}
	require.NoError(t, w.book.Pause(w.Now, brand, want[7]))
	pages := func(t *testing.T, query url.Values) (sizes []int, ids []string) {
		t.Helper()
		for {
			o := w.OK(t, "GET", h.path()+"/stocks?"+query.Encode(), nil)
			sizes = append(sizes, len(o.List("stock_list")))
			for _, s := range o.List("stock_list") {
				ids = append(ids, s.Text("stock_id"))
			}
			if query.Set("page_token", o.Text("next_page_token")); query.Get("page_token") == "" {
				return sizes, ids
			}
		}
	}
	for _, row := range []struct {
		name  string
		query url.Values
		sizes []int
	}{
		{"the usual size", url.Values{}, []int{20, 5}},
		{"five pages", url.Values{"page_size": {"5"}}, []int{5, 5, 5, 5, 5}},
		{"one page", url.Values{"page_size": {"25"}}, []int{25}},
		{"a larger page", url.Values{"page_size": {"100"}}, []int{25}},
		{"one a page", url.Values{"page_size": {"1"}, "state": {"PAUSED"}}, []int{1}},
		{"a state", url.Values{"page_size": {"23"}, "state": {"SENDING"}}, []int{23, 1}},
		{"nothing", url.Values{"stock_bundle_id": {"1"}}, []int{0}},
	} {
		t.Run(row.name, func(t *testing.T) {
			sizes, ids := pages(t, row.query)
			assert.Equal(t, row.sizes, sizes)
			if len(ids) == 25 {
				assert.Equal(t, want, ids)
			}
		})
	}
}

func TestListOfAUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h, second := w.make(t), w.make(t)
	mine := w.send(t, h, openid)
	w.confirm(t, mine)
	w.send(t, h, openid)
	w.send(t, second, openid)
	w.send(t, h, other)
	for query, want := range map[string]int{
		"": 3, "&stock_id=" + h.stock: 2, "&product_coupon_id=" + second.product: 1, "&coupon_state=EFFECTIVE": 1,
		"&coupon_state=CONFIRMING&stock_id=" + h.stock: 1, "&coupon_state=USED": 0, "&user_coupon_bundle_id=1": 0,
	} {
		t.Run(query, func(t *testing.T) {
			o := w.OK(t, "GET", users+openid+"/coupons?appid="+appid+query, nil)
			assert.EqualValues(t, want, o.Int("total_count"))
			assert.Len(t, o.List("user_coupon_list"), want)
		})
	}
	o := w.OK(t, "GET", users+openid+"/coupons?page_size=2&appid="+appid, nil)
	o = w.OK(t, "GET", users+openid+"/coupons?appid="+appid+"&page_token="+o.Text("next_page_token"), nil)
	assert.Len(t, o.List("user_coupon_list"), 1)
	o = w.OK(t, "GET", users+openid+"/coupons?appid=wx0", nil)
	assert.EqualValues(t, 0, o.Int("total_count"), "the OpenID is one of another AppID")
}

func TestNotifyConfig(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for address, ok := range map[string]bool{
		"https://example.com/a": true, "https://example.com": true, "http://127.0.0.1:8080/a": true, "http://[::1]/a": true, "http://localhost/a": true,
		"http://example.com/a": false, "http://10.0.0.1/a": false, "https://example.com/a?b=c": false, "https://example.com/a?": false, "https://example.com/#a": false,
		"https://u:p@example.com/": false, "ftp://example.com/a": false, "example.com/a": false, "https:///a": false, "https://%zz": false,
	} {
		t.Run(address, func(t *testing.T) {
			o, refusal := w.Do(t, "POST", configs, play.Object{"notify_url": address})
			if !ok {
				kittest.Same(t, refusal, "PARAM_ERROR", 0, "/notify_url")
				return
			}
			assert.Nil(t, refusal)
			assert.Equal(t, play.Object{"notify_url": address, "update_time": "2026-04-01T12:00:00+08:00"}, o)
			assert.Equal(t, o, w.OK(t, "GET", configs, nil))
		})
	}
}
