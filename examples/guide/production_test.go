package guide_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
	"github.com/wechatpay-chain/wechatpay/signer"
)

type recordedRoutes []string

func (a *recordedRoutes) Attempt(route string, _ int, _ time.Duration) { *a = append(*a, route) }

func TestProduction(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	var log strings.Builder
	var recorded recordedRoutes
	cfg := guide.Measured(wechatpay.Config{
		MchID: s.Credentials.MchID, Serial: s.Credentials.Serial, PrivateKey: s.Credentials.PrivateKey,
		PlatformKeys: s.Credentials.PlatformKeys(), BaseURL: s.URL, Retry: middleware.RetryConfig{Wait: time.Millisecond},
	}, slog.New(slog.NewTextHandler(&log, nil)), &recorded)
	var holder guide.ClientHolder
	require.NoError(t, holder.Replace(cfg))
	t.Cleanup(func() { holder.Get().CloseIdleConnections() })

	require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Fault: "unsigned", Times: 9}))
	var alarms guide.Alarms
	_, err := guide.RefundOnce(t.Context(), holder.Get(), "production1", "r1", 1, 1)
	require.Error(t, err)
	_, err = holder.Get().Chain("v3/certificates").Get(t.Context(), nil)
	require.Error(t, err)
	alarms.Call(err)
	assert.EqualValues(t, 1, alarms.NotVerified.Load())
	assert.Contains(t, recorded, "v3/refund/domestic/refunds/{out_refund_no}")
	assert.NotContains(t, log.String(), "production1")
	assert.Contains(t, log.String(), "route=v3/refund/domestic/refunds")
	s.Gateway.Disarm()

	old := holder.Get()
	require.Error(t, holder.Replace(wechatpay.Config{}), "a configuration that is wrong")
	assert.Same(t, old, holder.Get())
	require.NoError(t, holder.Replace(cfg))
	assert.NotSame(t, old, holder.Get())

	alarms.Webhook(t.Context(), nil, errors.New("not verified"))
	alarms.Webhook(t.Context(), &notify.Event{}, signer.ErrProbe)
	alarms.Webhook(t.Context(), &notify.Event{}, errors.New("the database is down"))
	assert.EqualValues(t, 1, alarms.Webhooks.Load())
}
