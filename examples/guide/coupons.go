package guide

import (
	"context"
	"net/http"
	"time"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/notify"
)

// CreateStock creates a stock of coupons (代金券) of 5 yuan off at 100, and starts it. number is the
// out_request_no: the same one creates no second stock.
func CreateStock(ctx context.Context, client *wechatpay.Client, number string, begin, end time.Time) (stockID string, err error) {
	mchid := client.CallerID()
	reply, err := client.Chain("v3/marketing/favor/coupon-stocks").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
		"stock_name":           "新会员立减",
		"belong_merchant":      mchid, // whose budget it is
		"available_begin_time": begin,
		"available_end_time":   end,
		"stock_use_rule": wechatpay.M{
			"max_coupons": 1000, "max_amount": 500000, "max_coupons_per_user": 1, "natural_person_limit": true, "prevent_api_abuse": true,
		},
		"coupon_use_rule": wechatpay.M{
			"coupon_available_time": wechatpay.M{"second_day_available": false},
			"fixed_normal_coupon":   wechatpay.M{"coupon_amount": 500, "transaction_minimum": 10000},
			"available_merchants":   []string{mchid},
		},
		"stock_type":     "NORMAL",
		"no_cash":        false, // paid from the budget when it is used
		"out_request_no": number,
	}})
	if err != nil {
		return "", err
	}
	stockID = reply.Get("stock_id").String()
	_, err = client.Chain("v3/marketing/favor/stocks/{stock_id}/start").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"stock_id": stockID},
		JSON: wechatpay.M{"stock_creator_mchid": mchid},
	})
	return stockID, err
}

// SendCoupon gives a user a coupon. Store number, the out_request_no, before the call: with the same one
// the user has one coupon, however often it is called.
func SendCoupon(ctx context.Context, client *wechatpay.Client, stockID, number, appID, openID string) (couponID string, err error) {
	reply, err := client.Chain("v3/marketing/favor/users/{openid}/coupons").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"openid": openID},
		JSON: wechatpay.M{
			"stock_id":            stockID,
			"out_request_no":      number,
			"appid":               appID,
			"stock_creator_mchid": client.CallerID(),
		},
	})
	if err != nil {
		return "", err
	}
	return reply.Get("coupon_id").String(), nil
}

// CouponStatus asks for a coupon: SENDED, USED, EXPIRED.
func CouponStatus(ctx context.Context, client *wechatpay.Client, appID, openID, couponID string) (string, error) {
	reply, err := client.Chain("v3/marketing/favor/users/{openid}/coupons/{coupon_id}").Get(ctx, &wechatpay.Options{
		Vars:  wechatpay.M{"openid": openID, "coupon_id": couponID},
		Query: wechatpay.M{"appid": appID},
	})
	if err != nil {
		return "", err
	}
	return reply.Get("status").String(), nil
}

// ReceiveCouponEvents sets the address that the use of coupons is sent to.
func ReceiveCouponEvents(ctx context.Context, client *wechatpay.Client, url string) error {
	_, err := client.Chain("v3/marketing/favor/callbacks").Post(ctx, &wechatpay.Options{
		JSON: wechatpay.M{"mchid": client.CallerID(), "notify_url": url, "switch": true},
	})
	return err
}

// CouponWebhook receives the coupons that were used.
func CouponWebhook(cfg notify.Config, used func(ctx context.Context, couponID, transactionID string) error) (http.Handler, error) {
	return notify.NewHandler(notify.HandlerConfig{
		Config: cfg,
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.CouponUse}: func(ctx context.Context, event *notify.Event) (*notify.Reply, error) {
				return nil, used(ctx, event.Get("coupon_id").String(), event.Get("consume_information.transaction_id").String())
			},
		},
	})
}
