package trade

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// combined orders a payment of several orders, which are paid all or none.
func (p product) combined(t *turn) (any, error) {
	o, err := t.placed(t.Combined, t.Body.Text("combine_out_trade_no"))
	if o == nil && err == nil {
		o, err = t.placeCombined(p)
	}
	if err != nil {
		return nil, err
	}
	return p.answer(t, o), nil
}

func (t *turn) placeCombined(p product) (*order, error) {
	expire, err := t.expiry()
	if err := kit.First(
		t.checkOwn("combine_mchid", "body", t.Body.Text), checkNumber("/combine_out_trade_no", t.Body.Text("combine_out_trade_no")),
		checkURL(t.Body), err, p.checkCombinePayer(t.Body), t.checkSubOrders(),
	); err != nil {
		return nil, err
	}
	entry, k := entryOf('c', t.Caller, t.Body.Text("combine_out_trade_no"))
	o := &order{
		Owner: t.Caller, Number: numberOf(k), Type: p.Type, Mark: t.mark, Body: t.body,
		State: unpaid, Made: t.Now, Expire: expire, Life: p.life, ID: t.newTransactionID(),
	}
	for _, body := range t.Body.List("sub_orders") {
		part := key(body.Text("mchid"), body.Text("out_trade_no"))
		sub := &order{
			Owner: ownerOf(part), Sub: subOf(body), Number: numberOf(part), Combine: k, Type: p.Type,
			Body: pack(body), State: unpaid, Made: t.Now, Expire: expire, Total: body.Int("amount.total_amount"), Sharing: shares(body),
		}
		t.Orders[part] = sub
		o.Total += sub.Total
		o.Parts = append(o.Parts, part)
	}
	t.Combined[k] = o
	t.keep(entry)
	return o, nil
}

// subOf is the sub_mchid of a sub-order. The documentation of some products requires it of
// merchants without a service provider too; then it is their own mchid.
func subOf(sub play.Object) string {
	if id := sub.Text("sub_mchid"); id != sub.Text("mchid") {
		return id
	}
	return ""
}

// shares reads profit_sharing, which stood in the sub-order itself before there was settle_info.
func shares(sub play.Object) bool {
	return sub.Get("settle_info.profit_sharing") == true || sub.Get("profit_sharing") == true
}

func (p product) checkCombinePayer(body play.Object) error {
	payer := body.Object("combine_payer_info")
	switch {
	case p.Type == "JSAPI" && payer.Text("openid") == "" && payer.Text("sub_openid") == "":
		return kit.WrongNumber("/combine_payer_info/openid", noOpenID, "必须传入 openid")
	case p.Type == "MWEB":
		return p.checkPayer(body, false)
	}
	return nil
}

func (t *turn) checkSubOrders() error {
	list, least, most, seen := t.Body.List("sub_orders"), 2, 10, map[string]bool{}
	if slices.ContainsFunc(list, func(sub play.Object) bool { return subOf(sub) != "" }) {
		least, most = 1, 50
	}
	if len(list) < least || len(list) > most {
		return kit.WrongNumber("/sub_orders", outOfRange, fmt.Sprintf("子单数应为 %d 到 %d", least, most))
	}
	for i, sub := range list {
		at, k := fmt.Sprintf("/sub_orders/%d", i), key(sub.Text("mchid"), sub.Text("out_trade_no"))
		if err := kit.First(
			checkNumber(at+"/out_trade_no", sub.Text("out_trade_no")), checkAmount(at+"/amount", sub.Object("amount"), "total_amount"),
			kit.Longest(sub, at, "description", maxDescribed), kit.Longest(sub, at, "attach", maxAttached),
			checkDigits(at, sub),
		); err != nil {
			return err
		}
		if seen[k] || t.Orders[k] != nil {
			return numbered(400, "INVALID_REQUEST", otherBody, "子单商户订单号重复")
		}
		seen[k] = true
	}
	return nil
}

func checkDigits(at string, sub play.Object) error {
	switch {
	case !digits.MatchString(sub.Text("mchid")):
		return kit.Wrong(at+"/mchid", "商户号应为数字")
	case subOf(sub) != "" && !digits.MatchString(subOf(sub)):
		return kit.Wrong(at+"/sub_mchid", "商户号应为数字")
	}
	return nil
}

func (t *turn) combinedOfPath() (*order, error) {
	o := t.Combined[key(t.Caller, t.Vars["combine_out_trade_no"])]
	if o == nil {
		return nil, noOrder()
	}
	return o, nil
}

// closeCombined asks for the very sub-orders of the order: it cannot be closed in part.
func closeCombined(t *turn) (any, error) {
	o, err := t.combinedOfPath()
	if err != nil {
		return nil, err
	}
	asked := o.Body.object()
	switch {
	case o.isPaid():
		return nil, orderPaid()
	case t.Body.Text("combine_appid") != asked.Text("combine_appid"):
		return nil, kit.Wrong("/combine_appid", "与下单时不一致")
	case !slices.Equal(subsNamed(t.Body), subsNamed(asked)):
		return nil, kit.Invalid(0, "子单列表与下单时不一致")
	}
	o.State = closed
	for _, k := range o.Parts {
		t.Orders[k].State = closed
	}
	return nil, nil //nolint:nilnil // 204
}

// subsNamed are the sub-orders of a body, in any order.
func subsNamed(body play.Object) []string {
	subs := body.List("sub_orders")
	list := make([]string, 0, len(subs))
	for _, sub := range subs {
		list = append(list, sub.Text("mchid")+"/"+subOf(sub)+"/"+sub.Text("out_trade_no"))
	}
	slices.Sort(list)
	return list
}

func queryCombined(t *turn) (any, error) {
	o, err := t.combinedOfPath()
	if err != nil {
		return nil, err
	}
	return t.viewCombined(o), nil
}

func (t *turn) viewCombined(o *order) play.Object {
	body := o.Body.object()
	list := make([]play.Object, len(o.Parts))
	for i, k := range o.Parts {
		list[i] = t.viewPart(t.Orders[k], body.Text("combine_payer_info.sub_openid"))
	}
	v := body.Only("combine_appid", "combine_mchid", "combine_out_trade_no").With(play.Object{
		"combine_transaction_id": o.ID, "sub_orders": list,
	})
	if o.isPaid() {
		v["combine_payer_info"] = play.Object{"openid": combinePayer(body)}
	}
	if scene := body.Object("scene_info"); scene.Has("device_id") {
		v["scene_info"] = scene.Only("device_id")
	}
	return v
}

func combinePayer(body play.Object) string {
	return cmp.Or(body.Text("combine_payer_info.openid"), openid(body.Text("combine_appid")))
}

// viewPart is a sub-order in a query. Nothing is paid for it before it is paid.
func (t *turn) viewPart(sub *order, subOpenID string) play.Object {
	v := sub.Body.object().Only("mchid", "sub_mchid", "sub_appid", "attach", "out_trade_no")
	v["trade_state"], v["trade_type"] = t.stateOf(sub), sub.Type
	amount := play.Object{"total_amount": sub.Total, "currency": "CNY", "payer_amount": int64(0), "payer_currency": "CNY"}
	if v["amount"] = amount; sub.isPaid() {
		amount["payer_amount"] = sub.Total
		v["transaction_id"], v["bank_type"], v["success_time"] = sub.ID, bank, kit.Clock(sub.PaidAt)
		if subOpenID != "" {
			v["sub_openid"] = subOpenID
		}
	}
	return v
}
