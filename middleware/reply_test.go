package middleware_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

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
