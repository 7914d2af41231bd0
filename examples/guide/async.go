package guide

import (
	"context"
	"fmt"
	"slices"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/future"
)

// RefundLater starts a refund, and returns at once.
func RefundLater(ctx context.Context, client *wechatpay.Client, refund wechatpay.M) *future.Future[*wechatpay.Response] {
	return client.Chain("v3/refund/domestic/refunds").PostAsync(ctx, &wechatpay.Options{JSON: refund}).
		Then(func(r *wechatpay.Response) (*wechatpay.Response, error) {
			fmt.Println("refund", r.Get("refund_id"))
			return r, nil
		}).
		Otherwise(func(err error) (*wechatpay.Response, error) {
			return nil, fmt.Errorf("refund %v: %w", refund["out_refund_no"], err)
		})
}

// RefundStatuses asks for many refunds, 64 at a time, and returns the errors by the number.
func RefundStatuses(ctx context.Context, client *wechatpay.Client, numbers []string) (status map[string]string, failed map[string]error) {
	status, failed = map[string]string{}, map[string]error{}
	query := func(ctx context.Context, number string) (*wechatpay.Response, error) {
		resp, err := client.Chain("v3/refund/domestic/refunds/{out_refund_no}").Get(ctx, &wechatpay.Options{
			Vars: wechatpay.M{"out_refund_no": number},
		})
		if err == nil && resp.Get("out_refund_no").String() != number { // a signature does not cover the question
			err = fmt.Errorf("refund %s: the reply is about another one", number)
		}
		return resp, err
	}
	for number, outcome := range future.Each(ctx, 64, slices.Values(numbers), query) {
		if outcome.Err != nil {
			failed[number] = outcome.Err
			continue
		}
		status[number] = outcome.Value.Get("status").String()
	}
	return status, failed
}
