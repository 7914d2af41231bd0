package interop_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/services/profitsharing"
	"github.com/wechatpay-apiv3/wechatpay-go/services/transferbatch"
)

const transferBills = "https://api.mch.weixin.qq.com/v3/fund-app/mch-transfer/transfer-bills"

// A transferBill is what the SDK has no struct for, with the SDK's tag for encrypted fields.
type transferBill struct {
	Appid        string      `json:"appid"`
	OutBillNo    string      `json:"out_bill_no"`
	SceneID      string      `json:"transfer_scene_id"`
	Openid       string      `json:"openid"`
	UserName     string      `json:"user_name,omitempty" encryption:"EM_APIV3"`
	Amount       int         `json:"transfer_amount"`
	Remark       string      `json:"transfer_remark"`
	NotifyURL    string      `json:"notify_url,omitempty"`
	SceneReports []sceneInfo `json:"transfer_scene_report_infos"`
	State        string      `json:"state,omitempty"`
}

type sceneInfo struct {
	Type    string `json:"info_type"`
	Content string `json:"info_content"`
}

func (w wechatpayGo) transferTo(t *testing.T, number, notifyURL string) {
	t.Helper()
	bill := transferBill{
		Appid: appid, OutBillNo: number, SceneID: "1000", Openid: openid, UserName: "张三", Amount: 100, Remark: "奖励",
		NotifyURL: notifyURL, SceneReports: []sceneInfo{{"活动名称", "新会员有礼"}, {"奖励说明", "注册会员"}},
	}
	serial, err := w.client.EncryptRequest(t.Context(), &bill)
	require.NoError(t, err)
	result, err := w.client.Request(t.Context(), "POST", transferBills, http.Header{"Wechatpay-Serial": {serial}}, nil, &bill, "application/json")
	require.NoError(t, err)
	var made transferBill
	require.NoError(t, core.UnMarshalResponse(result.Response, &made))
	assert.Equal(t, "WAIT_USER_CONFIRM", made.State)
}

func (w wechatpayGo) transfer(t *testing.T) {
	w.transferTo(t, "T1", nobody)
	result, err := w.client.Get(t.Context(), transferBills+"/out-bill-no/T1")
	require.NoError(t, err)
	var found transferBill
	require.NoError(t, core.UnMarshalResponse(result.Response, &found))
	require.NoError(t, w.client.DecryptResponse(t.Context(), &found))
	assert.Equal(t, "张三", found.UserName)
	result, err = w.client.Request(t.Context(), "POST", transferBills+"/out-bill-no/T1/cancel", nil, nil, nil, "application/json")
	require.NoError(t, err, "a POST without a body")
	require.NoError(t, core.UnMarshalResponse(result.Response, &found))
	assert.Equal(t, "CANCELING", found.State)
}

func (w wechatpayGo) batch(t *testing.T) {
	batches := transferbatch.TransferBatchApiService{Client: w.client}
	_, _, err := batches.InitiateBatchTransfer(t.Context(), transferbatch.InitiateBatchTransferRequest{
		Appid: core.String(appid), OutBatchNo: core.String("batch1"), BatchName: core.String("佣金"), BatchRemark: core.String("佣金"),
		TotalAmount: core.Int64(100), TotalNum: core.Int64(1), TransferSceneId: core.String("1000"),
		TransferDetailList: []transferbatch.TransferDetailInput{{
			OutDetailNo: core.String("detail1"), TransferAmount: core.Int64(100), TransferRemark: core.String("佣金"),
			Openid: core.String(openid), UserName: core.String("张三"),
		}},
	})
	require.NoError(t, err)
	batch, _, err := batches.GetTransferBatchByOutNo(t.Context(), transferbatch.GetTransferBatchByOutNoRequest{
		OutBatchNo: core.String("batch1"), NeedQueryDetail: core.Bool(true), DetailStatus: core.String("ALL"),
	})
	require.NoError(t, err)
	assert.Equal(t, "FINISHED", *batch.TransferBatch.BatchStatus)
	require.Len(t, batch.TransferDetailList, 1)
	details := transferbatch.TransferDetailApiService{Client: w.client}
	detail, _, err := details.GetTransferDetailByOutNo(t.Context(), transferbatch.GetTransferDetailByOutNoRequest{
		OutBatchNo: core.String("batch1"), OutDetailNo: core.String("detail1"),
	})
	require.NoError(t, err)
	assert.Equal(t, "SUCCESS", *detail.DetailStatus)
	assert.Equal(t, "张三", *detail.UserName)
}

func (w wechatpayGo) sharing(t *testing.T) {
	w.order(t, "shared-1", nobody)
	id := payOrder(t, w.Sandbox, "shared-1")
	w.Gateway.AdvanceClock(time.Minute) // WeChat Pay shares no money in the first 30 seconds
	receivers := profitsharing.ReceiversApiService{Client: w.client}
	added, _, err := receivers.AddReceiver(t.Context(), profitsharing.AddReceiverRequest{
		Appid: core.String(appid), Type: profitsharing.RECEIVERTYPE_MERCHANT_ID.Ptr(), Account: core.String("1900000110"),
		Name: core.String("示例商户全称"), RelationType: profitsharing.RECEIVERRELATIONTYPE_PARTNER.Ptr(),
	})
	require.NoError(t, err)
	assert.Equal(t, "示例商户全称", *added.Name)

	orders := profitsharing.OrdersApiService{Client: w.client}
	_, _, err = orders.CreateOrder(t.Context(), profitsharing.CreateOrderRequest{
		Appid: core.String(appid), TransactionId: &id, OutOrderNo: core.String("P1"), UnfreezeUnsplit: core.Bool(false),
		Receivers: []profitsharing.CreateOrderReceiver{{
			Type: core.String("MERCHANT_ID"), Account: core.String("1900000110"), Amount: core.Int64(10), Description: core.String("分给商户"),
		}},
	})
	require.NoError(t, err)
	shared, _, err := orders.QueryOrder(t.Context(), profitsharing.QueryOrderRequest{TransactionId: &id, OutOrderNo: core.String("P1")})
	require.NoError(t, err)
	assert.Equal(t, profitsharing.ORDERSTATUS_FINISHED, *shared.State)

	returns := profitsharing.ReturnOrdersApiService{Client: w.client}
	_, _, err = returns.CreateReturnOrder(t.Context(), profitsharing.CreateReturnOrderRequest{
		OutOrderNo: core.String("P1"), OutReturnNo: core.String("RT1"), ReturnMchid: core.String("1900000110"),
		Amount: core.Int64(4), Description: core.String("退货"),
	})
	require.NoError(t, err)
	returned, _, err := returns.QueryReturnOrder(t.Context(), profitsharing.QueryReturnOrderRequest{
		OutOrderNo: core.String("P1"), OutReturnNo: core.String("RT1"),
	})
	require.NoError(t, err)
	assert.Equal(t, profitsharing.RETURNORDERSTATUS_SUCCESS, *returned.Result)

	_, _, err = orders.UnfreezeOrder(t.Context(), profitsharing.UnfreezeOrderRequest{
		TransactionId: &id, OutOrderNo: core.String("U1"), Description: core.String("解冻"),
	})
	require.NoError(t, err)
	transactions := profitsharing.TransactionsApiService{Client: w.client}
	left, _, err := transactions.QueryOrderAmount(t.Context(), profitsharing.QueryOrderAmountRequest{TransactionId: &id})
	require.NoError(t, err)
	assert.Zero(t, *left.UnsplitAmount)
}
