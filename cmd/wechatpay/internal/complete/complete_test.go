package complete_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/complete"
)

// words are what cobra proposes for a line, without the descriptions, and the directive.
func words(t *testing.T, lang string, line ...string) (list []string, directive string) {
	t.Helper()
	a := &app.App{Getenv: func(string) (string, bool) { return lang, true }}
	root := &cobra.Command{Use: "wechatpay"}
	for _, method := range complete.Methods {
		cmd := &cobra.Command{Use: strings.ToLower(method), Run: func(*cobra.Command, []string) {}}
		for _, flag := range []string{"field", "query", "var"} {
			cmd.Flags().StringArrayP(flag, flag[:1], nil, "")
		}
		complete.Attach(a, cmd, method)
		root.AddCommand(cmd)
	}
	root.AddCommand(&cobra.Command{Use: "describe", Run: func(*cobra.Command, []string) {}, ValidArgsFunction: complete.Endpoint})
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&bytes.Buffer{})
	root.SetArgs(append([]string{"__complete"}, line...))
	require.NoError(t, root.Execute())
	for line := range strings.Lines(out.String()) {
		list = append(list, strings.TrimSuffix(line, "\n"))
	}
	last := len(list) - 1
	if last == 0 {
		return nil, list[0]
	}
	return list[:last], list[last]
}

const (
	stays   = ":6" // no space behind it, and no files
	ends    = ":4" // no files
	ordered = ":36"
	goesOn  = ":38" // in this order, and no space
)

