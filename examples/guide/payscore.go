package guide

import (
	"context"
	"net/http"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/paysign"
)

// A Service is what WeChat Pay has agreed with the merchant.
type Service struct{ ID, AppID string }

// StartService creates the service order of a rental, and returns what the page takes on which the
// user confirms it. number is the out_order_no.
func StartService(ctx context.Context, client *wechatpay.Client, service Service, number string, apiV2Key cipher.Secret) (paysign.ScoreParams, error) {
	reply, err := client.Chain("v3/payscore/serviceorder").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
		"service_id":           service.ID,
		"appid":                service.AppID,
		"out_order_no":         number,
		"service_introduction": "租借充电宝",
		"time_range":           wechatpay.M{"start_time": "OnAccept"}, // from the confirmation on
		"risk_fund":            wechatpay.M{"name": "DEPOSIT", "amount": 10000},
		"post_payments":        []wechatpay.M{{"name": "租金", "description": "每小时 1 元"}},
		"notify_url":           "https://example.com/wechatpay/payscore",
	}})
	if err != nil {
		return paysign.ScoreParams{}, err
	}
	return paysign.ScoreUse(paysign.ScoreUseRequest{
		MchID: client.CallerID(), Package: reply.Get("package").String(),
	}, apiV2Key)
}

// EndService completes the service order: rent, in fen, is debited until it is paid. end is such as
// 20260401123000.
func EndService(ctx context.Context, client *wechatpay.Client, service Service, number, end string, rent int64) error {
	_, err := client.Chain("v3/payscore/serviceorder/{out_order_no}/complete").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"out_order_no": number},
		JSON: wechatpay.M{
			"service_id":    service.ID,
			"appid":         service.AppID,
			"post_payments": []wechatpay.M{{"name": "租金", "amount": rent}},
			"total_amount":  rent, // the sum of the payments less that of the discounts
			"time_range":    wechatpay.M{"end_time": end},
		},
	})
	return err
}

// ServiceState is where a service order is. All three fields count.
type ServiceState struct {
	State       string // CREATED, DOING, DONE, REVOKED, EXPIRED
	Description string // of DOING: USER_CONFIRM, then MCH_COMPLETE
	Collection  string // of MCH_COMPLETE: USER_PAYING, then USER_PAID
}

// QueryService asks for the state of a service order.
func QueryService(ctx context.Context, client *wechatpay.Client, service Service, number string) (ServiceState, error) {
	reply, err := client.Chain("v3/payscore/serviceorder").Get(ctx, &wechatpay.Options{
		Query: wechatpay.M{"service_id": service.ID, "appid": service.AppID, "out_order_no": number},
	})
	if err != nil {
		return ServiceState{}, err
	}
	return ServiceState{
		reply.Get("state").String(), reply.Get("state_description").String(), reply.Get("collection.state").String(),
	}, nil
}

// CancelService ends a service order that costs nothing, before it is completed.
func CancelService(ctx context.Context, client *wechatpay.Client, service Service, number, reason string) error {
	_, err := client.Chain("v3/payscore/serviceorder/{out_order_no}/cancel").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"out_order_no": number},
		JSON: wechatpay.M{"service_id": service.ID, "appid": service.AppID, "reason": reason},
	})
	return err
}

// ModifyService lowers what a completed service order costs, while it is not paid.
func ModifyService(ctx context.Context, client *wechatpay.Client, service Service, number string, total int64, reason string) error {
	_, err := client.Chain("v3/payscore/serviceorder/{out_order_no}/modify").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"out_order_no": number},
		JSON: wechatpay.M{
			"service_id":    service.ID,
			"appid":         service.AppID,
			"post_payments": []wechatpay.M{{"name": "租金", "amount": total}},
			"total_amount":  total,
			"reason":        reason,
		},
	})
	return err
}

// PaidElsewhere tells WeChat Pay that the user has paid in another way, so that it stops debiting. paidTime
// is such as 20260401103000.
func PaidElsewhere(ctx context.Context, client *wechatpay.Client, service Service, number, paidTime string) error {
	_, err := client.Chain("v3/payscore/serviceorder/{out_order_no}/sync").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"out_order_no": number},
		JSON: wechatpay.M{
			"service_id": service.ID, "appid": service.AppID,
			"type": "Order_Paid", "detail": wechatpay.M{"paid_time": paidTime},
		},
	})
	return err
}

// PayScoreWebhook receives the events of service orders that the user confirmed or paid.
func PayScoreWebhook(cfg notify.Config, confirmed, paid func(context.Context, notify.PayScoreOrder) error) (http.Handler, error) {
	return notify.NewHandler(notify.HandlerConfig{
		Config: cfg,
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.PayscoreUserConfirm}: notify.Typed(
				func(ctx context.Context, _ *notify.Event, order notify.PayScoreOrder) error {
					return confirmed(ctx, order)
				}),
			{EventType: notify.PayscoreUserPaid}: notify.Typed(
				func(ctx context.Context, _ *notify.Event, order notify.PayScoreOrder) error { return paid(ctx, order) }),
		},
	})
}
