package sample_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sample"
)

func TestRepliesOfAPIv2(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, path, fields, request, want string }{
		{"what was paid", "/pay/micropay", "trade_type total_fee:integer cash_fee:integer coupon_fee:integer cash_fee_type", `{"total_fee":200}`, `{"trade_type":"MICROPAY","total_fee":200,"cash_fee":180,"coupon_fee":20,"cash_fee_type":"CNY"}`},
		{"what was paid by face", "/pay/facepay", "trade_type", `{}`, `{"trade_type":"FACEPAY"}`},
		{"what was deducted", "/pay/partner/pappayapply", "trade_type", `{}`, `{"trade_type":"PAP"}`},
		{"numbered fields", "/deposit/refund", "coupon_refund_fee:integer coupon_refund_fee_$n:integer coupon_type_$n_$m", `{"refund_fee":300}`, `{"coupon_refund_fee":30,"coupon_refund_fee_$n":30,"coupon_type_$n_$m":"CASH"}`},
		{"no refund", "/pay/settlementquery", "pay_fee:integer refund_fee:integer pay_net_fee:integer poundage_fee:integer settlement_fee:integer unsettlement_fee:integer", `{}`, `{"pay_fee":100,"refund_fee":0,"pay_net_fee":100,"poundage_fee":0,"settlement_fee":100,"unsettlement_fee":0}`},
		{"a time in digits", "/pay/micropay", "time_end", `{}`, `{"time_end":"20260608103456"}`},
		{"a time with spaces", "/papay/querycontract", "contract_signed_time", `{}`, `{"contract_signed_time":"2026-06-08 10:34:56"}`},
		{"a time in a text", "/secapi/pay/profitsharing", "receivers[]@{finish_time}", `{}`, `{"receivers":"[{\"finish_time\":\"20260608103456\"}]"}`},
		{"a day", "/fund/queryautowithdrawbydate", "date", `{}`, `{"date":"20260608"}`},
		{"seconds", "/mmpaymkttransfers/query_coupon_stock", "create_time_t", `{}`, `{"create_time_t":"1780886096"}`},
		{"an account by its other name", "/secapi/pay/profitsharing", "receivers[]@{receiver_account}", `{"receivers":"[{\"account\":\"x\"},{\"account\":\"y\"}]"}`, `{"receivers":"[{\"receiver_account\":\"x\"},{\"receiver_account\":\"y\"}]"}`},
		{"codes of success", "/pay/contractorder", "contract_result_code ret_code recall=Y|N contract_state:integer", `{}`, `{"contract_result_code":"SUCCESS","ret_code":"SUCCESS","recall":"N","contract_state":0}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			e := catalogue.Endpoint{Version: 2, Method: "POST", Path: row.path}
			require.NoError(t, e.Reply.UnmarshalText([]byte(row.fields)))
			request, err := play.ParseObject([]byte(row.request))
			require.NoError(t, err)
			assert.JSONEq(t, row.want, sample.Reply(e, sample.Given{Caller: caller, Body: request, Now: now}).Canonical())
		})
	}
}