func TestPaths(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name      string
		line      []string
		want      []string
		directive string
	}{
		{"a segment", []string{"post", "v3/refund/"}, []string{"v3/refund/domestic/"}, stays},
		{"of this method alone", []string{"get", "v3/pay/transactions/"}, []string{"v3/pay/transactions/id/", "v3/pay/transactions/out-trade-no/"}, stays},
		{"a word that is begun", []string{"post", "v3/pay/transactions/na"}, []string{"v3/pay/transactions/native\tPOST Native下单"}, ends},
		{"a path, and those below it", []string{"post", "v3/refund/domestic/ref"}, []string{"v3/refund/domestic/refunds\tPOST 申请退款", "v3/refund/domestic/refunds/"}, stays},
		{"a variable", []string{"get", "v3/pay/transactions/id/"}, []string{"v3/pay/transactions/id/{transaction_id}\tGET 微信支付订单号查询"}, ends},
		{"its value", []string{"get", "v3/pay/transactions/id/42"}, []string{"v3/pay/transactions/id/42\tGET 微信支付订单号查询"}, ends},
		{"behind a value", []string{"post", "v3/pay/transactions/out-trade-no/42/c"}, []string{"v3/pay/transactions/out-trade-no/42/close\tPOST 关单"}, ends},
		{"a slash at the end", []string{"post", "v3/ecommerce/applyments/"}, []string{"v3/ecommerce/applyments/\tPOST 二级商户进件"}, stays},
		{"of APIv2", []string{"post", "v2/pay/mi"}, []string{"v2/pay/micropay\tPOST 提交付款码支付"}, ends},
		{"a slash at the start", []string{"get", "/v3/"}, nil, ends},
		{"no such path", []string{"get", "v3/nothing"}, nil, ends},
		{"a second path", []string{"get", "v3/certificates", "v3/"}, nil, ends},
		{"a method", []string{"describe", "p"}, []string{"POST", "PUT", "PATCH"}, ends},
		{"a path that has it", []string{"describe", "delete", "v3/pay/"}, nil, ends},
		{"a path without a method", []string{"describe", "v3/certificates"}, []string{"v3/certificates\tGET 获取平台证书列表"}, ends},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			list, directive := words(t, "en", row.line...)
			if row.name == "a slash at the end" {
				list = list[:1]
			}
			assert.Equal(t, row.want, list)
			assert.Equal(t, row.directive, directive)
		})
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	const jsapi, sharing = "v3/pay/transactions/jsapi", "v3/profitsharing/orders"
	for _, row := range []struct {
		name, lang string
		line       []string
		want       []string
		directive  string
	}{
		{"what is required comes first", "en", []string{"post", sharing, "-f", ""}, []string{
			"transaction_id=\t微信订单号 string, required", "out_order_no=\t商户分账单号 string, required", "unfreeze_unsplit=\t是否解冻剩余未分资金 boolean, required",
			"sub_mchid=\t子商户号 string", "appid=\t应用ID string", "sub_appid=\t子商户应用ID string", "receivers.0.\t分账接收方列表 object[]",
		}, goesOn},
		{"what is set is left out", "en", []string{"post", sharing, "-f", "transaction_id=1", "-f", "out_order_no=2", "-f", "unfreeze_unsplit=true", "-f", "appid=3", "-f", "sub_appid=4", "-f", "sub_mchid=5", "-f", ""}, []string{"receivers.0.\t分账接收方列表 object[]"}, goesOn},
		{"in an object", "zh", []string{"post", jsapi, "-f", "amount."}, []string{"amount.total=\t总金额 integer，必填", "amount.currency=\t货币类型 string"}, goesOn},
		{"an object", "en", []string{"post", jsapi, "-f", "am"}, []string{"amount.\t订单金额 object, required"}, goesOn},
		{"in a list", "en", []string{"post", sharing, "-f", "receivers.1.t"}, []string{"receivers.1.type=\t分账接收方类型 string, required"}, goesOn},
		{"a list of texts", "en", []string{"post", jsapi, "-f", "limit"}, []string{"limit_pay.0=\t指定支付方式 string[]"}, goesOn},
		{"its values", "en", []string{"post", jsapi, "-f", "limit_pay.0="}, []string{"limit_pay.0=no_balance", "limit_pay.0=no_credit", "limit_pay.0=no_debit", "limit_pay.0=balance_only"}, ordered},
		{"a boolean", "en", []string{"post", sharing, "-f", "unfreeze_unsplit="}, []string{"unfreeze_unsplit=true", "unfreeze_unsplit=false"}, ordered},
		{"a value of any kind", "en", []string{"post", jsapi, "-f", "description="}, nil, ordered},
		{"what is encrypted", "en", []string{"post", jsapi, "-f", "payer.identity.nu"}, []string{"payer.identity.number=\t加密后的证件号 string, required, encrypted"}, goesOn},
		{"of APIv2, without what the client fills in", "en", []string{"post", "v2/pay/closeorder", "-f", ""}, []string{"appid=\t公众账号ID string, required", "out_trade_no=\t商户订单号 string, required"}, goesOn},
		{"of the query", "en", []string{"get", "v3/pay/transactions/id/42", "-q", ""}, []string{"mchid=\t直连商户号 string, required"}, goesOn},
		{"of the query, where there is no body", "en", []string{"get", "v3/bill/tradebill", "-f", "tar_type="}, []string{"tar_type=GZIP"}, ordered},
		{"a variable of the path", "en", []string{"get", "v3/pay/transactions/id/{transaction_id}", "-v", ""}, []string{"transaction_id=\t微信支付订单号 string, required"}, goesOn},
		{"an endpoint that is not known", "en", []string{"post", "v3/nothing", "-f", ""}, nil, ends},
		{"no path yet", "en", []string{"post", "-f", ""}, nil, ends},
		{"a field that is not known", "en", []string{"post", jsapi, "-f", "nothing."}, nil, goesOn},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			list, directive := words(t, row.lang, row.line...)
			assert.Equal(t, row.want, list)
			assert.Equal(t, row.directive, directive)
		})
	}
}

func BenchmarkPaths(b *testing.B) {
	for b.Loop() {
		complete.Path("GET")(nil, nil, "v3/pay/transactions/")
	}
}
