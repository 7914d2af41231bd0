// Package micropay charges a payer whose payment code was scanned (付款码支付, of APIv2), and
// leaves no charge in doubt: it waits while the payer enters a password, asks for the order
// after every reply that tells nothing, and reverses an order that is not paid in time.
//
//	payment, err := micropay.Pay(ctx, client, wechatpay.M{
//		"appid": appid, "body": "Tea", "out_trade_no": number, "total_fee": 100,
//		"spbill_create_ip": "127.0.0.1", "auth_code": code, // of the payer's screen
//	}, nil)
//	var failed *micropay.Error
//	switch {
//	case err == nil:
//		fmt.Println("paid", payment.TransactionID)
//	case errors.As(err, &failed) && failed.State == micropay.Unknown:
//		fmt.Println("nobody knows:", err) // it says what to do
//	default:
//		fmt.Println("not paid:", err)
//	}
//
// # Contracts
//
//   - Only a paid order returns without an error.
//   - The order keeps its number. Nothing is charged under another one.
//   - What a context ends is reversed before [Pay] returns.
//   - Pay is safe for concurrent use, for different orders. It starts no goroutine.
//   - The client needs Config.APIv2Key and Config.Certificate.
package micropay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay"
)

// A Config says how long to wait. A field that is zero or negative means its default.
type Config struct {
	// Interval is the time between two queries; default 5 s, as WeChat Pay asks for.
	Interval time.Duration
	// Wait is how long the payer may take; default 45 s. An order is not reversed before 15 s
	// have passed.
	Wait time.Duration
	// ReverseWait limits the reversal, also after the context has ended; default 60 s.
	ReverseWait time.Duration
	// CallTimeout limits each call; default 10 s.
	CallTimeout time.Duration
}

func (cfg *Config) withDefaults() Config {
	if cfg == nil {
		cfg = &Config{}
	}
	return Config{
		Interval:    cmp.Or(max(cfg.Interval, 0), 5*time.Second),
		Wait:        max(cmp.Or(max(cfg.Wait, 0), 45*time.Second), soonest),
		ReverseWait: cmp.Or(max(cfg.ReverseWait, 0), time.Minute),
		CallTimeout: cmp.Or(max(cfg.CallTimeout, 0), 10*time.Second),
	}
}

// soonest is when an order may be reversed: WeChat Pay asks not to do it earlier.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011941229
const soonest = 15 * time.Second

// A State says what became of an order that was not paid.
type State int

// The states of an [Error].
const (
	// Unknown: neither a query nor a reversal told the outcome, or the number was charged
	// before. The payer may have paid.
	Unknown State = iota
	// Refused: the payment failed for good, and nothing was charged.
	Refused
	// Reversed: the order was reversed or refunded; what was charged goes back.
	Reversed
)

// String returns "unknown", "refused" or "reversed".
func (s State) String() string {
	switch s {
	case Refused:
		return "refused"
	case Reversed:
		return "reversed"
	}
	return "unknown"
}

// An Error is an order that was sent and is not paid.
type Error struct {
	State      State
	OutTradeNo string
	Code       string // of WeChat Pay, such as NOTENOUGH; may be empty
	Err        error  // what the last call returned; may be nil
}

