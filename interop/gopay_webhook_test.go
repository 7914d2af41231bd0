package interop_test

import (
	"net/http"

	"github.com/go-pay/gopay/wechat/v3"
)

func (p goPay) parse(r *http.Request) (*wechat.V3NotifyReq, error) {
	request, err := wechat.V3ParseNotify(r)
	if err != nil {
		return nil, err
	}
	return request, request.VerifySignByPKMap(p.client.WxPublicKeyMap())
}

func (p goPay) paid(r *http.Request, apiV3Key string) (notice, error) {
	request, err := p.parse(r)
	if err != nil {
		return notice{}, err
	}
	order, err := request.DecryptPayCipherText(apiV3Key)
	if err != nil {
		return notice{}, err
	}
	return notice{request.EventType, order.OutTradeNo, order.TradeState, order.Amount.Total}, nil
}

func (p goPay) refunded(r *http.Request, apiV3Key string) (notice, error) {
	request, err := p.parse(r)
	if err != nil {
		return notice{}, err
	}
	refund, err := request.DecryptRefundCipherText(apiV3Key)
	if err != nil {
		return notice{}, err
	}
	return notice{request.EventType, refund.OutRefundNo, refund.RefundStatus, refund.Amount.Refund}, nil
}

func (p goPay) transferred(r *http.Request, apiV3Key string) (notice, error) {
	request, err := p.parse(r)
	if err != nil {
		return notice{}, err
	}
	bill, err := request.DecryptTransferBillsNotifyCipherText(apiV3Key)
	if err != nil {
		return notice{}, err
	}
	return notice{request.EventType, bill.OutBillNo, bill.State, bill.TransferAmount}, nil
}
