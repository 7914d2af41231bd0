package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/go-pay/gopay"
	"github.com/go-pay/gopay/wechat/v3"
)

// goPayCall returns the call by gopay, which verifies by the public key of WeChat Pay.
func goPayCall(a account, host string, transport http.RoundTripper) (call, error) {
	client, err := wechat.NewClientV3(mchid, serial, apiV3Key, string(a.merchantPEM()))
	if err != nil {
		return nil, err
	}
	if err := client.AutoVerifySignByPublicKey(a.publicKeyPEM(), publicKeyID); err != nil {
		return nil, err
	}
	client.SetProxyHost(host)
	client.GetHttpClient().SetTransport(transport)
	return func(ctx context.Context, number string) (string, error) {
		o := newOrder(number)
		reply, err := client.V3TransactionJsapi(ctx, gopay.BodyMap{
			"appid": o.AppID, "mchid": o.MchID, "description": o.Description, "out_trade_no": o.OutTradeNo, "notify_url": o.NotifyURL,
			"amount": gopay.BodyMap{"total": o.Amount.Total, "currency": o.Amount.Currency},
			"payer":  gopay.BodyMap{"openid": o.Payer.OpenID},
		})
		switch {
		case err != nil:
			return "", err
		case reply.Code != wechat.Success:
			return "", errors.New(reply.Error)
		default:
			return reply.Response.PrepayId, nil
		}
	}, nil
}
