package trade_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// tomorrow is when there is a bill of the first day.
var tomorrow = time.Date(2026, 4, 2, 0, 0, 0, 0, kit.Shanghai)

const (
	today = "2026-04-01"
	head  = "\ufeff交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
	back  = "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,"
	sums  = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n"
)

// read reads a bill as merchants do.
func read(t *testing.T, bill []byte) (rows []media.BillRow, summary media.BillRow) {
	t.Helper()
	b := media.ReadBill(bytes.NewReader(bill))
	for row, err := range b.Rows() {
		require.NoError(t, err)
		rows = append(rows, row)
	}
	return rows, b.Summary()
}

// traded is a day of a payment, and one of a sub-merchant that is refunded in part.
func traded(t *testing.T) (w *world, ids []string) {
	t.Helper()
	w = newWorld(t)
	_, one := w.pay(t, directly+"/jsapi", play.Object{"description": "书,`本\n", "attach": "a"})
	w.Now = w.Now.Add(time.Minute)
	o, two := w.pay(t, partner+"/native")
	w.place(t, directly+"/app")
	w.Now = w.Now.Add(time.Minute)
	return w, []string{one, two, w.OK(t, "POST", refunds, w.back(o, 500)).Text("refund_id")}
}

func TestTradeBill(t *testing.T) {
	t.Parallel()
	w, ids := traded(t)
	stranger := "`" + w.OK(t, "GET", partner+"/id/"+ids[1]+"?sp_mchid="+mchid+"&sub_mchid="+sub, nil).Text("payer.sp_openid")
	one := "`2026-04-01 12:00:00,`" + appid + ",`1900000001,`0,`,`" + ids[0] + ",`no_000001,`" + user + ",`JSAPI,`SUCCESS,`OTHERS,`CNY,`10.00,`0.00,"
	two := "`2026-04-01 12:01:00,`" + appid + ",`1900000001,`1900000109,`,`" + ids[1] + ",`no_000002," + stranger + ",`NATIVE,"
	refund := "`OTHERS,`CNY,`0.00,`0.00,"
	refunded := "`" + ids[2] + ",`no_000004,`5.00,`0.00,`ORIGINAL,`SUCCESS,`书,`,`-0.03000,`0.60%,`0.00,`5.00,`\r\n"
	none := "`0,`0,`0.00,`0.00,`,`,"
	for _, row := range []struct{ kind, want string }{
		{
			"ALL", head + back + "商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n" +
				one + none + "`书,'本 ,`a,`0.06000,`0.60%,`10.00,`0.00,`\r\n" +
				two + "`SUCCESS,`OTHERS,`CNY,`10.00,`0.00," + none + "`书,`,`0.06000,`0.60%,`10.00,`0.00,`\r\n" +
				strings.Replace(two, "12:01", "12:02", 1) + "`REFUND," + refund + refunded +
				sums + "`3,`20.00,`5.00,`0.00,`0.09000,`20.00,`5.00\r\n",
		},
		{
			"SUCCESS", head + "商品名称,商户数据包,手续费,费率,订单金额,费率备注\r\n" +
				one + "`书,'本 ,`a,`0.06000,`0.60%,`10.00,`\r\n" +
				two + "`SUCCESS,`OTHERS,`CNY,`10.00,`0.00,`书,`,`0.06000,`0.60%,`10.00,`\r\n" +
				sums + "`2,`20.00,`0.00,`0.00,`0.12000,`20.00,`0.00\r\n",
		},
		{
			"REFUND", head + "退款申请时间,退款成功时间," + back + "商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n" +
				two + "`REFUND," + refund + "`2026-04-01 12:02:00,`2026-04-01 12:02:00," + refunded +
				sums + "`1,`0.00,`5.00,`0.00,`-0.03000,`0.00,`5.00\r\n",
		},
	} {
		t.Run(row.kind, func(t *testing.T) {
			bill, err := w.book.TradeBill(tomorrow, mchid, today, row.kind)
			require.NoError(t, err)
			assert.Equal(t, row.want, string(bill))
		})
	}
}

