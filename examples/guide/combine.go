package guide

import (
	"context"
	"errors"
	"fmt"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/openapi/combinetransactions"
	"github.com/wechatpay-chain/wechatpay/paysign"
)

// A Part is an order of one merchant in a combined order.
type Part struct {
	MchID       string // that gets the money; of a service provider, its own
	SubMchID    string // of a service provider: the sub-merchant that gets the money; else empty
	OutTradeNo  string // of the shop, unique for the MchID
	Description string
	Total       int64 // in fen
}

// CombineJSAPI places an order of several merchants that the payer pays at once, and returns
// what opens the payment. The Total of the order is not used: the parts have theirs.
func CombineJSAPI(ctx context.Context, client *wechatpay.Client, order Order, parts []Part, openid string) (paysign.JSAPIParams, error) {
	subOrders := make([]wechatpay.M, len(parts))
	for i, part := range parts {
		subOrders[i] = wechatpay.M{
			"mchid":        part.MchID,
			"out_trade_no": part.OutTradeNo,
			"description":  part.Description,
			"attach":       order.OutTradeNo, // comes back in queries, webhooks and bills
			"amount":       wechatpay.M{"total_amount": part.Total, "currency": "CNY"},
		}
		if part.SubMchID != "" {
			subOrders[i]["sub_mchid"] = part.SubMchID
		}
	}
	resp, err := client.Chain("v3/combine-transactions/jsapi").Post(ctx, &wechatpay.Options{
		JSON: wechatpay.M{
			"combine_appid":        order.AppID,
			"combine_mchid":        client.CallerID(),
			"combine_out_trade_no": order.OutTradeNo,
			"combine_payer_info":   wechatpay.M{"openid": openid},
			"time_expire":          order.Expires,
			"notify_url":           order.NotifyURL,
			"sub_orders":           subOrders,
		},
	})
	if err != nil {
		return paysign.JSAPIParams{}, fmt.Errorf("combined order %s: %w", order.OutTradeNo, err)
	}
	return paysign.JSAPI(ctx, client.Signer(), paysign.JSAPIOrder{
		AppID:    order.AppID,
		PrepayID: resp.Get("prepay_id").String(),
	})
}

// QueryCombined asks for a combined order. Each part has a state and a transaction_id.
func QueryCombined(ctx context.Context, client *wechatpay.Client, number string) (combinetransactions.OutTradeNoGetReply, error) {
	reply, err := combinetransactions.New(client).OutTradeNo(number).Get(ctx, nil)
	if err != nil {
		return combinetransactions.OutTradeNoGetReply{}, fmt.Errorf("combined order %s: %w", number, err)
	}
	trade, err := reply.Data()
	if err == nil && trade.CombineOutTradeNo != number {
		err = fmt.Errorf("combined order %s: the reply is about another one", number)
	}
	return trade, err
}

// CloseCombined ends a combined order. It has to name the same parts as the order did.
func CloseCombined(ctx context.Context, client *wechatpay.Client, order Order, parts []Part) error {
	subOrders := make([]wechatpay.M, len(parts))
	for i, part := range parts {
		subOrders[i] = wechatpay.M{"mchid": part.MchID, "out_trade_no": part.OutTradeNo}
		if part.SubMchID != "" {
			subOrders[i]["sub_mchid"] = part.SubMchID
		}
	}
	_, err := client.Chain("v3/combine-transactions/out-trade-no/{combine_out_trade_no}/close").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"combine_out_trade_no": order.OutTradeNo},
		JSON: wechatpay.M{"combine_appid": order.AppID, "sub_orders": subOrders},
	})
	if err != nil {
		return fmt.Errorf("close combined order %s: %w", order.OutTradeNo, err)
	}
	return nil
}

// A PartLedger is a Ledger that has combined orders as well. The number of a part is unique for the
// MchID alone, so both are its key.
type PartLedger interface {
	Ledger
	PartPaid(ctx context.Context, mchID, outTradeNo, transactionID string, total int64) error
}

// PaidOrders handles TRANSACTION.SUCCESS of a shop that has both kinds of orders.
func PaidOrders(ledger PartLedger) notify.Func {
	return func(ctx context.Context, event *notify.Event) (*notify.Reply, error) {
		if event.Get("combine_out_trade_no").String() == "" {
			order, err := notify.Decode[notify.Transaction](event)
			if err != nil {
				return nil, err
			}
			if order.TradeState != "SUCCESS" {
				return nil, fmt.Errorf("order %s: trade_state %q", order.OutTradeNo, order.TradeState)
			}
			return nil, ledger.Paid(ctx, order.OutTradeNo, order.TransactionID, order.Amount.Total)
		}
		combined, err := notify.Decode[notify.CombineTransaction](event)
		if err != nil {
			return nil, err
		}
		var failed []error // a part that fails makes all of them come again
		for _, part := range combined.SubOrders {
			if part.TradeState != "SUCCESS" {
				failed = append(failed, fmt.Errorf("part %s of %s: trade_state %q", part.OutTradeNo, part.MchID, part.TradeState))
				continue
			}
			failed = append(failed, ledger.PartPaid(ctx, part.MchID, part.OutTradeNo, part.TransactionID, part.Amount.TotalAmount))
		}
		return nil, errors.Join(failed...)
	}
}
