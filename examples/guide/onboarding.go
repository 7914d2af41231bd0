package guide

import (
	"context"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/media"
)

// UploadForApplyment uploads a picture of an application, and returns its media_id.
func UploadForApplyment(ctx context.Context, client *wechatpay.Client, file string) (mediaID string, err error) {
	reply, err := client.Chain("v3/merchant/media/upload").Post(ctx, &wechatpay.Options{Body: media.File(file)})
	if err != nil {
		return "", err
	}
	return reply.Get("media_id").String(), nil
}

// ApplyForSubMerchant sends the application of a sub-merchant. Its business_code is yours: with the same one a
// rejected application is sent again.
func ApplyForSubMerchant(ctx context.Context, client *wechatpay.Client, application wechatpay.M) (applymentID int64, err error) {
	reply, err := client.Chain("v3/applyment4sub/applyment/").Post(ctx, &wechatpay.Options{
		JSON:    application,
		Encrypt: wechatpay.Auto(), // what the documentation marks: names, numbers of documents, accounts
	})
	if err != nil {
		return 0, err
	}
	return reply.Get("applyment_id").Int(), nil
}

// Applyment is where an application is.
type Applyment struct {
	State    string // APPLYMENT_STATE_…
	SubMchID string // once it is finished
	SignURL  string // for the sub-merchant, who confirms and signs there
	Rejected []string
}

// ApplymentState asks for an application.
func ApplymentState(ctx context.Context, client *wechatpay.Client, businessCode string) (Applyment, error) {
	reply, err := client.Chain("v3/applyment4sub/applyment/business_code/{business_code}").Get(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"business_code": businessCode},
	})
	if err != nil {
		return Applyment{}, err
	}
	a := Applyment{
		State:    reply.Get("applyment_state").String(),
		SubMchID: reply.Get("sub_mchid").String(),
		SignURL:  reply.Get("sign_url").String(),
	}
	for _, detail := range reply.Get("audit_detail").Array() {
		a.Rejected = append(a.Rejected, detail.Get("field_name").String()+": "+detail.Get("reject_reason").String())
	}
	return a, nil
}

// BankOfCard asks for the bank of a card: what account_bank of an application takes. The number is encrypted in
// the query.
func BankOfCard(ctx context.Context, client *wechatpay.Client, card string) (bank string, needsBranch bool, err error) {
	reply, err := client.Chain("v3/capital/capitallhh/banks/search-banks-by-bank-account").Get(ctx, &wechatpay.Options{
		Query:   wechatpay.M{"account_number": card},
		Encrypt: []string{"account_number"},
	})
	if err != nil {
		return "", false, err
	}
	return reply.Get("data.0.account_bank").String(), reply.Get("data.0.need_bank_branch").Bool(), nil
}

// ChangeSettlement asks for another bank account of a sub-merchant, and returns the number of the request.
func ChangeSettlement(ctx context.Context, client *wechatpay.Client, subMchID, bank, city, card string) (applicationNo string, err error) {
	reply, err := client.Chain("v3/apply4sub/sub_merchants/{sub_mchid}/modify-settlement").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"sub_mchid": subMchID},
		JSON: wechatpay.M{
			"account_type": "ACCOUNT_TYPE_BUSINESS", "account_bank": bank, "bank_address_code": city, "account_number": card,
		},
		Encrypt: wechatpay.Auto(),
	})
	if err != nil {
		return "", err
	}
	return reply.Get("application_no").String(), nil
}
