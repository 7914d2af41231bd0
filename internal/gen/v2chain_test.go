package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

func TestOfChain(t *testing.T) {
	all := []catalogue.Endpoint{
		{Version: 3, Method: "GET", Path: "/v3/x", Query: fields(t, "mch_id! sign!")},
		{
			Version: 2, Method: "POST", Path: "/pay/x",
			Query: fields(t, "appid! sign! timestamp!"),
			XML:   fields(t, "mch_id! nonce_str! sign_type!=MD5 appid! detail!@{goods![]{id!}} list![]@{id!} texts:string[]@ text@ split:boolean fee!:integer"),
			Reply: fields(t, "sign! coupon_id_$n state_$n=OK fee_$n_$m!:integer detail@{a:boolean} list[]@{a} nested{b}"),
		},
	}
	got := ofChain(all)
	assert.Equal(t, all[0], got[0])
	assert.Equal(t, "/v2/pay/x", got[1].Path)
	assert.Equal(t, "/pay/x", all[1].Path, "the catalogue is not changed")
	assert.Equal(t, fields(t, "appid! timestamp!"), got[1].Query)
	assert.Equal(t, fields(t, "mch_id nonce_str sign_type=MD5 appid! detail!{goods![]{id!}} list![]{id!} texts:string[] text@ split=true|false fee!:integer"), got[1].XML)
	assert.Equal(t, fields(t, "sign! coupon_id_$n:string[] state_$n:string[]=OK fee_$n_$m!:integer[][] detail{a:boolean} list[]{a} nested{b}"), got[1].Reply)
}

// TestEmptyElements: a text that is empty is not sent, a number that is required is.
func TestEmptyElements(t *testing.T) {
	structs := generatedStructs(t)
	for _, c := range []struct{ name, of, field, want string }{
		{"a text", "openapi/v2/payv2.MicropayPostRequest", "body", `json:"body,omitzero"`},
		{"a number", "openapi/v2/payv2.MicropayPostRequest", "total_fee", `json:"total_fee"`},
		{"a text in a JSON text", "openapi/v2/payv2.StoreInfo", "id", `json:"id"`},
		{"a text in a query", "openapi/v2/papayv2.EntrustwebGetQuery", "contract_code", `json:"contract_code,omitzero"`},
		{"a text of JSON", "openapi/pay.TransactionsJsapiPostRequest", "description", `json:"description"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, ok := structs[c.of][c.field]
			require.True(t, ok)
			assert.Equal(t, c.want, string(m.tag))
		})
	}
}

func TestNotesV2(t *testing.T) {
	e := catalogue.Endpoint{Version: 2, Reply: fields(t, "return_code"), Features: catalogue.Features{MutualTLS: true, Multipart: []string{"media"}}}
	assert.Equal(t, []string{"Options.Body is the file, such as media.File.", "It takes the merchant's certificate, Config.Certificate.", "The reply is not signed."}, notesV2(e))
	assert.Empty(t, notesV2(catalogue.Endpoint{Version: 2, Reply: fields(t, "return_code sign")}))
}

func TestEnumsOfNumberedFields(t *testing.T) {
	var e enums
	e.add(fields(t, "customs=A customs_$n:string[]=A|B"), "a")
	require.Len(t, e.list, 1)
	assert.Equal(t, enum{name: "Customs", field: "customs", values: []string{"A", "B"}, segments: []string{"a"}}, *e.list[0])
}

func TestCommonLabels(t *testing.T) {
	all, err := readLabels()
	require.NoError(t, err)
	assert.Equal(t, "随机字符串", all.commonOf("openapi/v2/payv2")["nonce_str"])
	assert.Empty(t, all.commonOf("openapi/pay")["nonce_str"], "each API has its own")
}
