package interop_test

import (
	"testing"
	"time"

	"github.com/go-pay/gopay"
	"github.com/go-pay/gopay/wechat/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (p goPay) encrypt(t *testing.T, text string) string {
	t.Helper()
	encrypted, err := p.client.V3EncryptText(text)
	require.NoError(t, err)
	return encrypted
}

func (p goPay) assertDecrypts(t *testing.T, want, encrypted string) {
	t.Helper()
	text, err := p.client.V3DecryptText(encrypted)
	require.NoError(t, err)
	assert.Equal(t, want, text)
}

func (p goPay) transferTo(t *testing.T, number, notifyURL string) {
	t.Helper()
	made, err := p.client.V3TransferBills(t.Context(), gopay.BodyMap{
		"appid": appid, "out_bill_no": number, "transfer_scene_id": "1000", "openid": openid, "user_name": p.encrypt(t, "张三"),
		"transfer_amount": 100, "transfer_remark": "奖励", "notify_url": notifyURL, "transfer_scene_report_infos": []gopay.BodyMap{
			{"info_type": "活动名称", "info_content": "新会员有礼"}, {"info_type": "奖励说明", "info_content": "注册会员"},
		},
	})
	require.NoError(t, err)
	require.Equal(t, wechat.Success, made.Code, made.Error)
	assert.Equal(t, "WAIT_USER_CONFIRM", made.Response.State)
}

func (p goPay) transfer(t *testing.T) {
	p.transferTo(t, "T1", nobody)
	found, err := p.client.V3TransferBillsMerchantQuery(t.Context(), "T1")
	require.NoError(t, err)
	require.Equal(t, wechat.Success, found.Code, found.Error)
	p.assertDecrypts(t, "张三", found.Response.UserName)
	cancelled, err := p.client.V3TransferBillsCancel(t.Context(), "T1")
	require.NoError(t, err, "a POST without a body")
	require.Equal(t, wechat.Success, cancelled.Code, cancelled.Error)
	assert.Equal(t, "CANCELING", cancelled.Response.State)
}

func (p goPay) batch(t *testing.T) {
	made, err := p.client.V3Transfer(t.Context(), gopay.BodyMap{
		"appid": appid, "out_batch_no": "batch1", "batch_name": "佣金", "batch_remark": "佣金", "total_amount": 100, "total_num": 1,
		"transfer_scene_id": "1000", "transfer_detail_list": []gopay.BodyMap{{
			"out_detail_no": "detail1", "transfer_amount": 100, "transfer_remark": "佣金", "openid": openid, "user_name": p.encrypt(t, "张三"),
		}},
	})
	require.NoError(t, err)
	require.Equal(t, wechat.Success, made.Code, made.Error)
	batch, err := p.client.V3TransferMerchantQuery(t.Context(), "batch1", gopay.BodyMap{"need_query_detail": true, "detail_status": "ALL"})
	require.NoError(t, err)
	require.Equal(t, wechat.Success, batch.Code, batch.Error)
	assert.Equal(t, "FINISHED", batch.Response.TransferBatch.BatchStatus)
	require.Len(t, batch.Response.TransferDetailList, 1)
	detail, err := p.client.V3TransferMerchantDetail(t.Context(), "batch1", "detail1")
	require.NoError(t, err)
	require.Equal(t, wechat.Success, detail.Code, detail.Error)
	assert.Equal(t, "SUCCESS", detail.Response.DetailStatus)
	p.assertDecrypts(t, "张三", detail.Response.UserName)
}

func (p goPay) sharing(t *testing.T) {
	p.order(t, "shared-1", nobody)
	id := payOrder(t, p.Sandbox, "shared-1")
	p.Gateway.AdvanceClock(time.Minute) // before that WeChat Pay shares nothing
	added, err := p.client.V3ProfitShareAddReceiver(t.Context(), gopay.BodyMap{
		"appid": appid, "type": "MERCHANT_ID", "account": "1900000110", "name": p.encrypt(t, "示例商户全称"), "relation_type": "PARTNER",
	})
	require.NoError(t, err)
	require.Equal(t, wechat.Success, added.Code, added.Error)
	p.assertDecrypts(t, "示例商户全称", added.Response.Name)

	made, err := p.client.V3ProfitShareOrder(t.Context(), gopay.BodyMap{
		"appid": appid, "transaction_id": id, "out_order_no": "P1", "unfreeze_unsplit": false, "receivers": []gopay.BodyMap{
			{"type": "MERCHANT_ID", "account": "1900000110", "amount": 10, "description": "分给商户"},
		},
	})
	require.NoError(t, err)
	require.Equal(t, wechat.Success, made.Code, made.Error)
	shared, err := p.client.V3ProfitShareOrderQuery(t.Context(), "P1", gopay.BodyMap{"transaction_id": id})
	require.NoError(t, err)
	require.Equal(t, wechat.Success, shared.Code, shared.Error)
	assert.Equal(t, "FINISHED", shared.Response.State)

	sent, err := p.client.V3ProfitShareReturn(t.Context(), gopay.BodyMap{
		"out_order_no": "P1", "out_return_no": "RT1", "return_mchid": "1900000110", "amount": 4, "description": "退货",
	})
	require.NoError(t, err)
	require.Equal(t, wechat.Success, sent.Code, sent.Error)
	returned, err := p.client.V3ProfitShareReturnResult(t.Context(), "RT1", gopay.BodyMap{"out_order_no": "P1"})
	require.NoError(t, err)
	require.Equal(t, wechat.Success, returned.Code, returned.Error)
	assert.Equal(t, "SUCCESS", returned.Response.Result)

	freed, err := p.client.V3ProfitShareOrderUnfreeze(t.Context(), gopay.BodyMap{
		"transaction_id": id, "out_order_no": "U1", "description": "解冻",
	})
	require.NoError(t, err)
	require.Equal(t, wechat.Success, freed.Code, freed.Error)
	left, err := p.client.V3ProfitShareUnsplitAmount(t.Context(), id)
	require.NoError(t, err)
	assert.Zero(t, left.Response.UnsplitAmount)
}
