package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/complaint"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// actions are the operations of the control API.
var actions = []action{
	{http.MethodPost, "pay", "out_trade_no", "pays an order", func(g *Gateway, in play.Object) (any, error) {
		p, err := need(in, "out_trade_no")
		if err != nil {
			return nil, err
		}
		id, err := g.Pay(p[0])
		return map[string]any{"transaction_id": id}, err
	}},
	{http.MethodPost, "pay/fail", "out_trade_no, reason (BALANCE, PASSWORD, REFUSED, USERPAYING)", "the payer fails", func(g *Gateway, in play.Object) (any, error) {
		p, err := need(in, "out_trade_no", "reason")
		if err != nil {
			return nil, err
		}
		return nil, g.FailToPay(p[0], p[1])
	}},
	{http.MethodPost, "refunds/settle", "out_refund_no, status (SUCCESS, CLOSED, ABNORMAL)", "ends a refund", func(g *Gateway, in play.Object) (any, error) {
		p, err := need(in, "out_refund_no", "status")
		if err != nil {
			return nil, err
		}
		return nil, g.SettleRefund(p[0], p[1])
	}},
	{http.MethodPost, "transfers/confirm", "out_bill_no", "the user confirms a transfer", on(func(g *Gateway, emit emitter, p []string) (any, error) {
		return nil, g.parts.transfer.Confirm(g.now(), emit, g.merchant.id, p[0])
	}, "out_bill_no")},
	{http.MethodPost, "transfers/decline", "out_bill_no, reason", "it fails", on(func(g *Gateway, emit emitter, p []string) (any, error) {
		return nil, g.parts.transfer.Decline(g.now(), emit, g.merchant.id, p[0], p[1])
	}, "out_bill_no", "reason")},
	{http.MethodPost, "sharing/expire", "transaction_id", "what is left of an order is unfrozen", on(func(g *Gateway, emit emitter, p []string) (any, error) {
		return nil, g.parts.sharing.Expire(g.now(), emit, g.merchant.id, p[0])
	}, "transaction_id")},
	{http.MethodPost, "payscore/confirm", "out_order_no, openid; sub_mchid, sub_openid", "the user confirms a service order", func(g *Gateway, in play.Object) (any, error) {
		return on(func(g *Gateway, emit emitter, p []string) (any, error) {
			id, err := g.parts.payscore.Confirm(g.now(), emit, g.merchant.id, in.Text("sub_mchid"), p[0], p[1], in.Text("sub_openid"))
			return map[string]any{"query_id": id}, err
		}, "out_order_no", "openid")(g, in)
	}},
	{http.MethodPost, "payscore/pay", "out_order_no; sub_mchid, amount", "the debit of a completed one succeeds, in whole or in part", func(g *Gateway, in play.Object) (any, error) {
		return on(func(g *Gateway, emit emitter, p []string) (any, error) {
			id, err := g.parts.payscore.Pay(g.now(), emit, g.merchant.id, in.Text("sub_mchid"), p[0], in.Int("amount"))
			return map[string]any{"transaction_id": id}, err
		}, "out_order_no")(g, in)
	}},
	{http.MethodPost, "contracts/sign", "plan_id, out_contract_code, openid; sub_mchid, sub_openid", "the user signs a contract", func(g *Gateway, in play.Object) (any, error) {
		return on(func(g *Gateway, emit emitter, p []string) (any, error) {
			id, err := g.parts.contract.Sign(g.now(), emit, g.merchant.id, in.Text("sub_mchid"), in.Int("plan_id"), p[0], p[1], in.Text("sub_openid"))
			return map[string]any{"contract_id": id}, err
		}, "out_contract_code", "openid")(g, in)
	}},
	{http.MethodPost, "contracts/terminate", "contract_id", "the user ends it", on(func(g *Gateway, emit emitter, p []string) (any, error) {
		return nil, g.parts.contract.Terminate(g.now(), emit, g.merchant.id, p[0])
	}, "contract_id")},
	{http.MethodPost, "contracts/pay", "out_trade_no", "a deduction succeeds", on(func(g *Gateway, emit emitter, p []string) (any, error) {
		id, err := g.parts.contract.Pay(g.now(), emit, g.merchant.id, p[0])
		return map[string]any{"transaction_id": id}, err
	}, "out_trade_no")},
	{http.MethodPost, "complaints", "transaction_id, out_trade_no, amount, openid, text; phone, problem, type, refund", "a payer complains", complain},
	{http.MethodPost, "coupons/receive", "token", "the user of a pre-send takes the coupon", func(g *Gateway, in play.Object) (any, error) {
		p, err := need(in, "token")
		if err != nil {
			return nil, err
		}
		stock, code, err := g.ReceiveCoupon(p[0])
		return map[string]any{"stock_id": stock, "coupon_code": code}, err
	}},
	{http.MethodPost, "coupons/claim", "openid, stock_id (or that of a bundle)", "a user takes a coupon that the brand gives away", func(g *Gateway, in play.Object) (any, error) {
		p, err := need(in, "openid", "stock_id")
		if err != nil {
			return nil, err
		}
		codes, err := g.ClaimCoupon(p[0], p[1])
		return map[string]any{"coupon_codes": codes}, err
	}},
	{http.MethodPost, "coupons/delete", "stock_id, coupon_code", "a user deletes a coupon", func(g *Gateway, in play.Object) (any, error) {
		p, err := need(in, "stock_id", "coupon_code")
		if err != nil {
			return nil, err
		}
		return nil, g.DeleteCoupon(p[0], p[1])
	}},
	{http.MethodPost, "stocks/pause", "stock_id", "WeChat Pay pauses a stock of coupons", func(g *Gateway, in play.Object) (any, error) {
		p, err := need(in, "stock_id")
		if err != nil {
			return nil, err
		}
		return nil, g.PauseStock(p[0])
	}},
	{http.MethodPost, "stocks/resume", "stock_id", "and sends it again", func(g *Gateway, in play.Object) (any, error) {
		p, err := need(in, "stock_id")
		if err != nil {
			return nil, err
		}
		return nil, g.ResumeStock(p[0])
	}},
	{http.MethodPost, "webhooks", "url, event_type, resource; original_type, summary, to_brand", "sends any event, once", sendWebhook},
	{http.MethodGet, "requests", "", "the last 1,000 requests, with their verdicts and replies", func(g *Gateway, _ play.Object) (any, error) {
		return map[string]any{"requests": g.Exchanges()}, nil
	}},
	{http.MethodDelete, "requests", "", "forgets them", func(g *Gateway, _ play.Object) (any, error) {
		g.exchanges.reset()
		return nil, nil
	}},
	{http.MethodGet, "clock", "", "the time of what is played", func(g *Gateway, _ play.Object) (any, error) {
		return map[string]any{"now": g.Now()}, nil
	}},
	{http.MethodPost, "clock", `advance ("24h30m")`, "lets time pass", advanceClock},
	{http.MethodPost, "faults", `fault, or code and status; method, path, times, delay ("2s")`, "gives the next calls a fault", armFault},
	{http.MethodDelete, "faults", "", "takes all faults away", func(g *Gateway, _ play.Object) (any, error) {
		g.Disarm()
		return nil, nil
	}},
	{http.MethodPost, "keys/rotate", "", "issues a platform certificate, and signs with it", func(g *Gateway, _ play.Object) (any, error) {
		cert, err := g.IssueCertificate(fiveYears)
		if err != nil {
			return nil, err
		}
		serial := signer.Serial(cert)
		return map[string]any{"serial": serial}, g.UseCertificate(serial)
	}},
	{http.MethodPost, "keys/public", "percent", "signs a part of the webhooks with the public key", func(g *Gateway, in play.Object) (any, error) {
		if !in.Has("percent") {
			return nil, errors.New("percent is missing")
		}
		return nil, g.SwitchToPublicKey(int(in.Int("percent")))
	}},
}

