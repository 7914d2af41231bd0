package guide_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestMiddleware(t *testing.T) {
	s := sandboxtest.New(t)
	busy, err := guide.NewBusyClient(wechatpay.Config{
		MchID: s.Credentials.MchID, Serial: s.Credentials.Serial, PrivateKey: s.Credentials.PrivateKey, PlatformKeys: s.Credentials.PlatformKeys(),
	}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	assert.Contains(t, busy.String(), "retry → limit → failover → verify → log → sign → transport")

	ordered(t, s, "TIMED-1")
	var routes []string
	timed, err := guide.WithTimes(s.Client, func(route string, took time.Duration) {
		routes = append(routes, route)
		assert.Positive(t, took)
	})
	require.NoError(t, err)
	_, err = guide.PaidFen(t.Context(), timed, "TIMED-1")
	require.NoError(t, err)
	assert.Equal(t, []string{"v3/pay/transactions/out-trade-no/{out_trade_no}"}, routes)
}
