package interop_test

import (
	"net/http"

	"github.com/wechatpay-apiv3/wechatpay-go/core/notify"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments"
)

func (w wechatpayGo) parse(r *http.Request, apiV3Key string, content any) (event string, err error) {
	handler, err := notify.NewRSANotifyHandler(apiV3Key, w.verifier)
	if err != nil {
		return "", err
	}
	request, err := handler.ParseNotifyRequest(r.Context(), r, content)
	if err != nil {
		return "", err
	}
	return request.EventType, nil
}

func (w wechatpayGo) paid(r *http.Request, apiV3Key string) (notice, error) {
	var order payments.Transaction
	event, err := w.parse(r, apiV3Key, &order)
	if err != nil {
		return notice{}, err
	}
	return notice{event, *order.OutTradeNo, *order.TradeState, int(*order.Amount.Total)}, nil
}

// refunded has a struct of its own: the SDK has none for the resource of a refund.
func (w wechatpayGo) refunded(r *http.Request, apiV3Key string) (notice, error) {
	var refund struct {
		Number string `json:"out_refund_no"`
		Status string `json:"refund_status"`
		Amount struct {
			Refund int `json:"refund"`
		} `json:"amount"`
	}
	event, err := w.parse(r, apiV3Key, &refund)
	return notice{event, refund.Number, refund.Status, refund.Amount.Refund}, err
}

func (w wechatpayGo) transferred(r *http.Request, apiV3Key string) (notice, error) {
	var bill transferBill
	event, err := w.parse(r, apiV3Key, &bill)
	return notice{event, bill.OutBillNo, bill.State, bill.Amount}, err
}
