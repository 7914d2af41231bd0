package openapi_test

import (
	"context"
	"fmt"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/marketing/busifavor"
	"github.com/wechatpay-chain/wechatpay/openapi/pay"
)

func TestChain(t *testing.T) {
	c, m := client(t, nil)
	get := func(node any, opts *wechatpay.Options) string { return last(t, m, node, "Get", opts) }
	post := func(node any, opts *wechatpay.Options) string { return last(t, m, node, "Post", opts) }
	const host = "https://api.mch.weixin.qq.com"
	v3 := openapi.V3(c)
	for want, got := range map[string]string{
		"POST " + host + "/v3/pay/transactions/jsapi-with-contract": post(v3.Pay().Transactions().JsapiWithContract(), nil),
		"GET " + host + "/v3/pay/transactions/id/1217?mchid=1":      get(v3.Pay().Transactions().ID("1217"), &wechatpay.Options{Query: wechatpay.M{"mchid": 1}}),
		"POST " + host + "/v3/pay/transactions/out-trade-no/a%2Fb/close": post(
			v3.Pay().Transactions().OutTradeNo("a/b").Close(), &wechatpay.Options{JSON: wechatpay.M{"mchid": "1"}}),
		// a place that is both an endpoint and on the way to others
		"POST " + host + "/v3/refund/domestic/refunds":  post(v3.Refund().Domestic().Refunds(), nil),
		"GET " + host + "/v3/refund/domestic/refunds/1": get(v3.Refund().Domestic().Refunds().OutRefundNo("1"), nil),
		// templates that differ in the name of a variable alone
		"POST " + host + "/v3/apply4subject/applyment/1/cancel": post(v3.Apply4subject().Applyment().ApplymentID("1").Cancel(), nil),
		"POST " + host + "/v3/apply4subject/applyment/2/cancel": post(v3.Apply4subject().Applyment().BusinessCode("2").Cancel(), nil),
		// segments that differ in their hyphens alone
		"POST " + host + "/v3/papay/insurance-sign/policy-periods/plan-id/1/contract-id/2/modify": post(
			v3.Papay().InsuranceSign().PolicyPeriods().PlanID(1).ContractID("2").Modify(), nil),
		"GET " + host + "/v3/papay/insurance-sign/policy_periods/plan-id/1/out-contract-code/2": get(
			v3.Papay().InsuranceSign().PolicyPeriods().PlanID(1).OutContractCode("2"), nil),
		// slashes at the end, a segment named like a verb
		"POST " + host + "/v3/applyment4sub/applyment/":             post(v3.Applyment4sub().Applyment(), nil),
		"POST " + host + "/v3/ecommerce/applyments/":                post(v3.Ecommerce().Applyments(), nil),
		"POST " + host + "/v3/profitsharing/receivers/delete":       post(v3.Profitsharing().Receivers().Delete(), nil),
		"GET https://pay.wechatpay.cn/invoicing/fapiao/fapiao-file": get(openapi.Invoicing(c).Fapiao().FapiaoFile(), nil),
		// other hosts, and prefixes
		"POST https://apihk.mch.weixin.qq.com/v3/global/transactions/jsapi": post(v3.Global().Transactions().Jsapi(), nil),
		"GET https://apihk.mch.weixin.qq.com/global/v3/customs/orders":      get(openapi.Global(c).V3().Customs().Orders(), nil),
		"POST " + host + "/hk/v3/transactions/app":                          post(openapi.Hk(c).V3().Transactions().App(), nil),
	} {
		assert.Equal(t, want, got)
	}
}

// last calls a verb, and gives what was sent.
func last(t *testing.T, m *memory, node any, verb string, opts *wechatpay.Options) string {
	t.Helper()
	require.NoError(t, called(reflect.ValueOf(node), verb, opts)(t.Context()))
	return m.last
}

func TestChainRefuses(t *testing.T) {
	c, m := client(t, nil)
	transactions := openapi.V3(c).Pay().Transactions()
	for name, tc := range map[string]struct {
		id, want string
		opts     *wechatpay.Options
	}{
		"empty":        {"", `"transaction_id" is ""`, nil},
		"dot":          {".", `"transaction_id" is "."`, nil},
		"dots":         {"..", `"transaction_id" is ".."`, nil},
		"line break":   {"a\nb", "control character", nil},
		"not UTF-8":    {"\xff", "not UTF-8", nil},
		"Vars as well": {"1", `"transaction_id" is already set`, &wechatpay.Options{Vars: wechatpay.M{"transaction_id": "2"}}},
		"other Vars":   {"1", `"x" is not a placeholder`, &wechatpay.Options{Vars: wechatpay.M{"x": "2"}}},
	} {
		_, err := transactions.ID(tc.id).Get(t.Context(), tc.opts)
		require.ErrorIs(t, err, wechatpay.ErrInvalid, name)
		require.ErrorContains(t, err, tc.want, name)
		_, err = transactions.ID(tc.id).GetAsync(t.Context(), tc.opts).Wait()
		require.ErrorIs(t, err, wechatpay.ErrInvalid, name)
	}
	_, err := openapi.V3(nil).Pay().Transactions().ID("1").Get(t.Context(), nil)
	require.ErrorContains(t, err, "zero Chain")
	_, err = pay.TransactionsIDNode{}.Get(t.Context(), nil)
	require.ErrorContains(t, err, "zero Chain")
	assert.Empty(t, m.last, "nothing was sent")
}

