package guide

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/wechatpay-chain/wechatpay"
)

// ErrUnsettled means that nobody knows yet whether the money moved. Do the same again later: the same
// number, the same values.
var ErrUnsettled = errors.New("the outcome is unknown")

// RefundOnce refunds an order under a number that the caller has stored before. It may be called again
// and again with the same values.
func RefundOnce(ctx context.Context, client *wechatpay.Client, order, number string, fen, total int64) (status string, err error) {
	resp, err := client.Chain("v3/refund/domestic/refunds").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
		"out_trade_no":  order,
		"out_refund_no": number,
		"amount":        wechatpay.M{"refund": fen, "total": total, "currency": "CNY"},
	}})
	switch {
	case err == nil && resp.Get("out_refund_no").String() == number:
		return resp.Get("status").String(), nil
	case err == nil, wechatpay.OutcomeUnknown(err): // a reply about another refund settles nothing
		return RefundStatus(ctx, client, number)
	default:
		return "", err // StateOf tells which: refused, not sent, or done with an unreadable reply
	}
}

// RefundStatus asks what became of a refund.
func RefundStatus(ctx context.Context, client *wechatpay.Client, number string) (status string, err error) {
	resp, err := client.Chain("v3/refund/domestic/refunds/{out_refund_no}").Get(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"out_refund_no": number},
	})
	var api *wechatpay.APIError
	switch {
	case err == nil && resp.Get("out_refund_no").String() == number:
		return resp.Get("status").String(), nil
	case err == nil: // a signature does not cover the question
		return "", fmt.Errorf("%w: the reply is about another refund than %s", ErrUnsettled, number)
	case errors.As(err, &api) && api.Verified && api.StatusCode == http.StatusNotFound:
		return "", fmt.Errorf("%w: WeChat Pay does not know refund %s; wait a minute, and send the same number again", ErrUnsettled, number)
	default:
		return "", fmt.Errorf("%w: refund %s: %w", ErrUnsettled, number, err)
	}
}

// A State is what a ledger keeps of a call that moves money.
type State string

// The states of a call.
const (
	Done    State = "done"     // WeChat Pay signed that it took the call up
	Refused State = "refused"  // WeChat Pay refused it: nothing moved
	NotSent State = "not sent" // nothing moved
	Unknown State = "unknown"  // query before anything else
)

// StateOf returns what the error of a call that moves money means for it. The error of a query says
// nothing about the money: wrap it in ErrUnsettled, as RefundStatus does.
func StateOf(err error) State {
	var api *wechatpay.APIError
	switch {
	case err == nil:
		return Done
	case errors.Is(err, ErrUnsettled), wechatpay.OutcomeUnknown(err):
		return Unknown
	case errors.As(err, new(*wechatpay.DecodeError)), errors.As(err, new(*wechatpay.DecryptError)):
		return Done // but a field of the reply is unreadable
	case errors.As(err, &api) && api.Verified:
		return Refused
	case errors.As(err, &api): // unsigned: it may come from anything on the way, and a query costs nothing
		return Unknown
	default:
		return NotSent
	}
}
