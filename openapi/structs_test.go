package openapi_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/apply4sub"
	"github.com/wechatpay-chain/wechatpay/openapi/banktransfer"
	"github.com/wechatpay-chain/wechatpay/openapi/bill"
	"github.com/wechatpay-chain/wechatpay/openapi/certificates"
	"github.com/wechatpay-chain/wechatpay/openapi/fundapp"
	"github.com/wechatpay-chain/wechatpay/openapi/merchant"
	"github.com/wechatpay-chain/wechatpay/openapi/merchantservice"
	"github.com/wechatpay-chain/wechatpay/openapi/pay"
	"github.com/wechatpay-chain/wechatpay/openapi/refund"
)

func TestRequests(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		request any
		want    string
	}{
		{
			"what is required is sent, even if it is zero", pay.TransactionsJsapiPostRequest{},
			`{"appid":"","mchid":"","description":"","out_trade_no":"","amount":{"total":0},"notify_url":"","payer":{"openid":""}}`,
		},
		{
			"an empty list is sent",
			refund.DomesticRefundsPostRequest{
				OutRefundNo: "1", Amount: refund.DomesticRefundsPostRequestAmount{Refund: 1, Total: 2, Currency: "CNY"},
				GoodsDetail: []refund.DomesticRefundsPostRequestGoodsDetail{},
			},
			`{"out_refund_no":"1","amount":{"refund":1,"total":2,"currency":"CNY"},"goods_detail":[]}`,
		},
		{"what may be left out is not sent", pay.Amount{Total: 1}, `{"total":1}`},
		{"a zero through a pointer", pay.Detail{CostPrice: wechatpay.Ptr(int64(0)), InvoiceID: "微信123"}, `{"cost_price":0,"invoice_id":"微信123"}`},
		{"a false through a pointer", pay.SettleInfo{ProfitSharing: wechatpay.Ptr(false)}, `{"profit_sharing":false}`},
		{"a nil pointer", pay.SettleInfo{}, `{}`},
		{"a list that is required and nil is left out, and not null", pay.SubsidyDetail{SubsidyPeriodType: pay.SubsidyPeriodTypeDaily}, `{"subsidy_period_type":"DAILY"}`},
		{"the meta part of an upload", merchant.MediaMeta{Filename: "a.png", Sha256: "abc"}, `{"sha256":"abc","filename":"a.png"}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(row.request)
			require.NoError(t, err)
			assert.Equal(t, row.want, string(got))
		})
	}
}

func TestQueries(t *testing.T) {
	t.Parallel()
	c, m := client(t, nil)
	for _, row := range []struct {
		name, path string
		query      any
		want       string
	}{
		{"without parameters", "v3/certificates", certificates.GetQuery{}, ""},
		{"what is required is sent", "v3/pay/transactions/id/1", pay.TransactionsRequest{}, "?mchid="},
		{"texts and enums", "v3/bill/fundflowbill", bill.FundflowbillGetQuery{BillDate: "2019-06-11", AccountType: bill.AccountTypeBasic}, "?account_type=BASIC&bill_date=2019-06-11"},
		{"a space, and a zero through a pointer", "v3/merchant-service/complaints", merchantservice.ComplaintsGetQuery{BeginDate: "a b", EndDate: "c", Limit: wechatpay.Ptr(int64(0))}, "?begin_date=a%20b&end_date=c&limit=0"},
	} {
		t.Run(row.name, func(t *testing.T) { // one after the other: they share the transport's memory
			_, err := c.Chain(row.path).Get(t.Context(), &wechatpay.Options{Query: row.query})
			require.NoError(t, err)
			assert.Equal(t, "GET https://api.mch.weixin.qq.com/"+row.path+row.want, m.last)
		})
	}
}

func TestEncryptedFieldsAreTagged(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name        string
		of          any
		field, want string
	}{
		{"in a list of a request", banktransfer.BatchesPostRequestTransferDetailList{}, "UserName", "encrypt"},
		{"in a shared shape", pay.Identity{}, "Number", "encrypt"},
		{"of a request", fundapp.MchTransferTransferBillsPostRequest{}, "UserName", "encrypt"},
		{"of a reply", fundapp.MchTransferTransferBillsReply{}, "UserName", "decrypt"},
		{"in the clear", pay.TransactionsJsapiPostRequest{}, "AppID", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			field, ok := reflect.TypeOf(row.of).FieldByName(row.field)
			require.True(t, ok)
			assert.Equal(t, row.want, field.Tag.Get("wechatpay"))
		})
	}
}

// TestReplies: an order and its query, in structs all the way.
func TestReplies(t *testing.T) {
	t.Parallel()
	c, mchid, end := exampleClient()
	defer end()
	transactions := openapi.V3(c).Pay().Transactions()
	prepay, err := transactions.JsapiWithContract().Post(t.Context(), &wechatpay.Options{
		JSON: pay.TransactionsJsapiWithContractPostRequest{
			AppID: "wxd678efh567hg6787", MchID: mchid, Description: "x", OutTradeNo: "STRUCTS-1", NotifyURL: "https://www.weixin.qq.com/wxpay/pay.php",
			Amount:       pay.Amount{Total: 100, Currency: "CNY"},
			Payer:        pay.TransactionsJsapiWithContractPostRequestPayer{OpenID: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
			ContractInfo: pay.TransactionsJsapiWithContractPostRequestContractInfo{ContractCode: "100001256"},
		},
	})
	require.NoError(t, err)
	prepayData, err := prepay.Data()
	require.NoError(t, err)
	assert.NotEmpty(t, prepayData.PrepayID)
	assert.Equal(t, prepay.Get("prepay_id").String(), prepayData.PrepayID)
	assert.True(t, prepay.Verified)

	order, err := transactions.OutTradeNo("STRUCTS-1").GetAsync(t.Context(), &wechatpay.Options{
		Query: pay.TransactionsRequest{MchID: mchid},
	}).Wait()
	require.NoError(t, err)
	orderData, err := order.Data()
	require.NoError(t, err)
	assert.EqualValues(t, 100, orderData.Amount.Total)
	assert.Equal(t, "NOTPAY", orderData.TradeState)

	keys, err := certificates.New(c).Get(t.Context(), nil)
	require.NoError(t, err)
	keysData, err := keys.Data()
	require.NoError(t, err)
	assert.Equal(t, keys.Get("data.0.serial_no").String(), keysData.Data[0].SerialNo)
}

// TestWechatpayEndpoints: a struct says which endpoints it is for, all of them.
func TestWechatpayEndpoints(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		of   interface{ WechatpayEndpoints() []string }
		want []string
	}{
		{"one", pay.TransactionsJsapiPostRequest{}, []string{"POST /v3/pay/transactions/jsapi"}},
		{"a query and a body", pay.TransactionsRequest{}, []string{
			"GET /v3/pay/transactions/id/{transaction_id}", "GET /v3/pay/transactions/out-trade-no/{out_trade_no}",
			"POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close",
		}},
		{"an upload", merchant.MediaMeta{}, []string{"POST /v3/merchant/media/upload", "POST /v3/merchant/media/video_upload"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.ElementsMatch(t, c.want, c.of.WechatpayEndpoints())
		})
	}
}

// TestEncryptAuto: the marks of the documentation hold for the structs, and for a chain
// whose placeholders are filled.
func TestEncryptAuto(t *testing.T) {
	t.Parallel()
	c, _, end := exampleClient()
	defer end()
	request := apply4sub.SubMerchantsModifySettlementPostRequest{
		AccountType: "ACCOUNT_TYPE_PRIVATE", AccountBank: "工商银行", AccountName: "张三", AccountNumber: "6222020000000000",
	}
	resp, err := openapi.V3(c).Apply4sub().SubMerchants("1900000109").ModifySettlement().Post(t.Context(), &wechatpay.Options{
		JSON: request, Encrypt: wechatpay.Auto(),
	})
	require.NoError(t, err)
	assert.Equal(t, "张三", resp.Get("decrypted.account_name").Str, "the gateway could decrypt it")
	assert.NotContains(t, resp.Get("json").Raw, "6222020000000000")
}
