package app

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

func TestFacts(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		vars map[string]string
		body string
		want []string
	}{
		{"a refund", nil, `{"out_trade_no":"T1","out_refund_no":"R1","reason":"x","amount":{"refund":100,"total":12345,"currency":"CNY"}}`, []string{
			"out_trade_no T1", "out_refund_no R1", "amount.refund 100 (CNY 1.00)", "amount.total 12345 (CNY 123.45)",
		}},
		{"in another currency", nil, `{"amount":{"total":100,"currency":"JPY"}}`, []string{"amount.total 100 (JPY, its smallest unit)"}},
		{"numbers in the path", map[string]string{"out_trade_no": "T1"}, `{"mchid":"1900000109"}`, []string{"out_trade_no T1"}},
		{"APIv2, where all are texts", nil, `{"total_fee":"1","refund_fee":"20000000000","out_refund_no":"R1"}`, []string{
			"out_refund_no R1", "total_fee 1 (CNY 0.01)", "refund_fee 20000000000 (CNY 200000000.00)",
		}},
		{"a list of transfers, the totals first", nil, `{"transfer_detail_list":[{"out_detail_no":"d1","transfer_amount":10},{"out_detail_no":"d2","transfer_amount":20}],"out_batch_no":"B","total_amount":30}`, []string{
			"out_batch_no B", "transfer_detail_list.0.out_detail_no d1", "transfer_detail_list.1.out_detail_no d2",
			"total_amount 30 (CNY 0.30)", "transfer_detail_list.0.transfer_amount 10 (CNY 0.10)", "transfer_detail_list.1.transfer_amount 20 (CNY 0.20)",
		}},
		{"an odd amount as it is sent", nil, `{"amount":{"total":1e2}}`, []string{"amount.total 1e2"}},
		{"a negative one", nil, `{"amount":{"total":-150}}`, []string{"amount.total -150 (CNY -1.50)"}},
		{"what would command a terminal", nil, `{"out_trade_no":"1\u001b[2J\u009b"}`, []string{"out_trade_no 1 [2J "}},
		{"no body", nil, ``, nil},
		{"personal data are not shown", nil, `{"user_name":"A","openid":"o","account_number":"62"}`, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := Request{Vars: row.vars, Body: []byte(row.body)}.facts()
			if row.want == nil {
				assert.Empty(t, got)
				return
			}
			assert.Equal(t, row.want, got)
		})
	}
	t.Run("a long list is cut", func(t *testing.T) {
		t.Parallel()
		got := Request{Body: []byte(`{"list":[` + strings.Repeat(`{"out_no":"1"},`, 99) + `{"out_no":"1"}]}`)}.facts()
		assert.Len(t, got, maxFacts+1)
		assert.Equal(t, "… 94", got[maxFacts])
	})
}

// TestFactsOfTheCatalogue: a person is shown something of most calls that take effect and have
// an integer that is an amount.
func TestFactsOfTheCatalogue(t *testing.T) {
	t.Parallel()
	with, shown := 0, 0
	for _, e := range catalogue.All() {
		if e.Method != "POST" || e.Version != 3 {
			continue
		}
		for path, f := range e.JSON.All() {
			if !strings.Contains(f.Name, "amount") || f.Type != "integer" && f.Type != "number" || strings.Contains(path, "[]") {
				continue
			}
			with++
			var body any = 1
			for _, name := range slices.Backward(strings.Split(path, ".")) {
				body = map[string]any{name: body}
			}
			data, err := json.Marshal(body)
			require.NoError(t, err)
			if facts := (Request{Body: data}).facts(); len(facts) > 0 {
				shown++
			} else {
				t.Log(e.Path, path)
			}
		}
	}
	assert.Greater(t, with, 100)
	assert.GreaterOrEqual(t, shown*100, with*95, "%d of %d", shown, with)
}
