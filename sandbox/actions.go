package sandbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/complaint"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// An action is one operation of the control API. Its parameters are in the notation of package
// catalogue.
type action struct {
	method, path, params, doc string
	run                       func(g *Gateway, in play.Object) (any, error)
}

type fields = map[string]any

// actions are the operations of the control API.
var actions = []action{
	{http.MethodPost, "pay", "out_trade_no!", "pays an order", func(g *Gateway, in play.Object) (any, error) {
		id, err := g.Pay(in.Text("out_trade_no"))
		return fields{"transaction_id": id}, err
	}},
	{http.MethodPost, "pay/fail", "out_trade_no! reason!=BALANCE|PASSWORD|REFUSED|USERPAYING", "the payer fails", func(g *Gateway, in play.Object) (any, error) {
		return nil, g.FailToPay(in.Text("out_trade_no"), in.Text("reason"))
	}},
	{http.MethodPost, "refunds/settle", "out_refund_no! status!=SUCCESS|CLOSED|ABNORMAL", "ends a refund", func(g *Gateway, in play.Object) (any, error) {
		return nil, g.SettleRefund(in.Text("out_refund_no"), in.Text("status"))
	}},
	{http.MethodPost, "redpackets/receive", "mch_billno!", "the user takes a red packet of APIv2", func(g *Gateway, in play.Object) (any, error) {
		return nil, g.ReceiveRedPacket(in.Text("mch_billno"))
	}},
	{http.MethodPost, "transfers/confirm", "out_bill_no!", "the user confirms a transfer", telling(func(g *Gateway, emit emitter, in play.Object) (any, error) {
		return nil, g.parts.transfer.Confirm(g.now(), emit, g.merchant.id, in.Text("out_bill_no"))
	})},
	{http.MethodPost, "transfers/decline", "out_bill_no! reason!", "a transfer fails", telling(func(g *Gateway, emit emitter, in play.Object) (any, error) {
		return nil, g.parts.transfer.Decline(g.now(), emit, g.merchant.id, in.Text("out_bill_no"), in.Text("reason"))
	})},
	{http.MethodPost, "sharing/settle", "out_order_no! account result!=SUCCESS|CLOSED reason", "ends profit sharing that is pending: of one account, or of all; CLOSED needs a reason", telling(func(g *Gateway, emit emitter, in play.Object) (any, error) {
		reason, err := failure(in)
		if err != nil {
			return nil, err
		}
		return nil, g.parts.sharing.Settle(g.now(), emit, g.merchant.id, in.Text("out_order_no"), in.Text("account"), reason)
	})},
	{http.MethodPost, "sharing/returns/settle", "out_return_no! result!=SUCCESS|FAILED reason", "ends a return of profit sharing that is PROCESSING; FAILED needs a reason", telling(func(g *Gateway, emit emitter, in play.Object) (any, error) {
		reason, err := failure(in)
		if err != nil {
			return nil, err
		}
		return nil, g.parts.sharing.SettleReturn(g.now(), emit, g.merchant.id, in.Text("out_return_no"), reason)
	})},
	{http.MethodPost, "sharing/expire", "transaction_id!", "what is left of an order is unfrozen", telling(func(g *Gateway, emit emitter, in play.Object) (any, error) {
		return nil, g.parts.sharing.Expire(g.now(), emit, g.merchant.id, in.Text("transaction_id"))
	})},
	{http.MethodPost, "payscore/authorize", "authorization_code! openid! sub_mchid sub_openid", "the user authorizes a service, for orders without confirmation", telling(func(g *Gateway, emit emitter, in play.Object) (any, error) {
		return nil, g.parts.payscore.OpenService(g.now(), emit, g.merchant.id, in.Text("sub_mchid"), in.Text("authorization_code"), in.Text("openid"), in.Text("sub_openid"))
	})},
	{http.MethodPost, "payscore/confirm", "out_order_no! openid! sub_mchid sub_openid", "the user confirms a service order", telling(func(g *Gateway, emit emitter, in play.Object) (any, error) {
		id, err := g.parts.payscore.Confirm(g.now(), emit, g.merchant.id, in.Text("sub_mchid"), in.Text("out_order_no"), in.Text("openid"), in.Text("sub_openid"))
		return fields{"query_id": id}, err
	})},
	{http.MethodPost, "payscore/pay", "out_order_no! sub_mchid amount:integer", "the debit of a completed one succeeds, in whole or in part", telling(func(g *Gateway, emit emitter, in play.Object) (any, error) {
		id, err := g.parts.payscore.Pay(g.now(), emit, g.merchant.id, in.Text("sub_mchid"), in.Text("out_order_no"), in.Int("amount"))
		return fields{"transaction_id": id}, err
	})},
	{http.MethodPost, "contracts/sign", "plan_id!:integer out_contract_code! openid! sub_mchid sub_openid", "the user signs a contract", telling(func(g *Gateway, emit emitter, in play.Object) (any, error) {
		id, err := g.parts.contract.Sign(g.now(), emit, g.merchant.id, in.Text("sub_mchid"), in.Int("plan_id"), in.Text("out_contract_code"), in.Text("openid"), in.Text("sub_openid"))
		return fields{"contract_id": id}, err
	})},
	{http.MethodPost, "contracts/terminate", "contract_id!", "the user ends a contract", telling(func(g *Gateway, emit emitter, in play.Object) (any, error) {
		return nil, g.parts.contract.Terminate(g.now(), emit, g.merchant.id, in.Text("contract_id"))
	})},
	{http.MethodPost, "contracts/pay", "out_trade_no!", "a deduction succeeds", telling(func(g *Gateway, emit emitter, in play.Object) (any, error) {
		id, err := g.parts.contract.Pay(g.now(), emit, g.merchant.id, in.Text("out_trade_no"))
		return fields{"transaction_id": id}, err
	})},
	{http.MethodPost, "complaints", "transaction_id! openid! text! out_trade_no amount:integer phone problem type refund:integer immediate:boolean", "a payer complains", telling(complain)},
	{http.MethodPost, "coupons/receive", "token!", "the user of a pre-send takes the coupon", func(g *Gateway, in play.Object) (any, error) {
		stock, code, err := g.ReceiveCoupon(in.Text("token"))
		return fields{"stock_id": stock, "coupon_code": code}, err
	}},
	{http.MethodPost, "coupons/claim", "openid! stock_id!", "a user takes a coupon of a stock or bundle that the brand gives away", func(g *Gateway, in play.Object) (any, error) {
		codes, err := g.ClaimCoupon(in.Text("openid"), in.Text("stock_id"))
		return fields{"coupon_codes": codes}, err
	}},
	{http.MethodPost, "coupons/delete", "stock_id! coupon_code!", "a user deletes a coupon", func(g *Gateway, in play.Object) (any, error) {
		return nil, g.DeleteCoupon(in.Text("stock_id"), in.Text("coupon_code"))
	}},
	{http.MethodPost, "stocks/pause", "stock_id!", "WeChat Pay pauses a stock of coupons", func(g *Gateway, in play.Object) (any, error) {
		return nil, g.PauseStock(in.Text("stock_id"))
	}},
	{http.MethodPost, "stocks/resume", "stock_id!", "WeChat Pay sends a paused stock again", func(g *Gateway, in play.Object) (any, error) {
		return nil, g.ResumeStock(in.Text("stock_id"))
	}},
	{http.MethodPost, "webhooks", "url event_type! resource:object values:object original_type summary to_brand:boolean", "sends any event, once: with a resource, or with a sample of what is documented, in which values stand under their names; without a url to that of Config.Webhooks", sendWebhook},
	{http.MethodGet, "requests", "", "the last 1,000 requests, with their verdicts and replies", func(g *Gateway, _ play.Object) (any, error) {
		return fields{"requests": g.Exchanges()}, nil
	}},
	{http.MethodDelete, "requests", "", "forgets them", func(g *Gateway, _ play.Object) (any, error) {
		g.exchanges.reset()
		return nil, nil
	}},
	{http.MethodGet, "clock", "", "the time of what is played", func(g *Gateway, _ play.Object) (any, error) {
		return fields{"now": g.Now()}, nil
	}},
	{http.MethodPost, "clock", "advance!", `lets time pass, such as "24h30m"`, advanceClock},
	{http.MethodPost, "faults", "fault code status:integer method path times:integer delay", `gives the next calls a fault, or an error by code and status; delay is such as "2s"`, armFault},
	{http.MethodDelete, "faults", "", "takes all faults away", func(g *Gateway, _ play.Object) (any, error) {
		g.Disarm()
		return nil, nil
	}},
	{http.MethodGet, "errors", "", "the errors that a business number asks for", func(*Gateway, play.Object) (any, error) {
		return ProvokedErrors(), nil
	}},
	{http.MethodGet, "errors/v2", "", "those of APIv2", func(*Gateway, play.Object) (any, error) {
		return ProvokedErrorsV2(), nil
	}},
	{http.MethodPost, "keys/rotate", "", "issues a platform certificate, and signs with it", func(g *Gateway, _ play.Object) (any, error) {
		cert, err := g.IssueCertificate(fiveYears)
		if err != nil {
			return nil, err
		}
		serial := signer.Serial(cert)
		return fields{"serial": serial}, g.UseCertificate(serial)
	}},
	{http.MethodPost, "keys/public", "percent!:integer", "signs a part of the webhooks with the public key", func(g *Gateway, in play.Object) (any, error) {
		return nil, g.SwitchToPublicKey(int(in.Int("percent")))
	}},
}

