package guide

import (
	"context"
	"fmt"
	"net/http"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/openapi/profitsharing"
)

// AddReceiver makes a merchant a receiver of profits. Adding it again changes nothing.
func AddReceiver(ctx context.Context, client *wechatpay.Client, subMchID, appID, receiver, name string) error {
	_, err := profitsharing.New(client).Receivers().Add().Post(ctx, &wechatpay.Options{
		JSON: profitsharing.ReceiversAddPostRequest{
			SubMchID:     subMchID, // "" for a merchant that shares its own orders
			AppID:        appID,
			Type:         profitsharing.TypeMerchantID,
			Account:      receiver,
			Name:         name, // the full name of the merchant; encrypted by the client
			RelationType: profitsharing.RelationTypeSupplier,
		},
	})
	return err
}

// A Share is one sharing of an order. Store it before the first call: its Number never changes.
type Share struct {
	Number        string // out_order_no
	SubMchID      string // "" for a merchant that shares its own orders
	AppID         string
	TransactionID string // of the order, which was made with profit_sharing
	Receiver      string // a merchant id
	Amount        int64  // in fen
}

// ShareProfit shares an order with a receiver. The rest stays frozen for further shares. Without an
// error it is accepted, and not yet paid.
func ShareProfit(ctx context.Context, client *wechatpay.Client, s Share) error {
	_, err := profitsharing.New(client).Orders().Post(ctx, &wechatpay.Options{
		JSON: profitsharing.OrdersPostRequest{
			SubMchID:      s.SubMchID,
			AppID:         s.AppID,
			TransactionID: s.TransactionID,
			OutOrderNo:    s.Number,
			Receivers: []profitsharing.OrdersPostRequestReceivers{{
				Type:        profitsharing.TypeMerchantID,
				Account:     s.Receiver,
				Amount:      s.Amount,
				Description: "供应商货款",
			}},
			UnfreezeUnsplit: false,
		},
	})
	return err
}

// ShareResult says whether the receiver was paid. Ask again while done is false.
func ShareResult(ctx context.Context, client *wechatpay.Client, s Share) (done bool, err error) {
	reply, err := profitsharing.New(client).Orders().OutOrderNo(s.Number).Get(ctx, &wechatpay.Options{
		Query: profitsharing.OrdersOutOrderNoGetQuery{SubMchID: s.SubMchID, TransactionID: s.TransactionID},
	})
	if err != nil {
		return false, err
	}
	order, err := reply.Data()
	if err != nil {
		return false, err
	}
	for _, r := range order.Receivers {
		if r.Account != s.Receiver {
			continue
		}
		switch r.Result {
		case profitsharing.ResultSuccess:
			return true, nil
		case profitsharing.ResultClosed:
			return true, fmt.Errorf("share %s: %s was not paid: %s", s.Number, r.Account, r.FailReason)
		}
	}
	return false, nil
}

// Unfreeze ends the sharing of an order: what is left goes to the merchant that was paid. number is a
// new out_order_no, never that of a share.
func Unfreeze(ctx context.Context, client *wechatpay.Client, subMchID, transactionID, number string) error {
	_, err := profitsharing.New(client).Orders().Unfreeze().Post(ctx, &wechatpay.Options{
		JSON: profitsharing.OrdersUnfreezePostRequest{
			SubMchID: subMchID, TransactionID: transactionID, OutOrderNo: number, Description: "解冻全部剩余资金",
		},
	})
	return err
}

// Unshared returns what can still be shared of an order, in fen.
func Unshared(ctx context.Context, client *wechatpay.Client, transactionID string) (int64, error) {
	reply, err := profitsharing.New(client).Transactions(transactionID).Amounts().Get(ctx, nil)
	if err != nil {
		return 0, err
	}
	amounts, err := reply.Data()
	return amounts.UnsplitAmount, err
}

// ReturnShare takes back what a merchant received, in whole or in part. number is the out_return_no.
func ReturnShare(ctx context.Context, client *wechatpay.Client, s Share, number string, amount int64) (profitsharing.Result, error) {
	reply, err := profitsharing.New(client).ReturnOrders().Post(ctx, &wechatpay.Options{
		JSON: profitsharing.ReturnOrdersPostRequest{
			SubMchID:    s.SubMchID,
			OutOrderNo:  s.Number,
			OutReturnNo: number,
			ReturnMchID: s.Receiver,
			Amount:      amount,
			Description: "用户退款",
		},
	})
	if err != nil {
		return "", err
	}
	back, err := reply.Data()
	return back.Result, err // PROCESSING: ask with ReturnResult
}

// ReturnResult says what became of a return: PROCESSING, SUCCESS or FAILED.
func ReturnResult(ctx context.Context, client *wechatpay.Client, s Share, number string) (profitsharing.Result, error) {
	reply, err := profitsharing.New(client).ReturnOrders().OutReturnNo(number).Get(ctx, &wechatpay.Options{
		Query: profitsharing.ReturnOrdersOutReturnNoGetQuery{SubMchID: s.SubMchID, OutOrderNo: s.Number},
	})
	if err != nil {
		return "", err
	}
	back, err := reply.Data()
	return back.Result, err
}

// SharingWebhook receives the events of shares that were paid or returned.
func SharingWebhook(cfg notify.Config, changed func(context.Context, notify.ProfitSharing) error) (http.Handler, error) {
	share := notify.Typed(func(ctx context.Context, _ *notify.Event, s notify.ProfitSharing) error {
		return changed(ctx, s)
	})
	return notify.NewHandler(notify.HandlerConfig{
		Config: cfg,
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.ProfitsharingSuccess}:                              share,
			{EventType: notify.ProfitsharingReturn}:                               share,
			{EventType: notify.TransactionSuccess, OriginalType: "profitsharing"}: share,
		},
	})
}
