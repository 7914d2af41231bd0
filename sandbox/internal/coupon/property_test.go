package coupon_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/coupon"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A history is a random one, and what must hold of it.
type history struct {
	*world
	random   kittest.Random
	stocks   []held
	coupons  []held
	users    map[string]string // of a code
	bodies   []request         // that took effect
	sends    map[string]string // code by send_request_no
	uploaded map[string]int    // by stock
	uses     map[string]int    // USE less RETURN, by code
	perDay   map[string]int    // sent, by stock and day
	told     map[string]int    // webhooks, by type
}

const (
	maxCount, maxPerDay, maxPerUser = 12, 4, 3
)

func newHistory(t *testing.T, seed uint64) *history {
	t.Helper()
	h := &history{
		world: newWorld(t), random: kittest.NewRandom(seed), users: map[string]string{},
		sends: map[string]string{}, uploaded: map[string]int{}, uses: map[string]int{}, perDay: map[string]int{}, told: map[string]int{},
	}
	h.OK(t, "POST", configs, play.Object{"notify_url": hook})
	for _, mode := range []string{"WECHATPAY", "UPLOAD", "API_ASSIGN"} {
		h.stocks = append(h.stocks, h.make(t, with("stock.coupon_code_mode", mode), with(when+"available_days", 3),
			with("stock.stock_send_rule", play.Object{"max_count": maxCount, "max_count_per_day": maxPerDay, "max_count_per_user": maxPerUser})))
	}
	return h
}

// step does something at random; much of it is refused.
func (h *history) step(t *testing.T) {
	t.Helper()
	switch n := h.random.IntN(12); {
	case n == 0:
		h.Now = h.Now.Add(time.Duration(h.random.IntN(30)) * time.Hour)
	case n == 1:
		s := h.stocks[1]
		body := play.Object{"out_request_no": h.no(), "code_list": []any{fmt.Sprint("c", h.random.IntN(30)), fmt.Sprint("c", h.random.IntN(30))}}
		o := h.try(t, request{"POST", s.batch() + "/upload-coupon-codes", body})
		list, _ := o["success_code_list"].([]any)
		h.uploaded[s.stock] += len(list)
	case n == 2 && len(h.bodies) > 0:
		r := kittest.Pick(h.random, h.bodies...) // again
		_, refusal := h.Do(t, r.method, r.path, r.body)
		require.Nil(t, refusal)
	case n < 6 || len(h.coupons) == 0:
		h.sendOne(t)
	default:
		h.change(t, kittest.Pick(h.random, h.coupons...))
	}
}

// try remembers a request that took effect.
func (h *history) try(t *testing.T, r request) play.Object {
	t.Helper()
	o, refusal := h.Do(t, r.method, r.path, r.body)
	if refusal == nil {
		h.bodies = append(h.bodies, r)
	}
	return o
}

func (h *history) sendOne(t *testing.T) {
	t.Helper()
	s, user := kittest.Pick(h.random, h.stocks...), kittest.Pick(h.random, openid, other)
	body := s.sending(h.no()).With(play.Object{"coupon_code": fmt.Sprint("a", h.random.IntN(20))})
	o := h.try(t, request{"POST", users + user + "/coupons", body})
	if o == nil {
		return
	}
	s.code = o.Text("coupon_code")
	h.coupons = append(h.coupons, s)
	h.users[s.stock+s.code] = user
	no, _ := body["send_request_no"].(string)
	h.sends[no] = s.stock + s.code
	h.perDay[s.stock+h.Now.In(kit.Shanghai).Format(time.DateOnly)]++
}

func (h *history) change(t *testing.T, c held) {
	t.Helper()
	action := kittest.Pick(h.random, "confirm", "confirm", "use", "use", "use", "return", "deactivate")
	body := c.body().With(play.Object{"out_request_no": h.no()})
	switch action {
	case "use":
		body = h.using(c)
	case "deactivate":
		body["deactivate_reason"] = "x"
	}
	path := users + h.users[c.stock+c.code] + "/coupons/" + c.code + "/" + action
	if h.try(t, request{"POST", path, body}) == nil {
		return
	}
	switch action {
	case "use":
		h.uses[c.stock+c.code]++
	case "return":
		h.uses[c.stock+c.code]--
	}
}