type emitter = func(play.Event)

// telling is an action that tells the merchant by webhooks.
func telling(run func(*Gateway, emitter, play.Object) (any, error)) func(*Gateway, play.Object) (any, error) {
	return func(g *Gateway, in play.Object) (out any, err error) {
		err = g.act(&g.merchant, func(emit func(play.Event)) error {
			out, err = run(g, emit, in)
			return err
		})
		return out, err
	}
}

// failure returns the reason of a result, which each but SUCCESS has.
func failure(in play.Object) (reason string, err error) {
	reason = in.Text("reason")
	if (in.Text("result") == "SUCCESS") != (reason == "") {
		return "", errors.New("reason: SUCCESS has none, and any other result has one")
	}
	return reason, nil
}

func complain(g *Gateway, emit emitter, in play.Object) (any, error) {
	immediate, _ := in.Get("immediate").(bool)
	id, err := g.parts.complaint.Complain(g.now(), emit, g.merchant.id, complaint.Case{
		TransactionID: in.Text("transaction_id"), OpenID: in.Text("openid"), Text: in.Text("text"),
		OutTradeNo: in.Text("out_trade_no"), Amount: in.Int("amount"), Phone: in.Text("phone"),
		Problem: in.Text("problem"), Type: in.Text("type"), Refund: in.Int("refund"), Immediate: immediate,
	})
	return fields{"complaint_id": id}, err
}

