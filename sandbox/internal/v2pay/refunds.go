package v2pay

import (
	"strconv"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/trade"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/wire"
)

// refund is secapi/pay/refund. It is accepted then; whether it succeeds, a query or the
// notification tells.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011937624
func (b *Book) refund(c *Call) (play.Object, error) {
	in := c.Body
	body := in.Only("transaction_id", "out_trade_no", "out_refund_no", "notify_url").With(play.Object{
		"amount": play.Object{"refund": in["refund_fee"], "total": in["total_fee"], "currency": "CNY"},
	})
	for name, from := range map[string]string{"reason": "refund_desc", "sub_mchid": "sub_mch_id"} {
		if in.Has(from) {
			body[name] = in[from]
		}
	}
	if kind := in.Text("refund_fee_type"); kind != "" && kind != "CNY" {
		return nil, wire.ParamError("refund_fee_type", "境内商户号仅支持 CNY")
	}
	reply, err := b.telling(c, aRefund, in.Text("out_refund_no"), func() (play.Object, error) {
		return b.ask(c, "POST /v3/refund/domestic/refunds", nil, nil, body)
	})
	if err != nil {
		return nil, err
	}
	return reply.Only("transaction_id", "out_trade_no", "out_refund_no", "refund_id").With(play.Object{
		"refund_fee": reply.Int("amount.refund"), "total_fee": reply.Int("amount.total"), "settlement_refund_fee": reply.Int("amount.refund"),
		"cash_fee": reply.Int("amount.total"), "cash_refund_fee": reply.Int("amount.refund"), "fee_type": "CNY", "refund_channel": "ORIGINAL",
		"coupon_refund_fee": 0, "coupon_refund_count": 0,
	}), nil
}

// refundsPerPage is how many refunds a reply has at most.
const refundsPerPage = 10

// queryRefunds is pay/refundquery: the refunds of an order, or one of them.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011939577
func (b *Book) queryRefunds(c *Call) (play.Object, error) {
	by := trade.RefundKey{
		RefundID: c.Body.Text("refund_id"), OutRefundNo: c.Body.Text("out_refund_no"),
		TransactionID: c.Body.Text("transaction_id"), OutTradeNo: c.Body.Text("out_trade_no"),
	}
	list, err := b.trade.Refunds(c.Now, c.Emit, c.Caller, by)
	if err != nil {
		return nil, inWords(err)
	}
	total, offset := len(list), c.Body.Int("offset")
	if offset < 0 || offset >= int64(total) {
		return nil, wire.ParamError("offset", "应小于退款总笔数 "+strconv.Itoa(total))
	}
	list = list[offset:min(offset+refundsPerPage, int64(total))]
	o := list[0].Only("transaction_id", "out_trade_no").With(play.Object{
		"total_fee": list[0].Int("amount.total"), "cash_fee": list[0].Int("amount.total"), "fee_type": "CNY",
		"total_refund_count": total, "refund_count": len(list),
	})
	for i, refund := range list {
		for name, value := range refundView(refund) {
			o[name+"_"+strconv.Itoa(i)] = value
		}
	}
	return o, nil
}

// states are those of a refund, by those of v3.
var states = map[string]string{"SUCCESS": "SUCCESS", "PROCESSING": "PROCESSING", "CLOSED": "REFUNDCLOSE", "ABNORMAL": "CHANGE"}

// refundView is a refund of v3 in the words of APIv2; a query numbers them.
func refundView(refund play.Object) play.Object {
	o := refund.Only("out_refund_no", "refund_id").With(play.Object{
		"refund_channel": "ORIGINAL", "refund_fee": refund.Int("amount.refund"), "settlement_refund_fee": refund.Int("amount.refund"),
		"coupon_refund_fee": 0, "refund_status": states[refund.Text("status")], "refund_account": "REFUND_SOURCE_RECHARGE_FUNDS",
		"refund_recv_accout": refund["user_received_account"],
	})
	if at := refund.Text("success_time"); at != "" {
		o["refund_success_time"] = inDigits(at, spacedTime)
	}
	return o
}
