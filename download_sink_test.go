package wechatpay_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func TestSinkStreams(t *testing.T) {
	text := strings.Repeat(billText, 100_000)
	c, _ := billClient(t, text, func(cfg *wechatpay.Config) {
		cfg.MaxReply = 1 << 20 // far less than the bill
		cfg.Stack = func(s *middleware.Stack) error {
			return s.Before("sign", "log", middleware.Log(middleware.LogConfig{Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Bodies: true}))
		}
	})
	bill := func() wechatpay.Chain {
		resp, err := c.Chain("v3/bill/tradebill").Get(t.Context(), &wechatpay.Options{Query: billQuery(false)})
		require.NoError(t, err)
		return c.Chain(resp.Get("download_url").Str)
	}
	var sink bytes.Buffer
	var last int64
	resp, err := bill().Get(t.Context(), &wechatpay.Options{Sink: &sink, Progress: func(done, total int64) {
		assert.Greater(t, done, last)
		assert.EqualValues(t, -1, total)
		last = done
	}})
	require.NoError(t, err)
	assert.Equal(t, text, sink.String())
	assert.EqualValues(t, len(text), last)
	assert.Empty(t, resp.Bytes())
	assert.False(t, resp.Verified)

	sink.Reset()
	_, err = c.Chain("v3/billdownload/file?token=none").Get(t.Context(), &wechatpay.Options{Sink: &sink})
	var api *wechatpay.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, "PARAM_ERROR", api.Code)
	assert.Empty(t, sink.String(), "an error is not written to it")

	full := errors.New("disk full")
	_, err = bill().Get(t.Context(), &wechatpay.Options{Sink: writerFunc(func([]byte) (int, error) { return 0, full })})
	require.ErrorIs(t, err, full)
	var call *wechatpay.CallError
	require.ErrorAs(t, err, &call)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// TestAShortReplyIsAnErrorWithAnyTransport: one that does not compare lengths itself.
func TestAShortReplyIsAnErrorWithAnyTransport(t *testing.T) {
	t.Parallel()
	c := answering(t, nil, func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: 10, Body: io.NopCloser(strings.NewReader("12345")), Request: r}, nil
	})
	_, err := c.Chain("v3/billdownload/file").Get(t.Context(), &wechatpay.Options{Sink: io.Discard})
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestSinkIsGivenNothingThatWasNotVerified(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	var sink bytes.Buffer
	var total int64
	resp, err := c.Chain("v3/echo").Post(t.Context(), &wechatpay.Options{
		JSON: wechatpay.M{"a": 1}, Sink: &sink, Progress: func(_, of int64) { total = of },
	})
	require.NoError(t, err)
	assert.True(t, resp.Verified)
	assert.Equal(t, "1", gjson.Get(sink.String(), "json.a").Raw)
	assert.EqualValues(t, sink.Len(), total)
	sink.Reset()
	_, err = c.Chain("v3/echo").Post(t.Context(), &wechatpay.Options{Sink: &sink, Header: http.Header{sandbox.FaultHeader: {"tampered"}}})
	require.ErrorIs(t, err, wechatpay.ErrSignature)
	assert.Empty(t, sink.String())
	assert.True(t, wechatpay.OutcomeUnknown(err))
}
