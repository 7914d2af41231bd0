package v2pay

import (
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// micropay is pay/micropay: a payment by the code that a payer shows.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011937125
func (b *Book) micropay(c *Call) (play.Object, error) {
	body, err := orderBody(c)
	if err != nil {
		return nil, err
	}
	payer := body.Object("payer").With(play.Object{"auth_code": c.Body["auth_code"]})
	reply, err := b.ask(c, "POST "+orders(c)+"/codepay", nil, nil, body.With(play.Object{"payer": payer}))
	switch {
	case err != nil:
		return nil, err
	case reply.Text("trade_state") == "USERPAYING":
		return nil, refuse("USERPAYING", "需要用户输入支付密码")
	case reply.Text("trade_state") != "SUCCESS":
		return nil, refuse("TRADE_ERROR", reply.Text("trade_state_desc"))
	}
	return view(reply), nil
}

// reverse is secapi/pay/reverse, also by the transaction_id. What is reversed is so at once: it
// need not be called again.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011937361
func (b *Book) reverse(c *Call) (play.Object, error) {
	order, err := b.find(c)
	if err == nil {
		_, err = b.ask(c, "POST "+orders(c)+byNumber+"/reverse", map[string]string{"out_trade_no": order.Text("out_trade_no")}, nil, merchants(c))
	}
	return play.Object{"recall": "N"}, err
}
