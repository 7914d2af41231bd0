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
	t.Parallel()
	c, m := client(t, nil)
	const host = "https://api.mch.weixin.qq.com"
	v3 := openapi.V3(c)
	for _, row := range []struct {
		name, want string
		node       any
		opts       *wechatpay.Options
	}{
		{"a segment with hyphens", "POST " + host + "/v3/pay/transactions/jsapi-with-contract", v3.Pay().Transactions().JsapiWithContract(), nil},
		{"a variable and a query", "GET " + host + "/v3/pay/transactions/id/1217?mchid=1", v3.Pay().Transactions().ID("1217"), &wechatpay.Options{Query: wechatpay.M{"mchid": 1}}},
		{"a variable with a slash, and a body", "POST " + host + "/v3/pay/transactions/out-trade-no/a%2Fb/close", v3.Pay().Transactions().OutTradeNo("a/b").Close(), &wechatpay.Options{JSON: wechatpay.M{"mchid": "1"}}},
		{"an endpoint on the way to another", "POST " + host + "/v3/refund/domestic/refunds", v3.Refund().Domestic().Refunds(), nil},
		{"the other", "GET " + host + "/v3/refund/domestic/refunds/1", v3.Refund().Domestic().Refunds().OutRefundNo("1"), nil},
		{"one of two variables in one place", "POST " + host + "/v3/apply4subject/applyment/1/cancel", v3.Apply4subject().Applyment().ApplymentID("1").Cancel(), nil},
		{"the other variable", "POST " + host + "/v3/apply4subject/applyment/2/cancel", v3.Apply4subject().Applyment().BusinessCode("2").Cancel(), nil},
		{"one of two segments that differ in a hyphen", "POST " + host + "/v3/papay/insurance-sign/policy-periods/plan-id/1/contract-id/2/modify", v3.Papay().InsuranceSign().PolicyPeriods().PlanID(1).ContractID("2").Modify(), nil},
		{"the other segment", "GET " + host + "/v3/papay/insurance-sign/policy_periods/plan-id/1/out-contract-code/2", v3.Papay().InsuranceSign().PolicyPeriods().PlanID(1).OutContractCode("2"), nil},
		{"a slash at the end", "POST " + host + "/v3/applyment4sub/applyment/", v3.Applyment4sub().Applyment(), nil},
		{"a slash at the end, and a variable elsewhere", "POST " + host + "/v3/ecommerce/applyments/", v3.Ecommerce().Applyments(), nil},
		{"a segment named like a verb", "POST " + host + "/v3/profitsharing/receivers/delete", v3.Profitsharing().Receivers().Delete(), nil},
		{"another host", "GET https://pay.wechatpay.cn/invoicing/fapiao/fapiao-file", openapi.Invoicing(c).Fapiao().FapiaoFile(), nil},
		{"the host of global below v3", "POST https://apihk.mch.weixin.qq.com/v3/global/transactions/jsapi", v3.Global().Transactions().Jsapi(), nil},
		{"a prefix before v3", "GET https://apihk.mch.weixin.qq.com/global/v3/customs/orders", openapi.Global(c).V3().Customs().Orders(), nil},
		{"a prefix at the usual host", "POST " + host + "/hk/v3/transactions/app", openapi.Hk(c).V3().Transactions().App(), nil},
	} {
		t.Run(row.name, func(t *testing.T) { // one after the other: they share the transport's memory
			method, _, _ := strings.Cut(row.want, " ")
			assert.Equal(t, row.want, last(t, m, row.node, verb(method), row.opts))
		})
	}
}

// last calls a verb, and gives what was sent.
func last(t *testing.T, m *memory, node any, verb string, opts *wechatpay.Options) string {
	t.Helper()
	require.NoError(t, called(reflect.ValueOf(node), verb, opts)(t.Context()))
	return m.last
}

func TestChainRefuses(t *testing.T) {
	t.Parallel()
	c, m := client(t, nil)
	id := func(value string) pay.TransactionsIDNode { return openapi.V3(c).Pay().Transactions().ID(value) }
	for _, row := range []struct {
		name string
		node pay.TransactionsIDNode
		opts *wechatpay.Options
		want string
	}{
		{"empty", id(""), nil, `"transaction_id" is ""`},
		{"dot", id("."), nil, `"transaction_id" is "."`},
		{"dots", id(".."), nil, `"transaction_id" is ".."`},
		{"line break", id("a\nb"), nil, "control character"},
		{"not UTF-8", id("\xff"), nil, "not UTF-8"},
		{"Vars as well", id("1"), &wechatpay.Options{Vars: wechatpay.M{"transaction_id": "2"}}, `"transaction_id" is already set`},
		{"other Vars", id("1"), &wechatpay.Options{Vars: wechatpay.M{"x": "2"}}, `"x" is not a placeholder`},
		{"a nil client", openapi.V3(nil).Pay().Transactions().ID("1"), nil, "zero Chain"},
		{"a zero node", pay.TransactionsIDNode{}, nil, "zero Chain"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := row.node.Get(t.Context(), row.opts)
			require.ErrorIs(t, err, wechatpay.ErrInvalid)
			require.ErrorContains(t, err, row.want)
			_, err = row.node.GetAsync(t.Context(), row.opts).Wait()
			require.ErrorIs(t, err, wechatpay.ErrInvalid)
			require.ErrorContains(t, err, row.want)
		})
	}
	t.Cleanup(func() { assert.Empty(t, m.last, "nothing was sent") })
}

// TestSandboxesKeepTheirHost: no test of a user's calls WeChat Pay by accident.
func TestSandboxesKeepTheirHost(t *testing.T) {
	t.Parallel()
	c, m := client(t, func(cfg *wechatpay.Config) { cfg.BaseURL = "http://127.0.0.1:1/wx" })
	for _, row := range []struct {
		name, want string
		node       any
	}{
		{"global below v3", "GET http://127.0.0.1:1/wx/v3/global/certificates", openapi.V3(c).Global().Certificates()},
		{"v3 below global", "GET http://127.0.0.1:1/wx/global/v3/customs/orders", openapi.Global(c).V3().Customs().Orders()},
		{"v3 below hk", "POST http://127.0.0.1:1/wx/hk/v3/transactions/app", openapi.Hk(c).V3().Transactions().App()},
		{"fapiao", "GET http://127.0.0.1:1/wx/invoicing/fapiao/fapiao-file", openapi.Invoicing(c).Fapiao().FapiaoFile()},
		{"pay", "POST http://127.0.0.1:1/wx/v3/pay/transactions/jsapi", openapi.V3(c).Pay().Transactions().Jsapi()},
		{"a variable", "GET http://127.0.0.1:1/wx/v3/pay/transactions/id/%E4%B8%AD", openapi.V3(c).Pay().Transactions().ID("中")},
	} {
		t.Run(row.name, func(t *testing.T) { // one after the other: they share the transport's memory
			method, _, _ := strings.Cut(row.want, " ")
			assert.Equal(t, row.want, last(t, m, row.node, verb(method), nil))
		})
	}
}

// TestConcurrentUse: one node serves many goroutines.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
	list, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "github.com/wechatpay-chain/wechatpay").Output()
	require.NoError(t, err)
	assert.Contains(t, string(list), "wechatpay-chain/wechatpay/signer")
	assert.NotContains(t, string(list), "openapi")

	list, err = exec.CommandContext(t.Context(), "go", "list", "-deps", "github.com/wechatpay-chain/wechatpay/openapi/pay").Output()
	require.NoError(t, err)
	assert.Equal(t, 2, strings.Count(string(list), "wechatpay/openapi/"), "a product needs no other")
}