type emitter = func(play.Event)

// on is an action that needs texts, and sends the merchant its webhooks.
func on(run func(g *Gateway, emit emitter, p []string) (any, error), names ...string) func(*Gateway, play.Object) (any, error) {
	return func(g *Gateway, in play.Object) (out any, err error) {
		p, err := need(in, names...)
		if err != nil {
			return nil, err
		}
		err = g.act(&g.merchant, func(emit func(play.Event)) error {
			out, err = run(g, emit, p)
			return err
		})
		return out, err
	}
}

func complain(g *Gateway, in play.Object) (any, error) {
	return on(func(g *Gateway, emit emitter, p []string) (any, error) {
		id, err := g.parts.complaint.Complain(g.now(), emit, g.merchant.id, complaint.Case{
			TransactionID: p[0], OpenID: p[1], Text: p[2], OutTradeNo: in.Text("out_trade_no"), Amount: in.Int("amount"),
			Phone: in.Text("phone"), Problem: in.Text("problem"), Type: in.Text("type"), Refund: in.Int("refund"),
		})
		return map[string]any{"complaint_id": id}, err
	}, "transaction_id", "openid", "text")(g, in)
}

func advanceClock(g *Gateway, in play.Object) (any, error) {
	by, err := time.ParseDuration(in.Text("advance"))
	if err != nil || by < 0 {
		return nil, errors.New(`advance is missing, or is not a duration such as "24h30m"`)
	}
	g.AdvanceClock(by)
	return map[string]any{"now": g.Now()}, nil
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
	p, err := need(in, "url", "event_type")
	if err != nil {
		return nil, err
	}
	if !g.webhooks.allows(p[0]) {
		return nil, ErrForeignHost
	}
	toBrand, _ := in.Get("to_brand").(bool)
	attempts, err := g.Deliver(context.Background(), Delivery{URL: p[0], RetrySchedule: []time.Duration{}}, Notification{
		EventType: p[1], OriginalType: in.Text("original_type"), Summary: in.Text("summary"),
		Resource: raw(in.Object("resource")), ToBrand: toBrand,
	})
	if err != nil && len(attempts) == 0 {
		return nil, err
	}
	answered := attempts[len(attempts)-1]
	return map[string]any{"id": answered.ID, "status": answered.Status, "acknowledged": answered.Acknowledged()}, nil
}