// TestSandboxesKeepTheirHost: no test of a user's calls WeChat Pay by accident.
func TestSandboxesKeepTheirHost(t *testing.T) {
	c, m := client(t, func(cfg *wechatpay.Config) { cfg.BaseURL = "http://127.0.0.1:1/wx" })
	for _, c := range []struct {
		want string
		node any
	}{
		{"GET http://127.0.0.1:1/wx/v3/global/certificates", openapi.V3(c).Global().Certificates()},
		{"GET http://127.0.0.1:1/wx/global/v3/customs/orders", openapi.Global(c).V3().Customs().Orders()},
		{"POST http://127.0.0.1:1/wx/hk/v3/transactions/app", openapi.Hk(c).V3().Transactions().App()},
		{"GET http://127.0.0.1:1/wx/invoicing/fapiao/fapiao-file", openapi.Invoicing(c).Fapiao().FapiaoFile()},
		{"POST http://127.0.0.1:1/wx/v3/pay/transactions/jsapi", openapi.V3(c).Pay().Transactions().Jsapi()},
		{"GET http://127.0.0.1:1/wx/v3/pay/transactions/id/%E4%B8%AD", openapi.V3(c).Pay().Transactions().ID("中")},
	} {
		method, _, _ := strings.Cut(c.want, " ")
		t.Run(strings.TrimPrefix(c.want, method+" http://127.0.0.1:1/wx/v3/"), func(t *testing.T) {
			assert.Equal(t, c.want, last(t, m, c.node, verb(method), nil))
		})
	}
}

// TestConcurrentUse: one node serves many goroutines.
func TestConcurrentUse(t *testing.T) {
	c, mchid, end := exampleClient()
	defer end()
	node := openapi.V3(c).Pay().Transactions()
	numbers := make([]string, 64)
	for i := range numbers {
		numbers[i] = fmt.Sprintf("NO-SUCH-%d", i)
	}
	opts := &wechatpay.Options{Query: wechatpay.M{"mchid": mchid}}
	count := 0
	for _, outcome := range future.Each(t.Context(), 16, slices.Values(numbers), func(ctx context.Context, number string) (*wechatpay.Reply[pay.TransactionsOutTradeNoGetReply], error) {
		return node.OutTradeNo(number).Get(ctx, opts)
	}) {
		var api *wechatpay.APIError
		require.ErrorAs(t, outcome.Err, &api)
		assert.Equal(t, "v3/pay/transactions/out-trade-no/{out_trade_no}", api.Path, "no value is shown")
		assert.Empty(t, api.Hint, "the path is known; there is no such order")
		count++
	}
	assert.Equal(t, 64, count)
}

// TestAllocations: the longest chains, of three variables, are made of none.
func TestAllocations(t *testing.T) {
	c, _ := client(t, nil)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		node = openapi.V3(c).Marketing().Busifavor().Users("oUpF8").Coupons().CouponCode("1").AppIDs("wxd678")
	}))
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		chain = c.Chain("v3/marketing/busifavor/users/{openid}/coupons/{coupon_code}/appids/{appid}").
			WithVar("openid", "oUpF8").WithVar("coupon_code", "1").WithVar("appid", "wxd678")
	}), 3.0, "and this is what the verb makes of them")
}

var (
	node  busifavor.UsersCouponsCouponCodeAppIDsNode
	chain wechatpay.Chain
)

// TestTheRootNeedsNoneOfThis: who calls by path compiles no catalogue.
func TestTheRootNeedsNoneOfThis(t *testing.T) {
	list, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "github.com/wechatpay-chain/wechatpay").Output()
	require.NoError(t, err)
	assert.Contains(t, string(list), "wechatpay-chain/wechatpay/signer")
	assert.NotContains(t, string(list), "openapi")

	list, err = exec.CommandContext(t.Context(), "go", "list", "-deps", "github.com/wechatpay-chain/wechatpay/openapi/pay").Output()
	require.NoError(t, err)
	assert.Equal(t, 2, strings.Count(string(list), "wechatpay/openapi/"), "a product needs no other")
}
