package check_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/check"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func endpoint(t *testing.T, method, path string) catalogue.Endpoint {
	t.Helper()
	i := slices.IndexFunc(catalogue.All(), func(e catalogue.Endpoint) bool { return e.Method == method && e.Path == path })
	require.GreaterOrEqual(t, i, 0, path)
	return catalogue.All()[i]
}

func TestCaller(t *testing.T) {
	t.Parallel()
	const (
		direct  = "/v3/pay/transactions/jsapi"
		partner = "/v3/pay/partner/transactions/jsapi"
		query   = "/v3/pay/partner/transactions/out-trade-no/{out_trade_no}"
		both    = "/hk/v3/transactions/jsapi"
	)
	for _, row := range []struct {
		name, method, path, body, query, field string
		number                                 int
	}{
		{"a merchant", "POST", direct, `{"mchid":"1"}`, "", "", 0},
		{"another merchant", "POST", direct, `{"mchid":"2"}`, "", "/mchid", 0},
		{"nobody named", "POST", direct, `{}`, "", "", 0},
		{"a service provider", "POST", partner, `{"sp_mchid":"1","sub_mchid":"2"}`, "", "", 0},
		{"another one", "POST", partner, `{"sp_mchid":"2","sub_mchid":"2"}`, "", "/sp_mchid", 0},
		{"no sub-merchant", "POST", partner, `{"sp_mchid":"1"}`, "", "/sub_mchid", 268443704},
		{"itself as sub-merchant", "POST", partner, `{"sp_mchid":"1","sub_mchid":"1"}`, "", "/sub_mchid", 268443705},
		{"letters as sub-merchant", "POST", partner, `{"sp_mchid":"1","sub_mchid":"2a"}`, "", "/sub_mchid", 0},
		{"in the query", "GET", query, ``, "sp_mchid=1&sub_mchid=2", "", 0},
		{"another in the query", "GET", query, ``, "sp_mchid=2&sub_mchid=2", "sp_mchid", 0},
		{"no sub-merchant in the query", "GET", query, ``, "sp_mchid=1", "sub_mchid", 268443704},
		{"a combined order", "POST", "/v3/combine-transactions/app", `{"combine_mchid":"2"}`, "", "/combine_mchid", 0},
		{"a merchant below its service provider", "POST", both, `{"sp_mchid":"1","mchid":"2","sub_mchid":"3"}`, "", "", 0},
		{"a merchant of a bank", "POST", "/v3/aggracct-bc/wb-channel/control-orders/punish", `{"mchid":"2"}`, "", "", 0},
		{"who is paid in a store", "POST", "/v3/brand/partner/store/brandstores/{store_id}/bindrecipient", `{"mchid":"2"}`, "", "", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var body play.Object
			var err error
			if row.body != "" {
				body, err = play.ParseObject([]byte(row.body))
				require.NoError(t, err)
			}
			query, err := url.ParseQuery(row.query)
			require.NoError(t, err)
			refusal := check.Caller(endpoint(t, row.method, row.path), "1", body, query)
			if row.field == "" {
				assert.Nil(t, refusal)
				return
			}
			require.NotNil(t, refusal)
			assert.Equal(t, "PARAM_ERROR", refusal.Code)
			assert.Equal(t, row.field, refusal.Detail["field"])
			assert.Equal(t, row.number, refusal.Number)
		})
	}
}

// TestCallerOfAllEndpoints finds that each mchid at the top level is either the caller's or one
// of the few that are excepted.
func TestCallerOfAllEndpoints(t *testing.T) {
	t.Parallel()
	refused, excepted := 0, map[string]bool{}
	for _, e := range catalogue.All() {
		for _, name := range []string{"mchid", "sp_mchid", "combine_mchid"} {
			for place, fields := range map[string]catalogue.Fields{"body": e.JSON, "query": e.Query} {
				if e.Version != 3 || !slices.ContainsFunc(fields, func(f catalogue.Field) bool { return f.Name == name }) {
					continue
				}
				var body play.Object
				query := url.Values{}
				if place == "body" {
					body = play.Object{name: "2"}
				} else {
					query.Set(name, "2")
				}
				refusal := check.Caller(e, "1", body, query)
				if refusal != nil && strings.TrimPrefix(refusal.Detail["field"].(string), "/") == name {
					refused++
					continue
				}
				excepted[e.Path] = true
			}
		}
	}
	assert.Greater(t, refused, 130)
	assert.Len(t, excepted, 16, "%v", excepted)
}

