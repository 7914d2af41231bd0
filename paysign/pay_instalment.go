package paysign

import (
	"context"
	"fmt"
	"strconv"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// An Instalment opens a payment with a number of instalments chosen in advance. Its
// methods are [PayJSAPI] and [PayApp] with that choice in the package, and fail as
// they do, and for a Number below 1.
type Instalment struct {
	Number int // of instalments: 3, 6 or 12, as the order's subsidy plans offer
}

// PayJSAPI is for JSAPI and mini programs. The choice is part of what is signed.
func (i Instalment) PayJSAPI(ctx context.Context, s signer.Signer, appID, prepayID string) (JSAPIPay, error) {
	return i.payJSAPI(ctx, s, appID, prepayID, newStamp())
}

func (i Instalment) payJSAPI(ctx context.Context, s signer.Signer, appID, prepayID string, at stamp) (JSAPIPay, error) {
	extra, err := i.extra()
	if err != nil {
		return JSAPIPay{}, err
	}
	return payJSAPI(ctx, s, appID, prepayID, extra, at)
}

// PayApp is for mobile apps. What is signed is the bare prepay_id, as without
// instalments: the choice is in the package alone.
func (i Instalment) PayApp(ctx context.Context, s signer.Signer, appID, partnerID, prepayID string) (AppPay, error) {
	return i.payApp(ctx, s, appID, partnerID, prepayID, newStamp())
}

func (i Instalment) payApp(ctx context.Context, s signer.Signer, appID, partnerID, prepayID string, at stamp) (AppPay, error) {
	extra, err := i.extra()
	if err != nil {
		return AppPay{}, err
	}
	return payApp(ctx, s, appID, partnerID, prepayID, extra, at)
}

// extra is what the choice adds to the package. The only kind of subsidy that is
// chosen by its number of instalments is PERIOD.
func (i Instalment) extra() (string, error) {
	if i.Number < 1 {
		return "", fmt.Errorf("signer: Instalment.Number is %d; it must be one that the order offers, such as 3, 6 or 12", i.Number)
	}
	return "&subsidy_period_type=PERIOD&selected_installment_number=" + strconv.Itoa(i.Number), nil
}
