package sandbox

import (
	"fmt"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// Pay plays the payer of an order, or of a combined order by its combine_out_trade_no. It
// returns the transaction_id, and sends the webhook to the order's notify_url: see [Webhooks].
// For a paid order it returns the transaction_id, and does nothing.
func (g *Gateway) Pay(outTradeNo string) (transactionID string, err error) {
	if err := g.checkMade(); err != nil {
		return "", err
	}
	err = g.act(&g.merchant, func(emit func(play.Event)) error {
		transactionID, err = g.parts.trade.Pay(g.now(), emit, g.merchant.id, outTradeNo)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("sandbox: order %q cannot be paid: %w", outTradeNo, err)
	}
	return transactionID, nil
}

// FailToPay plays a payer who fails: for want of money (BALANCE), by a wrong password
// (PASSWORD), because payer or bank refuse (REFUSED), or who is asked for the password
// (USERPAYING). Only an order by a payment code ends by it.
func (g *Gateway) FailToPay(outTradeNo, reason string) error {
	if err := g.checkMade(); err != nil {
		return err
	}
	if err := g.parts.trade.FailToPay(g.now(), g.merchant.id, outTradeNo, reason); err != nil {
		return fmt.Errorf("sandbox: order %q: %w", outTradeNo, err)
	}
	return nil
}

// SettleRefund ends a refund that is PROCESSING: as SUCCESS, CLOSED or ABNORMAL. It sends the
// webhook. Refunds succeed by themselves where [Config].RefundDelay is not negative.
func (g *Gateway) SettleRefund(outRefundNo, status string) error {
	if err := g.checkMade(); err != nil {
		return err
	}
	err := g.act(&g.merchant, func(emit func(play.Event)) error {
		return g.parts.trade.SettleRefund(g.now(), emit, g.merchant.id, outRefundNo, status)
	})
	if err != nil {
		return fmt.Errorf("sandbox: refund %q: %w", outRefundNo, err)
	}
	return nil
}

// ReceiveRedPacket plays the user who takes a red packet of APIv2, by its mch_billno. One that
// nobody takes goes back to the merchant after a day.
func (g *Gateway) ReceiveRedPacket(mchBillNo string) error {
	if err := g.checkMade(); err != nil {
		return err
	}
	err := g.act(&g.merchant, func(func(play.Event)) error {
		return g.parts.payout.Receive(g.now(), g.merchant.id, mchBillNo)
	})
	if err != nil {
		return fmt.Errorf("sandbox: red packet %q: %w", mchBillNo, err)
	}
	return nil
}

// act runs what a user or WeChat Pay does, and sends the account its webhooks.
func (g *Gateway) act(a *account, action func(emit func(play.Event)) error) error {
	g.playing.RLock() // Save waits for it
	defer g.playing.RUnlock()
	var events []play.Event
	if err := action(func(event play.Event) { events = append(events, event) }); err != nil {
		return err
	}
	for _, event := range events {
		g.webhooks.send(g, event, a == &g.brand)
	}
	return nil
}
