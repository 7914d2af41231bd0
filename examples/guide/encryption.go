package guide

import (
	"context"

	"github.com/wechatpay-chain/wechatpay"
)

// Apply sends an application of a sub-merchant, with the sensitive fields encrypted, and returns
// its number at WeChat Pay.
func Apply(ctx context.Context, client *wechatpay.Client, application wechatpay.M) (applymentID int64, err error) {
	resp, err := client.Chain("v3/applyment4sub/applyment/").Post(ctx, &wechatpay.Options{
		JSON:    application,
		Encrypt: wechatpay.Auto(),
	})
	if err != nil {
		return 0, err
	}
	return resp.Get("applyment_id").Int(), nil
}

// PhoneOf returns the phone number of the payer of a complaint, decrypted with the merchant's private key.
func PhoneOf(ctx context.Context, client *wechatpay.Client, complaintID string) (phone string, err error) {
	resp, err := client.Chain("v3/merchant-service/complaints-v2/{complaint_id}").Get(ctx, &wechatpay.Options{
		Vars:    wechatpay.M{"complaint_id": complaintID},
		Decrypt: []string{"payer_phone?"},
	})
	if err != nil {
		return "", err
	}
	return resp.Get("payer_phone").String(), nil
}
