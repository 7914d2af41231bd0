package guide_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/openapi/fundapp"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func payout(number string) guide.Payout {
	return guide.Payout{
		Number: number, AppID: "wxd678efh567hg6787", OpenID: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", Name: "张三", Amount: 2000_00,
	}
}

func TestTransfers(t *testing.T) {
	s := sandboxtest.New(t)
	ctx := t.Context()

	t.Run("the user confirms", func(t *testing.T) {
		first, err := guide.Transfer(ctx, s.Client, payout("reward1"))
		require.NoError(t, err)
		assert.Equal(t, fundapp.State("WAIT_USER_CONFIRM"), first.State)
		assert.NotEmpty(t, first.PackageInfo)
		again, err := guide.Transfer(ctx, s.Client, payout("reward1"))
		require.NoError(t, err)
		assert.Equal(t, first.TransferBillNo, again.TransferBillNo, "the same number is the same transfer")

		asUser(t, s, "transfers/confirm", wechatpay.M{"out_bill_no": "reward1"})
		bill, err := guide.TransferState(ctx, s.Client, "reward1")
		require.NoError(t, err)
		assert.Equal(t, fundapp.State("SUCCESS"), bill.State)
		assert.EqualValues(t, 2000_00, bill.TransferAmount)
	})
	t.Run("another amount", func(t *testing.T) {
		other := payout("reward1")
		other.Amount++
		_, err := guide.Transfer(ctx, s.Client, other)
		var api *wechatpay.APIError
		require.ErrorAs(t, err, &api)
		assert.Equal(t, "INVALID_REQUEST", api.Code)
		assert.False(t, wechatpay.OutcomeUnknown(err))
	})
	t.Run("canceled", func(t *testing.T) {
		_, err := guide.Transfer(ctx, s.Client, payout("reward2"))
		require.NoError(t, err)
		require.NoError(t, guide.CancelTransfer(ctx, s.Client, "reward2"))
		bill, err := guide.TransferState(ctx, s.Client, "reward2")
		require.NoError(t, err)
		assert.Equal(t, fundapp.State("CANCELLED"), bill.State)
	})
	t.Run("not confirmed for a day", func(t *testing.T) {
		_, err := guide.Transfer(ctx, s.Client, payout("reward3"))
		require.NoError(t, err)
		s.Gateway.AdvanceClock(24 * time.Hour)
		bill, err := guide.TransferState(ctx, s.Client, "reward3")
		require.NoError(t, err)
		assert.Equal(t, fundapp.State("FAIL"), bill.State)
		assert.Equal(t, "OVERDUE_CLOSE", bill.FailReason)
	})
	t.Run("the reply is lost", func(t *testing.T) {
		require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{
			Method: "POST", Path: "/v3/fund-app/mch-transfer/transfer-bills", Fault: "drop", Times: 3,
		}))
		_, err := guide.Transfer(ctx, s.Client, payout("reward4"))
		require.Error(t, err)
		assert.True(t, wechatpay.OutcomeUnknown(err))
		bill, err := guide.TransferState(ctx, s.Client, "reward4")
		require.NoError(t, err)
		assert.Equal(t, fundapp.State("WAIT_USER_CONFIRM"), bill.State)
		s.Gateway.Disarm()
	})
	t.Run("receipt", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "receipt.pdf")
		err := guide.TransferReceipt(ctx, s.Client, "reward1", file)
		if err != nil {
			require.ErrorIs(t, err, media.ErrNotReady)
			s.Gateway.AdvanceClock(time.Hour)
			require.NoError(t, guide.TransferReceipt(ctx, s.Client, "reward1", file))
		}
		assert.FileExists(t, file)
	})
}

func TestTransferWebhook(t *testing.T) {
	bills := make(chan notify.TransferBill, 1)
	s := sandboxtest.New(t)
	handler, err := guide.TransferWebhook(
		notify.Config{Keys: s.Client.PlatformKeys(), APIv3Key: s.Credentials.APIv3Key},
		func(_ context.Context, bill notify.TransferBill) error {
			bills <- bill
			return nil
		})
	require.NoError(t, err)
	bill := told(t, s, handler, bills, "MCHTRANSFER.BILL.FINISHED", map[string]any{
		"out_bill_no": "reward1", "state": "SUCCESS", "transfer_amount": 2000_00,
	})
	assert.Equal(t, "reward1", bill.OutBillNo)
	assert.Equal(t, "SUCCESS", bill.State)
}

func TestTransferStateAboutAnotherTransfer(t *testing.T) {
	s := sandboxtest.New(t)
	s.Gateway.Handle("GET", "/v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}", func(*sandbox.Request) *sandbox.Reply {
		return sandbox.JSON(200, map[string]string{"out_bill_no": "other1", "state": "SUCCESS"})
	})
	_, err := guide.TransferState(t.Context(), s.Client, "asked1")
	require.ErrorContains(t, err, "another one")
}
