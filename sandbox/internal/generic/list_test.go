package generic_test

import (
	"net/url"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/generic"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func guide(n int) play.Object {
	return play.Object{"corpid": "c", "store_id": 1 + n%2, "userid": "u" + strconv.Itoa(n), "name": "张三", "mobile": "13900000000", "qr_code": "q", "avatar": "a"}
}

func TestListByOffset(t *testing.T) {
	t.Parallel()
	s := newShop(t, generic.New(), guides)
	ids := make([]any, 50)
	for n := range ids {
		ids[n] = s.ok("POST", guides, nil, nil, guide(n))["guide_id"]
	}
	for _, row := range []struct {
		name, query string
		total       int
		users       []string
	}{
		{"the first page of a store", "store_id=1&limit=3", 25, []string{"u0", "u2", "u4"}},
		{"a later one", "store_id=2&limit=2&offset=3", 25, []string{"u7", "u9"}},
		{"the rest", "store_id=1&limit=100&offset=24", 25, []string{"u48"}},
		{"behind the end", "store_id=1&offset=25", 25, nil},
		{"by what was posted", "store_id=2&userid=u9", 1, []string{"u9"}},
		{"none", "store_id=3", 0, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			query, err := url.ParseQuery(row.query)
			require.NoError(t, err)
			list := s.ok("GET", guides, nil, query, nil)
			var users []string
			for _, g := range list.List("data") {
				users = append(users, g.Text("userid"))
				n, _ := strconv.Atoi(g.Text("userid")[1:])
				assert.Equal(t, ids[n], g["guide_id"])
			}
			assert.Equal(t, row.users, users)
			assert.EqualValues(t, row.total, list.Int("total_count"))
		})
	}
	for _, row := range []struct{ query, field string }{{"limit=0", "limit"}, {"limit=101", "limit"}, {"offset=-1", "offset"}} {
		query, err := url.ParseQuery("store_id=1&" + row.query)
		require.NoError(t, err)
		_, refusal := s.call("GET", guides, nil, query, nil)
		refusedAs(t, refusal, 400, "PARAM_ERROR")
		assert.Equal(t, row.field, refusal.Detail["field"])
	}
	s.caller = "1900000110"
	assert.Empty(t, s.ok("GET", guides, nil, url.Values{"store_id": {"1"}}, nil).List("data"), "another caller has none")
}

func TestListByToken(t *testing.T) {
	t.Parallel()
	s := newShop(t, generic.New(), stocks)
	coupon := s.ok("POST", stocks, nil, nil, play.Object{"brand_id": "40001", "out_request_no": "coupon1"})
	vars := map[string]string{"product_coupon_id": coupon.Text("product_coupon_id")}
	require.NotEmpty(t, vars["product_coupon_id"])
	for n := range 7 {
		s.ok("POST", stocks+"/{product_coupon_id}/stocks", vars, nil, play.Object{"brand_id": "40001", "out_request_no": "stock" + strconv.Itoa(n), "stock": map[string]any{"remark": "r" + strconv.Itoa(n), "coupon_code_mode": "UPLOAD"}})
	}
	var remarks []string
	query := url.Values{"brand_id": {"40001"}, "page_size": {"3"}}
	for pages := 1; ; pages++ {
		list := s.ok("GET", stocks+"/{product_coupon_id}/stocks", vars, query, nil)
		assert.EqualValues(t, 7, list.Int("total_count"))
		for _, stock := range list.List("stock_list") {
			remarks = append(remarks, stock.Text("remark"))
		}
		if list.Text("next_page_token") == "" {
			assert.Equal(t, 3, pages)
			break
		}
		query.Set("page_token", list.Text("next_page_token"))
	}
	assert.Equal(t, []string{"r0", "r1", "r2", "r3", "r4", "r5", "r6"}, remarks)

	query.Set("page_token", "invented")
	_, refusal := s.call("GET", stocks+"/{product_coupon_id}/stocks", vars, query, nil)
	refusedAs(t, refusal, 400, "PARAM_ERROR")
	_, refusal = s.call("GET", stocks+"/{product_coupon_id}/stocks", map[string]string{"product_coupon_id": "other"}, url.Values{"brand_id": {"40001"}}, nil)
	refusedAs(t, refusal, 404, "RESOURCE_NOT_EXISTS")
}

func TestListThatNobodyFills(t *testing.T) {
	t.Parallel()
	s := newShop(t, generic.New(), "/v3/merchant-service/complaints-v2")
	list := s.ok("GET", "/v3/merchant-service/complaints-v2", nil, url.Values{"begin_date": {"2026-06-01"}, "end_date": {"2026-06-08"}}, nil)
	assert.Len(t, list.List("data"), 1, "users complain, not callers: one is made up")
	assert.EqualValues(t, 1, list.Int("total_count"))
}
