package guide

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/paysign"
)

// A MovedShop is a shop that was written in PHP or JavaScript before.
type MovedShop struct {
	Client *wechatpay.Client
	AppID  string
	MchID  string
}

// MovedClient makes the client from the same four values as before.
func MovedClient(mchID, serial string, privateKeyPEM []byte, publicKeyID string, publicKeyPEM []byte, baseURL string) (*wechatpay.Client, error) {
	private, err := keys.LoadPrivateKey(keys.Bytes(privateKeyPEM))
	if err != nil {
		return nil, err
	}
	public, err := keys.LoadPublicKey(keys.Bytes(publicKeyPEM))
	if err != nil {
		return nil, err
	}
	return wechatpay.New(wechatpay.Config{
		MchID: mchID, Serial: serial, PrivateKey: private,
		PlatformKeys: keys.Set{publicKeyID: public},
		BaseURL:      baseURL, // leave it out to call WeChat Pay
	})
}

// Order makes an order, and returns the JSON that opens its payment.
func (s MovedShop) Order(ctx context.Context, number, openid string) ([]byte, error) {
	resp, err := s.Client.Chain("v3/pay/transactions/jsapi").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
		"mchid":        s.MchID,
		"appid":        s.AppID,
		"description":  "Tea",
		"out_trade_no": number,
		"notify_url":   "https://example.com/pay",
		"amount":       wechatpay.M{"total": 100},
		"payer":        wechatpay.M{"openid": openid},
	}})
	if err != nil {
		return nil, err
	}
	params, err := paysign.JSAPI(ctx, s.Client.Signer(), paysign.JSAPIOrder{AppID: s.AppID, PrepayID: resp.Get("prepay_id").String()})
	if err != nil {
		return nil, err
	}
	return json.Marshal(params)
}

// State asks for the state of an order.
func (s MovedShop) State(ctx context.Context, number string) (string, error) {
	resp, err := s.Client.At("v3", "pay", "transactions", "outTradeNo", "_out_trade_no_").Get(ctx, &wechatpay.Options{
		Query: wechatpay.M{"mchid": s.MchID},
		Vars:  wechatpay.M{"out_trade_no": number},
	})
	if err != nil {
		return "", err
	}
	return resp.Get("trade_state").String(), nil
}

// Refund refunds an order in the background.
func (s MovedShop) Refund(ctx context.Context, order, number string, done func(refundID string), failed func(error)) *wechatpay.Future {
	return s.Client.Chain("v3/refund/domestic/refunds").PostAsync(ctx, &wechatpay.Options{JSON: wechatpay.M{
		"out_trade_no":  order,
		"out_refund_no": number,
		"amount":        wechatpay.M{"refund": 10, "total": 100, "currency": "CNY"},
	}}).
		Then(func(resp *wechatpay.Response) (*wechatpay.Response, error) {
			done(resp.Get("refund_id").String())
			return resp, nil
		}).
		Otherwise(func(err error) (*wechatpay.Response, error) {
			failed(err) // wechatpay.OutcomeUnknown(err): query first
			return nil, err
		})
}

// Notifications receives paid orders.
func (s MovedShop) Notifications(apiV3Key cipher.Secret, settle func(number string, fen int64) error) (http.Handler, error) {
	return notify.NewHandler(notify.HandlerConfig{
		Config: notify.Config{Keys: s.Client.PlatformKeys(), APIv3Key: apiV3Key},
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.TransactionSuccess, OriginalType: "transaction"}: notify.Typed(
				func(_ context.Context, _ *notify.Event, order notify.Transaction) error {
					if order.TradeState != "SUCCESS" {
						return fmt.Errorf("order %s: trade_state %q", order.OutTradeNo, order.TradeState)
					}
					return settle(order.OutTradeNo, order.Amount.Total)
				}),
		},
	})
}

// ContactForm encrypts what the documentation marks, and names the key in Wechatpay-Serial.
func (s MovedShop) ContactForm(ctx context.Context, code, name, phone string) (*wechatpay.Response, error) {
	return s.Client.Chain("v3/applyment4sub/applyment/").Post(ctx, &wechatpay.Options{
		JSON: wechatpay.M{
			"business_code": code,
			"contact_info":  wechatpay.M{"contact_name": name, "mobile_phone": phone},
		},
		Encrypt: wechatpay.Auto(),
	})
}