// A reversed payment is a payment and a row REVOKED, and a combined order its parts.
func TestOtherRowsOfATradeBill(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.place(t, directly+"/codepay")
	w.OK(t, "POST", o.at("reverse"), o.body.Only("appid", "mchid"))
	body := w.combined("/app", play.Object{"sub_mchid": mchid}, play.Object{"mchid": "1900000002", "sub_mchid": "1900000002"})
	w.OK(t, "POST", combine+"/app", body)
	_, err := w.book.Pay(w.Now, nil, mchid, body.Text("combine_out_trade_no"))
	require.NoError(t, err)
	bill, err := w.book.TradeBill(tomorrow, mchid, today, "")
	require.NoError(t, err)
	rows, summary := read(t, bill)
	require.Len(t, rows, 3, "the other merchant's sub-order is not here")
	list := make([]string, 0, len(rows))
	for _, row := range rows {
		list = append(list, row.Get("交易状态")+" "+row.Get("商户订单号")+" "+row.Get("商户退款单号")+" "+row.Get("用户标识"))
	}
	stranger := rows[0].Get("用户标识")
	sold := body["sub_orders"].([]any)[0].(play.Object).Text("out_trade_no")
	assert.Equal(t, []string{"SUCCESS no_000001 0 " + stranger, "SUCCESS " + sold + " 0 " + user, "REVOKED no_000001 no_000001 " + stranger}, list)
	assert.Equal(t, appid, rows[1].Get("公众账号ID"))
	assert.Equal(t, "0.06000", summary.Get("手续费总金额"))
}

func TestFundFlowBill(t *testing.T) {
	t.Parallel()
	w, ids := traded(t)
	_, shared := w.pay(t, directly+"/app", sharing)
	require.NoError(t, w.money.Post(
		ledger.Entry{At: w.Now, Kind: "unfreeze", From: ledger.Frozen(mchid), To: ledger.Merchant(mchid), Amount: 500, Order: shared},
		ledger.Entry{At: w.Now, Kind: "share", From: ledger.Frozen(mchid), To: ledger.World, Amount: 100, Order: shared, ID: "3000", Number: "P1"},
		ledger.Entry{At: tomorrow, Kind: "other", From: ledger.World, To: ledger.Merchant(mchid), Amount: 1},
	))
	columns := "\ufeff记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号\r\n"
	flow := func(minute, id, order, names, amount, owner, remark, number string) string {
		return "`2026-04-01 12:" + minute + ":00,`" + id + ",`" + order + "," + names + "," + amount + ",`" + owner + "API,`" + remark + ",`" + number + "\r\n"
	}
	for _, row := range []struct{ name, mchid, want string }{
		{
			"of the merchant", mchid, columns +
				flow("00", ids[0], ids[0], "`交易,`交易,`收入", "`10.00,`10.00", mchid, "", "no_000001") +
				flow("00", ids[0], ids[0], "`交易,`扣除交易手续费,`支出", "`0.06,`9.94", mchid, "", "no_000001") +
				flow("02", shared, shared, "`交易,`交易,`收入", "`10.00,`19.94", mchid, "", "no_000005") +
				flow("02", shared, shared, "`交易,`扣除交易手续费,`支出", "`0.06,`19.88", mchid, "", "no_000005") +
				flow("02", "3000", shared, "`分账,`分账,`支出", "`1.00,`18.88", mchid, "", "P1") +
				"资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\r\n`5,`2,`20.00,`3,`1.12\r\n",
		},
		{
			"of the sub-merchant", sub, columns +
				flow("01", ids[1], ids[1], "`交易,`交易,`收入", "`10.00,`10.00", sub, "", "no_000002") +
				flow("01", ids[1], ids[1], "`交易,`扣除交易手续费,`支出", "`0.06,`9.94", sub, "", "no_000002") +
				flow("02", ids[2], ids[1], "`退款,`退款,`支出", "`4.97,`4.97", sub, "退款总金额5.00元;含手续费0.03元", "no_000004") +
				"资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\r\n`3,`1,`10.00,`2,`5.03\r\n",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			bill, err := w.book.FundFlowBill(tomorrow, row.mchid, today, "BASIC")
			require.NoError(t, err)
			assert.Equal(t, row.want, string(bill))
		})
	}
}

// What a refund takes from two accounts is one row.
func TestARefundIsOneFlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pay(t, directly+"/app")
	o, id := w.pay(t, directly+"/app", sharing)
	require.NoError(t, w.money.Post(ledger.Entry{At: w.Now, Kind: "share", From: ledger.Frozen(mchid), To: ledger.World, Amount: 800, Order: id}))
	body := w.back(o, 500)
	w.OK(t, "POST", refunds, body)
	require.NoError(t, w.book.SettleRefund(w.Now, nil, mchid, body.Text("out_refund_no"), "CLOSED"))
	bill, err := w.book.FundFlowBill(tomorrow, mchid, today, "")
	require.NoError(t, err)
	rows, _ := read(t, bill)
	require.Len(t, rows, 7)
	for i, want := range []string{"退款 支出 4.97 6.91", "退款关闭 收入 4.97 11.88"} {
		row := rows[5+i]
		assert.Equal(t, want, row.Get("业务类型")+" "+row.Get("收支类型")+" "+row.Get("收支金额(元)")+" "+row.Get("账户结余(元)"))
	}
}

