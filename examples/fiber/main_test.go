package main

import (
	"bytes"
	"context"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func TestEachRefundIsHandledOnce(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	slices.Sort(lines)
	assert.Equal(t, []string{"refunded R0 100", "refunded R1 101", "refunded R2 102"}, lines)
}

func TestForgeriesAreRefusedAndAnswersComeThrough(t *testing.T) {
	gateway, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	handler, err := notify.NewHandler(notify.HandlerConfig{
		Config: notify.Config{Keys: gateway.Credentials().PlatformKeys(), APIv3Key: gateway.Credentials().APIv3Key},
		Fallback: func(context.Context, *notify.Event) (*notify.Reply, error) {
			reply, err := notify.JSON(200, map[string]string{"retention_type": "COUPON"})
			reply.Header.Set("X-Shop", "1")
			return reply, err
		},
		OnError: func(context.Context, *notify.Event, error) {},
	})
	require.NoError(t, err)
	app := fiber.New()
	mount(app, "/notify", handler)
	for fault, want := range map[string]int{"": 200, "tampered": 401, "probe": 401, "two-nonces": 401, "wrong-apiv3-key": 500} {
		n := sandbox.Notification{EventType: notify.EntrustTerminateRetention, OriginalType: "entrust", Resource: map[string]any{}}
		in, err := gateway.WebhookRequest(t.Context(), "/notify", n, fault)
		require.NoError(t, err)
		body, err := io.ReadAll(in.Body)
		require.NoError(t, err)
		r := httptest.NewRequest("POST", "/notify", bytes.NewReader(body))
		r.Header = in.Header
		resp, err := app.Test(r)
		require.NoError(t, err)
		answer, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		assert.Equal(t, want, resp.StatusCode, fault)
		assert.Equal(t, "application/json", resp.Header.Get("Content-Type"))
		if want == 200 {
			assert.JSONEq(t, `{"retention_type":"COUPON"}`, string(answer))
			assert.Equal(t, "1", resp.Header.Get("X-Shop"))
		}
	}
}

func TestTableClaims(t *testing.T) {
	seen, err := openTable(t.Context(), ":memory:")
	require.NoError(t, err)
	defer func() { require.NoError(t, seen.db.Close()) }()
	begin := func() notify.Progress {
		progress, err := seen.Begin(t.Context(), "1")
		require.NoError(t, err)
		return progress
	}
	assert.Equal(t, notify.New, begin())
	assert.Equal(t, notify.InProgress, begin())
	require.NoError(t, seen.End(t.Context(), "1", false))
	assert.Equal(t, notify.New, begin(), "given back")
	_, err = seen.db.ExecContext(t.Context(), `UPDATE wechatpay_events SET claimed_until = 0`)
	require.NoError(t, err)
	assert.Equal(t, notify.New, begin(), "its process died")
	require.NoError(t, seen.End(t.Context(), "1", true))
	assert.Equal(t, notify.Handled, begin())
	require.NoError(t, seen.End(t.Context(), "1", false), "one whose lease had ended")
	assert.Equal(t, notify.Handled, begin(), "takes nothing back")
	require.NoError(t, seen.db.Close())
	_, err = seen.Begin(t.Context(), "2")
	require.Error(t, err)

}

func TestTheServerHasTimeouts(t *testing.T) {
	gateway, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	handler, err := notify.NewHandler(notify.HandlerConfig{
		Config:   notify.Config{Keys: gateway.Credentials().PlatformKeys(), APIv3Key: gateway.Credentials().APIv3Key},
		Fallback: func(context.Context, *notify.Event) (*notify.Reply, error) { return nil, nil },
	})
	require.NoError(t, err)
	cfg := newApp(handler).Config()
	assert.Positive(t, cfg.ReadTimeout)
	assert.Positive(t, cfg.WriteTimeout)
	assert.Positive(t, cfg.IdleTimeout)
	assert.Equal(t, notify.DefaultMaxBody, cfg.BodyLimit)
}
