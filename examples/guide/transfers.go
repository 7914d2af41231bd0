package guide

import (
	"context"
	"fmt"
	"net/http"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/openapi/fundapp"
)

// A Payout is a transfer to a user. Store it before the first call: its Number never changes.
type Payout struct {
	Number string // out_bill_no: up to 32 digits and letters
	AppID  string
	OpenID string // of the user under that AppID
	Name   string // required from 2,000 yuan on, not allowed below 0.3 yuan
	Amount int64  // in fen
}

// Transfer asks WeChat Pay for a transfer of a reward. The user must confirm it with the
// package_info that the reply has. After an error, call it again with the same Payout, while its Number
// is less than 30 days old: WeChat Pay forgets older ones, and would pay again.
func Transfer(ctx context.Context, client *wechatpay.Client, p Payout) (bill fundapp.MchTransferTransferBillsPostReply, err error) {
	reply, err := fundapp.New(client).MchTransfer().TransferBills().Post(ctx, &wechatpay.Options{
		JSON: fundapp.MchTransferTransferBillsPostRequest{
			AppID:           p.AppID,
			OutBillNo:       p.Number,
			OpenID:          p.OpenID,
			UserName:        p.Name, // encrypted by the client
			TransferAmount:  p.Amount,
			TransferRemark:  "新会员奖励",
			NotifyURL:       "https://example.com/wechatpay/transfers",
			TransferSceneID: "1000",
			TransferSceneReportInfos: []fundapp.TransferSceneReportInfos{
				{InfoType: "活动名称", InfoContent: "新会员有礼"},
				{InfoType: "奖励说明", InfoContent: "注册会员抽奖一等奖"},
			},
		},
	})
	if err != nil {
		return bill, err
	}
	return reply.Data()
}

// TransferState asks what became of a transfer.
func TransferState(ctx context.Context, client *wechatpay.Client, number string) (bill fundapp.MchTransferTransferBillsReply, err error) {
	reply, err := fundapp.New(client).MchTransfer().TransferBills().OutBillNo(number).Get(ctx, nil)
	if err != nil {
		return bill, err
	}
	bill, err = reply.Data()
	if err == nil && bill.OutBillNo != number { // a signature does not cover the question
		err = fmt.Errorf("transfer %s: the reply is about another one", number)
	}
	return bill, err
}

// TransferWebhook receives the final states of transfers.
func TransferWebhook(cfg notify.Config, settle func(context.Context, notify.TransferBill) error) (http.Handler, error) {
	return notify.NewHandler(notify.HandlerConfig{
		Config: cfg,
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.MchtransferBillFinished}: notify.Typed(
				func(ctx context.Context, _ *notify.Event, bill notify.TransferBill) error {
					return settle(ctx, bill) // SUCCESS, FAIL or CANCELLED
				}),
		},
	})
}

// CancelTransfer takes a transfer back that the user has not confirmed yet. It is done when the
// state is CANCELLED; until then the user may still have been faster.
func CancelTransfer(ctx context.Context, client *wechatpay.Client, number string) error {
	_, err := fundapp.New(client).MchTransfer().TransferBills().OutBillNo(number).Cancel().Post(ctx, nil)
	return err
}

// TransferReceipt asks for the receipt of a transfer that succeeded, and saves it. While WeChat Pay
// makes it, the error is a media.ErrNotReady: call it again later.
func TransferReceipt(ctx context.Context, client *wechatpay.Client, number, file string) error {
	_, err := fundapp.New(client).MchTransfer().Elecsign().OutBillNo().Post(ctx, &wechatpay.Options{
		JSON: fundapp.MchTransferElecsignOutBillNoPostRequest{OutBillNo: number},
	})
	if err != nil {
		return err
	}
	_, err = client.Chain("v3/fund-app/mch-transfer/elecsign/out-bill-no/{out_bill_no}").Download(ctx, file, &wechatpay.DownloadOptions{
		Vars: wechatpay.M{"out_bill_no": number},
	})
	return err
}