func TestNoBill(t *testing.T) {
	t.Parallel()
	w, _ := traded(t)
	for _, row := range []struct{ name, caller, date, kind, account, code string }{
		{"of today", mchid, "2026-04-02", "ALL", "BASIC", "NO_STATEMENT_EXIST"},
		{"of a day to come", mchid, "2027-01-01", "ALL", "BASIC", "NO_STATEMENT_EXIST"},
		{"of a day without trade", mchid, "2026-03-31", "ALL", "BASIC", "NO_STATEMENT_EXIST"},
		{"of a day long ago", mchid, "2026-01-01", "ALL", "BASIC", "NO_STATEMENT_EXIST"},
		{"of another merchant", "1", today, "ALL", "BASIC", "NO_STATEMENT_EXIST"},
		{"of another kind", mchid, today, "RECHARGE_REFUND", "OPERATION", "NO_STATEMENT_EXIST"},
		{"of the fee account", mchid, today, "REF_SPECIAL", "FEES", "NO_STATEMENT_EXIST"},
		{"of no date", mchid, "", "ALL", "BASIC", "PARAM_ERROR"},
		{"of no day", mchid, "2026-02-30", "ALL", "BASIC", "PARAM_ERROR"},
		{"of another form", mchid, "20260401", "ALL", "BASIC", "PARAM_ERROR"},
		{"of no kind", mchid, today, "x", "x", "PARAM_ERROR"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := w.book.TradeBill(tomorrow, row.caller, row.date, row.kind)
			require.ErrorContains(t, err, row.code)
			_, err = w.book.FundFlowBill(tomorrow, row.caller, row.date, row.account)
			require.ErrorContains(t, err, row.code)
		})
	}
}

// A day begins at midnight in China, and there are bills of three months.
func TestDaysOfBills(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Now = tomorrow.Add(-1)
	w.pay(t, directly+"/app")
	w.Now = tomorrow
	w.pay(t, directly+"/app")
	for _, row := range []struct {
		name, now, date string
		rows            int
	}{
		{"the day before", "2026-04-02T00:00:00+08:00", "2026-04-01", 1},
		{"a day that is not over", "2026-04-02T23:59:59+08:00", "2026-04-02", 0},
		{"its end elsewhere", "2026-04-02T16:00:00Z", "2026-04-02", 1},
		{"three months ago", "2026-07-01T23:59:59+08:00", "2026-04-01", 1},
		{"longer ago", "2026-07-02T00:00:00+08:00", "2026-04-01", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, row.now)
			require.NoError(t, err)
			bill, err := w.book.TradeBill(now, mchid, row.date, "ALL")
			flow, _ := w.book.FundFlowBill(now, mchid, row.date, "BASIC")
			if row.rows == 0 {
				require.ErrorContains(t, err, "NO_STATEMENT_EXIST")
				assert.Empty(t, flow)
				return
			}
			require.NoError(t, err)
			rows, _ := read(t, bill)
			assert.Len(t, rows, row.rows)
			rows, _ = read(t, flow)
			assert.Len(t, rows, 2*row.rows)
		})
	}
}

// A refund is in the bill of the day on which it succeeded, whether or not anybody looked.
func TestALateRefundIsInALaterBill(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.RefundDelay = 24 * time.Hour
	o, _ := w.pay(t, directly+"/app")
	body := w.back(o, 500)
	w.OK(t, "POST", refunds, body)
	later := tomorrow.AddDate(0, 0, 1)
	for _, look := range []bool{false, true} {
		if w.Now = later; look {
			assert.Equal(t, "SUCCESS", w.refundState(t, o, body))
		}
		_, err := w.book.TradeBill(later, mchid, today, "REFUND")
		require.ErrorContains(t, err, "NO_STATEMENT_EXIST")
		bill, err := w.book.TradeBill(later, mchid, "2026-04-02", "REFUND")
		require.NoError(t, err)
		rows, _ := read(t, bill)
		require.Len(t, rows, 1)
		assert.Equal(t, []string{"2026-04-01 12:00:00", "2026-04-01 12:00:00", "2026-04-02 12:00:00"},
			[]string{rows[0].Get("交易时间"), rows[0].Get("退款申请时间"), rows[0].Get("退款成功时间")})
	}
}
