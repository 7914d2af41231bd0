package guide

import (
	"context"
	"fmt"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/openapi/pay"
)

// PaidFen returns how much of an order was paid, in fen, by the dynamic chain.
func PaidFen(ctx context.Context, client *wechatpay.Client, number string) (int64, error) {
	order, err := client.Chain("v3/pay/transactions/out-trade-no/{out_trade_no}").Get(ctx, &wechatpay.Options{
		Vars:  wechatpay.M{"out_trade_no": number},
		Query: wechatpay.M{"mchid": client.CallerID()},
	})
	if err != nil {
		return 0, err
	}
	if order.Get("trade_state").String() != "SUCCESS" {
		return 0, nil
	}
	return order.Get("amount.total").Int(), nil
}

// CloseUnpaid closes an order that nobody has paid, and returns its state before, by the typed chain.
func CloseUnpaid(ctx context.Context, client *wechatpay.Client, number string) (state string, err error) {
	order := pay.New(client).Transactions().OutTradeNo(number)
	reply, err := order.Get(ctx, &wechatpay.Options{
		Query: pay.TransactionsRequest{MchID: client.CallerID()},
	})
	if err != nil {
		return "", err
	}
	data, err := reply.Data()
	if err != nil || data.TradeState != "NOTPAY" {
		return data.TradeState, err
	}
	_, err = order.Close().Post(ctx, &wechatpay.Options{
		JSON: pay.TransactionsRequest{MchID: client.CallerID()},
	})
	return data.TradeState, err
}

// WithGoods returns the body of an order with the goods in its detail.
func WithGoods(order wechatpay.M, goods ...wechatpay.M) wechatpay.Document {
	body := wechatpay.NewDocument(order)
	for i, item := range goods {
		body = body.Set(fmt.Sprintf("detail.goods_detail.%d", i), item)
	}
	return body
}
