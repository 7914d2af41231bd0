package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

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
	e := newEcho(handler)
	send := func(_ *testing.T, r *http.Request) int {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		return w.Code
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
