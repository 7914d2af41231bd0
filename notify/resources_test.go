package notify_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/notify"
)

// decode reads a resource and checks that written again it is the same: nothing that
// is known was lost, and nothing was made up.
func decode[T any](t *testing.T, resource string) T {
	t.Helper()
	var v T
	require.NoError(t, json.Unmarshal([]byte(resource), &v))
	again, err := json.Marshal(v)
	require.NoError(t, err)
	assert.JSONEq(t, resource, string(again))
	return v
}

func TestTransaction(t *testing.T) {
	direct := decode[notify.Transaction](t, `{
		"transaction_id": "1217752501201407033233368018", "mchid": "1230000109", "appid": "wxd678efh567hg6787",
		"out_trade_no": "1217752501201407033233368018", "trade_type": "JSAPI", "trade_state": "SUCCESS", "trade_state_desc": "支付成功",
		"bank_type": "CMC", "attach": "自定义数据", "success_time": "2018-06-08T10:34:56+08:00",
		"payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
		"amount": {"total": 100, "payer_total": 90, "currency": "CNY", "payer_currency": "CNY"},
		"scene_info": {"device_id": "013467007045764"},
		"promotion_detail": [{"coupon_id": "109519", "name": "单品惠-6", "scope": "SINGLE", "type": "CASH", "stock_id": "931386",
			"amount": 10, "wechatpay_contribute": 10, "currency": "CNY",
			"goods_detail": [{"goods_id": "M1006", "quantity": 1, "unit_price": 100, "discount_amount": 10, "goods_remark": "商品备注"}]}]}`)
	assert.EqualValues(t, 100, direct.Amount.Total)
	assert.Equal(t, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", direct.Payer.OpenID)
	assert.EqualValues(t, 10, direct.PromotionDetail[0].GoodsDetail[0].DiscountAmount)

	partner := decode[notify.Transaction](t, `{"sp_appid": "wx8888888888888888", "sp_mchid": "1230000109", "sub_mchid": "1900000109",
		"sub_appid": "wxd678efh567hg6999", "trade_state": "SUCCESS", "payer": {"sp_openid": "oUpF8", "sub_openid": "oUpF9"}}`)
	assert.Equal(t, "1900000109", partner.SubMchID)
	assert.Equal(t, "oUpF8", partner.Payer.SpOpenID)
}

func TestCombineTransaction(t *testing.T) {
	combined := decode[notify.CombineTransaction](t, `{
		"combine_appid": "wxd678efh567hg6787", "combine_mchid": "1900000109", "combine_out_trade_no": "P20150806125346",
		"scene_info": {"device_id": "POS1:1"}, "combine_payer_info": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
		"sub_orders": [
			{"mchid": "1900000109", "trade_type": "JSAPI", "trade_state": "SUCCESS", "bank_type": "CMC", "transaction_id": "4200000001",
			 "out_trade_no": "20150806125346", "success_time": "2015-05-20T13:29:35+08:00",
			 "amount": {"total_amount": 10, "currency": "CNY", "payer_amount": 10, "payer_currency": "CNY", "settlement_rate": 0.12345678901234567890}},
			{"mchid": "1900000110", "trade_state": "SUCCESS", "out_trade_no": "20150806125347", "amount": {"total_amount": 20, "payer_amount": 20}}]}`)
	assert.Len(t, combined.SubOrders, 2)
	assert.EqualValues(t, 20, combined.SubOrders[1].Amount.TotalAmount)
	assert.Equal(t, "0.12345678901234567890", combined.SubOrders[0].Amount.SettlementRate.String(), "not a digit is lost")
}

func TestRefund(t *testing.T) {
	refund := decode[notify.Refund](t, `{
		"mchid": "1900000100", "transaction_id": "1008450740201411110005820873", "out_trade_no": "20150806125346",
		"refund_id": "50200207182018070300011301001", "out_refund_no": "7752501201407033233368018", "refund_status": "SUCCESS",
		"success_time": "2018-06-08T10:34:56+08:00", "user_received_account": "招商银行信用卡0403",
		"amount": {"total": 999, "refund": 999, "payer_total": 990, "payer_refund": 990}}`)
	assert.Equal(t, "SUCCESS", refund.RefundStatus)
	assert.EqualValues(t, 990, refund.Amount.PayerRefund)
}

func TestTransferBill(t *testing.T) {
	bill := decode[notify.TransferBill](t, `{
		"out_bill_no": "plfk2020042013", "transfer_bill_no": "1330000071100999991182020050700019480001", "state": "SUCCESS", "mch_id": "1900001109",
		"transfer_amount": 2000, "openid": "o-MYE421800elYMDE34nYD456Xoy", "create_time": "2015-05-20T13:29:35+08:00", "update_time": "2015-05-20T13:29:35+08:00"}`)
	assert.EqualValues(t, 2000, bill.TransferAmount)
	assert.Equal(t, "1900001109", bill.MchID)
}

func TestProfitSharing(t *testing.T) {
	share := decode[notify.ProfitSharing](t, `{
		"mchid": "1900000100", "transaction_id": "4200000000000000000000000000", "order_id": "1217752501201407033233368018",
		"out_order_no": "P20150806125346", "success_time": "2018-06-08T10:34:56+08:00",
		"receiver": {"type": "MERCHANT_ID", "account": "190001001", "amount": 888, "description": "运费/交易分账"}}`)
	assert.EqualValues(t, 888, share.Receiver.Amount)
}

func TestComplaint(t *testing.T) {
	complaint := decode[notify.Complaint](t, `{"complaint_id": "200201820200101080076610000", "action_type": "CREATE_COMPLAINT"}`)
	assert.Equal(t, "CREATE_COMPLAINT", complaint.ActionType)
}

func TestPayScore(t *testing.T) {
	order := decode[notify.PayScoreOrder](t, `{
		"appid": "wxd678efh567hg6787", "mchid": "1230000109", "out_order_no": "1234323JKHDFE1243252", "service_id": "500001", "openid": "oUpF8",
		"state": "DOING", "state_description": "MCH_COMPLETE", "service_introduction": "某某酒店", "total_amount": 50000,
		"post_payments": [{"name": "就餐费用", "amount": 40000, "description": "就餐人均100元", "count": 1}],
		"risk_fund": {"name": "ESTIMATE_ORDER_COST", "amount": 10000, "description": "就餐的预估费用"},
		"time_range": {"start_time": "20091225091010", "end_time": "20091225121010"},
		"need_collection": true, "collection": {"state": "USER_PAID", "total_amount": 3900, "paid_amount": 3900,
			"details": [{"seq": 1, "amount": 900, "paid_type": "NEWTON", "paid_time": "20091225091210", "transaction_id": "15646546545165651651"}]}}`)
	assert.EqualValues(t, 900, order.Collection.Details[0].Amount)

	permission := decode[notify.PayScorePermission](t, `{"appid": "wxd678efh567hg6787", "mchid": "1230000109", "service_id": "500001",
		"openid": "oUpF8", "user_service_status": "USER_OPEN_SERVICE", "openorclose_time": "20180225112233", "authorization_code": "1275342195190894594"}`)
	assert.Equal(t, "USER_OPEN_SERVICE", permission.UserServiceStatus)
}
