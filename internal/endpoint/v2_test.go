package endpoint_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

func TestLookupV2(t *testing.T) {
	t.Parallel()
	const hmac = "HMAC-SHA256"
	for _, row := range []struct {
		method, path string
		want         endpoint.V2
	}{
		{"POST", "pay/unifiedorder", endpoint.V2{MchID: "mch_id", AppID: "appid", Text: []string{"detail", "scene_info"}, Again: true, Ask: "pay/orderquery"}},
		{"POST", "pay/micropay", endpoint.V2{Usual: hmac, MchID: "mch_id", AppID: "appid", Text: []string{"detail", "scene_info"}, Ask: "pay/orderquery"}},
		{"POST", "pay/pappayapply", endpoint.V2{Unnamed: true, MchID: "mch_id", AppID: "appid", Ask: "pay/paporderquery"}},
		{"POST", "pay/orderquery", endpoint.V2{Usual: hmac, MchID: "mch_id", AppID: "appid", Query: true}},
		{"POST", "/secapi/pay/refund", endpoint.V2{MutualTLS: true, Usual: hmac, MchID: "mch_id", AppID: "appid", Again: true, Ask: "pay/refundquery"}},
		{"POST", "pay/combinedorder", endpoint.V2{Digest: hmac, MchID: "combine_mch_id", AppID: "combine_appid", Text: []string{"scene_info", "sub_order_list"}, Again: true, Ask: "pay/querycombinedorder"}},
		{"POST", "mmpaymkttransfers/sendredpack", endpoint.V2{MutualTLS: true, Unnamed: true, MchID: "mch_id", AppID: "wxappid", Form: []string{"risk_info"}, Unsigned: true, Again: true, Ask: "mmpaymkttransfers/gethbinfo"}},
		{"POST", "mmpaymkttransfers/sendworkwxredpack", endpoint.V2{
			MutualTLS: true, Unnamed: true, MchID: "mch_id", AppID: "wxappid", Again: true, Ask: "mmpaymkttransfers/queryworkwxredpack",
			WorkWX: []string{"act_name", "mch_billno", "mch_id", "nonce_str", "re_openid", "total_amount", "wxappid"},
		}},
		{"POST", "mmpaymkttransfers/promotion/paywwsptrans2pocket", endpoint.V2{
			MutualTLS: true, Unnamed: true, MchID: "mch_id", AppID: "appid", Unsigned: true, Again: true, Ask: "mmpaymkttransfers/promotion/querywwsptrans2pocket",
			WorkWX: []string{"amount", "appid", "desc", "mch_id", "nonce_str", "openid", "partner_trade_no", "ww_msg_type"},
		}},
		{"POST", "mmpaymkttransfers/promotion/transfers", endpoint.V2{MutualTLS: true, Unnamed: true, MchID: "mchid", AppID: "mch_appid", Unsigned: true, Again: true, Ask: "mmpaymkttransfers/gettransferinfo"}},
		{"POST", "mmpaysptrans/pay_bank", endpoint.V2{MutualTLS: true, Unnamed: true, MchID: "mch_id", Encrypted: []string{"enc_bank_no", "enc_true_name"}, Unsigned: true, Again: true, Ask: "mmpaysptrans/query_bank"}},
		{"POST", "pay/downloadbill", endpoint.V2{Unnamed: true, MchID: "mch_id", AppID: "appid", File: true, Query: true}},
		{"POST", "pay/downloadfundflow", endpoint.V2{MutualTLS: true, Digest: hmac, MchID: "mch_id", AppID: "appid", File: true, Query: true}},
		{"POST", "secapi/mch/uploadmedia", endpoint.V2{MutualTLS: true, MchID: "mch_id", Signed: []string{"media_hash", "mch_id", "sign_type"}}},
		{"GET", "appauth/getaccesstoken", endpoint.V2{Digest: hmac, MchID: "mch_id", AppID: "appid", Unsigned: true, Outcome: endpoint.RetCode}},
		{"GET", "papay/entrustweb", endpoint.V2{Base: "https://api.weixin.qq.com/", Unnamed: true, MchID: "mch_id", AppID: "appid", Browser: true}},
		{"POST", "secapi/mch/addInstitutionsub", endpoint.V2{MutualTLS: true, Nonceless: true, Unnamed: true, MchID: "mch_id", AppID: "app_id", List: []string{"store_photos", "h5_domains"}}},
		{"POST", "pay/queryexchagerate", endpoint.V2{Nonceless: true, Unnamed: true, MchID: "mch_id", AppID: "appid", Outcome: endpoint.ReturnOnly, Query: true}},
		{"POST", "cgi-bin/mch/customs/customdeclarequery", endpoint.V2{Nonceless: true, Digest: "MD5", MchID: "mch_id", AppID: "appid", Query: true}},
		{"POST", "risk/getpublickey", endpoint.V2{Base: "https://fraud.mch.weixin.qq.com/", MutualTLS: true, Usual: "MD5", MchID: "mch_id", Unsigned: true, Query: true}},
		{"POST", "applyment/micro/signcontract", endpoint.V2{MutualTLS: true, MchID: "mch_id"}}, // its fields are not documented
	} {
		t.Run(row.path, func(t *testing.T) {
			t.Parallel()
			facts, known := endpoint.LookupV2(row.method, row.path)
			assert.True(t, known)
			assert.Equal(t, row.want, facts)
		})
	}
}

