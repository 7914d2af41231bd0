package openapi_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
	"github.com/wechatpay-chain/wechatpay/openapi/v2/mmpaymkttransfers"
	"github.com/wechatpay-chain/wechatpay/openapi/v2/papayv2"
	"github.com/wechatpay-chain/wechatpay/openapi/v2/payv2"
	"github.com/wechatpay-chain/wechatpay/openapi/v2/vehiclev2"
	"github.com/wechatpay-chain/wechatpay/openapi/v2/wxv"
)

func TestRequestsOfV2(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		request any
		want    string
	}{
		{"what is empty is not sent, a number that is required is", payv2.MicropayPostRequest{}, `{"total_fee":0}`},
		{"a text of JSON is an object", payv2.MicropayPostRequest{SceneInfo: payv2.SceneInfo{StoreInfo: payv2.StoreInfo{ID: "1"}}}, `{"total_fee":0,"scene_info":{"store_info":{"id":"1"}}}`},
		{"a text of pairs is an object", mmpaymkttransfers.SendredpackPostRequest{RiskInfo: mmpaymkttransfers.RiskInfo{Mobile: "1"}}, `{"total_amount":0,"total_num":0,"risk_info":{"mobile":"1"}}`},
		{"a boolean is a text", wxv.FinishhotelbillPostRequest{CheckedIn: wxv.CheckedInFalse}, `{"checked_in":"false","other_fee":0,"compensation_fee":0,"overdue_fine":0,"total_amount":0}`},
		{"the variants of an object are one", vehiclev2.PayNotificationPostRequestSceneInfo{}, `{"scene_info":{"start_time":"","free_time":""}}`},
		{"a query", papayv2.EntrustwebGetQuery{ContractCode: "1"}, `{"plan_id":0,"contract_code":"1","request_serial":0}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(row.request)
			require.NoError(t, err)
			assert.JSONEq(t, row.want, string(got))
		})
	}
}

// TestRepliesOfV2: a reply is a flat object of texts, in which numbered fields are lists.
func TestRepliesOfV2(t *testing.T) {
	t.Parallel()
	var refunds payv2.RefundqueryPostReply
	require.NoError(t, jsonx.Decode([]byte(`{"return_code":"SUCCESS","refund_count":"2","refund_fee_0":"1","refund_fee_$n":["1","20"],
		"coupon_refund_id_$n_$m":[["a","b"],["c"]],"coupon_refund_fee_$n_$m":[["1","2"],[]]}`), &refunds))
	assert.Equal(t, payv2.RefundqueryPostReply{
		ReturnCode: payv2.ReturnCodeSuccess, RefundCount: 2, RefundFeeN: []int64{1, 20},
		CouponRefundIDNM: [][]string{{"a", "b"}, {"c"}}, CouponRefundFeeNM: [][]int64{{1, 2}, {}},
	}, refunds)

	var paid payv2.MicropayPostReply
	require.NoError(t, jsonx.Decode([]byte(`{"total_fee":"100","promotion_detail":"{\"promotion_detail\":[{\"promotion_id\":\"1\",\"amount\":5,\"goods_detail\":[{\"quantity\":7,\"price\":1}]}]}"}`), &paid))
	assert.EqualValues(t, 100, paid.TotalFee)
	assert.Equal(t, "5", paid.PromotionDetail.PromotionDetail[0].Amount)
	assert.EqualValues(t, 7, paid.PromotionDetail.PromotionDetail[0].GoodsDetail[0].Quantity)
}
