package middleware_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func TestRepliesHaveALimit(t *testing.T) {
	t.Parallel()
	origin := start(t)
	gateway().Handle("GET", "/v3/large", func(r *sandbox.Request) *sandbox.Reply {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		return sandbox.JSON(200, strings.Repeat("x", n-2))
	})
	c := foreignClient(t, origin, middleware.VerifyConfig{MaxReply: 100_000})
	for _, tc := range []struct {
		name string
		n    int
		ok   bool
	}{
		{"two bytes", 2, true},
		{"one below the limit", 99_999, true},
		{"the limit", 100_000, true},
		{"one above the limit", 100_001, false},
		{"a megabyte", 1 << 20, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			resp, err := c.Do(request(t, "GET", fmt.Sprintf("%s/v3/large?n=%d", origin, tc.n), nil))
			if !tc.ok {
				require.ErrorIs(t, err, middleware.ErrTooLarge, tc.n)
				return
			}
			require.NoError(t, err, tc.n)
			_ = resp.Body.Close()
		})
	}
	announced := &http.Response{Body: io.NopCloser(iotestErr{io.ErrClosedPipe}), ContentLength: 1001}
	_, err := middleware.ReadReply(announced, 1000)
	require.ErrorIs(t, err, middleware.ErrTooLarge, "before anything of it is read")
	endless := &http.Response{Body: io.NopCloser(iotestZeros{}), ContentLength: -1}
	_, err = middleware.ReadReply(endless, 1000)
	require.ErrorIs(t, err, middleware.ErrTooLarge)
}

type iotestZeros struct{}

func (iotestZeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestReadReplyReadsOnce(t *testing.T) {
	t.Parallel()
	resp := &http.Response{Body: io.NopCloser(strings.NewReader("abc")), ContentLength: 3}
	first, err := middleware.ReadReply(resp, 0)
	require.NoError(t, err)
	second, err := middleware.ReadReply(resp, 0)
	require.NoError(t, err)
	assert.Same(t, &first[0], &second[0])
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, "abc", string(data))
	assert.False(t, middleware.Verified(resp))

	none, err := middleware.ReadReply(&http.Response{}, 0)
	require.NoError(t, err)
	assert.Empty(t, none)
}

// TestWhatIsCutOffNeverPassesForWhole, however often and by whatever means it is read.
func TestWhatIsCutOffNeverPassesForWhole(t *testing.T) {
	t.Parallel()
	resp := &http.Response{Body: io.NopCloser(io.MultiReader(strings.NewReader("abc"), iotestErr{io.ErrUnexpectedEOF})), ContentLength: -1}
	for range 2 {
		data, err := middleware.ReadReply(resp, 0)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Equal(t, "abc", string(data))
	}
	var copied bytes.Buffer
	_, err := io.Copy(&copied, resp.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF, "io.Copy asks a reader to write itself")
	assert.Equal(t, "abc", copied.String())
}

// BenchmarkReadReply allocates a reply once if its length is announced, and less than three times if
// it is not.
func BenchmarkReadReply(b *testing.B) {
	for _, n := range []int{1_100, 20_000, 1_000_000, 10_000_000} {
		data := bytes.Repeat([]byte("x"), n)
		for _, announced := range []int64{int64(n), -1} {
			b.Run(fmt.Sprintf("bytes=%d/announced=%d", n, announced), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					resp := &http.Response{Body: io.NopCloser(bytes.NewReader(data)), ContentLength: announced}
					if _, err := middleware.ReadReply(resp, 0); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func TestAReplyIsAllocatedOnce(t *testing.T) {
	if raced {
		t.Skip("the race detector allocates")
	}
	for _, row := range []struct {
		name      string
		n         int
		announced bool
		most      float64 // times n
	}{
		{"short", 1_100, true, 2},
		{"as long as is trusted", 256 << 10, true, 1.5},
		{"longer", 256<<10 + 1, true, 1.5},
		{"long", 1_000_000, true, 1.2},
		{"longest", 16 << 20, true, 1.2},
		{"short, without a length", 1_100, false, 3},
		{"long, without a length", 1_000_000, false, 3},
		{"longest, without a length", 16 << 20, false, 3},
	} {
		t.Run(row.name, func(t *testing.T) {
			data := bytes.Repeat([]byte("x"), row.n)
			allocated := func() uint64 {
				resp := &http.Response{Body: io.NopCloser(bytes.NewReader(data)), ContentLength: -1}
				if row.announced {
					resp.ContentLength = int64(row.n)
				}
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				got, err := middleware.ReadReply(resp, 0)
				runtime.ReadMemStats(&after)
				require.NoError(t, err)
				require.True(t, bytes.Equal(data, got))
				return after.TotalAlloc - before.TotalAlloc
			}
			least := allocated() // others may allocate meanwhile
			for range 4 {
				least = min(least, allocated())
			}
			assert.LessOrEqual(t, float64(least)/float64(row.n), row.most, "bytes for a byte of the reply")
		})
	}
}

// TestALengthMayBeWrong: what a custom transport sends beyond it, or in small pieces, is read too,
// and a length that nothing follows allocates little.
func TestALengthMayBeWrong(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name      string
		n         int
		announced int64
		limit     int64
		err       error
	}{
		{"too short", 100_000, 70_000, 0, nil},
		{"none", 3, 0, 0, nil},
		{"too short, and too large", 100_000, 70_000, 99_999, middleware.ErrTooLarge},
		{"too long", 100_000, 100_001, 0, io.ErrUnexpectedEOF},
		{"right", 100_000, 100_000, 100_000, nil},
		{"unknown", 100_000, -1, 100_000, nil},
		{"unknown, and too large", 100_000, -1, 99_999, middleware.ErrTooLarge},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			data := make([]byte, row.n)
			for i := range data {
				data[i] = byte(i % 251)
			}
			resp := &http.Response{Body: io.NopCloser(iotest.HalfReader(bytes.NewReader(data))), ContentLength: row.announced}
			got, err := middleware.ReadReply(resp, row.limit)
			require.ErrorIs(t, err, row.err)
			want := data
			if row.limit > 0 {
				want = data[:min(int64(row.n), row.limit)]
			}
			assert.True(t, bytes.Equal(want, got))
		})
	}
}

func FuzzReadReply(f *testing.F) {
	f.Add([]byte("{}"), int64(2), int64(10))
	f.Add([]byte(base64.StdEncoding.EncodeToString([]byte("x"))), int64(-1), int64(1))
	f.Fuzz(func(t *testing.T, data []byte, announced, limit int64) {
		resp := &http.Response{Body: io.NopCloser(bytes.NewReader(data)), ContentLength: announced}
		got, err := middleware.ReadReply(resp, limit)
		most := limit
		if most <= 0 {
			most = middleware.DefaultMaxReply
		}
		if announced > int64(len(data)) && announced <= most {
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			return
		}
		if err != nil {
			require.ErrorIs(t, err, middleware.ErrTooLarge)
			return
		}
		require.True(t, bytes.Equal(data, got))
	})
}
