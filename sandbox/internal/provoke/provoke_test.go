package provoke_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/provoke"
)

func TestRefusal(t *testing.T) {
	t.Parallel()
	const jsapi = "/v3/pay/transactions/jsapi"
	for _, row := range []struct {
		name, method, route string
		numbers             []string
		status              int
		code                string
		number              int
	}{
		{"of every endpoint", "POST", jsapi, []string{"order1_SYSTEM_ERROR"}, 500, "SYSTEM_ERROR", 0},
		{"of a product", "POST", jsapi, []string{"order1_ORDER_PAID"}, 400, "ORDER_PAID", 268449538},
		{"of another product", "POST", "/v3/transfer/batches", []string{"batch1_ORDER_PAID"}, 0, "", 0},
		{"of another method", "GET", "/v3/pay/transactions/id/{transaction_id}", []string{"order1_OUT_TRADE_NO_USED"}, 0, "", 0},
		{"the nearest path wins", "GET", "/v3/payscore/serviceorder", []string{"order1_FREQUENCY_LIMITED"}, 429, "FREQUENCY_LIMITED", 268435472},
		{"refunds", "POST", "/v3/refund/domestic/refunds", []string{"order1", "refund1_NOT_ENOUGH"}, 403, "NOT_ENOUGH", 0},
		{"the first number decides", "POST", jsapi, []string{"a_NO_AUTH", "b_SYSTEM_ERROR"}, 403, "NO_AUTH", 0},
		{"no code", "POST", jsapi, []string{"order1", "", "_"}, 0, "", 0},
		{"the code in the middle", "POST", jsapi, []string{"order_SYSTEM_ERROR_1"}, 0, "", 0},
		{"no line before it", "POST", jsapi, []string{"SYSTEM_ERROR", "xSYSTEM_ERROR"}, 0, "", 0},
		{"in small letters", "POST", jsapi, []string{"order1_system_error"}, 0, "", 0},
		{"an unknown code", "POST", jsapi, []string{"order1_INVENTED"}, 0, "", 0},
		{"no numbers", "POST", jsapi, nil, 0, "", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			refusal := provoke.Refusal(row.method, row.route, row.numbers)
			if row.code == "" {
				assert.Nil(t, refusal)
				return
			}
			require.NotNil(t, refusal)
			assert.Equal(t, []any{row.status, row.code, row.number}, []any{refusal.Status, refusal.Code, refusal.Number})
			assert.NotEmpty(t, refusal.Message)
		})
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, row := range provoke.Table() {
		assert.Regexp(t, `^[A-Z]+(_[A-Z]+)*$`, row.Code)
		assert.True(t, row.Status >= 400 && row.Status <= 503, row.Code)
		assert.NotEmpty(t, row.Message)
		at := row.Method + " " + row.Path + " " + row.Code
		assert.False(t, seen[at], "%s stands twice", at)
		seen[at] = true
		prefix, all := strings.CutSuffix(row.Path, "*")
		assert.True(t, slices.ContainsFunc(catalogue.All(), func(e catalogue.Endpoint) bool {
			return e.Path == row.Path || (all || row.Path == "") && strings.HasPrefix(e.Path, prefix)
		}), "%s has no endpoint", row.Path)
	}
	provoke.Table()[0].Code = "CHANGED"
	assert.NotEqual(t, "CHANGED", provoke.Table()[0].Code, "it is a copy")
}

func TestIsNumber(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"out_trade_no": true, "out_refund_no": true, "combine_out_trade_no": true, "out_request_no": true, "use_request_no": true,
		"business_code": true, "authorization_code": true, "out_contract_code": true, "out_batch_id": true, "merchant_plan_no": true,
		"transaction_id": false, "out_user_code": false, "out_shop_no": false, "bank_card_no": false, "out_invented_no": false, "": false,
	} {
		assert.Equal(t, want, provoke.IsNumber(name), name)
	}
	assert.Greater(t, len(provoke.Names()), 40)
	assert.True(t, slices.IsSorted(provoke.Names()))
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	body, err := play.ParseObject([]byte(`{"sub_orders":[{"out_trade_no":"4"},{"out_trade_no":"5"}],"a":{"out_order_no":"3"},"mchid":"x","out_trade_no":9,"out_refund_no":"2"}`))
	require.NoError(t, err)
	got := provoke.Numbers(map[string]string{"out_bill_no": "0", "openid": "x"}, url.Values{"out_order_no": {"1"}, "limit": {"5"}}, body)
	assert.Equal(t, []string{"0", "1", "2", "3", "4", "5"}, got)
	assert.Empty(t, provoke.Numbers(nil, nil, nil))
}

// TestEveryNumberProvokes finds, for each endpoint with a business number, the common errors.
func TestEveryNumberProvokes(t *testing.T) {
	t.Parallel()
	endpoints := 0
	for _, e := range catalogue.All() {
		for _, place := range []catalogue.Fields{e.Vars, e.Query, e.JSON} {
			i := slices.IndexFunc(place, func(f catalogue.Field) bool { return provoke.IsNumber(f.Name) && f.Type == "string" })
			if e.Version != 3 || i < 0 {
				continue
			}
			endpoints++
			for code, status := range map[string]int{"SYSTEM_ERROR": 500, "FREQUENCY_LIMITED": 429, "RATELIMIT_EXCEEDED": 429, "PARAM_ERROR": 400, "NO_AUTH": 403} {
				numbers := provoke.Numbers(nil, nil, play.Object{place[i].Name: "n1_" + code})
				refusal := provoke.Refusal(e.Method, e.Path, numbers)
				require.NotNil(t, refusal, "%s %s", e.Path, code)
				assert.Equal(t, status, refusal.Status, "%s %s", e.Path, code)
			}
			break
		}
	}
	assert.Greater(t, endpoints, 400)
	t.Logf("%d endpoints have business numbers", endpoints)
}
