package sandbox_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/flatxml"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// ofFailure are elements that only what failed has, although the pages call some of them required.
var ofFailure = regexp.MustCompile(`^err(or)?_|fail_reason|reject|^(reason|audit_detail|param_name|ret_msg|close_reason)$`)

var (
	timeNames = regexp.MustCompile(`_time(_[0-9])?$|^time_end$`)
	timeForm  = regexp.MustCompile(`^(\d{14}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)$`)
)

// assertAgrees finds what contradicts itself in the reply to a call that succeeded.
func assertAgrees(t *testing.T, e catalogue.Endpoint, body []byte) {
	t.Helper()
	elements, err := flatxml.Parse(body)
	require.NoError(t, err)
	text := map[string]string{}
	for _, element := range elements {
		name, value := element.Name, element.Text
		text[name] = value
		assert.NotRegexp(t, ofFailure, name, "%s succeeds", e.Path)
		if timeNames.MatchString(name) {
			assert.Regexp(t, timeForm, value, "%s of %s", name, e.Path)
		}
		if strings.HasSuffix(name, "fee_type") {
			assert.Equal(t, "CNY", value, "%s of %s", name, e.Path)
		}
		assert.NotContains(t, value, "+08:00", "%s of %s has a time of v3", name, e.Path)
	}
	number := func(name string) int { n, _ := strconv.Atoi(text[name]); return n }
	if text["cash_fee"] != "" && text["coupon_fee"] != "" {
		assert.Equal(t, number("total_fee"), number("cash_fee")+number("coupon_fee"), e.Path)
	}
	if text["refund_fee"] != "" && text["cash_refund_fee"] != "" {
		assert.Equal(t, number("refund_fee"), number("cash_refund_fee")+number("coupon_refund_fee"), e.Path)
	}
	for _, name := range []string{"coupon_fee", "coupon_refund_fee"} {
		if part := text[name+"_0"]; part != "" && text[name] != "" {
			assert.Equal(t, text[name], part, "%s of %s", name, e.Path)
		}
	}
	if text["pay_net_fee"] != "" {
		assert.Equal(t, number("pay_fee")-number("refund_fee"), number("pay_net_fee"))
		assert.Equal(t, number("pay_net_fee")-number("poundage_fee"), number("settlement_fee")+number("unsettlement_fee"))
	}
}