func TestLookupV2FindsNothing(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, method, path string }{
		{"empty", "POST", ""},
		{"another method", "GET", "pay/micropay"},
		{"with v2", "POST", "v2/pay/micropay"},
		{"another case", "POST", "secapi/mch/addinstitutionsub"},
		{"a path that the PHP SDK lists and nobody documents", "POST", "mmpaymkttransfers/pay_bank"},
		{"the first part of a path", "POST", "pay"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			facts, known := endpoint.LookupV2(row.method, row.path)
			assert.False(t, known)
			assert.Equal(t, endpoint.V2{MchID: "mch_id", Outcome: endpoint.ReturnOnly}, facts, "the rule")
		})
	}
}

// TestTableV2 counts the facts about all endpoints of APIv2.
func TestTableV2(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	for e := range slices.Values(catalogue.All()) {
		if e.Version != 2 {
			continue
		}
		facts, known := endpoint.LookupV2(e.Method, e.Path)
		assert.True(t, known, e.Path)
		for name, holds := range map[string]bool{
			"all": true, "mutual TLS": facts.MutualTLS, "nonceless": facts.Nonceless, "a browser": facts.Browser, "a file": facts.File, "unsigned": facts.Unsigned,
			"only HMAC": facts.Digest == "HMAC-SHA256", "usually HMAC": facts.Usual == "HMAC-SHA256", "only MD5": facts.Digest == "MD5", "unnamed": facts.Unnamed,
			"another host": facts.Base != "", "JSON object": facts.Text != nil, "JSON list": facts.List != nil, "form text": facts.Form != nil, "encrypted": facts.Encrypted != nil,
			"mch_id": facts.MchID == "mch_id", "return_code alone": facts.Outcome == endpoint.ReturnOnly, "queries": facts.Query, "repeatable": facts.Again, "asked about": facts.Ask != "",
			"both": facts.Query && facts.Again || facts.Digest != "" && facts.Usual != "" || facts.Unnamed && facts.Digest+facts.Usual != "",
		} {
			if holds {
				count[name]++
			}
		}
	}
	assert.Equal(t, map[string]int{
		"all": 129, "mutual TLS": 57, "nonceless": 19, "a browser": 3, "a file": 2, "unsigned": 24,
		"only HMAC": 55, "usually HMAC": 20, "only MD5": 2, "unnamed": 43,
		"another host": 7, "JSON object": 16, "JSON list": 8, "form text": 2, "encrypted": 1,
		"mch_id": 124, "return_code alone": 5, "queries": 53, "repeatable": 26, "asked about": 49,
	}, count)
}
