package wechatpay_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// zipped is n bytes of zeros, compressed to a thousandth.
func zipped(tb testing.TB, n int64) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.CopyN(w, zeros{}, n)
	require.NoError(tb, err)
	require.NoError(tb, w.Close())
	return b.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// fileClient is a client that is answered, without signatures, with a link and then with
// the file. It counts the applications.
func fileClient(t *testing.T, digest string, file func(ctx context.Context) io.ReadCloser) (*wechatpay.Client, *atomic.Int32) {
	t.Helper()
	applied := new(atomic.Int32)
	return answering(t, func(cfg *wechatpay.Config) {
		cfg.Retry = middleware.RetryConfig{Attempts: 3, Wait: time.Millisecond}
		cfg.Stack = func(s *middleware.Stack) error { return s.Remove("verify") }
	}, func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/tradebill") {
			applied.Add(1)
			return reply(200, fmt.Sprintf(`{"url":"https://api.mch.weixin.qq.com/v3/billdownload/file","hash_type":"SHA1","hash_value":%q}`, digest)), nil
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: -1, Body: file(r.Context()), Request: r}, nil
	}), applied
}

// TestDownloadsAreBounded: what is too large fills neither the disk nor the line, and is
// not downloaded again.
func TestDownloadsAreBounded(t *testing.T) {
	t.Parallel()
	small, bomb := zipped(t, 1<<20), zipped(t, 70<<20)
	members := bytes.Repeat(zipped(t, 0), 1000)
	for _, row := range []struct {
		name string
		file []byte
		size int64 // of the file in the end, or 0 for one that is too large
		gzip bool
		max  int64
	}{
		{"at the limit", make([]byte, 1000), 1000, false, 1000},
		{"above the limit", make([]byte, 1001), 0, false, 1000},
		{"unzipped, at the limit", small, 1 << 20, true, 1 << 20},
		{"unzipped, above the limit", small, 0, true, 1<<20 - 1},
		{"unzipped, nothing but many members", members, 0, true, 1000},
		{"a small file expands freely", small, 1 << 20, true, 0},
		{"a bomb", bomb, 0, true, 0},
		{"a bomb, by a limit that allows it", bomb, 70 << 20, true, 100 << 20},
		{"a bomb, without a limit", bomb, 70 << 20, true, -1},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			hash := sha1.New()
			_, err := io.CopyN(hash, zeros{}, row.size)
			require.NoError(t, err)
			c, applied := fileClient(t, hex.EncodeToString(hash.Sum(nil)), func(context.Context) io.ReadCloser {
				return io.NopCloser(bytes.NewReader(row.file))
			})
			opts := &wechatpay.DownloadOptions{MaxSize: row.max}
			if row.gzip {
				opts.Query = wechatpay.M{"tar_type": "GZIP"}
			}
			dir := t.TempDir()
			done, err := c.Chain("v3/bill/tradebill").Download(t.Context(), filepath.Join(dir, "bill"), opts)
			assert.EqualValues(t, 1, applied.Load(), "it is not retried")
			if row.size > 0 {
				require.NoError(t, err)
				assert.Equal(t, row.size, done.Size)
				return
			}
			require.ErrorIs(t, err, wechatpay.ErrTooLarge)
			require.ErrorContains(t, err, "DownloadOptions.MaxSize")
			left, err := os.ReadDir(dir)
			require.NoError(t, err)
			assert.Empty(t, left)
		})
	}
}

// TestASlowDownloadEnds: bytes that come one at a time do not keep it alive.
func TestASlowDownloadEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		c, applied := fileClient(t, "00", func(ctx context.Context) io.ReadCloser {
			return &drip{bytes: 1 << 40, pause: 150 * time.Millisecond, ctx: ctx}
		})
		_, err := c.Chain("v3/bill/tradebill").Download(t.Context(), filepath.Join(t.TempDir(), "bill"), nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "fewer than 1024 bytes/s received for 30s; set DownloadOptions.MinRate for a slower network")
		assert.EqualValues(t, 3, applied.Load())
		assert.Less(t, time.Since(began), 2*time.Minute)
	})
}

func TestDownloadOfAReceiptThatIsNotReady(t *testing.T) {
	t.Parallel()
	asked := 0
	c := answering(t, func(cfg *wechatpay.Config) {
		cfg.Stack = func(s *middleware.Stack) error { return s.Remove("verify") }
	}, func(*http.Request) (*http.Response, error) {
		asked++
		return reply(200, `{"state":"GENERATING","create_time":"2026-11-29T10:00:00+08:00"}`), nil
	})
	_, err := c.Chain("v3/fund-app/mch-transfer/elecsign/out-bill-no/{out_bill_no}").Download(t.Context(), filepath.Join(t.TempDir(), "receipt.pdf"),
		&wechatpay.DownloadOptions{Vars: wechatpay.M{"out_bill_no": "1"}})
	require.ErrorIs(t, err, media.ErrNotReady)
	require.EqualError(t, err, `wechatpay: v3/fund-app/mch-transfer/elecsign/out-bill-no/{out_bill_no}: the file is not ready: its state is "GENERATING"; try again later`)
	assert.Equal(t, 1, asked)
}

// What cannot get better is not downloaded again.
func TestDownloadIsNotRepeatedInVain(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		fail func() error
	}{
		{"a refusal of a middleware", func() error { return fmt.Errorf("not today: %w", middleware.ErrNotSent) }},
		{"a panic", func() error { panic("metrics") }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c, _ := billClient(t, billText, nil)
			var files atomic.Int32
			spoil := func(next http.RoundTripper) http.RoundTripper {
				return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
					if !strings.Contains(r.URL.Path, "billdownload") {
						return next.RoundTrip(r)
					}
					files.Add(1)
					return nil, row.fail()
				})
			}
			_, err := c.Chain("v3/bill/tradebill").Download(t.Context(), filepath.Join(t.TempDir(), "bill.csv"), &wechatpay.DownloadOptions{
				Query: billQuery(false), Stack: func(s *middleware.Stack) error { return s.Unshift("spoil", spoil) },
			})
			require.Error(t, err)
			assert.EqualValues(t, 1, files.Load())
		})
	}
}
