package v2pay

import (
	"net/url"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/wire"
)

// The paths of v3.
const (
	ownOrders     = "/v3/pay/transactions"
	partnerOrders = "/v3/pay/partner/transactions"
	byNumber      = "/out-trade-no/{out_trade_no}"
	byID          = "/id/{transaction_id}"
)

// orders is the path of the orders of a merchant, or of a partner for one of its merchants.
func orders(c *Call) string {
	if c.Body.Has("sub_mch_id") {
		return partnerOrders
	}
	return ownOrders
}

// products are the paths of v3, by trade_type.
var products = map[string]string{"JSAPI": "/jsapi", "NATIVE": "/native", "APP": "/app", "MWEB": "/h5"}

// order is pay/unifiedorder.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011935214
func (b *Book) order(c *Call) (play.Object, error) {
	kind := c.Body.Text("trade_type")
	body, err := orderBody(c)
	switch {
	case err != nil:
		return nil, err
	case products[kind] == "":
		return nil, wire.ParamError("trade_type", "取值应为 JSAPI、NATIVE、APP、MWEB 之一")
	case kind == "JSAPI" && !c.Body.Has("openid") && !c.Body.Has("sub_openid"):
		return nil, wire.ParamError("openid", "trade_type 为 JSAPI 时必填")
	}
	number := c.Body.Text("out_trade_no")
	reply, err := b.telling(c, anOrder, number, func() (play.Object, error) {
		return b.ask(c, "POST "+orders(c)+products[kind], nil, nil, body)
	})
	if err != nil {
		return nil, err
	}
	o := play.Object{"trade_type": kind, "prepay_id": b.trade.PrepayID(c.Caller, number)}
	if reply.Has("code_url") {
		o["code_url"] = reply["code_url"]
	}
	if reply.Has("h5_url") {
		o["mweb_url"] = reply["h5_url"]
	}
	return o, nil
}

// orderBody is an order in the words of v3.
func orderBody(c *Call) (play.Object, error) {
	in := c.Body
	currency := in.Text("fee_type")
	if currency == "" {
		currency = "CNY"
	}
	o := in.Only("out_trade_no", "notify_url", "attach", "goods_tag").With(merchants(c), play.Object{
		"description": in["body"], "amount": play.Object{"total": in["total_fee"], "currency": currency},
	})
	if in.Has("time_expire") {
		at, err := time.ParseInLocation(digitTime, in.Text("time_expire"), kit.Shanghai)
		if err != nil {
			return nil, wire.ParamError("time_expire", "格式应为 yyyyMMddHHmmss")
		}
		o["time_expire"] = kit.Clock(at)
	}
	scene := play.Object{"payer_client_ip": in["spbill_create_ip"]}
	if in.Has("device_info") {
		scene["device_id"] = in["device_info"]
	}
	o["scene_info"] = scene
	if in.Text("profit_sharing") == "Y" {
		o["settle_info"] = play.Object{"profit_sharing": true}
	}
	return o, nil
}

// merchants are the fields that say whose an order is, and who pays it.
func merchants(c *Call) play.Object {
	in, o, payer := c.Body, play.Object{}, play.Object{}
	put := func(to play.Object, name, from string) {
		if in.Has(from) {
			to[name] = in[from]
		}
	}
	o["mchid"] = c.Caller
	put(o, "appid", "appid")
	put(payer, "openid", "openid")
	if in.Has("sub_mch_id") {
		o, payer = play.Object{"sp_mchid": c.Caller}, play.Object{}
		put(o, "sp_appid", "appid")
		put(o, "sub_mchid", "sub_mch_id")
		put(o, "sub_appid", "sub_appid")
		put(payer, "sp_openid", "openid")
		put(payer, "sub_openid", "sub_openid")
	}
	if len(payer) > 0 {
		o["payer"] = payer
	}
	return o
}

// find returns an order as v3 shows it.
func (b *Book) find(c *Call) (play.Object, error) {
	query := url.Values{"mchid": {c.Caller}}
	if sub := c.Body.Text("sub_mch_id"); sub != "" {
		query = url.Values{"sp_mchid": {c.Caller}, "sub_mchid": {sub}}
	}
	vars := map[string]string{"transaction_id": c.Body.Text("transaction_id"), "out_trade_no": c.Body.Text("out_trade_no")}
	if vars["transaction_id"] != "" {
		return b.ask(c, "GET "+orders(c)+byID, vars, query, nil)
	}
	return b.ask(c, "GET "+orders(c)+byNumber, vars, query, nil)
}

// queryOrder is pay/orderquery.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011937320
func (b *Book) queryOrder(c *Call) (play.Object, error) {
	order, err := b.find(c)
	if err != nil {
		return nil, err
	}
	return view(order).With(play.Object{"trade_state": order["trade_state"], "trade_state_desc": order["trade_state_desc"]}), nil
}

const digitTime = "20060102150405"

// inDigits writes a time of v3 as APIv2 does.
func inDigits(clock, layout string) string {
	at, err := time.Parse(time.RFC3339, clock)
	if err != nil {
		return ""
	}
	return at.In(kit.Shanghai).Format(layout)
}

// view is an order of v3 in the words of APIv2.
func view(order play.Object) play.Object {
	o := play.Object{"out_trade_no": order["out_trade_no"], "trade_type": order["trade_type"], "total_fee": order.Int("amount.total"), "fee_type": "CNY"}
	if attach := order.Text("attach"); attach != "" {
		o["attach"] = attach
	}
	if device := order.Text("scene_info.device_id"); device != "" {
		o["device_info"] = device
	}
	if order.Text("transaction_id") == "" {
		return o
	}
	o["transaction_id"], o["bank_type"], o["is_subscribe"] = order["transaction_id"], order["bank_type"], "N"
	o["time_end"] = inDigits(order.Text("success_time"), digitTime)
	o["cash_fee"], o["cash_fee_type"] = order.Int("amount.total"), "CNY"
	for _, name := range []string{"openid", "sp_openid"} {
		if id := order.Text("payer." + name); id != "" {
			o["openid"] = id
		}
	}
	if id := order.Text("payer.sub_openid"); id != "" {
		o["sub_openid"], o["sub_is_subscribe"] = id, "N"
	}
	return o
}

// closeOrder is pay/closeorder.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011935216
func (b *Book) closeOrder(c *Call) (play.Object, error) {
	_, err := b.ask(c, "POST "+orders(c)+byNumber+"/close", map[string]string{"out_trade_no": c.Body.Text("out_trade_no")}, nil, merchants(c))
	return play.Object{"result_msg": "OK"}, err
}
