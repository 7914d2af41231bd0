package guide

import (
	"context"
	"errors"
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
	if order.Get("out_trade_no").String() != number { // a signature does not cover the question
		return 0, fmt.Errorf("order %s: the reply is about another one", number)
	}
	if order.Get("trade_state").String() != "SUCCESS" {
		return 0, nil
	}
	return order.Get("amount.total").Int(), nil
}

// CloseUnpaid closes an order that nobody has paid, and returns its state afterwards, by the typed chain:
// CLOSED, or SUCCESS if the payer was faster. Whatever the answer to close is, the query tells.
func CloseUnpaid(ctx context.Context, client *wechatpay.Client, number string) (state string, err error) {
	order := pay.New(client).Transactions().OutTradeNo(number)
	_, closeErr := order.Close().Post(ctx, &wechatpay.Options{
		JSON: pay.TransactionsRequest{MchID: client.CallerID()},
	})
	reply, err := order.Get(ctx, &wechatpay.Options{
		Query: pay.TransactionsRequest{MchID: client.CallerID()},
	})
	if err != nil {
		return "", errors.Join(err, closeErr)
	}
	data, err := reply.Data()
	switch {
	case err != nil:
		return "", err
	case data.OutTradeNo != number:
		return "", fmt.Errorf("order %s: the reply is about another one", number)
	case data.TradeState == "NOTPAY":
		return data.TradeState, errors.Join(fmt.Errorf("order %s is still open", number), closeErr)
	}
	return data.TradeState, nil
}

// WithGoods returns the body of an order with the goods in its detail.
func WithGoods(order wechatpay.M, goods ...wechatpay.M) wechatpay.Document {
	body := wechatpay.NewDocument(order)
	for i, item := range goods {
		body = body.Set(fmt.Sprintf("detail.goods_detail.%d", i), item)
	}
	return body
}
