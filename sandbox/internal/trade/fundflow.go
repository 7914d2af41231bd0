package trade

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
)

// kinds are the names of what the ledger's entries are.
var kinds = map[string]struct{ name, kind string }{
	"pay":           {"交易", "交易"},
	"fee":           {"交易", "扣除交易手续费"},
	"refund":        {"退款", "退款"},
	"refund_closed": {"退款", "退款关闭"},
	"share":         {"分账", "分账"},
	"transfer":      {"商家转账", "商家转账"},
}

const (
	flowColumns = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号"
	flowTotals  = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"
)

// FundFlowBill returns the bill of a day of what reached and left the account of a merchant
// (the caller, or a sub-merchant), as CSV. What has yet to be shared is part of the account,
// which is BASIC (or ""); OPERATION and FEES have no entries. Amounts are in yuan. Errors are
// a [*play.Refusal]; a day without rows has no bill.
func (b *Book) FundFlowBill(now time.Time, caller, date, account string) ([]byte, error) {
	from, to, err := billDay(now, date)
	switch {
	case err != nil:
		return nil, err
	case account == "OPERATION" || account == "FEES":
		return nil, noStatement()
	case account != "" && account != "BASIC":
		return nil, wrongIn("query", "account_type", 0, "取值应为 BASIC、OPERATION、FEES 之一")
	}
	flows, balance := b.flows(caller, from, to)
	if len(flows) == 0 {
		return nil, noStatement()
	}
	var in, out, ins, outs int64
	text := newTable(flowColumns)
	for _, f := range flows {
		balance += f.change
		direction, amount := "收入", f.change
		if f.change < 0 {
			direction, amount = "支出", -f.change
			out, outs = out+amount, outs+1
		} else {
			in, ins = in+amount, ins+1
		}
		name := kinds[f.Kind]
		text.row(billTime(f.At), f.ID, cmp.Or(f.Order, f.ID), cmp.Or(name.name, "其他"), cmp.Or(name.kind, f.Kind), direction,
			yuan(amount), yuan(balance), caller+"API", f.remark(), f.Number)
	}
	return text.summary(flowTotals, strconv.Itoa(len(flows)), strconv.FormatInt(ins, 10), yuan(in), strconv.FormatInt(outs, 10), yuan(out)), nil
}

// A flow is a row: what changed the account at once, though it may be several entries.
type flow struct {
	ledger.Entry
	change int64
	fee    int64 // what WeChat Pay bears of a refund
}

func (f *flow) remark() string {
	if f.Kind != "refund" {
		return ""
	}
	return fmt.Sprintf("退款总金额%s元;含手续费%s元", yuan(f.fee-f.change), yuan(f.fee))
}

// flows returns the rows of a day, and the balance before the first.
func (b *Book) flows(mchid string, from, to time.Time) (flows []flow, opening int64) {
	spendable, frozen := ledger.Merchant(mchid), ledger.Frozen(mchid)
	entries, balance := b.since(from, spendable, frozen)
	for _, e := range entries {
		change := int64(0)
		if e.To == spendable || e.To == frozen {
			change += e.Amount
		}
		if e.From == spendable || e.From == frozen {
			change -= e.Amount
		}
		balance -= change
		switch last := len(flows) - 1; {
		case !e.At.Before(to):
		case last >= 0 && flows[last].ID == e.ID && e.Kind == "refund_fee":
			flows[last].fee = e.Amount
		case change == 0: // another's, or only what was frozen is so no longer
		case last >= 0 && flows[last].ID == e.ID && flows[last].Kind == e.Kind:
			flows[last].change += change
		default:
			flows = append(flows, flow{Entry: e, change: change})
		}
	}
	return flows, balance
}

// since returns the entries from a time on, and the balance after the last, which others may
// be changing.
func (b *Book) since(from time.Time, spendable, frozen string) (entries []ledger.Entry, balance int64) {
	both := func() int64 { return b.ledger.Balance(spendable) + b.ledger.Balance(frozen) }
	end := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	for range 100 {
		balance = both()
		if entries = b.ledger.Between(from, end); both() == balance {
			break
		}
	}
	return entries, balance
}
