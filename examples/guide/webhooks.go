package guide

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Ledger is the shop's database. Each method locks its row, does nothing if it was done
// before, and returns an error if number or amount are not those that the shop has stored.
type Ledger interface {
	Paid(ctx context.Context, outTradeNo, transactionID string, total int64) error

	// RefundEnded is done once for each number and status: ABNORMAL is not final, SUCCESS may follow it.
	// After SUCCESS or CLOSED, another status changes nothing.
	RefundEnded(ctx context.Context, outRefundNo, status string, amount int64) error
}

// NewNotifyHandler returns the handler of a shop's notify_url. keys are the PlatformKeys of
// the shop's client.
func NewNotifyHandler(keys signer.KeySource, apiV3Key cipher.Secret, ledger Ledger) (*notify.Handler, error) {
	paid := func(ctx context.Context, _ *notify.Event, order notify.Transaction) error {
		if order.TradeState != "SUCCESS" {
			return fmt.Errorf("order %s: trade_state %q", order.OutTradeNo, order.TradeState)
		}
		return ledger.Paid(ctx, order.OutTradeNo, order.TransactionID, order.Amount.Total)
	}
	refunded := notify.Typed(func(ctx context.Context, _ *notify.Event, refund notify.Refund) error {
		return ledger.RefundEnded(ctx, refund.OutRefundNo, refund.RefundStatus, refund.Amount.Refund)
	})
	return notify.NewHandler(notify.HandlerConfig{
		Config: notify.Config{Keys: keys, APIv3Key: apiV3Key},
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.TransactionSuccess, OriginalType: "transaction"}: notify.Typed(paid),
			{EventType: notify.RefundSuccess}:                                   refunded,
			{EventType: notify.RefundAbnormal}:                                  refunded,
			{EventType: notify.RefundClosed}:                                    refunded,
		},
		OnError: func(ctx context.Context, _ *notify.Event, err error) {
			if !errors.Is(err, signer.ErrProbe) { // WeChat Pay tests that wrong signatures are refused
				slog.ErrorContext(ctx, "webhook", "error", err)
			}
		},
	})
}

// NewServer returns a server with the notify_url. Without time-outs, strangers could hold
// every connection.
func NewServer(addr string, handler http.Handler) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("POST /wechatpay/notify", handler)
	return &http.Server{
		Addr: addr, Handler: mux,
		ReadHeaderTimeout: 2 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute,
	}
}
