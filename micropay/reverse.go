package micropay

import (
	"context"
	"errors"
	"time"

	"github.com/wechatpay-chain/wechatpay"
)

// reverse reverses an order that is not paid in time, again while WeChat Pay says so, and asks
// for the order if that fails. It goes on after ctx has ended: an order must not stay open
// because a till was switched off.
func (p *payment) reverse(ctx context.Context, cause error) (*Payment, error) {
	ctx = context.WithoutCancel(ctx)
	waited(ctx, soonest-time.Since(p.began))
	ctx, cancel := context.WithTimeout(ctx, p.cfg.ReverseWait)
	defer cancel()
	for ctx.Err() == nil {
		again, err := p.reverseOnce(ctx)
		switch {
		case err == nil && !again:
			return nil, &Error{State: Reversed, OutTradeNo: p.number, Code: codeOf(cause), Err: cause}
		case err != nil:
			cause = err
			payment, settled, last := p.query(ctx)
			if settled && (payment == nil || !again) { // a reversal on its way may yet take a payment back
				return payment, last
			}
			if code := codeOf(err); !again && (code == "ORDERNOTEXIST" || code == "ORDER_NOT_EXIST") {
				return nil, p.failed(Refused, cause) // it never arrived
			}
			if !again {
				return nil, p.failed(Unknown, cause)
			}
		}
		waited(ctx, p.cfg.Interval)
	}
	return nil, p.failed(Unknown, cause)
}

// reverseOnce reports whether to reverse again: recall says so, or the outcome is unknown.
func (p *payment) reverseOnce(ctx context.Context) (again bool, err error) {
	resp, err := p.client.Chain("v2/secapi/pay/reverse").Post(ctx, &wechatpay.Options{
		XML: p.names, Timeout: p.cfg.CallTimeout,
	})
	if err == nil {
		return resp.Get("recall").Str == "Y", nil
	}
	var api *wechatpay.APIError
	if errors.As(err, &api) && !wechatpay.OutcomeUnknown(err) {
		return api.Response.Get("recall").Str == "Y", err // if not, refused for good, such as REVERSE_EXPIRE
	}
	return true, err
}
