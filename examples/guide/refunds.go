package guide

import (
	"context"
	"fmt"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/openapi/refund"
)

// A Refund is what a shop stores of a refund before it asks for it. All of it stays the same
// until the refund has ended.
type Refund struct {
	OutTradeNo  string // of the order
	OutRefundNo string // of the shop: up to 64 letters, digits and _-|*@, one for each refund
	Amount      int64  // in fen: all of the order, or a part
	Total       int64  // of the order, in fen
	Reason      string // the payer reads it
	NotifyURL   string // public https, without a query
}

// A RefundState is what WeChat Pay has of a refund.
type RefundState = refund.DomesticRefundsReply

// ApplyRefund asks for a refund and returns its state, most often PROCESSING: that the payer has
// the money is known later. If the outcome is unknown, it asks WeChat Pay; ErrUnsettled means that
// the query did not tell either: the same refund again, later.
func ApplyRefund(ctx context.Context, client *wechatpay.Client, r Refund) (RefundState, error) {
	reply, err := refund.New(client).Domestic().Refunds().Post(ctx, &wechatpay.Options{
		JSON: refund.DomesticRefundsPostRequest{
			OutTradeNo:  r.OutTradeNo,
			OutRefundNo: r.OutRefundNo,
			Reason:      r.Reason,
			NotifyURL:   r.NotifyURL,
			Amount:      refund.DomesticRefundsPostRequestAmount{Refund: r.Amount, Total: r.Total, Currency: "CNY"},
		},
	})
	switch {
	case wechatpay.OutcomeUnknown(err):
		state, err := QueryRefund(ctx, client, r.OutRefundNo)
		if err != nil {
			err = fmt.Errorf("%w: %w", ErrUnsettled, err)
		}
		return state, err
	case err != nil:
		return RefundState{}, fmt.Errorf("refund %s: %w", r.OutRefundNo, err)
	}
	state, err := reply.Data()
	switch {
	case err != nil:
		err = fmt.Errorf("refund %s was accepted, but its reply is unreadable; query it: %w", r.OutRefundNo, err)
	case state.OutRefundNo != r.OutRefundNo:
		err = fmt.Errorf("%w: refund %s: the reply is about another one", ErrUnsettled, r.OutRefundNo)
	}
	return state, err
}

// QueryRefund asks for a refund by the shop's number.
func QueryRefund(ctx context.Context, client *wechatpay.Client, outRefundNo string) (RefundState, error) {
	reply, err := refund.New(client).Domestic().Refunds().OutRefundNo(outRefundNo).Get(ctx, nil)
	if err != nil {
		return RefundState{}, fmt.Errorf("refund %s: %w", outRefundNo, err)
	}
	state, err := reply.Data()
	if err == nil && state.OutRefundNo != outRefundNo {
		err = fmt.Errorf("refund %s: the reply is about another one", outRefundNo)
	}
	return state, err
}

// PayOutAbnormal sends the money of a refund that is ABNORMAL to another card of the payer.
// The number of the card and the name leave encrypted. ErrUnsettled means that it may be on its way.
func PayOutAbnormal(ctx context.Context, client *wechatpay.Client, r RefundState, bank refund.BankType, card, name string) (RefundState, error) {
	reply, err := refund.New(client).Domestic().Refunds().RefundID(r.RefundID).ApplyAbnormalRefund().Post(ctx, &wechatpay.Options{
		JSON: refund.DomesticRefundsRefundIDApplyAbnormalRefundPostRequest{
			OutRefundNo: r.OutRefundNo,
			Type:        "USER_BANK_CARD",
			BankType:    bank,
			BankAccount: card,
			RealName:    name,
		},
	})
	switch {
	case wechatpay.OutcomeUnknown(err):
		return RefundState{}, fmt.Errorf("%w: query refund %s, and call again only while it is ABNORMAL: %w", ErrUnsettled, r.OutRefundNo, err)
	case err != nil:
		return RefundState{}, fmt.Errorf("refund %s: %w", r.OutRefundNo, err)
	}
	state, err := reply.Data()
	if err != nil {
		err = fmt.Errorf("refund %s was accepted, but its reply is unreadable; query it: %w", r.OutRefundNo, err)
	}
	return state, err
}
