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
	t.Parallel()
	bills := []struct {
		name, text string
		need       []string
		rows       []map[string]string
		summary    map[string]string
	}{
		{
			"a trade bill", tradeBill, []string{"商户订单号", "商品名称"},
			[]map[string]string{
				{"交易时间": "2026-11-23 10:00:00", "商户订单号": "T1", "应结订单金额": "0.01", "商品名称": "Image形象店"},
				{"交易时间": "2026-11-23 10:00:01", "商户订单号": "T2", "应结订单金额": "-12.50", "商品名称": `a,"b",c,"`},
				{"交易时间": "2026-11-23 10:00:02", "商户订单号": "T3", "应结订单金额": "1.00", "商品名称": "``\"quoted\""},
			},
			map[string]string{"总交易单数": "3", "应结订单总金额": "-11.49"},
		},
		{
			"a fund-flow bill", fundFlowBill, nil,
			[]map[string]string{{"记账时间": "2026-11-23 10:00:00", "资金流水单号": "F1", "收支金额(元)": "0.01"}},
			map[string]string{"资金流水总笔数": "1", "收入笔数": "1", "收入金额": "0.01", "支出笔数": "0", "支出金额": "0.00"},
		},
		{"without rows", "a,b\r\nn\r\n`0\r\n\r\n", nil, nil, map[string]string{"n": "0"}},
	}
	for _, row := range []struct {
		name    string
		through func(io.Reader) io.Reader
	}{
		{"whole", func(r io.Reader) io.Reader { return r }},
		{"by the byte", iotest.OneByteReader},
		{"the end comes with data", iotest.DataErrReader},
		{"lines end with LF", lf},
	} {
		for _, bill := range bills {
			t.Run(bill.name+", "+row.name, func(t *testing.T) {
				t.Parallel()
				rows, summary, err := read(row.through(strings.NewReader(bill.text)), bill.need...)
				require.NoError(t, err)
				assert.Equal(t, bill.rows, rows)
				assert.Equal(t, bill.summary, summary)
			})
		}
	}
}

func lf(r io.Reader) io.Reader {
	text, _ := io.ReadAll(r)
	return strings.NewReader(strings.ReplaceAll(string(text), "\r\n", "\n"))
}

func TestACommaInANameIsPartOfIt(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, line string
		want       []string // the fields, or
		err        string
	}{
		{"no comma", "`a,`b,`c", []string{"a", "b", "c"}, ""},
		{"in the middle", "`a,`b, c,`d", []string{"a", "b, c", "d"}, ""},
		{"at the end of the first", "`a,,`b,`c", []string{"a,", "b", "c"}, ""},
		{"at the end of the line", "`a,`b,`c,", []string{"a", "b", "c,"}, ""},
		{"empty fields", "`,`,`", []string{"", "", ""}, ""},
		{"as many fields as columns, one without a backtick", "`a,b,`c", []string{"a", "b", "c"}, ""},
		{"backticks and quotation marks in fields", "``a,`,\",`\"c\"", []string{"`a", ",\"", `"c"`}, ""},
		{"a quotation mark holds no line together", "`a,`\"b\nline\"x", nil, "media: bill, line 2: 2 fields for 3 columns"},
		{"a field too many", "`a,`b,`c,`d", nil, "media: bill, line 2: 4 fields for 3 columns"},
		{"a field too few", "`a,`b", nil, "media: bill, line 2: 2 fields for 3 columns"},
		{"nobody knows which comma separates", "`a,b,c,`d", nil, "media: bill, line 2: 2 fields for 3 columns"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			rows, _, err := read(strings.NewReader("0,1,2\n" + row.line + "\nn\n`1\n"))
			if row.err != "" {
				require.EqualError(t, err, row.err)
				require.NotErrorIs(t, err, io.ErrUnexpectedEOF)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, []map[string]string{{"0": row.want[0], "1": row.want[1], "2": row.want[2]}}, rows)
		})
	}
}

func TestABillCutOffAnywhereIsAnError(t *testing.T) {
	t.Parallel()
	// Behind the comma of the summary a cut could hide in the last field alone.
	known := strings.LastIndex(tradeBill, ",") + 1
	for at := range known {
		_, summary, err := read(strings.NewReader(tradeBill[:at]), "商品名称")
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, tradeBill[:at])
		assert.Empty(t, summary)
	}
}

func TestTextsOfACutBill(t *testing.T) {
	t.Parallel()
	const again = ": the file is truncated; download it again: unexpected EOF"
	for _, row := range []struct{ name, text, want string }{
		{"at once", "", "media: bill, line 0: it is empty" + again},
		{"after the byte order mark", "\ufeff", "media: bill, line 1: it is empty" + again},
		{"in the header", "a,b", "media: bill, line 1: nothing follows" + again},
		{"after the header", "a,b\n", "media: bill, line 1: the summary is missing" + again},
		{"in a row", "a,b\n`1,`2", "media: bill, line 2: the summary is missing" + again},
		{"after a row", "a,b\n`1,`2\n", "media: bill, line 2: the summary is missing" + again},
		{"in the summary's names", "a,b\n`1,`2\nn,m", "media: bill, line 3: the summary's values are missing" + again},
		{"in the summary's values", "a,b\n`1,`2\nn,m\n`1", "media: bill, line 4: 1 fields for 2 columns" + again},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, summary, err := read(strings.NewReader(row.text))
			require.EqualError(t, err, row.want)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			assert.Empty(t, summary)
		})
	}
}

