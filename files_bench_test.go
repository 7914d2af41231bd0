package wechatpay_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// uploading is a client whose transport reads what it is sent, and an upload of 7.5 MB.
func uploading(tb testing.TB) (*wechatpay.Client, *wechatpay.Options, int64) {
	tb.Helper()
	const size = 7<<20 + 512<<10
	path := filepath.Join(tb.TempDir(), "large.pdf")
	require.NoError(tb, os.WriteFile(path, append([]byte("%PDF-1.4"), make([]byte, size-8)...), 0o600))
	c := answering(tb, func(cfg *wechatpay.Config) {
		cfg.Stack = func(s *middleware.Stack) error { return s.Remove("verify") }
	}, func(r *http.Request) (*http.Response, error) {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil || n != r.ContentLength {
			return nil, io.ErrUnexpectedEOF
		}
		return reply(200, `{"media_id":"1"}`), r.Body.Close()
	})
	return c, &wechatpay.Options{Body: media.File(path)}, size
}

// BenchmarkUpload: a file is read twice, for its digest and to be sent, and never held.
func BenchmarkUpload(b *testing.B) {
	c, opts, size := uploading(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Chain("v3/merchant/media/upload").Post(b.Context(), opts); err != nil {
			b.Fatal(err)
		}
	}
}

func TestAnUploadIsNotHeldInMemory(t *testing.T) {
	c, opts, _ := uploading(t)
	result := testing.Benchmark(func(b *testing.B) { //nolint:thelper // a benchmark of its own
		for b.Loop() {
			if _, err := c.Chain("v3/merchant/media/upload").Post(b.Context(), opts); err != nil {
				b.Fatal(err)
			}
		}
	})
	assert.Positive(t, result.N)
	assert.Less(t, result.AllocedBytesPerOp(), int64(256<<10))
}

// BenchmarkBill: a bill of 1 GB is downloaded, unzipped, proven by its digest, saved, and
// read row by row. The gateway that makes it runs in the same process, and is counted too.
func BenchmarkBill(b *testing.B) {
	const size = 1 << 30
	line := "`2026-11-23 10:00:00,`1217752501201407033233368018,`Image形象店-深圳腾大-QQ公仔,`1.00\r\n"
	block := strings.Repeat(line, 1000)
	blocks := size / len(block)
	gateway().PutBill("/v3/bill/tradebill", func(w io.Writer) error {
		_, err := io.WriteString(w, "\ufeff交易时间,商户订单号,商品名称,金额\r\n")
		for i := 0; i < blocks && err == nil; i++ {
			_, err = io.WriteString(w, block)
		}
		if err == nil {
			_, err = io.WriteString(w, "总交易单数\r\n`1\r\n")
		}
		return err
	})
	server, err := gateway().Start()
	require.NoError(b, err)
	defer server.Close()
	c, err := wechatpay.New(config(server.URL))
	require.NoError(b, err)
	defer c.CloseIdleConnections()
	path := filepath.Join(b.TempDir(), "bill.csv")
	b.SetBytes(size)
	peak := watchHeap(b)
	for b.Loop() {
		_, err := c.Chain("v3/bill/tradebill").Download(b.Context(), path, &wechatpay.DownloadOptions{Query: billQuery(true), Timeout: time.Minute, MaxSize: 1 << 30})
		require.NoError(b, err)
		file, err := os.Open(path)
		require.NoError(b, err)
		rows := 0
		for _, err := range media.ReadBill(file).Rows() {
			if err != nil {
				b.Fatal(err)
			}
			rows++
		}
		require.NoError(b, file.Close())
		require.Equal(b, blocks*1000, rows)
	}
	b.ReportMetric(float64(peak.Load())/(1<<20), "MB-peak-heap")
}

// watchHeap notes the most that the heap holds while the benchmark runs.
func watchHeap(b *testing.B) *atomic.Uint64 {
	b.Helper()
	peak, done, ended := new(atomic.Uint64), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticks := time.NewTicker(20 * time.Millisecond)
		defer ticks.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticks.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapInuse))
			}
		}
	}()
	b.Cleanup(func() { close(done); <-ended })
	return peak
}
