package generic_test

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/check"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/generic"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

const (
	bills  = "/v3/fund-app/mch-transfer/transfer-bills"
	stores = "/v3/brand/partner/store/brandstores"
	guides = "/v3/smartguide/guides"
	batch  = "/v3/transfer/batches"
	stocks = "/v3/marketing/partner/product-coupon/product-coupons"
)

func endpoint(tb testing.TB, method, path string) catalogue.Endpoint {
	tb.Helper()
	i := slices.IndexFunc(catalogue.All(), func(e catalogue.Endpoint) bool { return e.Method == method && e.Path == path })
	require.GreaterOrEqual(tb, i, 0, "%s %s", method, path)
	return catalogue.All()[i]
}

// A shop calls the endpoints of a Book.
type shop struct {
	testing.TB
	book     *generic.Book
	handlers map[string]play.Handler
	now      time.Time
	caller   string
}

// newShop returns a shop that has the endpoints of some products.
func newShop(tb testing.TB, book *generic.Book, prefixes ...string) *shop {
	tb.Helper()
	s := &shop{TB: tb, book: book, handlers: map[string]play.Handler{}, now: now, caller: caller}
	for _, e := range catalogue.All() {
		if slices.ContainsFunc(prefixes, func(p string) bool { return len(e.Path) >= len(p) && e.Path[:len(p)] == p }) {
			s.handlers[e.Method+" "+e.Path] = book.Handler(e)
		}
	}
	return s
}

// call calls an endpoint, and checks that its reply is as documented.
func (s *shop) call(method, path string, vars map[string]string, query url.Values, body play.Object) (play.Object, *play.Refusal) {
	s.Helper()
	e := endpoint(s, method, path)
	handler := s.handlers[method+" "+path]
	require.NotNil(s, handler, path)
	if body != nil {
		var err error
		body, err = play.ParseObject([]byte(body.Canonical()))
		require.NoError(s, err)
	}
	reply, err := handler(&play.Call{Caller: s.caller, Vars: vars, Query: query, Body: body, Now: s.now, Emit: func(play.Event) {}})
	if err != nil {
		var refusal *play.Refusal
		require.ErrorAs(s, err, &refusal)
		return nil, refusal
	}
	if reply == nil {
		require.Empty(s, e.Reply)
		return nil, nil
	}
	require.Empty(s, check.Reply(e.Reply, reply))
	o, err := play.ParseObject([]byte(reply.(play.Object).Canonical()))
	require.NoError(s, err)
	return o, nil
}

// ok is call, where nothing is refused.
func (s *shop) ok(method, path string, vars map[string]string, query url.Values, body play.Object) play.Object {
	s.Helper()
	o, refusal := s.call(method, path, vars, query, body)
	require.Nil(s, refusal)
	return o
}

func bill(number string, amount int) play.Object {
	return play.Object{
		"appid": "wx1234567890abcdef", "out_bill_no": number, "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "transfer_amount": amount,
		"transfer_remark": "报销", "transfer_scene_id": "1000", "transfer_scene_report_infos": []any{map[string]any{"info_type": "a", "info_content": "b"}},
	}
}

func (s *shop) getBill(number string) (play.Object, *play.Refusal) {
	s.Helper()
	return s.call("GET", bills+"/out-bill-no/{out_bill_no}", map[string]string{"out_bill_no": number}, nil, nil)
}

func refusedAs(tb testing.TB, refusal *play.Refusal, status int, code string) {
	tb.Helper()
	require.NotNil(tb, refusal)
	assert.Equal(tb, status, refusal.Status)
	assert.Equal(tb, code, refusal.Code)
}
