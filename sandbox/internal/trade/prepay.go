package trade

import (
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A product is a way to order a payment.
type product struct {
	Type  string // trade_type
	life  time.Duration
	reply func(*order) play.Object
}

var (
	jsapi  = product{"JSAPI", tokenLife, prepayID}
	app    = product{"APP", tokenLife, prepayID}
	native = product{"NATIVE", tokenLife, codeURL}
	h5     = product{"MWEB", h5Life, h5URL}
)

func prepayID(o *order) play.Object { return play.Object{"prepay_id": o.Token} }

func codeURL(o *order) play.Object {
	return play.Object{"code_url": "weixin://wxpay/bizpayurl?pr=" + o.Token[len(o.Token)-9:]}
}

func h5URL(o *order) play.Object {
	return play.Object{
		"h5_url": "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=" + o.Token + "&package=" + o.Issued.Format("0405.000000"),
	}
}

// prepay orders a payment, and answers with what the payer pays it with: the same for the
// same request while that is valid, and a new one later.
func (p product) prepay(partner bool) part {
	return func(t *turn) (any, error) {
		o, err := t.placed(t.Orders, t.Body.Text("out_trade_no"))
		if o == nil && err == nil {
			o, err = t.place(p, partner)
		}
		if err != nil {
			return nil, err
		}
		return p.answer(t, o), nil
	}
}

func (p product) answer(t *turn, o *order) any {
	if o.Token == "" || t.lapsed(o) {
		t.issue(o)
	}
	return p.reply(o)
}

// placed returns the order of a number that this very request placed before, or nil.
func (t *turn) placed(orders map[string]*order, number string) (*order, error) {
	o := orders[key(t.Caller, number)]
	if o == nil {
		return nil, nil //nolint:nilnil // there is none, and that is no error
	}
	switch t.stateOf(o) {
	case paid, refunded:
		return nil, orderPaid()
	case closed, revoked, payError:
		return nil, orderClosed()
	}
	if o.Mark != t.mark {
		return nil, numbered(400, "INVALID_REQUEST", otherBody, "商户订单号已存在，且参数不一致")
	}
	return o, nil
}

// place checks and keeps a new order.
func (t *turn) place(p product, partner bool) (*order, error) {
	expire, err := t.expiry()
	if err := kit.First(
		t.checkMerchants(partner, "body", t.Body.Text), checkNumber("/out_trade_no", t.Body.Text("out_trade_no")),
		checkAmount("/amount", t.Body.Object("amount"), "total"), kit.Longest(t.Body, "", "description", maxDescribed),
		kit.Longest(t.Body, "", "attach", maxAttached), checkURL(t.Body), err, p.checkPayer(t.Body, partner),
	); err != nil {
		return nil, err
	}
	entry, k := entryOf('o', t.Caller, t.Body.Text("out_trade_no"))
	o := &order{
		Owner: t.Caller, Number: numberOf(k), Type: p.Type, Mark: t.mark, Body: t.body,
		State: unpaid, Made: t.Now, Expire: expire, Life: p.life,
		Total: t.Body.Int("amount.total"), Sharing: t.Body.Get("settle_info.profit_sharing") == true,
	}
	if partner {
		o.Sub = t.Body.Text("sub_mchid")
	}
	t.Orders[k] = o
	t.keep(entry)
	return o, nil
}

// checkPayer checks what a product asks for of its payer.
func (p product) checkPayer(body play.Object, partner bool) error {
	switch {
	case p.Type == "MWEB" && body.Text("scene_info.payer_client_ip") == "127.0.0.1":
		return kit.Wrong("/scene_info/payer_client_ip", "H5 交易参数有误：应为用户的真实 IP")
	case p.Type != "JSAPI" || !partner:
		return nil
	case body.Text("payer.sp_openid") == "" && body.Text("payer.sub_openid") == "":
		return kit.WrongNumber("/payer/sp_openid", noOpenID, "必须传入 sp_openid 或 sub_openid")
	case body.Text("payer.sub_openid") != "" && body.Text("sub_appid") == "":
		return kit.Wrong("/sub_appid", "传入 sub_openid 时必填")
	}
	return nil
}
