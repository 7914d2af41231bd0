package guide

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/paysign"
)

// NewV2Client adds to a Config what APIv2 needs. One client may speak both versions.
func NewV2Client(cfg wechatpay.Config, merchant *keys.Merchant, apiV2Key cipher.Secret) (*wechatpay.Client, error) {
	cfg.APIv2Key = apiV2Key                     // 32 characters from the merchant console
	cfg.Certificate = merchant.TLSCertificate() // presented to the endpoints that ask for it, and to no other
	return wechatpay.New(cfg)
}

// OrderV2 places an order by APIv2, and returns what a page needs to open the payment, as JSON.
func OrderV2(ctx context.Context, client *wechatpay.Client, number, openid string, fen int64, apiV2Key cipher.Secret) ([]byte, error) {
	reply, err := client.Chain("v2/pay/unifiedorder").Post(ctx, &wechatpay.Options{
		XML: wechatpay.M{
			"appid":            "wxd678efh567hg6787",
			"body":             "QQ公仔",
			"out_trade_no":     number,
			"total_fee":        fen,
			"spbill_create_ip": "127.0.0.1",
			"notify_url":       "https://example.com/wechatpay/v2",
			"trade_type":       "JSAPI",
			"openid":           openid,
			"sign_type":        "HMAC-SHA256", // default: MD5
		},
	})
	if err != nil {
		return nil, err
	}
	var order paysign.OrderV2
	if err := reply.Decode(&order); err != nil {
		return nil, err
	}
	params, err := paysign.JSAPIV2(order, apiV2Key) // or AppV2; signed by the digest of the order
	if err != nil {
		return nil, err
	}
	return json.Marshal(params)
}

// StateV2 asks for the trade_state of an order.
func StateV2(ctx context.Context, client *wechatpay.Client, number string) (string, error) {
	reply, err := client.Chain("v2/pay/orderquery").Post(ctx, &wechatpay.Options{
		XML: wechatpay.M{"appid": "wxd678efh567hg6787", "out_trade_no": number},
	})
	if err != nil {
		return "", err
	}
	return reply.Get("trade_state").String(), nil
}

// RefundV2 refunds fen of the total of an order. The endpoint asks for the merchant's certificate.
func RefundV2(ctx context.Context, client *wechatpay.Client, number, refund string, fen, total int64) error {
	_, err := client.Chain("v2/secapi/pay/refund").Post(ctx, &wechatpay.Options{
		XML: wechatpay.M{
			"appid": "wxd678efh567hg6787", "out_trade_no": number, "out_refund_no": refund, "total_fee": total, "refund_fee": fen,
		},
	})
	return err
}

// V2Webhook receives the payments of APIv2. With Keys and APIv3Key in cfg as well, it receives those of v3
// at the same URL.
func V2Webhook(cfg notify.Config, settle func(ctx context.Context, number string, fen int64) error) (http.Handler, error) {
	return notify.NewHandler(notify.HandlerConfig{
		Config: cfg, // APIv2Key and MchID
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.TransactionSuccessV2}: notify.Typed(
				func(ctx context.Context, _ *notify.Event, order notify.TransactionV2) error {
					return settle(ctx, order.OutTradeNo, order.TotalFee)
				}),
		},
	})
}