func TestFilesThatAreNotBills(t *testing.T) {
	t.Parallel()
	off := errors.New("the cable is out")
	for _, row := range []struct {
		name string
		r    io.Reader
		want string
	}{
		{"WeChat Pay's error", strings.NewReader(`{"code":"NO_STATEMENT_EXIST","message":"账单不存在"}`), `media: bill: it is JSON, not a bill (code "NO_STATEMENT_EXIST", message "账单不存在"); check the status of the reply`},
		{"over lines, with a mark", strings.NewReader("\ufeff\n{\n  \"code\": \"X\"\n}"), `media: bill: it is JSON, not a bill (code "X", message ""); check the status of the reply`},
		{"JSON cut off", strings.NewReader(`{"code":`), `media: bill: it is JSON, not a bill (code "", message ""); check the status of the reply`},
		{"XML", strings.NewReader("<xml><return_code>FAIL</return_code></xml>"), "media: bill: it is XML or HTML, not a bill; check the status of the reply"},
		{"gzip", strings.NewReader("\x1f\x8b\x08\x00"), "media: bill: it is compressed; decompress it with compress/gzip"},
		{"no header", strings.NewReader("`a,`b\n`c,`d\nn\n`1\n"), "media: bill, line 1: the row of column names is missing"},
		{"no backticks", strings.NewReader("a,b\n1,2\n3,4\nn\n5\n"), "media: bill, line 3: it does not begin with a backtick, as rows and the summary's values do"},
		{"a summary too short", strings.NewReader("a,b\nn,m\n`1\n"), "media: bill, line 3: 1 fields for 2 columns"},
		{"a second bill behind it", strings.NewReader("a,b\nn\n`1\na,b\nn\n`1\n"), "media: bill, line 4: there is more text after the summary"},
		{"an endless line", io.MultiReader(strings.NewReader("a,b\n`"), endless{}), "media: bill, line 2: it is longer than 65536 bytes"},
		{"a reader that fails", io.MultiReader(strings.NewReader("a,b\n"), iotest.ErrReader(off)), "media: bill, after line 1: the cable is out"},
		{"a reader that fails in the summary", io.MultiReader(strings.NewReader("a,b\nn\n"), iotest.ErrReader(off)), "media: bill, after line 2: the cable is out"},
		{"a reader that fails behind it", io.MultiReader(strings.NewReader("a,b\nn\n`1\n"), iotest.ErrReader(off)), "media: bill, after line 3: the cable is out"},
		{"a reader whose error has an EOF in it", io.MultiReader(strings.NewReader("a,b\nn\n`1\n"), iotest.ErrReader(fmt.Errorf("%w: %w", off, io.EOF))), "media: bill, after line 3: the cable is out: EOF"},
		{"a reader that fails at once", iotest.ErrReader(off), "media: bill, after line 0: the cable is out"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			rows, summary, err := read(row.r)
			require.EqualError(t, err, row.want)
			assert.Empty(t, rows)
			assert.Empty(t, summary)
			assert.Equal(t, strings.Contains(row.want, "cable"), errors.Is(err, off))
		})
	}
}

func TestARequiredColumnIsMissing(t *testing.T) {
	t.Parallel()
	rows, _, err := read(strings.NewReader(fundFlowBill), "记账时间", "申请退款金额")
	require.EqualError(t, err, `media: bill: it lacks the column "申请退款金额"; its columns are ["记账时间" "资金流水单号" "收支金额(元)"]; request another bill_type`)
	assert.Empty(t, rows)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestRowsGoOnAfterABreak(t *testing.T) {
	t.Parallel()
	bill := media.ReadBill(strings.NewReader(tradeBill))
	for row, err := range bill.Rows() {
		require.NoError(t, err)
		require.Equal(t, "T1", row.At(1))
		break
	}
	assert.Zero(t, bill.Summary().Len())
	var rest []string
	for row, err := range bill.Rows() {
		require.NoError(t, err)
		rest = append(rest, row.At(1))
	}
	assert.Equal(t, []string{"T2", "T3"}, rest)
	assert.Equal(t, "3", bill.Summary().At(0))
	for _, err := range bill.Rows() {
		assert.Fail(t, "the bill is at its end", err)
	}
}

func TestABillThatFailedStaysSo(t *testing.T) {
	t.Parallel()
	bill := media.ReadBill(strings.NewReader("a,b\n"))
	for range 2 {
		count := 0
		for _, err := range bill.Rows() {
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			count++
		}
		assert.Equal(t, 1, count)
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
	t.Parallel()
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
