package trade

import (
	"cmp"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func byOutTradeNo(t *turn) *order { return t.Orders[key(t.Caller, t.Vars["out_trade_no"])] }

// byTransaction finds an order once it is paid.
func byTransaction(t *turn) *order { return t.ofTransaction(t.Vars["transaction_id"]) }

// ofTransaction returns the caller's order of a transaction_id, or nil.
func (t *turn) ofTransaction(id string) *order {
	o := t.Orders[t.Transactions[id]]
	if o == nil || o.Owner != t.Caller {
		return nil
	}
	return o
}

// find returns an order that is none of a combined order, for which there are other
// endpoints, and checks whose it is.
func (t *turn) find(partner bool, location string, get func(string) string, by func(*turn) *order) (*order, error) {
	if err := t.checkMerchants(partner, location, get); err != nil {
		return nil, err
	}
	o := by(t)
	if o == nil || o.Combine != "" || (o.Sub != "") != partner {
		return nil, noOrder()
	}
	return o, checkSubOf(o, location, get("sub_mchid"))
}

func query(partner bool, by func(*turn) *order) part {
	return func(t *turn) (any, error) {
		o, err := t.find(partner, "query", t.Query.Get, by)
		if err != nil {
			return nil, err
		}
		return t.view(o), nil
	}
}

// asked are the fields of a request that a query shows.
var asked = []string{
	"appid", "mchid", "sp_appid", "sp_mchid", "sub_appid", "sub_mchid", "description", "attach", "out_trade_no",
	"time_expire", "notify_url", "goods_tag", "limit_pay", "support_fapiao",
}

// view is what a query shows of an order.
func (t *turn) view(o *order) play.Object {
	body, state, amount := o.Body.object(), t.stateOf(o), play.Object{"total": o.Total, "currency": "CNY"}
	v := body.Only(asked...).With(play.Object{
		"trade_state": state, "trade_state_desc": descriptions[state], "trade_type": o.Type, "amount": amount,
	})
	if o.Type != microPay && body.Has("detail") {
		v["detail"] = body["detail"]
	}
	if scene := sceneOf(body); len(scene) > 0 {
		v["scene_info"] = scene
	}
	if settle := body.Object("settle_info"); settle != nil && o.Sub != "" {
		v["settle_info"] = settle
	}
	if o.isPaid() {
		v["transaction_id"], v["bank_type"], v["success_time"], v["payer"] = o.ID, bank, kit.Clock(o.PaidAt), o.payer(body)
		amount["payer_total"], amount["payer_currency"] = o.Total, "CNY"
	}
	return v
}

// bank is the bank_type of all payments: the payers have no card.
const bank = "OTHERS"

// sceneOf is the scene_info as a query shows it. That of payment codes has other fields.
func sceneOf(body play.Object) play.Object {
	scene := body.Object("scene_info").Only("payer_client_ip", "device_id", "store_info")
	if store := scene.Object("store_info"); !store.Has("name") || !store.Has("area_code") || !store.Has("address") {
		delete(scene, "store_info")
	}
	return scene
}

// payer is who paid. Where the request does not name them, it is the same user for an AppID.
func (o *order) payer(body play.Object) play.Object {
	if o.Sub == "" {
		return play.Object{"openid": cmp.Or(body.Text("payer.openid"), openid(body.Text("appid")))}
	}
	payer := play.Object{"sp_openid": cmp.Or(body.Text("payer.sp_openid"), openid(cmp.Or(body.Text("sp_appid"), o.Owner)))}
	if appid := body.Text("sub_appid"); appid != "" {
		payer["sub_openid"] = cmp.Or(body.Text("payer.sub_openid"), openid(appid))
	}
	return payer
}

func closeOrder(partner bool) part {
	return func(t *turn) (any, error) {
		o, err := t.find(partner, "body", t.Body.Text, byOutTradeNo)
		switch {
		case err != nil:
			return nil, err
		case o.Type == microPay:
			return nil, numbered(400, "INVALID_REQUEST", onlyReverse, "付款码支付的订单只能撤销")
		case o.isPaid():
			return nil, orderPaid()
		}
		o.State = closed
		return nil, nil //nolint:nilnil // 204
	}
}
