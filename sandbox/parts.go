package sandbox

import (
	"errors"
	"maps"
	"net/http"
	"time"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/complaint"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/contract"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/coupon"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/generic"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/payout"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/payscore"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sharing"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/trade"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/transfer"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/v2pay"
)

// ownURL stands in what the parts answer for the address of the gateway, which a request knows.
const ownURL = "https://sandbox.invalid"

// DefaultBalance is the default of [Config].Balance, in fen: a million yuan.
const DefaultBalance = 100_000_000

// parts are what the sandbox plays. All but generic know the rules of their product.
type parts struct {
	ledger    *ledger.Ledger
	trade     *trade.Book
	sharing   *sharing.Book
	transfer  *transfer.Book
	payscore  *payscore.Book
	contract  *contract.Book
	complaint *complaint.Book
	coupon    *coupon.Book
	generic   *generic.Book
	v2        *v2pay.Book
	payout    *payout.Book
}

func newParts(cfg Config) parts {
	p := parts{ledger: ledger.New(), complaint: complaint.New(), coupon: coupon.New(), generic: generic.New()}
	p.trade, p.transfer = trade.New(p.ledger), transfer.New(p.ledger)
	p.payscore, p.contract = payscore.New(p.ledger), contract.New(p.ledger)
	p.v2, p.payout = v2pay.New(p.trade, p.contract), payout.New(p.ledger)
	p.sharing = sharing.New(p.ledger, paidOrders{p.trade})
	p.trade.RefundDelay, p.trade.Shared, p.trade.OnRefund = cfg.RefundDelay, p.sharing.Taken, p.complaint.Refunded
	p.sharing.NotifyURL = func(string) string { return cfg.Webhooks.URL }
	p.sharing.Delay = cfg.SharingDelay
	p.transfer.Host, p.complaint.Base, p.generic.BaseURL = ownURL, ownURL, ownURL
	return p
}

// paidOrders shows the orders to profit sharing.
type paidOrders struct{ book *trade.Book }

func (o paidOrders) Paid(caller, transactionID string) (sharing.Paid, bool) {
	paid, ok := o.book.Paid(caller, transactionID)
	return sharing.Paid(paid), ok
}

// handlers returns those of all endpoints of v3 and of brands, by method and path; of those
// that no part knows the rules of, only uploads if the others echo.
func (p *parts) handlers(echo bool) map[string]play.Handler {
	all := map[string]play.Handler{}
	for _, part := range []interface {
		Handlers() map[string]play.Handler
	}{p.trade, p.sharing, p.transfer, p.payscore, p.contract, p.complaint, p.coupon} {
		maps.Copy(all, part.Handlers())
	}
	for _, query := range []string{"GET /v3/pay/transactions/out-trade-no/{out_trade_no}", "GET /v3/pay/transactions/id/{transaction_id}"} {
		all[query] = p.orDeduction(all[query])
	}
	for _, e := range catalogue.All() {
		if key := e.Method + " " + e.Path; e.Version == 3 && all[key] == nil && (!echo || e.Features.Multipart != nil) {
			all[key] = p.generic.Handler(e)
		}
	}
	return all
}

// orDeduction answers a query of an order that is none with the deduction of that number: it is
// an order too, which the contracts keep.
func (p *parts) orDeduction(query play.Handler) play.Handler {
	return func(c *play.Call) (any, error) {
		reply, err := query(c)
		var refusal *play.Refusal
		if !errors.As(err, &refusal) || refusal.Status != http.StatusNotFound {
			return reply, err
		}
		deduction, missing := p.contract.Deduction(c.Caller, c.Vars["out_trade_no"], c.Vars["transaction_id"])
		if missing != nil {
			return nil, err
		}
		return deduction, nil
	}
}

// handlersV2 returns those of APIv2 by path, as far as their rules are known.
func (p *parts) handlersV2() map[string]v2pay.Handler {
	all := p.v2.Handlers()
	for path, handler := range p.payout.Handlers() {
		all[path] = func(c *v2pay.Call) (play.Object, error) {
			reply, err := handler(c.Call)
			o, _ := reply.(play.Object)
			return o, err
		}
	}
	return all
}

// byName returns the parts that are saved.
func (p *parts) byName() map[string]part {
	return map[string]part{
		"ledger": p.ledger, "trade": p.trade, "sharing": p.sharing, "transfer": p.transfer, "payscore": p.payscore,
		"contract": p.contract, "complaint": p.complaint, "coupon": p.coupon, "generic": p.generic,
		"v2pay": p.v2, "payout": p.payout,
	}
}

// tick does what is due by now.
func (p *parts) tick(now time.Time, emit func(play.Event)) {
	p.trade.Tick(now, emit)
	p.sharing.Tick(now, emit)
	p.transfer.Tick(now, emit)
	p.payout.Tick(now)
}
