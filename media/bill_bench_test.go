package media_test

import (
	"encoding/csv"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/ratio"
	"github.com/wechatpay-chain/wechatpay/media"
)

// A trade bill of bill_type ALL has 27 columns.
var (
	wideHeader = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额," +
		"微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注,商品名称\r\n"
	wideRow     = []byte("`2026-11-23 10:00:00" + strings.Repeat(",`1217752501", 25) + ",`Image形象店-深圳腾大-QQ公仔\r\n")
	wideSummary = "总交易单数\r\n`1\r\n"
)

// longBill makes a bill of so many rows as it is read.
func longBill(rows int) io.Reader {
	return io.MultiReader(strings.NewReader(wideHeader), &repeated{left: rows}, strings.NewReader(wideSummary))
}

type repeated struct {
	left int
	rest []byte
}

func (r *repeated) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(r.rest) == 0 {
			if r.left == 0 {
				break
			}
			r.left--
			r.rest = wideRow
		}
		done := copy(p[n:], r.rest)
		n, r.rest = n+done, r.rest[done:]
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

func TestALongBillNeedsNoMoreMemoryThanAShortOne(t *testing.T) {
	total := (200 << 20) / len(wideRow)
	bill := media.ReadBill(longBill(total))
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	before, peak, count := stats.HeapAlloc, stats.HeapAlloc, 0
	for row, err := range bill.Rows("商品名称") {
		require.NoError(t, err)
		if count++; count%(total/50) == 0 {
			assert.Equal(t, "Image形象店-深圳腾大-QQ公仔", row.Get("商品名称"))
			runtime.ReadMemStats(&stats)
			peak = max(peak, stats.HeapAlloc)
		}
	}
	assert.Equal(t, total, count)
	assert.Equal(t, "1", bill.Summary().Get("总交易单数"))
	grown := (peak - before) >> 20
	t.Logf("%d rows, the heap grew by %d MB at most", count, grown)
	assert.Less(t, grown, uint64(16))
}

// BenchmarkBill allocates once a row.
func BenchmarkBill(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(wideRow)))
	for _, err := range media.ReadBill(longBill(b.N)).Rows() {
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkBillRows compares rows with those of encoding/csv, which uses its records again, and
// fields by name with fields by index: half of the 27, read row by row.
func BenchmarkBillRows(b *testing.B) {
	const rows = 5_000
	var names []string
	for row, err := range media.ReadBill(longBill(1)).Rows() {
		if err != nil {
			b.Fatal(err)
		}
		names = row.Columns()
	}
	for i := range names {
		names[i] = strings.Clone(names[i]) // not the very text of the header
	}
	read := func(use func(row media.BillRow)) func() {
		return func() {
			for row, err := range media.ReadBill(longBill(rows)).Rows() {
				if err != nil {
					b.Fatal(err)
				}
				use(row)
			}
		}
	}
	alone := read(func(media.BillRow) {})
	byCSV := func() {
		r := csv.NewReader(longBill(rows))
		r.ReuseRecord, r.LazyQuotes, r.FieldsPerRecord = true, true, -1
		for {
			if _, err := r.Read(); err == io.EOF {
				return
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
	length := 0
	byName := read(func(row media.BillRow) {
		for i := 0; i < len(names); i += 2 {
			length += len(row.Get(names[i]))
		}
	})
	byIndex := read(func(row media.BillRow) {
		for i := 0; i < len(names); i += 2 {
			length += len(row.At(i))
		}
	})
	b.Run("rows to csv", func(b *testing.B) { ratio.Report(b, "x-csv", alone, byCSV) })
	b.Run("by name to by index", func(b *testing.B) { ratio.Report(b, "x-index", byName, byIndex) })
}

func TestARowIsOneAllocation(t *testing.T) {
	const rows = 1000
	got := testing.AllocsPerRun(5, func() {
		for _, err := range media.ReadBill(longBill(rows)).Rows() {
			require.NoError(t, err)
		}
	})
	assert.Less(t, got, 1.1*rows)
}
