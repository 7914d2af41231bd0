package guide

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/openapi/pay"
)

// A Trade is what WeChat Pay has of an order.
type Trade = pay.TransactionsOutTradeNoGetReply

// QueryOrder asks for an order by the shop's number.
func QueryOrder(ctx context.Context, client *wechatpay.Client, outTradeNo string) (Trade, error) {
	reply, err := pay.New(client).Transactions().OutTradeNo(outTradeNo).Get(ctx, &wechatpay.Options{
		Query: pay.TransactionsRequest{MchID: client.CallerID()},
	})
	if err != nil {
		return Trade{}, fmt.Errorf("order %s: %w", outTradeNo, err)
	}
	trade, err := reply.Data()
	if err == nil && trade.OutTradeNo != outTradeNo { // a signature does not cover the question
		err = fmt.Errorf("order %s: the reply is about another one", outTradeNo)
	}
	return trade, err
}

// CloseOrder ends an order that must no longer be paid, and returns what became of it:
// CLOSED, or SUCCESS if the payer was faster. Whatever the answer to close is, the query tells.
func CloseOrder(ctx context.Context, client *wechatpay.Client, outTradeNo string) (Trade, error) {
	_, closeErr := client.Chain("v3/pay/transactions/out-trade-no/{out_trade_no}/close").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"out_trade_no": outTradeNo},
		JSON: wechatpay.M{"mchid": client.CallerID()},
	})
	trade, err := QueryOrder(ctx, client, outTradeNo)
	if err == nil && trade.TradeState == "NOTPAY" {
		err = errors.Join(fmt.Errorf("order %s is still open", outTradeNo), closeErr)
	}
	return trade, err
}

// QueryOpenOrders asks for orders that no webhook has told of, eight at a time. settle is
// called for each one that was answered, and may be called twice for the same order.
func QueryOpenOrders(ctx context.Context, client *wechatpay.Client, outTradeNos []string, settle func(Trade) error) error {
	query := func(ctx context.Context, number string) (Trade, error) { return QueryOrder(ctx, client, number) }
	var failed []error
	for _, outcome := range future.Each(ctx, 8, slices.Values(outTradeNos), query) {
		err := outcome.Err
		if err == nil {
			err = settle(outcome.Value)
		}
		if err != nil {
			failed = append(failed, err) // the others go on; this one is asked for again next time
		}
	}
	return errors.Join(failed...)
}
