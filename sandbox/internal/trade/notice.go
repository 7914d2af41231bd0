package trade

import (
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A payment is the resource of TRANSACTION.SUCCESS, in the order of WeChat Pay.
type payment struct {
	MchID          string      `json:"mchid,omitempty"`
	AppID          string      `json:"appid,omitempty"`
	SpMchID        string      `json:"sp_mchid,omitempty"`
	SubMchID       string      `json:"sub_mchid,omitempty"`
	SpAppID        string      `json:"sp_appid,omitempty"`
	SubAppID       string      `json:"sub_appid,omitempty"`
	OutTradeNo     string      `json:"out_trade_no"`
	TransactionID  string      `json:"transaction_id"`
	TradeType      string      `json:"trade_type"`
	TradeState     string      `json:"trade_state"`
	TradeStateDesc string      `json:"trade_state_desc"`
	BankType       string      `json:"bank_type"`
	Attach         string      `json:"attach"` // "" without one
	SuccessTime    string      `json:"success_time"`
	Payer          payer       `json:"payer"`
	Amount         amount      `json:"amount"`
	SceneInfo      play.Object `json:"scene_info,omitempty"`
}

type payer struct {
	OpenID    string `json:"openid,omitempty"`
	SpOpenID  string `json:"sp_openid,omitempty"`
	SubOpenID string `json:"sub_openid,omitempty"`
}

type amount struct {
	Total         int64  `json:"total"`
	PayerTotal    int64  `json:"payer_total"`
	Currency      string `json:"currency"`
	PayerCurrency string `json:"payer_currency"`
}

// A combinedPayment is the resource of TRANSACTION.SUCCESS for a combined order: one for all.
type combinedPayment struct {
	CombineAppID      string      `json:"combine_appid"`
	CombineOutTradeNo string      `json:"combine_out_trade_no"`
	CombineMchID      string      `json:"combine_mchid"`
	SceneInfo         play.Object `json:"scene_info,omitempty"`
	SubOrders         []paidPart  `json:"sub_orders"`
	CombinePayerInfo  payer       `json:"combine_payer_info"`
}

type paidPart struct {
	MchID         string     `json:"mchid"`
	SubMchID      string     `json:"sub_mchid,omitempty"`
	SubAppID      string     `json:"sub_appid,omitempty"`
	SubOpenID     string     `json:"sub_openid,omitempty"`
	TradeType     string     `json:"trade_type"`
	TradeState    string     `json:"trade_state"`
	BankType      string     `json:"bank_type"`
	Attach        string     `json:"attach"`
	Amount        partAmount `json:"amount"`
	SuccessTime   string     `json:"success_time"` // with milliseconds
	TransactionID string     `json:"transaction_id"`
	OutTradeNo    string     `json:"out_trade_no"`
}

type partAmount struct {
	TotalAmount   int64  `json:"total_amount"`
	Currency      string `json:"currency"`
	PayerAmount   int64  `json:"payer_amount"`
	PayerCurrency string `json:"payer_currency"`
}

// paidEvent is the webhook of a payment. It goes nowhere where the request has no URL for it.
func (t *turn) paidEvent(o *order) play.Event {
	body := o.Body.object()
	e := play.Event{URL: body.Text("notify_url"), Type: "TRANSACTION.SUCCESS", OriginalType: "transaction", Summary: "支付成功"}
	if e.Resource = o.payment(body); len(o.Parts) > 0 {
		e.Resource = t.combinedPayment(o, body)
	}
	return e
}

func (o *order) payment(b play.Object) payment {
	who := o.payer(b)
	p := payment{
		MchID: b.Text("mchid"), AppID: b.Text("appid"), SpMchID: b.Text("sp_mchid"), SubMchID: b.Text("sub_mchid"),
		SpAppID: b.Text("sp_appid"), SubAppID: b.Text("sub_appid"), OutTradeNo: o.Number, TransactionID: o.ID, TradeType: o.Type,
		TradeState: paid, TradeStateDesc: descriptions[paid], BankType: bank, Attach: b.Text("attach"), SuccessTime: kit.Clock(o.PaidAt),
		Payer:  payer{who.Text("openid"), who.Text("sp_openid"), who.Text("sub_openid")},
		Amount: amount{Total: o.Total, PayerTotal: o.Total, Currency: "CNY", PayerCurrency: "CNY"},
	}
	if scene := b.Object("scene_info"); scene.Has("device_id") {
		p.SceneInfo = scene.Only("device_id")
	}
	return p
}

func (t *turn) combinedPayment(o *order, b play.Object) combinedPayment {
	p := combinedPayment{
		CombineAppID: b.Text("combine_appid"), CombineOutTradeNo: o.Number, CombineMchID: o.Owner,
		CombinePayerInfo: payer{OpenID: combinePayer(b)},
	}
	if scene := b.Object("scene_info"); scene.Has("device_id") {
		p.SceneInfo = scene.Only("device_id")
	}
	for _, k := range o.Parts {
		sub := t.Orders[k]
		part := sub.Body.object()
		p.SubOrders = append(p.SubOrders, paidPart{
			MchID: sub.Owner, SubMchID: part.Text("sub_mchid"), SubAppID: part.Text("sub_appid"),
			SubOpenID: b.Text("combine_payer_info.sub_openid"), TradeType: sub.Type, TradeState: paid, BankType: bank,
			Attach: part.Text("attach"), Amount: partAmount{sub.Total, "CNY", sub.Total, "CNY"},
			SuccessTime:   sub.PaidAt.In(kit.Shanghai).Format("2006-01-02T15:04:05.000-07:00"),
			TransactionID: sub.ID, OutTradeNo: sub.Number,
		})
	}
	return p
}
