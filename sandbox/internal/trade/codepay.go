package trade

import (
	"regexp"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// The last digits of a payment code that decide what its payer does. Any other code pays at
// once.
const (
	CodeUserPaying = "0001" // is asked for the password; then [Book.Pay] or [Book.FailToPay]
	CodeNotEnough  = "0002" // has not enough money
)

var codeForm = regexp.MustCompile(`^1[0-5][0-9]{16}$`)

// codePay is a payment by the code that a payer shows. It is over with the answer, and no
// webhook tells of it.
func codePay(partner bool) part {
	return func(t *turn) (any, error) {
		o, err := t.placed(t.Orders, t.Body.Text("out_trade_no"))
		if o == nil && err == nil {
			o, err = t.scan(partner)
		}
		if err != nil {
			return nil, err
		}
		return t.scanned(o), nil
	}
}

func (t *turn) scan(partner bool) (*order, error) {
	code := t.Body.Text("payer.auth_code")
	if !codeForm.MatchString(code) {
		return nil, kit.Wrong("/payer/auth_code", "付款码应为 18 位数字，以 10 到 15 开头")
	}
	o, err := t.place(product{Type: microPay}, partner)
	switch {
	case err != nil:
		return nil, err
	case strings.HasSuffix(code, CodeUserPaying):
		o.State = userPaying
	case strings.HasSuffix(code, CodeNotEnough):
		o.State = payError
		return nil, kit.Refuse(403, "NOT_ENOUGH", 0, "用户余额不足")
	default:
		t.take(o)
	}
	return o, nil
}

// scanned is the answer to a payment by a code.
func (t *turn) scanned(o *order) play.Object {
	v := t.view(o).Only("appid", "mchid", "sp_appid", "sp_mchid", "sub_appid", "sub_mchid", "out_trade_no", "transaction_id",
		"trade_type", "bank_type", "success_time", "trade_state", "trade_state_desc", "attach", "payer", "amount")
	if !o.isPaid() {
		delete(v, "amount") // it has what was paid
	}
	return v
}

// reverse gives back what was paid by a code, and ends the order.
func reverse(partner bool) part {
	return func(t *turn) (any, error) {
		o, err := t.find(partner, "body", t.Body.Text, byOutTradeNo)
		if err == nil {
			err = t.revoke(o)
		}
		if err != nil {
			return nil, err
		}
		return o.Body.object().Only("appid", "mchid", "sp_appid", "sp_mchid", "sub_appid", "sub_mchid", "out_trade_no"), nil
	}
}

// reversible is how long after it was made an order can be reversed.
const reversible = 7 * 24 * time.Hour

func (t *turn) revoke(o *order) error {
	switch {
	case o.Type != microPay:
		return kit.Invalid(0, "只有付款码支付的订单可以撤销")
	case o.State == revoked:
		return nil
	case o.State == refunded:
		return kit.Invalid(0, "订单发生过退款，不能撤销")
	case t.Now.After(o.Made.Add(reversible)):
		return numbered(400, "INVALID_REQUEST", notValid, "订单超过 7 天，不能撤销")
	case o.isPaid():
		if err := t.giveBack(o); err != nil {
			return err
		}
	}
	o.State = revoked
	return nil
}
