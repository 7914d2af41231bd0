package media_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/media"
)

const (
	tradeBill = "\ufeff交易时间,商户订单号,应结订单金额,商品名称\r\n" +
		"`2026-11-23 10:00:00,`T1,`0.01,`Image形象店\r\n" +
		"`2026-11-23 10:00:01,`T2,`-12.50,`a,\"b\",c,\"\r\n" +
		"\r\n" +
		"`2026-11-23 10:00:02,`T3,`1.00,```\"quoted\"\r\n" +
		"总交易单数,应结订单总金额\r\n" +
		"`3,`-11.49\r\n"
	fundFlowBill = "记账时间,资金流水单号,收支金额(元)\n`2026-11-23 10:00:00,`F1,`0.01\n" +
		"资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\n`1,`1,`0.01,`0,`0.00"
)

// read is all of a bill: the rows by name of column, and what ended it.
func read(r io.Reader, need ...string) (rows []map[string]string, summary map[string]string, err error) {
	bill := media.ReadBill(r)
	for row, failed := range bill.Rows(need...) {
		if failed != nil {
			return rows, byName(bill.Summary()), failed
		}
		rows = append(rows, byName(row))
	}
	return rows, byName(bill.Summary()), nil
}

func byName(row media.BillRow) map[string]string {
	fields := map[string]string{}
	for _, name := range row.Columns() {
		fields[name] = row.Get(name)
	}
	return fields
}

func TestBillsAreRead(t *testing.T) {
	for name, through := range map[string]func(io.Reader) io.Reader{
		"whole":        func(r io.Reader) io.Reader { return r },
		"by the byte":  iotest.OneByteReader,
		"end with EOF": iotest.DataErrReader,
		"LF":           lf,
	} {
		t.Run(name, func(t *testing.T) {
			rows, summary, err := read(through(strings.NewReader(tradeBill)), "商户订单号", "商品名称")
			require.NoError(t, err)
			assert.Equal(t, []map[string]string{
				{"交易时间": "2026-11-23 10:00:00", "商户订单号": "T1", "应结订单金额": "0.01", "商品名称": "Image形象店"},
				{"交易时间": "2026-11-23 10:00:01", "商户订单号": "T2", "应结订单金额": "-12.50", "商品名称": `a,"b",c,"`},
				{"交易时间": "2026-11-23 10:00:02", "商户订单号": "T3", "应结订单金额": "1.00", "商品名称": "``\"quoted\""},
			}, rows)
			assert.Equal(t, map[string]string{"总交易单数": "3", "应结订单总金额": "-11.49"}, summary)

			rows, summary, err = read(through(strings.NewReader(fundFlowBill)))
			require.NoError(t, err)
			assert.Equal(t, []map[string]string{{"记账时间": "2026-11-23 10:00:00", "资金流水单号": "F1", "收支金额(元)": "0.01"}}, rows)
			assert.Equal(t, "0.00", summary["支出金额"])

			rows, summary, err = read(through(strings.NewReader("a,b\r\nn\r\n`0\r\n\r\n")))
			require.NoError(t, err, "a bill without rows")
			assert.Empty(t, rows)
			assert.Equal(t, map[string]string{"n": "0"}, summary)
		})
	}
}

func lf(r io.Reader) io.Reader {
	text, _ := io.ReadAll(r)
	return strings.NewReader(strings.ReplaceAll(string(text), "\r\n", "\n"))
}

func TestACommaInANameIsPartOfIt(t *testing.T) {
	for line, want := range map[string][]string{
		"`a,`b,`c":         {"a", "b", "c"},
		"`a,`b, c,`d":      {"a", "b, c", "d"},
		"`a,,`b,`c":        {"a,", "b", "c"},
		"`a,`b,`c,":        {"a", "b", "c,"},
		"`,`,`":            {"", "", ""},
		"`a,b,`c":          {"a", "b", "c"}, // as many as columns: nothing to put together
		"``a,`,\",`\"c\"":  {"`a", ",\"", `"c"`},
		"`a,`\"b\nline\"x": nil, // a quotation mark holds no line together
		"`a,`b,`c,`d":      nil,
		"`a,`b":            nil,
		"`a,b,c,`d":        nil, // which of them has no backtick, nobody knows
	} {
		rows, _, err := read(strings.NewReader("0,1,2\n" + line + "\nn\n`1\n"))
		if want == nil {
			require.ErrorContains(t, err, "line 2: ", line)
			require.ErrorContains(t, err, "fields for 3 columns", line)
			require.NotErrorIs(t, err, io.ErrUnexpectedEOF, line)
			continue
		}
		require.NoError(t, err, line)
		assert.Equal(t, []map[string]string{{"0": want[0], "1": want[1], "2": want[2]}}, rows, line)
	}
}

func TestABillCutOffAnywhereIsAnError(t *testing.T) {
	// Behind the comma of the summary a cut could hide in the last field alone.
	known := strings.LastIndex(tradeBill, ",") + 1
	for at := range known {
		_, summary, err := read(strings.NewReader(tradeBill[:at]), "商品名称")
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, tradeBill[:at])
		assert.Empty(t, summary)
	}
}