func TestMeta(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, path, meta, field string }{
		{"all is right", "/v3/merchant/media/upload", `{"filename":"a.jpg","sha256":"0a"}`, ""},
		{"a missing field", "/v3/merchant/media/upload", `{"filename":"a.jpg"}`, "/sha256"},
		{"a wrong type", "/v3/mch-operation-manage/enhanced-due-diligence/{due_diligence_id}/upload", `{"file_name":"a","file_digest":"b","sub_mchid":"1","item_id":"x"}`, "/item_id"},
		{"an unknown value", "/v3/new-tax-control-fapiao/fapiao-applications/upload-fapiao-file", `{"file_type":"DOC","digest_alogrithm":"SM3","digest":"0a"}`, "/file_type"}, //nolint:misspell // as documented
		{"no object", "/v3/merchant/media/upload", `[]`, "/meta"},
		{"no JSON", "/v3/merchant/media/upload", `x`, "/meta"},
		{"fields that nobody documents", "/v3/global/merchant-service/images/upload", `{"filename":"a"}`, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			meta, refusal := check.Meta(endpoint(t, "POST", row.path), []byte(row.meta))
			if row.field == "" {
				assert.Nil(t, refusal)
				assert.NotEmpty(t, meta)
				return
			}
			require.NotNil(t, refusal)
			assert.Equal(t, row.field, refusal.Detail["field"])
		})
	}
}

func TestEmptySegment(t *testing.T) {
	t.Parallel()
	refusal := check.Vars(fields(t, "id"), map[string]string{"id": ""})
	require.NotNil(t, refusal, "a part of a path is never left out")
	assert.Equal(t, "id", refusal.Detail["field"])
}

func TestDepth(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, open string }{{"lists", "["}, {"objects", `{"a":`}} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := play.ParseObject([]byte(`{"a":` + strings.Repeat(row.open, 15<<20/len(row.open))))
			require.ErrorContains(t, err, "exceeded max depth")
		})
	}
	deep, err := play.ParseObject([]byte(`{"a":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}"))
	require.NoError(t, err)
	assert.NotNil(t, check.Body(fields(t, "a:string[]"), deep))
	assert.NotPanics(t, func() { deep.Canonical() })
}

func TestReply(t *testing.T) {
	t.Parallel()
	documented := fields(t, "id! amount{total:integer} kind=A|B list[]{x} text@{y:integer} texts[]@{z}")
	whole := `{"id":"1","amount":{"total":1},"kind":"A","list":[{"x":"1"}],"text":"{\"y\":1}","texts":"[{\"z\":\"1\"}]"}`
	for _, row := range []struct {
		name, reply string
		want        []check.Fault
	}{
		{"whole", whole, nil},
		{"a missing field", `{"id":"1","amount":{},"kind":"A","list":[],"text":"","texts":""}`, []check.Fault{{"/amount/total", check.Missing}}},
		{"a field too much", strings.Replace(whole, `"x":"1"`, `"x":"1","q":1`, 1), []check.Fault{{"/list/0/q", check.Undocumented}}},
		{"a wrong type", strings.Replace(whole, `"total":1`, `"total":"1"`, 1), []check.Fault{{"/amount/total", "类型应为 integer"}}},
		{"an unknown value", strings.Replace(whole, `"A"`, `"C"`, 1), []check.Fault{{"/kind", "取值应为 A、B 之一"}}},
		{"null", strings.Replace(whole, `"A"`, `null`, 1), []check.Fault{{"/kind", "null"}}},
		{"within a text", strings.Replace(whole, `\"y\":1`, ``, 1), []check.Fault{{"/text/y", check.Missing}}},
		{"within a list in a text", strings.Replace(whole, `\"z\":\"1\"`, `\"q\":1`, 1), []check.Fault{{"/texts/0/q", check.Undocumented}, {"/texts/0/z", check.Missing}}},
		{"an object for a list in a text", strings.Replace(whole, `[{\"z\":\"1\"}]`, `{}`, 1), []check.Fault{{"/texts", "应为数组"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			reply, err := play.ParseObject([]byte(row.reply))
			require.NoError(t, err)
			assert.Equal(t, row.want, check.Reply(documented, reply))
		})
	}
	assert.Len(t, check.Reply(documented, []int{1}), 1, "no object")
	assert.Len(t, check.Reply(documented, func() {}), 1, "no JSON")
}
