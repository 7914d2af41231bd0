package guide

import (
	"context"
	"fmt"
	"time"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/openapi/pay"
)

// An Order is what a shop stores of an order before it asks for the payment.
type Order struct {
	AppID       string    // bound to the mchid
	OutTradeNo  string    // of the shop: 6 to 32 letters, digits and _-|*, never used again
	Description string    // what the payer sees
	Total       int64     // in fen
	Expires     time.Time // to the second
	NotifyURL   string    // public https, without a query
}

// Native returns the text of the QR code that the payer scans.
func Native(ctx context.Context, client *wechatpay.Client, order Order) (codeURL string, err error) {
	reply, err := pay.New(client).Transactions().Native().Post(ctx, &wechatpay.Options{
		JSON: pay.TransactionsNativePostRequest{
			AppID:       order.AppID,
			MchID:       client.CallerID(),
			Description: order.Description,
			OutTradeNo:  order.OutTradeNo,
			Amount:      pay.Amount{Total: order.Total, Currency: "CNY"},
			TimeExpire:  order.Expires.Format(time.RFC3339),
			NotifyURL:   order.NotifyURL,
		},
	})
	if err != nil {
		return "", fmt.Errorf("order %s: %w", order.OutTradeNo, err)
	}
	data, err := reply.Data()
	return data.CodeURL, err
}