// Error returns the state, the cause, and what to do about an unknown one.
func (e *Error) Error() string {
	if e == nil {
		return "<nil>"
	}
	text := fmt.Sprintf("micropay: order %q is %s", e.OutTradeNo, e.State)
	if e.Code != "" {
		text += " (" + e.Code + ")"
	}
	if e.State == Unknown {
		text += "; query v2/pay/orderquery until it tells, then reverse it by v2/secapi/pay/reverse or deliver; charge under no other number before"
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns Err.
func (e *Error) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// OutcomeUnknown reports whether the State is Unknown, for [wechatpay.OutcomeUnknown]: of Err, it
// would tell about the last call alone.
func (e *Error) OutcomeUnknown() bool { return e != nil && e.State == Unknown }

// A Payment is a paid order.
type Payment struct {
	TransactionID string
	// Response is the reply that says so: of v2/pay/micropay or v2/pay/orderquery. It has
	// total_fee, cash_fee, openid and the rest.
	*wechatpay.Response
}

// Pay charges the payer of a code. The order has the fields of v2/pay/micropay: any value that
// [wechatpay.Options].XML accepts, with out_trade_no, auth_code, total_fee, body and
// spbill_create_ip at least. The client needs Config.APIv2Key and Config.Certificate, without
// which no order could be reversed.
//
// Only a paid order returns without an error. Errors:
//
//   - an [*Error] with the State of an order that was sent, unknown if a query is answered about
//     another order or amount;
//   - any other error: nothing was sent, or WeChat Pay does not know the order.
//
// It takes up to Wait and ReverseWait. When ctx ends, the order is reversed before Pay returns.
// It is safe for concurrent use, for different orders.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011936644
func Pay(ctx context.Context, c *wechatpay.Client, order any, cfg *Config) (*Payment, error) {
	if c == nil || !c.HasCertificate() {
		return nil, errors.New("micropay: the client has no Config.Certificate, without which an order cannot be reversed; see keys.LoadMerchant")
	}
	document := wechatpay.NewDocument(order)
	number := document.Get("out_trade_no").String()
	if number == "" {
		return nil, errors.New("micropay: the order has no out_trade_no")
	}
	p := &payment{
		client: c, cfg: cfg.withDefaults(), number: number, fee: document.Get("total_fee").String(), began: time.Now(),
		names: wechatpay.M{"out_trade_no": number},
	}
	for _, name := range []string{"appid", "mch_id", "sub_appid", "sub_mch_id", "sign_type"} {
		if id := document.Get(name); id.Exists() {
			p.names[name] = id.String()
		}
	}
	return p.run(ctx, document)
}

// A payment is one order on its way.
type payment struct {
	client *wechatpay.Client
	cfg    Config
	number string
	fee    string      // in fen
	names  wechatpay.M // what names the order to its query and reversal
	began  time.Time
}

func (p *payment) run(ctx context.Context, order wechatpay.Document) (*Payment, error) {
	resp, err := p.client.Chain("v2/pay/micropay").Post(ctx, &wechatpay.Options{XML: order, Timeout: p.cfg.CallTimeout})
	other := false
	if err == nil {
		if err = p.checkOrder(resp); err == nil {
			return paid(resp), nil
		}
		other = true
	}
	switch {
	case other || wechatpay.OutcomeUnknown(err):
	case codeOf(err) == "":
		return nil, fmt.Errorf("micropay: nothing was charged: %w", err)
	case slices.Contains(usedBefore, codeOf(err)):
		return nil, p.failed(Unknown, err)
	default:
		return nil, p.failed(Refused, err)
	}
	for waited(ctx, p.cfg.Interval) && time.Since(p.began) < p.cfg.Wait {
		payment, settled, last := p.query(ctx)
		if settled {
			return payment, last
		}
		err = cmp.Or(last, err)
	}
	return p.reverse(ctx, err)
}

// usedBefore are the codes of a number that was charged before, perhaps for the same goods. It is
// not reversed, as it may be that of another sale.
var usedBefore = []string{"ORDERPAID", "OUT_TRADE_NO_USED"}

// query asks for the order. settled is false if it may still be paid, or nothing is known.
func (p *payment) query(ctx context.Context) (payment *Payment, settled bool, err error) {
	resp, err := p.client.Chain("v2/pay/orderquery").Post(ctx, &wechatpay.Options{
		XML: p.names, Timeout: p.cfg.CallTimeout,
	})
	if err != nil {
		return nil, false, err
	}
	if err := p.checkOrder(resp); err != nil {
		return nil, true, p.failed(Unknown, err)
	}
	switch state := resp.Get("trade_state").Str; state {
	case "SUCCESS":
		return paid(resp), true, nil
	case "REVOKED", "REFUND": // of a payment this young, a refund is a reversal
		return nil, true, &Error{State: Reversed, OutTradeNo: p.number, Code: state}
	case "CLOSED", "PAYERROR":
		return nil, true, &Error{State: Refused, OutTradeNo: p.number, Code: state}
	}
	return nil, false, nil
}

// checkOrder refuses a reply about another order, which would settle this one: a sign covers the
// reply, and not what was asked.
func (p *payment) checkOrder(resp *wechatpay.Response) error {
	number, fee := resp.Get("out_trade_no").Str, resp.Get("total_fee").Str
	if number == p.number && (fee == p.fee || fee == "" || p.fee == "") {
		return nil
	}
	path := strings.TrimPrefix(resp.Request.URL.Path, "/")
	return fmt.Errorf("the reply of v2/%s is about order %.40q of %.20s fen, not %q of %s; a cache or a proxy on the way may have given another one",
		path, number, cmp.Or(fee, "?"), p.number, cmp.Or(p.fee, "?"))
}

func paid(resp *wechatpay.Response) *Payment {
	return &Payment{TransactionID: resp.Get("transaction_id").Str, Response: resp}
}

func (p *payment) failed(state State, err error) error {
	return &Error{State: state, OutTradeNo: p.number, Code: codeOf(err), Err: err}
}

// codeOf returns the code of an error of WeChat Pay, or "".
func codeOf(err error) string {
	var api *wechatpay.APIError
	if errors.As(err, &api) {
		return api.Code
	}
	return ""
}

// waited waits, and reports whether ctx goes on.
func waited(ctx context.Context, long time.Duration) bool {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
