package main

import (
	"context"
	"net/http"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments/jsapi"
)

// wechatpayGoCall returns the call by the official SDK for Go. options have what signs and
// verifies, and how it is sent.
func wechatpayGoCall(options ...core.ClientOption) (call, error) {
	client, err := core.NewClient(context.Background(), options...)
	if err != nil {
		return nil, err
	}
	service := jsapi.JsapiApiService{Client: client}
	return func(ctx context.Context, number string) (string, error) {
		o := newOrder(number)
		reply, _, err := service.Prepay(ctx, jsapi.PrepayRequest{
			Appid: &o.AppID, Mchid: &o.MchID, Description: &o.Description, OutTradeNo: &o.OutTradeNo, NotifyUrl: &o.NotifyURL,
			Amount: &jsapi.Amount{Total: &o.Amount.Total, Currency: &o.Amount.Currency}, Payer: &jsapi.Payer{Openid: &o.Payer.OpenID},
		})
		if err != nil {
			return "", err
		}
		return *reply.PrepayId, nil
	}, nil
}

// elsewhere sends to a host what the SDK means for api.mch.weixin.qq.com: its host cannot be
// configured. It adds two allocations.
type elsewhere struct {
	host string
	next http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	there, url := *r, *r.URL
	url.Scheme, url.Host = "http", e.host
	there.URL, there.Host = &url, ""
	return e.next.RoundTrip(&there)
}
