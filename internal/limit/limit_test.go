package limit_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/limit"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

func TestSize(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name              string
		size              limit.Size
		received, written int // bytes
		want              string
	}{
		{"nothing", limit.Size{}, 0, 0, ""},
		{"at the limit", limit.Size{Max: 10}, 10, 10, ""},
		{"one byte more received", limit.Size{Max: 10}, 11, 0, "reply larger than the limit: more than 10 bytes received; raise DownloadOptions.MaxSize if the file may be so large"},
		{"one byte more written", limit.Size{Max: 10}, 1, 11, "reply larger than the limit: the file has more than 10 bytes; raise DownloadOptions.MaxSize if it may be so large"},
		{"no limit", limit.Size{Max: -1}, 1000, 1000, ""},
		{"the ratio is kept", limit.Size{Max: -1, Ratio: 5}, 10, 54, ""},
		{"the ratio is exceeded", limit.Size{Max: -1, Ratio: 5}, 10, 55, "reply larger than the limit: 10 bytes received expand to more than 54; set DownloadOptions.MaxSize if the file may be so large"},
		{"a small file may expand", limit.Size{Max: -1, Ratio: 5, Free: 100}, 1, 100, ""},
		{"a small file may expand so far", limit.Size{Max: -1, Ratio: 5, Free: 100}, 1, 101, "reply larger than the limit: 1 bytes received expand to more than 100; set DownloadOptions.MaxSize if the file may be so large"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			drain := func(r io.Reader) error { _, err := io.Copy(io.Discard, iotest.OneByteReader(r)); return err }
			err := drain(row.size.Received(strings.NewReader(strings.Repeat("x", row.received))))
			if err == nil {
				err = drain(row.size.Written(strings.NewReader(strings.Repeat("x", row.written))))
			}
			if row.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, row.want)
			require.ErrorIs(t, err, middleware.ErrTooLarge)
		})
	}
}

// TestSizeCountsAllParts: many small parts are as large as one.
func TestSizeCountsAllParts(t *testing.T) {
	t.Parallel()
	size := limit.Size{Max: 25}
	for i := range 3 {
		_, err := io.Copy(io.Discard, size.Received(strings.NewReader("0123456789")))
		assert.Equal(t, i == 2, err != nil, i)
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		min   int64
		every time.Duration
		bytes int64 // each time
		want  bool
	}{
		{"fast", 1000, time.Second, 1000, false},
		{"slow", 1000, time.Second, 999, true},
		{"one byte each 150 ms", 1000, 150 * time.Millisecond, 1, true},
		{"in bursts", 1000, 20 * time.Second, 40_000, false},
		{"no limit", -1, time.Second, 1, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				rate, tooSlow, received := limit.Rate{Min: row.min, Over: 30 * time.Second}, false, int64(0)
				for began := time.Now(); time.Since(began) < 5*time.Minute && !tooSlow; time.Sleep(row.every) {
					received += row.bytes
					tooSlow = rate.TooSlow(received)
				}
				assert.Equal(t, row.want, tooSlow)
			})
		})
	}
}

// TestWatch: silence ends a download, and so do bytes that come too slowly.
func TestWatch(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		timeout time.Duration
		every   time.Duration
		bytes   int64
		after   time.Duration // it is cancelled
		want    string
	}{
		{"silence", 10 * time.Second, 11 * time.Second, 1 << 20, 10 * time.Second, "no data received for 10s: context deadline exceeded"},
		{"slow", 10 * time.Second, time.Second, 10, 30 * time.Second,
			"fewer than 1000 bytes/s received for 30s; set DownloadOptions.MinRate for a slower network: context deadline exceeded"},
		{"slow, any silence", -1, time.Second, 10, 30 * time.Second,
			"fewer than 1000 bytes/s received for 30s; set DownloadOptions.MinRate for a slower network: context deadline exceeded"},
		{"fast", 10 * time.Second, time.Second, 1000, 0, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				began, received := time.Now(), int64(0)
				alive, stop := limit.Watch(cancel, row.timeout, 1000)
				alive(0)
				for time.Since(began) < time.Minute && ctx.Err() == nil {
					select {
					case <-time.After(row.every):
						received += row.bytes
						alive(received)
					case <-ctx.Done():
					}
				}
				stop()
				if row.want == "" {
					require.NoError(t, context.Cause(ctx))
					return
				}
				require.EqualError(t, context.Cause(ctx), row.want)
				require.ErrorIs(t, context.Cause(ctx), limit.ErrSlow)
				assert.Equal(t, row.after, time.Since(began).Truncate(time.Second))
			})
		})
	}
}