func advanceClock(g *Gateway, in play.Object) (any, error) {
	by, err := time.ParseDuration(in.Text("advance"))
	if err != nil {
		return nil, fmt.Errorf("advance: %w", err)
	}
	if err := g.advance(by); err != nil {
		return nil, fmt.Errorf("advance: %w", err)
	}
	return fields{"now": g.Now()}, nil
}

func armFault(g *Gateway, in play.Object) (any, error) {
	rule := FaultRule{
		Method: in.Text("method"), Path: in.Text("path"), Times: int(in.Int("times")),
		Fault: in.Text("fault"), Code: in.Text("code"), Status: int(in.Int("status")),
	}
	if text := in.Text("delay"); text != "" {
		var err error
		if rule.Delay, err = time.ParseDuration(text); err != nil {
			return nil, fmt.Errorf("delay: %w", err)
		}
	}
	return nil, g.Arm(rule)
}

func sendWebhook(g *Gateway, in play.Object) (any, error) {
	address := cmp.Or(in.Text("url"), g.webhooks.config.URL)
	switch {
	case address == "":
		return nil, errors.New("url: missing, and Config.Webhooks has none")
	case !g.webhooks.allows(address):
		return nil, ErrForeignHost
	}
	n, err := g.asked(in)
	if err != nil {
		return nil, err
	}
	attempts, err := g.Deliver(context.Background(), Delivery{URL: address, RetrySchedule: []time.Duration{}}, n)
	if len(attempts) == 0 || attempts[0].Err != nil {
		return nil, err
	}
	return fields{"id": attempts[0].ID, "status": attempts[0].Status, "acknowledged": attempts[0].Acknowledged(), "answer": cut(string(attempts[0].Body))}, nil
}

// asked returns the notification that the parameters of an action describe.
func (g *Gateway) asked(in play.Object) (n Notification, err error) {
	if in.Has("resource") {
		if in.Has("values") {
			return n, errors.New("values: they are for a sample; put them into the resource")
		}
		resource, err := json.Marshal(in.Object("resource"))
		if err != nil {
			return n, err
		}
		n = Notification{EventType: in.Text("event_type"), Resource: json.RawMessage(resource)}
	} else if n, err = g.SampleNotification(in.Text("event_type"), in.Object("values")); err != nil {
		return n, err
	}
	n.OriginalType, n.Summary = cmp.Or(in.Text("original_type"), n.OriginalType), cmp.Or(in.Text("summary"), n.Summary)
	n.ToBrand, _ = in.Get("to_brand").(bool)
	return n, nil
}