func TestFilesThatAreNotBills(t *testing.T) {
	off := errors.New("the cable is out")
	for _, tc := range []struct {
		name, want string
		r          io.Reader
	}{
		{"WeChat Pay's error", `code "NO_STATEMENT_EXIST", message "账单不存在"`, strings.NewReader(`{"code":"NO_STATEMENT_EXIST","message":"账单不存在"}`)},
		{"over lines, with a mark", `code "X"`, strings.NewReader("\ufeff\n{\n  \"code\": \"X\"\n}")},
		{"JSON cut off", "it is JSON", strings.NewReader(`{"code":`)},
		{"XML", "it is XML", strings.NewReader("<xml><return_code>FAIL</return_code></xml>")},
		{"gzip", "decompress it", strings.NewReader("\x1f\x8b\x08\x00")},
		{"no header", "line 1: the row of column names is missing", strings.NewReader("`a,`b\n`c,`d\nn\n`1\n")},
		{"no backticks", "line 3: it does not begin with a backtick", strings.NewReader("a,b\n1,2\n3,4\nn\n5\n")},
		{"a summary too short", "line 3: 1 fields for 2 columns", strings.NewReader("a,b\nn,m\n`1\n")},
		{"a second bill behind it", "line 4: there is more text after", strings.NewReader("a,b\nn\n`1\na,b\nn\n`1\n")},
		{"an endless line", "line 2: it is longer than", io.MultiReader(strings.NewReader("a,b\n`"), endless{})},
		{"a reader that fails", "after line 1: the cable", io.MultiReader(strings.NewReader("a,b\n"), iotest.ErrReader(off))},
		{"a reader that fails in the summary", "after line 2: the cable", io.MultiReader(strings.NewReader("a,b\nn\n"), iotest.ErrReader(off))},
		{"a reader that fails behind it", "after line 3: the cable", io.MultiReader(strings.NewReader("a,b\nn\n`1\n"), iotest.ErrReader(off))},
		{"a reader whose error has an EOF in it", "after line 3: the cable is out: EOF",
			io.MultiReader(strings.NewReader("a,b\nn\n`1\n"), iotest.ErrReader(fmt.Errorf("%w: %w", off, io.EOF)))},
		{"a reader that fails at once", "after line 0: the cable", iotest.ErrReader(off)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rows, summary, err := read(tc.r)
			require.ErrorContains(t, err, tc.want)
			assert.Empty(t, rows)
			assert.Empty(t, summary)
			assert.Equal(t, strings.Contains(tc.want, "cable"), errors.Is(err, off))
		})
	}
	_, _, err := read(strings.NewReader(tradeBill), "申请退款金额")
	require.ErrorContains(t, err, `lacks the column "申请退款金额"`)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestRowsGoOnAfterABreak(t *testing.T) {
	bill := media.ReadBill(strings.NewReader(tradeBill))
	var first media.BillRow
	for row, err := range bill.Rows() {
		require.NoError(t, err)
		first = row
		break
	}
	assert.Zero(t, bill.Summary().Len())
	count := 0
	for _, err := range bill.Rows() {
		require.NoError(t, err)
		count++
	}
	assert.Equal(t, 2, count)
	assert.Equal(t, "T1", first.At(1), "a row may be kept")
	assert.Empty(t, first.Get("no such column"))
	assert.Equal(t, "3", bill.Summary().At(0))
	for _, err := range bill.Rows() {
		assert.Fail(t, "the bill is at its end", err)
	}

	cut := media.ReadBill(strings.NewReader("a,b\n"))
	for range 2 {
		for _, err := range cut.Rows() {
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, "and it stays one")
		}
	}
}

func FuzzBill(f *testing.F) {
	for _, seed := range []string{tradeBill, fundFlowBill, "a\n`,\nn\n`1", "a,b\n`x,`y,z,`\"\nn\n`1\n", `{"code":"X"}`, ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows, summary, err := read(strings.NewReader(text))
		rowsAgain, summaryAgain, errAgain := read(iotest.OneByteReader(strings.NewReader(text)))
		require.Equal(t, rows, rowsAgain)
		require.Equal(t, summary, summaryAgain)
		require.Equal(t, err == nil, errAgain == nil)
		if err != nil {
			require.Contains(t, err.Error(), "media: bill")
			require.Empty(t, summary)
			return
		}
		require.NotEmpty(t, summary)
	})
}

// TestNoAmountIsHandedOutByHalves: a row that the file ends on may be cut in its last
// field.
func TestNoAmountIsHandedOutByHalves(t *testing.T) {
	amounts := 0
	var last error
	for row, err := range media.ReadBill(strings.NewReader("商户订单号,金额\r\n`1,`1.00\r\n`2,`12.5")).Rows() {
		if last = err; err == nil {
			amounts++
			assert.Equal(t, "1.00", row.Get("金额"))
		}
	}
	assert.Equal(t, 1, amounts)
	require.ErrorIs(t, last, io.ErrUnexpectedEOF)
}
