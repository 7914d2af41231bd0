package media_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/media"
)

const bill = "\ufeff交易时间,商户订单号,商品名称,金额\r\n" +
	"`2026-11-23 10:00:00,`1,`公仔,`1.00\r\n" +
	"\r\n" +
	"`2026-11-23 11:00:00,`2,`茶,大杯,加\"冰\",`2.50\r\n" +
	"`2026-11-23 12:00:00,`3,`\"未完,`0.50\n" +
	"总交易单数,应结订单总额\r\n`3,`4.00\r\n"

func rows(s *media.Statement) (all []media.Row, err error) {
	for row, failed := range s.Rows() {
		if failed != nil {
			return all, failed
		}
		all = append(all, row)
	}
	return all, nil
}

func TestStatement(t *testing.T) {
	for name, r := range map[string]io.Reader{"at once": strings.NewReader(bill), "byte by byte": iotest.OneByteReader(strings.NewReader(bill))} {
		s, err := media.ReadStatement(r)
		require.NoError(t, err, name)
		assert.Equal(t, []string{"交易时间", "商户订单号", "商品名称", "金额"}, s.Columns())
		assert.Empty(t, s.Summary().Fields)
		all, err := rows(s)
		require.NoError(t, err)
		require.Len(t, all, 3)
		assert.Equal(t, []string{"2026-11-23 10:00:00", "1", "公仔", "1.00"}, all[0].Fields)
		assert.Equal(t, `茶,大杯,加"冰"`, all[1].Get("商品名称"), "a comma and quotes of its own")
		assert.Equal(t, `"未完`, all[2].Get("商品名称"))
		assert.Equal(t, "0.50", all[2].Get("金额"))
		assert.Empty(t, all[0].Get("no such"))
		assert.Equal(t, "3", s.Summary().Get("总交易单数"))
		assert.Equal(t, "4.00", s.Summary().Get("应结订单总额"))
	}
	s, err := media.ReadStatement(strings.NewReader("记账时间,业务类型\n资金流水总笔数,收入笔数\n`0,`0\n"))
	require.NoError(t, err)
	none, err := rows(s)
	require.NoError(t, err, "a day without trade")
	assert.Empty(t, none)
	assert.Equal(t, "0", s.Summary().Get("收入笔数"))
}

func TestAPartOfABillNeverLooksLikeTheWhole(t *testing.T) {
	for cut := range len(bill) - len("4.00\r\n") {
		s, err := media.ReadStatement(strings.NewReader(bill[:cut]))
		if err == nil {
			_, err = rows(s)
		}
		require.Error(t, err, "%q", bill[:cut])
	}
	whole := strings.Index(bill, "总交易单数")
	s, err := media.ReadStatement(strings.NewReader(bill[:whole]))
	require.NoError(t, err)
	_, err = rows(s)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Empty(t, s.Summary().Fields)
	s, err = media.ReadStatement(strings.NewReader("a,b\n`1\n"))
	require.NoError(t, err)
	_, err = rows(s)
	require.EqualError(t, err, "media: line 2 of the bill has 1 fields, and there are 2 columns")
	for want, text := range map[string]string{
		"it is empty":                 "",
		"as an error in JSON or HTML": `{"code":"PARAM_ERROR"}`,
		"has no names of columns":     "`1,`2\n",
	} {
		_, err := media.ReadStatement(strings.NewReader(text))
		require.ErrorIs(t, err, media.ErrNoBill)
		require.ErrorContains(t, err, want)
	}
	broken := errors.New("broken")
	s, err = media.ReadStatement(io.MultiReader(strings.NewReader(bill[:120]), iotest.ErrReader(broken)))
	if err == nil {
		_, err = rows(s)
	}
	require.ErrorIs(t, err, broken)
}

func TestRowsMayBeLeft(t *testing.T) {
	s, err := media.ReadStatement(strings.NewReader(bill))
	require.NoError(t, err)
	for row, err := range s.Rows() {
		require.NoError(t, err)
		assert.Equal(t, "1", row.Get("商户订单号"))
		break
	}
	for row, err := range s.Rows() {
		require.NoError(t, err)
		assert.Equal(t, "2", row.Get("商户订单号"), "and taken up again")
		break
	}
}

// synthetic is a bill of so many rows, made as it is read.
func synthetic(count int) io.Reader {
	r, w := io.Pipe()
	go func() {
		_, _ = io.WriteString(w, "\ufeff交易时间,商户订单号,商品名称,金额\r\n")
		block := strings.Repeat("`2026-11-23 10:00:00,`1217752501201407033233368018,`Image形象店-深圳腾大-QQ公仔,`1.00\r\n", 1000)
		for range count / 1000 {
			if _, err := io.WriteString(w, block); err != nil {
				return
			}
		}
		_, _ = fmt.Fprintf(w, "总交易单数,应结订单总额\r\n`%d,`%d.00\r\n", count, count)
		_ = w.Close()
	}()
	return r
}

func TestMemoryStaysFlatOverALongBill(t *testing.T) {
	const count = 500_000 // some 50 MB
	s, err := media.ReadStatement(synthetic(count))
	require.NoError(t, err)
	read := 0
	var most uint64
	for _, err := range s.Rows() {
		require.NoError(t, err)
		if read++; read%100_000 == 0 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
	assert.Equal(t, count, read)
	assert.Equal(t, fmt.Sprint(count), s.Summary().Get("总交易单数"))
	assert.Less(t, most, uint64(16<<20))
}

func BenchmarkStatement(b *testing.B) {
	s, err := media.ReadStatement(synthetic((b.N/1000 + 1) * 1000))
	require.NoError(b, err)
	b.ReportAllocs()
	b.ResetTimer()
	n := 0
	for _, err := range s.Rows() {
		if err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
}

func FuzzStatement(f *testing.F) {
	f.Add(bill)
	f.Add("a,\"b\n`1,`2\nc\n`\"")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := media.ReadStatement(strings.NewReader(text))
		if err != nil {
			return
		}
		for row, err := range s.Rows() {
			if err == nil && len(row.Fields) != len(s.Columns()) {
				t.Fatalf("%q: %q", text, row.Fields)
			}
		}
	})
}
