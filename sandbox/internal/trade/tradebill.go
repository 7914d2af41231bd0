package trade

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A deal is a row of a trade bill: a payment, or a refund that succeeded.
type deal struct {
	at    time.Time
	order order
	whole request // of the combined order; nothing where it is none
	back  *refund // nil of a payment
}

// TradeBill returns the bill of a day of the orders that a caller made, as CSV: date is such
// as 2026-04-01, billType ALL (or ""), SUCCESS (payments) or REFUND. Amounts are in yuan.
// Errors are a [*play.Refusal]; a day without rows has no bill.
func (b *Book) TradeBill(now time.Time, caller, date, billType string) ([]byte, error) {
	from, to, err := billDay(now, date)
	if err != nil {
		return nil, err
	}
	var columns string
	switch billType {
	case "", "ALL":
		billType, columns = "ALL", head+refundColumns+tail
	case "SUCCESS":
		columns = head + soldTail
	case "REFUND":
		columns = head + "退款申请时间,退款成功时间," + refundColumns + tail
	case "RECHARGE_REFUND", "ALL_SPECIAL", "SUC_SPECIAL", "REF_SPECIAL":
		return nil, noStatement() // there are no such trades
	default:
		return nil, wrongIn("query", "bill_type", 0, "取值应为 ALL、SUCCESS、REFUND 之一")
	}
	deals := b.deals(now, caller, billType, from, to)
	if len(deals) == 0 {
		return nil, noStatement()
	}
	return billOf(billType, columns, deals), nil
}

const (
	head = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类," +
		"应结订单金额,代金券金额,"
	refundColumns = "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,"
	tail          = "商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
	soldTail      = "商品名称,商户数据包,手续费,费率,订单金额,费率备注"
	totals        = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)

// deals copies the rows of a bill, so that the Book is not locked while they are written.
func (b *Book) deals(now time.Time, caller, billType string, from, to time.Time) []deal {
	b.mu.Lock()
	var deals []deal
	for _, o := range b.state.Orders {
		if o.Owner != caller || !o.isPaid() {
			continue
		}
		if billType != "REFUND" && within(o.PaidAt, from, to) {
			deals = append(deals, b.dealOf(o, o.PaidAt, nil))
		}
		for _, k := range o.RefundKeys {
			r := *b.state.Refunds[k]
			if done, ok := r.doneAt(now); ok && billType != "SUCCESS" && within(done, from, to) {
				r.Done = done
				deals = append(deals, b.dealOf(o, done, &r))
			}
		}
	}
	b.mu.Unlock()
	slices.SortFunc(deals, func(x, y deal) int { return cmp.Or(x.at.Compare(y.at), cmp.Compare(x.id(), y.id())) })
	return deals
}

// doneAt is when a refund succeeded, also where nobody has looked at it since.
func (r *refund) doneAt(now time.Time) (time.Time, bool) {
	switch {
	case r.State == succeeded:
		return r.Done, true
	case r.State == processing && !r.DueAt.IsZero() && !now.Before(r.DueAt):
		return r.DueAt, true
	}
	return time.Time{}, false
}

func (b *Book) dealOf(o *order, at time.Time, r *refund) deal {
	d := deal{at: at, order: *o, back: r}
	if whole := b.state.Combined[o.Combine]; whole != nil {
		d.whole = whole.Body
	}
	return d
}

// who are the AppID and the payer of an order with a body.
func (d *deal) who(body play.Object) (appid, payer string) {
	if whole := d.whole.object(); whole != nil {
		return whole.Text("combine_appid"), combinePayer(whole)
	}
	who := d.order.payer(body)
	return cmp.Or(body.Text("appid"), body.Text("sp_appid")), cmp.Or(who.Text("openid"), who.Text("sp_openid"))
}

func (d *deal) id() string {
	if d.back != nil {
		return d.back.ID
	}
	return d.order.ID
}

func billOf(billType, columns string, deals []deal) []byte {
	text, sold, back, fees := newTable(columns), int64(0), int64(0), int64(0)
	for _, d := range deals {
		text.row(d.fields(billType)...)
		if d.back != nil {
			back, fees = back+d.back.Amount, fees-d.back.Fee
		} else {
			sold, fees = sold+d.order.Total, fees+d.order.Fee
		}
	}
	return text.summary(totals, strconv.Itoa(len(deals)), yuan(sold), yuan(back), yuan(0), fee(fees), yuan(sold), yuan(back))
}

// fields are those of the columns of a bill.
func (d *deal) fields(billType string) []string {
	o, at, state, sold, charged := &d.order, d.at, paid, d.order.Total, d.order.Fee
	body, r := o.Body.object(), d.back
	appid, payer := d.who(body)
	if r != nil {
		sold, charged, state = 0, -r.Fee, refunded
		if r.Body == "" {
			state = revoked
		}
	} else {
		r = &refund{Number: "0", ID: "0"}
	}
	if billType == "REFUND" {
		at = o.PaidAt
	}
	list := []string{
		billTime(at), appid, o.Owner, cmp.Or(o.Sub, "0"), body.Text("scene_info.device_id"), o.ID, o.Number, payer, o.Type, state,
		bank, "CNY", yuan(sold), yuan(0),
	}
	if billType == "REFUND" {
		list = append(list, billTime(r.Made), billTime(r.Done))
	}
	if billType != "SUCCESS" {
		list = append(list, r.ID, r.Number, yuan(r.Amount), yuan(0))
		if d.back != nil {
			list = append(list, "ORIGINAL", succeeded)
		} else {
			list = append(list, "", "")
		}
	}
	list = append(list, body.Text("description"), body.Text("attach"), fee(charged), "0.60%", yuan(sold))
	if billType != "SUCCESS" {
		list = append(list, yuan(r.Amount))
	}
	return append(list, "")
}

// yuan writes an amount in fen.
func yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	return fmt.Sprintf("%s%d.%02d", sign, fen/100, fen%100)
}

// fee writes a fee, which has five decimal places.
func fee(fen int64) string { return yuan(fen) + strings.Repeat("0", 3) }
