package media_test

import (
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/media"
)

// A trade bill of bill_type ALL has 27 columns.
var (
	wideHeader  = "c0" + strings.Repeat(",column", 25) + ",商品名称\r\n"
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

// BenchmarkBill allocates twice a row: its text and its fields. To use the fields again
// would be twice as fast, and a trap for who keeps a row.
func BenchmarkBill(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(wideRow)))
	for _, err := range media.ReadBill(longBill(b.N)).Rows() {
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
