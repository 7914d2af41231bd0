package openapi_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	found := openapi.Search("退款 refund GET")
	require.NotEmpty(t, found)
	for _, e := range found {
		assert.Contains(t, e.Title, "退款")
		assert.Equal(t, "GET", e.Method)
	}
	assert.Contains(t, titles(openapi.Search("V3/Certificates")), "获取平台证书列表")
	assert.Equal(t, catalogue.All(), openapi.Search(" "))
	assert.Empty(t, openapi.Search("退款 nonsense"))
}

// TestSearchRanks: mainland, direct and current endpoints come first.
func TestSearchRanks(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ text, want string }{
		{"小程序下单", "POST /v3/pay/transactions/jsapi"},
		{"小程序 下单", "POST /v3/pay/transactions/jsapi"},
		{"公众号下单", "POST /v3/pay/transactions/jsapi"},
		{"扫码下单", "POST /v3/pay/transactions/native"},
		{"jsapi下单", "POST /v3/pay/transactions/jsapi"},
		{"下单APP", "POST /v3/pay/transactions/app"},
		{"付款码支付", "POST /v3/pay/transactions/codepay"},
		{"申请退款", "POST /v3/refund/domestic/refunds"},
		{"退款", "POST /v3/refund/domestic/refunds"},
		{"pay/partner jsapi下单", "POST /v3/pay/partner/transactions/jsapi"},
		{"global refunds POST", "POST /v3/global/refunds"},
		{"统一下单", "POST /pay/unifiedorder"},
		{"/v2/pay micropay", "POST /pay/micropay"},
		{"企业红包", "POST /mmpaymkttransfers/sendworkwxredpack"},
	} {
		t.Run(row.text, func(t *testing.T) {
			t.Parallel()
			found := openapi.Search(row.text)
			require.NotEmpty(t, found)
			assert.Equal(t, row.want, found[0].Method+" "+found[0].Path)
		})
	}
}

// TestSearchOfLongTexts: no text takes more than a moment.
func TestSearchOfLongTexts(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, text string }{
		{"of one letter", strings.Repeat("囧", 60)},
		{"of a known word", strings.Repeat("退款", 40) + "囧囧"},
		{"of a word with other names", strings.Repeat("小程序", 40) + "囧囧"},
		{"of many letters", strings.Repeat("囧", 1<<20)},
		{"of many words", strings.Repeat("退款jsapi", 1<<16)},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, openapi.Search(row.text))
		})
	}
}

func titles(list []catalogue.Endpoint) (titles []string) {
	for _, e := range list {
		titles = append(titles, e.Title)
	}
	return titles
}
