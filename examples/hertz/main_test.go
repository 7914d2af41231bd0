package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/cloudwego/hertz/pkg/common/ut"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func TestPaidOrdersAreSettledAndForgeriesRefused(t *testing.T) {
	gateway, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	var settled []string
	handler, err := newHandler(gateway.Credentials().PlatformKeys(), gateway.Credentials().APIv3Key,
		func(_ context.Context, number string, total int64) error {
			if total != 1800 {
				return errors.New("not the amount of the order")
			}
			settled = append(settled, number)
			return nil
		})
	require.NoError(t, err)
	engine := newServer(handler).Engine
	send := func(t *testing.T, r *http.Request) int {
		t.Helper()
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		var headers []ut.Header
		for name, values := range r.Header {
			for _, value := range values {
				headers = append(headers, ut.Header{Key: name, Value: value})
			}
		}
		return ut.PerformRequest(engine, r.Method, r.URL.Path, &ut.Body{Body: bytes.NewReader(body), Len: len(body)}, headers...).Code
	}
	for _, row := range []struct {
		name, fault string
		total       int64
		want        int
	}{
		{"signed", "", 1800, 204},
		{"tampered", "tampered", 1800, 401},
		{"signed by another key", "wrong-key", 1800, 401},
		{"a probe", "probe", 1800, 401},
		{"another amount", "", 1, 500},
	} {
		t.Run(row.name, func(t *testing.T) {
			request, err := gateway.WebhookRequest(t.Context(), "/wechatpay/notify", sandbox.Notification{
				EventType: notify.TransactionSuccess, OriginalType: "transaction", Summary: "支付成功",
				Resource: map[string]any{"out_trade_no": "ORDER-0001", "amount": map[string]any{"total": row.total}},
			}, row.fault)
			require.NoError(t, err)
			assert.Equal(t, row.want, send(t, request))
		})
	}
	assert.Equal(t, []string{"ORDER-0001"}, settled)
}
