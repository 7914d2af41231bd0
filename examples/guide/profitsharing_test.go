package guide_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/openapi/profitsharing"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

const sharingSubMerchant, sharingReceiver = "1900000110", "1900000111"

// sharedOrder pays an order of the sub-merchant that may be shared.
func sharedOrder(t *testing.T, s *sandboxtest.Sandbox, number string) guide.Share {
	t.Helper()
	_, err := s.Client.Chain("v3/pay/partner/transactions/native").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{
		"sp_appid": "wxd678efh567hg6787", "sp_mchid": s.Credentials.MchID, "sub_mchid": sharingSubMerchant,
		"description": "Tea", "out_trade_no": number, "notify_url": "https://example.com/pay", "amount": wechatpay.M{"total": 10000},
		"settle_info": wechatpay.M{"profit_sharing": true},
	}})
	require.NoError(t, err)
	id, err := s.Gateway.Pay(number)
	require.NoError(t, err)
	s.Gateway.AdvanceClock(time.Minute)
	return guide.Share{
		Number: "share-" + number, SubMchID: sharingSubMerchant, AppID: "wxd678efh567hg6787",
		TransactionID: id, Receiver: sharingReceiver, Amount: 1000,
	}
}

func TestProfitSharing(t *testing.T) {
	changes := make(chan notify.ProfitSharing, 8)
	s := sandboxtest.New(t, sandboxtest.WithConfig(sandbox.Config{SharingDelay: -1}))
	ctx, c := t.Context(), s.Client
	share := sharedOrder(t, s, "sharing-0001")

	err := guide.ShareProfit(ctx, c, share)
	var api *wechatpay.APIError
	require.ErrorAs(t, err, &api, "the receiver was not added")
	assert.Equal(t, "INVALID_REQUEST", api.Code)
	for range 2 {
		require.NoError(t, guide.AddReceiver(ctx, c, share.SubMchID, share.AppID, share.Receiver, "某某供应链有限公司"))
	}
	for range 2 {
		require.NoError(t, guide.ShareProfit(ctx, c, share))
	}
	done, err := guide.ShareResult(ctx, c, share)
	require.NoError(t, err)
	assert.False(t, done)
	asUser(t, s, "sharing/settle", wechatpay.M{"out_order_no": share.Number, "result": "SUCCESS"})
	done, err = guide.ShareResult(ctx, c, share)
	require.NoError(t, err)
	assert.True(t, done)
	left, err := guide.Unshared(ctx, c, share.TransactionID)
	require.NoError(t, err)
	assert.Positive(t, left)
	assert.Less(t, left, int64(10000-1000), "less the fee")

	result, err := guide.ReturnShare(ctx, c, share, "return-0001", 400)
	require.NoError(t, err)
	assert.Equal(t, profitsharing.ResultProcessing, result)
	asUser(t, s, "sharing/returns/settle", wechatpay.M{"out_return_no": "return-0001", "result": "SUCCESS"})
	result, err = guide.ReturnResult(ctx, c, share, "return-0001")
	require.NoError(t, err)
	assert.Equal(t, profitsharing.ResultSuccess, result)

	require.NoError(t, guide.Unfreeze(ctx, c, share.SubMchID, share.TransactionID, "unfreeze-0001"))
	asUser(t, s, "sharing/settle", wechatpay.M{"out_order_no": "unfreeze-0001", "result": "SUCCESS"})
	left, err = guide.Unshared(ctx, c, share.TransactionID)
	require.NoError(t, err)
	assert.Zero(t, left)

	t.Run("a share that is not paid", func(t *testing.T) {
		closed := sharedOrder(t, s, "sharing-0002")
		require.NoError(t, guide.ShareProfit(ctx, c, closed))
		asUser(t, s, "sharing/settle", wechatpay.M{"out_order_no": closed.Number, "result": "CLOSED", "reason": "RECEIVER_HIGH_RISK"})
		done, err := guide.ShareResult(ctx, c, closed)
		assert.True(t, done)
		require.ErrorContains(t, err, "RECEIVER_HIGH_RISK")
	})
	t.Run("webhook", func(t *testing.T) {
		handler, err := guide.SharingWebhook(
			notify.Config{Keys: c.PlatformKeys(), APIv3Key: s.Credentials.APIv3Key},
			func(_ context.Context, p notify.ProfitSharing) error {
				changes <- p
				return nil
			})
		require.NoError(t, err)
		paid := told(t, s, handler, changes, "PROFITSHARING.SUCCESS", map[string]any{"out_order_no": share.Number})
		assert.Equal(t, share.Number, paid.OutOrderNo)
	})
}