// hold checks what must hold at any time.
func (h *history) hold(t *testing.T) {
	t.Helper()
	require.Len(t, h.users, len(h.coupons), "a code was given twice")
	require.Len(t, h.sends, len(h.coupons), "a number took effect twice")
	sent, perUser := map[string]int{}, map[string]int{}
	for _, c := range h.coupons {
		user := h.users[c.stock+c.code]
		sent[c.stock]++
		perUser[c.stock+user]++
		o := h.OK(t, "GET", users+user+"/coupons/"+c.code+"?product_coupon_id="+c.product+"&stock_id="+c.stock+"&appid="+appid, nil)
		used := 0
		if o.Text("coupon_state") == "USED" {
			used = 1
			assert.Empty(t, o.Text("single_usage_detail.return_request_no"))
		}
		require.Equal(t, used, h.uses[c.stock+c.code], "USED is one use that was not returned")
	}
	for _, n := range perUser {
		require.LessOrEqual(t, n, maxPerUser)
	}
	for _, n := range h.perDay {
		require.LessOrEqual(t, n, maxPerDay)
	}
	for _, s := range h.stocks {
		o := h.OK(t, "GET", s.batch(), nil)
		require.LessOrEqual(t, sent[s.stock], maxCount)
		require.EqualValues(t, sent[s.stock], o.Int("sent_count_info.total_count"))
		require.EqualValues(t, h.perDay[s.stock+h.Now.In(kit.Shanghai).Format(time.DateOnly)], o.Int("sent_count_info.today_count"))
		if codes := o.Object("coupon_code_count_info"); codes != nil {
			require.EqualValues(t, h.uploaded[s.stock], codes.Int("total_count"))
			require.EqualValues(t, h.uploaded[s.stock], codes.Int("available_count")+int64(sent[s.stock]), "each code is free or sent")
		}
	}
	for _, kind := range h.types() {
		h.told[kind]++
	}
	require.Equal(t, len(h.coupons), h.told["SEND"], "one webhook for each coupon")
}

func TestRandomHistories(t *testing.T) {
	t.Parallel()
	kittest.Seeds(t, 20, func(t *testing.T, seed uint64) {
		t.Helper()
		h := newHistory(t, seed)
		for i := range 300 {
			if h.step(t); i%50 == 49 {
				h.hold(t)
			}
		}
	})
}

// A Book that was saved and loaded goes on as if nothing had been.
func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	h := newHistory(t, 99)
	h.book.Limit = 1000
	b, id, _ := h.bundle(t)
	_, err := h.book.Claim(h.Now, nil, brand, openid, id)
	require.NoError(t, err)
	token := h.OK(t, "POST", users+openid+"/pre-send-coupon", h.stocks[0].sending(h.no())).Text("token")
	for i := range 300 {
		if i%30 == 0 {
			h.book = kittest.Reload(t, h.World, h.book, coupon.New())
			h.hold(t)
		}
		h.step(t)
	}
	h.hold(t)
	assert.EqualValues(t, 3, h.OK(t, "GET", b.path()+"/stocks?stock_bundle_id="+id, nil).Int("total_count"))
	h.OK(t, "POST", b.path()+"/stock-bundles", play.Object{"out_request_no": h.no(), "stock_bundle": bundleOf("NORMAL")})
	assert.EqualValues(t, 3, h.OK(t, "GET", users+openid+"/coupons?appid="+appid+"&product_coupon_id="+b.product, nil).Int("total_count"))
	_, _, err = h.book.Receive(h.Now, nil, brand, token)
	assert.ErrorContains(t, err, "token 已过期", "it is known")
}

func TestLoadOfWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.send(t, w.make(t), openid)
	w.bundle(t)
	w.OK(t, "POST", users+openid+"/pre-send-coupon", h.sending(w.no()))
	set := func(name string, value any) func(play.Object) { return func(o play.Object) { o[name] = value } }
	add := func(to string) func(play.Object) { return func(o play.Object) { o.Object(to)["1"] = nil } }
	held := func(name string, value any) func(play.Object) {
		return func(o play.Object) { o.Object("coupons").Object(h.stock + "/" + h.code)[name] = value }
	}
	kittest.NotWhole(t, "coupon", w.book, coupon.New(), kittest.Edited(t, w.book, map[string]func(play.Object){
		"no coupons":                        set("products", play.Object{}),
		"no stocks":                         set("stocks", play.Object{}),
		"no bundles":                        set("bundles", play.Object{}),
		"a coupon that is null":             add("products"),
		"a stock that is null":              add("stocks"),
		"a bundle that is null":             add("bundles"),
		"a token that is null":              add("presends"),
		"a coupon of a user without order":  set("order", []any{}),
		"an order of nothing":               set("order", []any{"x"}),
		"a coupon of a user without rounds": held("rounds", []any{}),
		"a use that is missing":             held("state", "USED"),
	}))
}
