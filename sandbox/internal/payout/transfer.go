package payout

import (
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/wire"
)

// transfer is mmpaymkttransfers/promotion/transfers.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011989673
func (b *Book) transfer(t *kit.Turn) (play.Object, error) {
	number := t.Body.Text("partner_trade_no")
	switch check := t.Body.Text("check_name"); {
	case !numberForm.MatchString(number):
		return nil, wire.ParamError("partner_trade_no", "应为 1 到 32 个数字或字母")
	case check != "NO_CHECK" && check != "FORCE_CHECK":
		return nil, wire.ParamError("check_name", "取值应为 NO_CHECK、FORCE_CHECK 之一")
	case check == "FORCE_CHECK" && !t.Body.Has("re_user_name"):
		return nil, wire.ParamError("re_user_name", "check_name 为 FORCE_CHECK 时必填")
	case t.Body.Int("amount") < 1:
		return nil, refuse("AMOUNT_LIMIT", "金额超限")
	}
	p, _, err := b.pay(t, &b.state.Transfers, number, "transfer", t.Body.Int("amount"))
	if err != nil {
		return nil, err
	}
	return play.Object{"partner_trade_no": number, "payment_no": p.ID, "payment_time": spaced(p.Made)}, nil
}

// queryTransfer is mmpaymkttransfers/gettransferinfo.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011989767
func (b *Book) queryTransfer(t *kit.Turn) (play.Object, error) {
	p := b.state.Transfers.Get(key(t.Caller, t.Body.Text("partner_trade_no")))
	if p == nil {
		return nil, refuse("NOT_FOUND", "指定单号数据不存在")
	}
	o := p.Body.Only("partner_trade_no", "openid", "desc").With(play.Object{
		"appid": p.Body["mch_appid"], "mch_id": p.Caller, "detail_id": p.ID, "status": "SUCCESS", "payment_amount": p.Amount,
		"transfer_time": spaced(p.Made), "payment_time": spaced(p.Made),
	})
	if p.Body.Has("re_user_name") {
		o["transfer_name"] = p.Body["re_user_name"]
	}
	return o, nil
}
